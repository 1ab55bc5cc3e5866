"""The clock tells UTC, and stands still on request."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from gpt_image_ui.core import clock


def test_now_is_aware_and_utc() -> None:
    assert clock.now().utcoffset() == timedelta(0)


def test_held_clock_moves_only_when_told(held_clock: Any) -> None:
    assert clock.now() == clock.now() == datetime(2026, 11, 20, 14, 30, tzinfo=UTC)
    held_clock.advance(hours=10)
    assert clock.today() == date(2026, 11, 21)


def test_real_clock_comes_back() -> None:
    clock.set_source(lambda: datetime(1999, 1, 1, tzinfo=UTC))
    clock.set_source(None)
    assert clock.now().year > 2000
