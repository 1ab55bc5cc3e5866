"""What limits spending: the operator's caps, an account's own caps, and the sentences that explain a refusal."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from pydantic import Field
from sqlmodel import Session

from gpt_image_ui.core import clock, config
from gpt_image_ui.core.errors import UserFacingError
from gpt_image_ui.core.money import credits_text
from gpt_image_ui.credits.tables import WALLETS

_NOTHING = "Nothing was charged."
_SMALLER = "Ask for fewer or smaller pictures, or a lower quality."


class CreditSettings(config.Section):
    """What a credit is worth, what a newcomer is given, and the caps that hold for every account."""

    model_config = config.section("credits")
    welcome_grant: int = Field(default=100, ge=0)
    micros_per_credit: int = Field(default=10_000, gt=0)
    markup_percent: int = Field(default=0, ge=0)
    cap_job: int | None = Field(default=None, ge=0)
    cap_day: int | None = Field(default=None, ge=0)
    cap_month: int | None = Field(default=None, ge=0)


@dataclass(frozen=True)
class Position:
    """Where an account stands now. Caps are the ones in force: the lower of its own and the operator's."""

    available: int
    reserved: int
    day_used: int
    month_used: int
    cap_job: int | None
    cap_day: int | None
    cap_month: int | None


def set_caps(db: Session, account_id: str, job: int | None, day: int | None, month: int | None) -> None:
    """Sets an account's own caps in credits; None takes a cap away. They can only tighten the operator's."""
    assert all(cap is None or cap >= 0 for cap in (job, day, month)), "a cap is not negative"
    own = {"cap_job": job, "cap_day": day, "cap_month": month}
    found = db.connection().execute(sa.update(WALLETS).where(WALLETS.c.account_id == account_id).values(**own))
    assert found.rowcount == 1, "caps belong to an open wallet"


def build_position(wallet: sa.Row[Any], today: date) -> Position:
    """A wallet's row as it stands today: counters of a day or month gone by read as nothing used."""
    operator = config.get(CreditSettings)
    return Position(
        available=wallet.available,
        reserved=wallet.reserved,
        day_used=wallet.day_used if wallet.day >= today else 0,
        month_used=wallet.month_used if wallet.month >= month_of(today) else 0,
        cap_job=_lower(wallet.cap_job, operator.cap_job),
        cap_day=_lower(wallet.cap_day, operator.cap_day),
        cap_month=_lower(wallet.cap_month, operator.cap_month),
    )


def month_of(day: date) -> str:
    """'2026-11', as wallets keep it."""
    return f"{day:%Y-%m}"


def build_refusal(position: Position, amount: int) -> UserFacingError:
    """Why `amount` cannot be reserved: the obstacle that lasts longest comes first."""
    now = clock.now()
    tomorrow = now.date() + timedelta(days=1)
    next_month = (now.date().replace(day=1) + timedelta(days=32)).replace(day=1)
    if position.cap_job is not None and amount > position.cap_job:
        text = f"This needs {credits_text(amount)} and the cap for one job is {position.cap_job:,}."
        return UserFacingError(f"{text} {_NOTHING} {_SMALLER}", "cap_job")
    if position.cap_month is not None and position.month_used + amount > position.cap_month:
        when = f"on {next_month.day} {next_month:%B} at 00:00 UTC"
        return _cap_error("Monthly", "cap_month", amount, position.month_used, position.cap_month, when, next_month)
    if position.cap_day is not None and position.day_used + amount > position.cap_day:
        return _cap_error("Daily", "cap_day", amount, position.day_used, position.cap_day, "at 00:00 UTC", tomorrow)
    assert amount > position.available, "refused for a reason"
    return _balance_error(position, amount)


def _cap_error(name: str, code: str, amount: int, used: int, cap: int, when: str, resets_on: date) -> UserFacingError:
    if amount > cap:
        text = f"This needs {credits_text(amount)} and the {name.lower()} cap is {cap:,}. {_NOTHING} {_SMALLER}"
        return UserFacingError(text, code)
    wait = datetime.combine(resets_on, time(), UTC) - clock.now()
    reset = f"Resets {when}, in {_span_text(wait)}. {_NOTHING}"
    text = (
        f"{name} cap reached: {used:,} of {cap:,}. {reset}"
        if used >= cap
        else f"This needs {credits_text(amount)} and the {name.lower()} cap leaves {cap - used:,}: "
        f"{used:,} of {cap:,} used. {reset} {_SMALLER}"
    )
    return UserFacingError(text, code, status=429, retry_after_seconds=_ceil_seconds(wait))


def _balance_error(position: Position, amount: int) -> UserFacingError:
    have = (
        f"you have {position.available:,}."
        if position.available >= 0
        else f"you have none: {-position.available:,} are owed, because a payment was taken back."
    )
    under_way = f" {position.reserved:,} more are reserved for jobs under way." if position.reserved else ""
    text = f"This needs {credits_text(amount)} and {have}{under_way} {_NOTHING} {_SMALLER}"
    return UserFacingError(text, "too_few_credits", status=402)


def _span_text(wait: timedelta) -> str:
    minutes = -(-_ceil_seconds(wait) // 60)
    if minutes < 60:
        return f"{minutes} min"
    hours = -(-minutes // 60)
    return f"{hours} h" if hours < 48 else f"{-(-hours // 24)} days"


def _ceil_seconds(wait: timedelta) -> int:
    return -(-wait // timedelta(seconds=1))


def _lower(own: int | None, operator: int | None) -> int | None:
    return min((cap for cap in (own, operator) if cap is not None), default=None)
