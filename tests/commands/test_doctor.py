"""The doctor: silent about what is well, plain about what is not, and discreet about secrets."""

import json
from pathlib import Path

import pytest
import sqlalchemy as sa

from gpt_image_ui import cli, schema
from gpt_image_ui.accounts import guests
from gpt_image_ui.commands import doctor, safety, settings
from gpt_image_ui.core import config, db, ids
from gpt_image_ui.providers import registry
from gpt_image_ui.storage import store
from gpt_image_ui.storage.interface import StorageError
from gpt_image_ui.web import frontend

KEY = "sk-a-very-secret-key"


@pytest.fixture(autouse=True)
def _built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frontend, "BUILT", tmp_path / "frontend")
    frontend.client_directory().mkdir(parents=True)
    registry.providers.cache_clear()


@pytest.fixture
def configure(monkeypatch: pytest.MonkeyPatch):
    """Sets variables and has them read."""

    def set_all(**variables: str) -> None:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        config.forget()

    return set_all


def report(capsys, code: int = 0):
    capsys.readouterr()
    assert cli.main(["doctor", "--json"]) == code
    return json.loads(capsys.readouterr().out)


def status(found, name: str) -> set[str]:
    return {check["status"] for check in found["checks"] if check["name"] == name}


def test_a_fresh_installation_is_well(capsys) -> None:
    found = report(capsys)
    assert found["ok"] is True
    assert {check["name"] for check in found["checks"]} >= {"screens", "disk", "database", "providers", "storage"}
    assert {check["status"] for check in found["checks"] if check["name"] != "settings"} <= {"ok", "unsafe"}
    assert list(config.data_directory().rglob("doctor/*")) == []


def test_both_databases_are_examined_and_their_data_proved(database: str, capsys) -> None:
    account = db.run(guests.create_guest, ids.new_secret())
    found = report(capsys)
    assert status(found, "data") == {"ok"}
    db.run(lambda session: session.execute(sa.text("UPDATE wallet SET available = 7")))
    found = report(capsys, code=1)
    assert status(found, "data") == {"broken"}
    assert any(account in check["message"] for check in found["checks"])


def test_screens_that_are_not_built_are_broken(capsys, monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(frontend, "BUILT", tmp_path / "nothing")
    assert status(report(capsys, code=1), "screens") == {"broken"}


def test_a_store_that_does_not_keep_is_broken(capsys, monkeypatch) -> None:
    class Full:
        async def put(self, *_: object) -> None:
            raise StorageError("no space left")

        async def close(self) -> None:
            pass

    monkeypatch.setattr(store, "get", Full)
    found = report(capsys, code=1)
    assert status(found, "storage") == {"broken"}


def test_a_database_that_does_not_answer_is_broken(capsys, configure) -> None:
    configure(DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
    assert status(report(capsys, code=1), "database") == {"broken"}


def test_a_database_of_another_version_is_broken(capsys) -> None:
    schema.upgrade()
    db.run(lambda session: session.execute(sa.text("UPDATE alembic_version SET version_num = '9999'")))
    assert status(report(capsys, code=1), "database") == {"broken"}


def test_a_full_disk_is_broken_and_a_nearly_full_one_unsafe(capsys, monkeypatch) -> None:
    class Usage:
        free = 10 * 1024**2

    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda _: Usage)
    assert status(report(capsys, code=1), "disk") == {"broken"}
    Usage.free = 1024**3
    assert status(report(capsys), "disk") == {"unsafe"}


def test_every_value_comes_with_where_it_came_from(capsys, configure, tmp_path) -> None:
    profile = tmp_path / "mine.toml"
    profile.write_text("[credits]\nwelcome_grant = 5\ncap_day = 3\n")
    configure(GPT_IMAGE_UI_PROFILE=str(profile), GPT_IMAGE_UI_CREDITS_CAP_DAY="4", OPENAI_API_KEY=KEY)
    of = {(s["section"], s["name"]): s for s in report(capsys)["settings"]}
    assert (of["credits", "welcome_grant"]["value"], of["credits", "welcome_grant"]["origin"]) == (5, "profile")
    assert (of["credits", "cap_day"]["value"], of["credits", "cap_day"]["origin"]) == (4, "environment")
    assert of["credits", "cap_job"]["origin"] == "default"
    assert (of["openai", "api_key"]["value"], of["openai", "api_key"]["origin"]) == ("set", "environment")
    assert len(of) == sum(len(section.model_fields) for section in settings.sections())


def test_no_secret_is_ever_printed(capsys, configure) -> None:
    configure(
        OPENAI_API_KEY=KEY,
        GPT_IMAGE_UI_SERVER_SECRET=KEY,
        DATABASE_URL=f"postgresql://studio:{KEY}@127.0.0.1:1/none",
    )
    for arguments in (["doctor"], ["doctor", "--settings"], ["doctor", "--json"]):
        cli.main(arguments)
        captured = capsys.readouterr()
        assert "api_key" in captured.out
        assert KEY not in captured.out + captured.err


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"GPT_IMAGE_UI_CREDITS_WELCOME_GRANNT": "5"}, "WELCOME_GRANNT is set and nothing reads it"),
        ({"GPT_IMAGE_UI_SERVER_PUBLIC_URL": "http://studio.example.org"}, "without https"),
        ({"GPT_IMAGE_UI_SERVER_PUBLIC_URL": "https://studio.example.org"}, "trusted_proxies is empty"),
        ({"GPT_IMAGE_UI_SERVER_HOST": "0.0.0.0"}, "beyond this machine"),
        ({"DATABASE_URL": "postgresql://x@127.0.0.1:1/x"}, "server.secret is not set"),
        (
            {"DATABASE_URL": "postgresql://x@127.0.0.1:1/x", "GPT_IMAGE_UI_JOBS_WORKERS": "elsewhere"},
            "the same folder for all",
        ),
        ({"OPENAI_API_KEY": KEY}, "Any visitor may spend 100 credits at OpenAI"),
        ({"OPENAI_API_KEY": KEY, "GPT_IMAGE_UI_MODERATION_CHECKER": "rules"}, "word lists only"),
        ({"GPT_IMAGE_UI_STORAGE_SYNC": "false"}, "storage.sync is off"),
        ({"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": "http://pictures.example.org/v1"}, "the key and every prompt"),
        ({}, "database.synchronous is NORMAL"),
    ],
)
def test_what_is_unsafe_is_said_in_words(configure, variables: dict[str, str], words: str) -> None:
    configure(**variables)
    assert [text for text in safety.list_warnings() if words in text]


def test_a_careful_installation_earns_no_warning(configure) -> None:
    configure(
        GPT_IMAGE_UI_DATABASE_SYNCHRONOUS="FULL",
        GPT_IMAGE_UI_SERVER_PUBLIC_URL="https://studio.example.org",
        GPT_IMAGE_UI_SERVER_TRUSTED_PROXIES='["127.0.0.1"]',
        GPT_IMAGE_UI_GUEST_OPEN="false",
        OPENAI_API_KEY=KEY,
    )
    assert safety.list_warnings() == []


def test_a_data_folder_that_others_can_open_is_unsafe() -> None:
    config.data_directory().chmod(0o755)
    assert any("chmod 700" in text for text in safety.list_warnings())


def test_a_misspelt_table_of_the_profile_is_named(tmp_path, monkeypatch):
    profile = tmp_path / "mine.toml"
    profile.write_text("[gest]\nopen = false\n", encoding="utf-8")
    monkeypatch.setenv("GPT_IMAGE_UI_PROFILE", str(profile))
    config.forget()
    assert any("[gest]" in text for text in safety.list_warnings())
