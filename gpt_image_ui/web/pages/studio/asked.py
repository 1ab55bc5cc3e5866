"""What an address or a pressed button asks for, as far as it can be read; the rest stays as it is."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from gpt_image_ui.web.pages.studio.offer import Settings

CHOICES = ("model", "size", "quality", "seed", "background", "format", "seconds", "audio")


def settings_in(given: Mapping[str, Any], present: Settings, count: object) -> Settings:
    """The present settings with what is given put in; `count` where none is given."""
    chosen = {name: str(given[name])[:96] for name in CHOICES if name in given}
    asked = str(given.get("count", count))
    return replace(present, **chosen, count=int(asked) if asked.isdecimal() and len(asked) < 4 else 1)


def image_in(path: str) -> int:
    """The id of the picture that an address opens; 0 for none."""
    last = path.rstrip("/").rsplit("/", 1)[-1]
    return int(last) if path.startswith("/a/") and last.isdecimal() and len(last) < 19 else 0


def mark_of(query: str) -> str:
    """Tells one query from another without keeping its words."""
    return hashlib.sha256(query.encode()).hexdigest()[:16]
