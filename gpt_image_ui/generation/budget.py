"""What each provider may cost the operator, in micro-USD.

A call is counted by its declared price in the transaction that gives leave for it, and corrected once its real cost is
known. The counting row is the lock: two processes cannot both spend the last cent.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from gpt_image_ui.core import clock, config, db
from gpt_image_ui.generation.tables import ProviderSpend
from gpt_image_ui.providers.interface import ImageRequest, ModelSpec

DAY, MONTH = "day", "month"


class Allowance(BaseModel):
    """The most that a provider's calls may cost, in micro-USD; nothing means no limit."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    day_micros: Annotated[int, Field(ge=0)] | None = None
    month_micros: Annotated[int, Field(ge=0)] | None = None

    def of(self, period: str) -> int | None:
        return self.day_micros if period == DAY else self.month_micros


class BudgetSettings(config.Section):
    """What providers may cost the operator: `providers` maps a provider's name to `day_micros` and `month_micros`
    (micro-USD, UTC), `paused` a provider's name to the reason why nothing is sent to it."""

    model_config = config.section("budget")
    providers: dict[str, Allowance] = Field(default_factory=dict)
    paused: dict[str, str] = Field(default_factory=dict)


@dataclass(frozen=True)
class Spend:
    """What a provider has cost so far, and the most it may, in micro-USD."""

    provider: str
    day: int
    month: int
    day_max: int | None
    month_max: int | None


def estimate(model: ModelSpec, request: ImageRequest) -> int:
    """What the provider is expected to charge for a request, in micro-USD."""
    each = model.picture_micros(request.width, request.height, request.quality) * max(1, request.seconds)
    return each * request.count + model.micros_per_reference * len(request.references)


def take(session: Session, provider: str, micros: int) -> str:
    """Counts a call that is about to be made. Gives the name of the period whose budget it would break, and then
    nothing is counted; '' when there is leave."""
    today = clock.today()
    totals = _add(session, provider, micros, today.isoformat(), today.isoformat()[:7])
    if broken := _broken(provider, *totals):
        _add(session, provider, -micros, today.isoformat(), today.isoformat()[:7])
    return broken


def correct(session: Session, provider: str, since: datetime, micros: int) -> None:
    """Adds to what was counted for a call that began at `since`; negative amounts give back."""
    if micros:
        day = since.date().isoformat()
        _add(session, provider, micros, day, day[:7])


def exceeded(session: Session, providers: Iterable[str], micros: int = 0) -> dict[str, str]:
    """The providers whose budget does not hold that much more, each with its period."""
    limited = [name for name in providers if name in config.get(BudgetSettings).providers]
    found = {name: _broken(name, *_totals(session, name), more=max(1, micros)) for name in limited}
    return {name: period for name, period in found.items() if period}


def list_spend(session: Session, providers: Iterable[str]) -> list[Spend]:
    """What each provider has cost today and this month, in the order asked for."""
    found = []
    for name in providers:
        allowance = config.get(BudgetSettings).providers.get(name, Allowance())
        found.append(Spend(name, *_totals(session, name), allowance.day_micros, allowance.month_micros))
    return found


def _add(session: Session, provider: str, micros: int, day: str, month: str) -> tuple[int, int]:
    """Adds to both sums and gives them, the day's first. The month's row comes first in the statement, so that all
    who wait, wait for that one and never for each other."""
    insert = postgresql.insert if db.is_postgres() else sqlite.insert
    rows = [{"provider": provider, "period": period, "micros": micros} for period in (month, day)]
    made = insert(ProviderSpend).values(rows)
    counted = made.on_conflict_do_update(
        index_elements=["provider", "period"], set_={"micros": col(ProviderSpend.micros) + made.excluded.micros}
    )
    totals = dict(session.execute(counted.returning(col(ProviderSpend.period), col(ProviderSpend.micros))).all())
    return totals[day], totals[month]


def _totals(session: Session, provider: str) -> tuple[int, int]:
    day = clock.today().isoformat()
    query = sa.select(col(ProviderSpend.period), col(ProviderSpend.micros)).where(
        col(ProviderSpend.provider) == provider, col(ProviderSpend.period).in_((day, day[:7]))
    )
    totals = dict(session.execute(query).all())
    return totals.get(day, 0), totals.get(day[:7], 0)


def _broken(provider: str, day: int, month: int, more: int = 0) -> str:
    allowance = config.get(BudgetSettings).providers.get(provider, Allowance())
    for period, spent in ((DAY, day), (MONTH, month)):
        most = allowance.of(period)
        if most is not None and spent + more > most:
            return period
    return ""
