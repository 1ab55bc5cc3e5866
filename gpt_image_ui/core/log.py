"""Structured logs on standard output: one JSON object a line, or plain text on a terminal. Never a prompt, an e-mail
address, a token or a query string: callers pass ids, counts, codes and durations only."""

import logging
import sys
from typing import Any

import structlog

from gpt_image_ui.core import config

# Names that must not reach a log even by mistake; the value is replaced, the mistake stays visible.
FORBIDDEN = frozenset({"prompt", "email", "token", "cookie", "authorization", "password", "secret", "query", "body"})


class LogSettings(config.Section):
    """How much is logged and in which form."""

    model_config = config.section("log")
    level: str = "INFO"
    form: str = "auto"


def configure() -> None:
    """Sets up structlog and quietens libraries that would log addresses or content."""
    settings = config.get(LogSettings)
    plain = settings.form == "text" or (settings.form == "auto" and sys.stdout.isatty())
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _withhold,
            structlog.processors.format_exc_info,
            structlog.dev.ConsoleRenderer(colors=plain) if plain else structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(settings.level.upper())),
        cache_logger_on_first_use=True,
    )
    for name in ("httpx", "httpcore", "boto3", "botocore", "dbos", "granian.access", "PIL"):
        logging.getLogger(name).setLevel(logging.WARNING)


def get(name: str) -> Any:
    """A logger whose lines carry the room they come from."""
    return structlog.get_logger().bind(room=name)


def _withhold(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    return {key: "[withheld]" if key.lower() in FORBIDDEN else value for key, value in event.items()}
