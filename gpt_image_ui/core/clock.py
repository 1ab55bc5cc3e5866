"""The one place that reads the wall clock, so that tests can hold it still."""

from collections.abc import Callable
from datetime import UTC, date, datetime

_source: Callable[[], datetime] = lambda: datetime.now(UTC)  # noqa: E731


def now() -> datetime:
    """The current moment, aware, in UTC."""
    return _source()


def today() -> date:
    """The current UTC date: the day and month that caps count by."""
    return now().date()


def set_source(source: Callable[[], datetime] | None) -> None:
    """Puts another clock in place; None restores the real one. For tests."""
    global _source
    _source = source or (lambda: datetime.now(UTC))
