"""`gpt-image-ui providers`: what it lists, what a check says, and what it exits with."""

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from gpt_image_ui import cli
from gpt_image_ui.core import clock, config, db, ids
from gpt_image_ui.generation import switch
from gpt_image_ui.generation.tables import ProviderCall
from gpt_image_ui.providers import registry
from tests import wire


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    """Providers keep a client for the loop that first used it; each command has a loop of its own."""
    registry.providers.cache_clear()
    yield
    registry.providers.cache_clear()


def said(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> str:
    capsys.readouterr()
    assert cli.main(["providers", *arguments]) == code
    return capsys.readouterr().out


def listed(capsys: pytest.CaptureFixture[str]) -> dict[str, dict[str, Any]]:
    return {one["id"]: one for one in json.loads(said(capsys, "--json"))}


@contextmanager
def serving(reply: wire.Reply) -> Iterator[str]:
    """A server on a thread, for a command that has a loop of its own."""
    address: list[str] = []
    ready, done = threading.Event(), asyncio.Event()

    async def serve() -> None:
        async with wire.serving(reply) as server:
            address.append(server.url)
            ready.set()
            await done.wait()

    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    ready.wait(10)
    try:
        yield address[0]
    finally:
        loop.call_soon_threadsafe(done.set)
        thread.join(10)
        loop.close()


def test_each_provider_is_listed_with_what_is_missing(capsys) -> None:
    found = listed(capsys)
    assert list(found) == list(registry.providers())
    assert found["sketch"]["configured"]
    assert found["openai"] == {
        "id": "openai", "configured": False, "missing": ["OPENAI_API_KEY"], "health": None, "models": [],
    }  # fmt: skip
    assert found["sub2api"]["missing"] == ["SUB2API_BASE_URL", "SUB2API_API_KEY"]
    text = said(capsys)
    assert "openai: off. Set OPENAI_API_KEY to switch it on." in text
    assert "sub2api: off. Set SUB2API_BASE_URL and SUB2API_API_KEY to switch it on." in text


def test_models_are_listed_with_limits_and_prices(capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUB2API_BASE_URL", "https://relay.example/v1")
    monkeypatch.setenv("SUB2API_API_KEY", "sk-secret")
    [model] = listed(capsys)["sub2api"]["models"]
    assert (model["id"], model["kind"], model["forwards"]) == ("sub2api/gpt-image-2", "image", True)
    assert model["limits"]["references"] == 16
    assert model["limits"]["sizes"][0] == "1024x1024"
    assert model["limits"]["mask"] is True
    assert model["price"]["low"] == {"micros": 5_880, "credits": 1}
    assert model["price"]["high"]["credits"] == 22
    text = said(capsys)
    assert "sub2api: on." in text
    assert "passes prompts and pictures on" in text
    assert "sk-secret" not in text + said(capsys, "--json")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_health_is_todays_and_says_why_nothing_is_sent(database: str, capsys) -> None:
    def called(session) -> None:
        now = clock.now()
        for number, outcome in enumerate(("answered", "provider_down")):
            session.add(
                ProviderCall(
                    job_id=ids.new_id(), attempt=number, provider="sketch", model="sketch", started_at=now,
                    ended_at=now, outcome=outcome,
                )
            )  # fmt: skip

    db.run(called)
    found = listed(capsys)["sketch"]
    assert found["health"] == {"ok": True, "reason": ""}
    assert found["models"][0]["today"]["calls"] == 2
    assert found["models"][0]["today"]["success_percent"] == 50
    assert found["models"][0]["today"]["last_error"] == "provider_down"
    assert "2 calls, 50 % good, last error provider_down" in said(capsys)
    db.run(switch.pause, "sketch", "Out of paper.")
    assert "sketch: on, but" in said(capsys)
    assert "Out of paper" in listed(capsys)["sketch"]["health"]["reason"]


def test_a_check_that_succeeds(capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(wire.says({"data": [{"id": "flux"}]})) as url:
        monkeypatch.setenv("LOCAL_BASE_URL", url)
        monkeypatch.setenv("LOCAL_MODELS", "flux")
        assert said(capsys, "check", "local") == f"{url} lists flux.\nlocal can be used.\n"
        assert json.loads(said(capsys, "check", "local", "--json")) == {
            "id": "local", "ok": True, "seen": [f"{url} lists flux."], "faults": [],
        }  # fmt: skip


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (wire.says({"error": {"code": "invalid_api_key", "message": "Wrong."}}, 401), "The key is not accepted"),
        (wire.says(b"", 503), "It does not answer."),
        (wire.says(b"<html>"), "It answered, but not what was expected."),
        (wire.says({"data": []}), "flux is not in the list."),
    ],
)
def test_a_check_that_fails_says_why(reply: wire.Reply, words: str, capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(reply) as url:
        monkeypatch.setenv("LOCAL_BASE_URL", url)
        monkeypatch.setenv("LOCAL_MODELS", "flux")
        text = said(capsys, "check", "local", code=1)
    assert words in text
    assert "local cannot be used as it is set." in text


def test_a_check_of_what_is_off_unknown_or_needs_none(capsys) -> None:
    assert "Set OPENAI_API_KEY to switch it on." in said(capsys, "check", "openai", code=1)
    assert cli.main(["providers", "check", "nobody"]) == 2
    assert "There is no provider 'nobody'" in capsys.readouterr().err
    assert "sketch can be used." in said(capsys, "check", "sketch")


def test_a_wrong_catalogue_file_is_refused_at_start_and_by_the_doctor(
    capsys, tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "catalogue.toml"
    path.write_text('[openai."m"]\nprize = 3')
    monkeypatch.setenv("GPT_IMAGE_UI_PROVIDERS_CATALOGUE", str(path))
    for command in (["run", "--port", "8123"], ["doctor"], ["providers"]):
        config.forget()
        assert cli.main(command) == 2
        assert "[openai.m] prize: there is no such setting" in capsys.readouterr().err
    path.write_text('[opnai."m"]\nlabel = "x"')
    config.forget()
    assert cli.main(["doctor"]) == 1
    assert "there is no provider 'opnai'" in capsys.readouterr().out
    assert cli.main(["run", "--port", "8123"]) == 2
    assert "nothing was started: there is no provider 'opnai'" in capsys.readouterr().err
