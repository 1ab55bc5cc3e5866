"""How providers do today, for screens and operators: cheap to ask, some seconds old at most."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from datetime import time as moment
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlmodel import Session, col

from gpt_image_ui.core import clock, config, db
from gpt_image_ui.generation import breaker, budget
from gpt_image_ui.generation.breaker import Refusal
from gpt_image_ui.generation.tables import ProviderCall
from gpt_image_ui.providers import registry

T = TypeVar("T")
# The latest calls of the day are enough for a rate and a median, and keep the query cheap on a busy one.
_CALLS_MAX = 2000
_REFUSALS_SECONDS, _FIGURES_SECONDS = 1.0, 10.0
_BLAMED = breaker.FAILURES | breaker.OPERATORS_OWN | {"model_unavailable"}
_cache: dict[str, tuple[float, str, Any]] = {}


@dataclass(frozen=True)
class Figures:
    """A model at a provider, today (UTC). `success_percent` counts what the provider is to blame for, not refused
    content; None until something was asked. `median_seconds` 0: nothing was delivered yet."""

    provider: str
    model: str
    calls: int
    success_percent: int | None
    median_seconds: float
    last_error: str = ""
    last_error_at: datetime | None = None


async def find_refusals() -> dict[str, Refusal]:
    """The providers to which nothing is sent now, each with the reason."""
    return await _cached("refusals", _REFUSALS_SECONDS, lambda: db.read(list_refusals))


async def find_figures() -> dict[tuple[str, str], Figures]:
    """Today's figures by provider and model id; models that nobody used today are missing."""
    return await _cached("figures", _FIGURES_SECONDS, lambda: db.read(list_figures))


def list_refusals(session: Session, micros: int = 0) -> dict[str, Refusal]:
    """As `find_refusals`, as it stands now and for a call that costs so much."""
    names = list(registry.providers())
    spent = budget.exceeded(session, names, micros).items()
    over = {name: Refusal(breaker.OVER_BUDGET, name, period) for name, period in spent}
    return over | breaker.list_refusals(session, names)


def list_figures(session: Session) -> dict[tuple[str, str], Figures]:
    """As `find_figures`, as it stands now."""
    midnight = datetime.combine(clock.today(), moment(), UTC)
    query = (
        sa.select(
            col(ProviderCall.provider),
            col(ProviderCall.model),
            col(ProviderCall.outcome),
            col(ProviderCall.started_at),
            col(ProviderCall.ended_at),
        )
        .where(col(ProviderCall.started_at) >= midnight, col(ProviderCall.ended_at).is_not(None))
        .order_by(col(ProviderCall.started_at).desc())
        .limit(_CALLS_MAX)
    )
    calls: dict[tuple[str, str], list[Any]] = {}
    for row in session.execute(query):
        calls.setdefault((row.provider, row.model), []).append(row)
    return {key: _figures(*key, rows) for key, rows in calls.items()}


def forget() -> None:
    """Reads anew at the next question."""
    _cache.clear()


def forget_refusals() -> None:
    """The same of what a call that ended may have changed at once; figures may be some seconds old."""
    _cache.pop("refusals", None)


def _figures(provider: str, model: str, rows: list[Any]) -> Figures:
    """`rows` are the calls, latest first."""
    good = [row for row in rows if row.outcome == "answered"]
    bad = [row for row in rows if row.outcome in _BLAMED]
    judged = len(good) + len(bad)
    seconds = sorted((row.ended_at - row.started_at).total_seconds() for row in good)
    return Figures(
        provider,
        model,
        len(rows),
        len(good) * 100 // judged if judged else None,
        round(seconds[len(seconds) // 2], 1) if seconds else 0,
        bad[0].outcome if bad else "",
        bad[0].ended_at if bad else None,
    )


async def _cached(name: str, seconds: float, ask: Callable[[], Awaitable[T]]) -> T:
    database = config.get(config.DatabaseSettings).resolved_url()
    until, of, value = _cache.get(name, (0.0, "", None))
    if of != database or time.monotonic() >= until:
        value = await ask()
        _cache[name] = (time.monotonic() + seconds, database, value)
    return value  # type: ignore[return-value]
