"""Logs are lines of JSON, and carry nothing of what people wrote."""

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
import structlog
from pydantic import ValidationError
from sqlalchemy import exc
from sqlmodel import Session

from gpt_image_ui.core import config, db, log

WRITTEN = "sail\n\nharbour"


@pytest.fixture(autouse=True)
def _own_structlog() -> Iterator[None]:
    yield
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_one_json_object_a_line_with_its_room(capsys: pytest.CaptureFixture[str]) -> None:
    log.configure()
    log.get("credits").info("settled", job_id="j", amount=5)
    (line,) = lines(capsys)
    assert line.pop("timestamp").endswith("Z")
    assert line == {"event": "settled", "room": "credits", "job_id": "j", "amount": 5, "level": "info"}


def test_logger_made_before_configuring_obeys_it(capsys: pytest.CaptureFixture[str]) -> None:
    early = log.get("jobs")
    log.configure()
    early.info("started", prompt="a lighthouse")
    assert lines(capsys)[0]["prompt"] == "[withheld]"


@pytest.mark.parametrize("key", sorted(log.FORBIDDEN))
def test_forbidden_names_are_withheld(capsys: pytest.CaptureFixture[str], key: str) -> None:
    log.configure()
    log.get("web").info("seen", **{key: "secret thing", key.upper(): "secret thing"})
    assert "secret thing" not in capsys.readouterr().out


def test_context_of_the_request_is_on_every_line(capsys: pytest.CaptureFixture[str]) -> None:
    log.configure()
    structlog.contextvars.bind_contextvars(reference="K7Q2", token="secret thing")
    log.get("web").info("seen")
    line = lines(capsys)[0]
    assert (line["reference"], line["token"]) == ("K7Q2", "[withheld]")


def test_level_comes_from_the_settings(capsys: pytest.CaptureFixture[str]) -> None:
    config.override(log.LogSettings(level="warning"))
    log.configure()
    log.get("web").info("quiet")
    log.get("web").warning("loud")
    assert [line["event"] for line in lines(capsys)] == ["loud"]


@pytest.mark.parametrize("setting", ["level", "form"])
def test_misspelt_setting_is_an_error_at_start(setting: str) -> None:
    with pytest.raises(ValidationError):
        log.LogSettings(**{setting: "chatty"})


def test_plain_text_on_request(capsys: pytest.CaptureFixture[str]) -> None:
    config.override(log.LogSettings(form="text"))
    log.configure()
    log.get("web").info("seen")
    assert "seen" in capsys.readouterr().out


def test_failure_of_the_database_is_logged_without_the_row(capsys: pytest.CaptureFixture[str], database: str) -> None:
    def refuse(session: Session) -> None:
        columns = "id, kind, retention, restricted, theme, created_at, seen_at"
        values = ":id, :kind, 'guest', NULL, 'system', '2026-11-20', '2026-11-20'"
        statement = sa.text(f"INSERT INTO account ({columns}) VALUES ({values})")
        session.connection().execute(statement, {"id": "a", "kind": WRITTEN})

    log.configure()
    try:
        db.run(refuse)
    except exc.IntegrityError as error:
        log.get("web").exception("failed", said=str(error))
    written = capsys.readouterr().out
    assert "IntegrityError" in written
    assert "INSERT INTO account" in written
    assert "harbour" not in written


def test_the_framework_does_not_quote_what_browsers_send(caplog):
    log.configure()
    words = "a person's own words"
    logging.getLogger("reflex_base.event.processor.base_state_processor").warning("Error transforming %s", words)
    logging.getLogger("reflex.app").warning("Attempting to send delta to disconnected client %s", words)
    assert words not in caplog.text
