"""The days on which OpenAI shuts models down, as its models list last said, kept for every process of this server."""

import json
import os
from datetime import date, timedelta
from pathlib import Path

from gpt_image_ui.core import config

_read: tuple[float, dict[str, date]] = (0.0, {})


def keep(shutdowns: dict[str, date]) -> None:
    """Replaces what was known."""
    draft = _path().with_name(f"{_path().name}.{config.process_id()}")
    draft.write_text(json.dumps({name: day.isoformat() for name, day in sorted(shutdowns.items())}), encoding="utf-8")
    os.replace(draft, _path())


def last_day(shutdown: date | None, declared: date | None) -> date | None:
    """The last day on which a model is offered: the day before it is shut down, by the list or else the catalogue."""
    return shutdown - timedelta(days=1) if shutdown else declared


def read() -> dict[str, date]:
    """What was kept, by model; nothing where nothing was or it cannot be read."""
    global _read
    try:
        written = _path().stat().st_mtime
    except OSError:
        return {}
    if written != _read[0]:
        try:
            days = json.loads(_path().read_text(encoding="utf-8"))
            _read = (written, {str(name): date.fromisoformat(day) for name, day in days.items()})
        except (OSError, ValueError, AttributeError, TypeError):
            return {}
    return _read[1]


def _path() -> Path:
    return config.data_directory() / "openai-shutdown-dates.json"
