"""Structured logs on standard output: one JSON object a line, or plain text on a terminal. Never a prompt, an e-mail
address, a token or a query string: callers pass ids, counts, codes and durations only."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog
from pydantic import Field

from gpt_image_ui.core import config

# Names that must not reach a log even by mistake; the value is replaced, the mistake stays visible.
FORBIDDEN = frozenset({"prompt", "email", "token", "cookie", "authorization", "password", "secret", "query", "body"})

# PostgreSQL quotes the row that it refused, to the end of its part of the message.
_REFUSED_ROW = re.compile(r"(\bDETAIL:).*?(?=\n\[SQL: |\n\nThe above exception|\n\nDuring handling|\Z)", re.DOTALL)


class LogSettings(config.Section):
    """How much is logged and in which form."""

    model_config = config.section("log")
    level: str = Field(default="INFO", pattern="^(?i:debug|info|warning|error|critical)$")
    form: str = Field(default="auto", pattern="^(auto|text|json)$")


def configure() -> None:
    """Sets up structlog and quietens libraries that would log addresses or content."""
    settings = config.get(LogSettings)
    plain = settings.form == "text" or (settings.form == "auto" and sys.stdout.isatty())
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _withhold,
            structlog.dev.ConsoleRenderer(colors=plain) if plain else structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(settings.level.upper())),
        cache_logger_on_first_use=True,
    )
    for name in ("httpx", "httpcore", "boto3", "botocore", "dbos", "granian.access", "PIL"):
        logging.getLogger(name).setLevel(logging.WARNING)
    # Its warnings quote what browsers send: a forged event would write a person's words, at any length.
    for name in ("reflex", "reflex_base"):
        logging.getLogger(name).setLevel(logging.ERROR)


def get(name: str) -> Any:
    """A logger whose lines carry the room they come from."""
    # Not `.bind(…)`: that would settle the processors now, and modules make their logger before `configure` runs.
    return structlog.get_logger(room=name)


def _withhold(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> dict[str, Any]:
    return {
        key: "[withheld]"
        if key.lower() in FORBIDDEN
        else _REFUSED_ROW.sub(r"\1[withheld]", value)
        if isinstance(value, str) and "DETAIL:" in value
        else value
        for key, value in event.items()
    }
