"""A studio without screens: real rooms, and one scripted provider."""

import pytest

from gpt_image_ui.accounts import guests
from gpt_image_ui.core import db, ids
from gpt_image_ui.providers import registry
from tests.generation.scripted import Scripted


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Scripted:
    made = Scripted()
    monkeypatch.setattr(registry, "providers", lambda: {made.name: made})
    return made


@pytest.fixture
def account(database: str, provider: Scripted) -> str:
    """A guest with the welcome grant."""
    return db.run(guests.create_guest, ids.new_secret())
