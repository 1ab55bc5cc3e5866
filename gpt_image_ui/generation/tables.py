"""Jobs and the intents that guard their paid calls."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from gpt_image_ui.core.columns import Moment


class Job(SQLModel, table=True):
    """One press of Create: an unchanging snapshot of the request, and where it has got to.

    `status` is one of jobs/lifecycle.py. `nonce` comes from the form: the same nonce of the same account is the same
    job. `request` is the ImageRequest as JSON; a retry copies it. `quoted` is the most it may cost, in credits;
    `charged` what it did cost. `error` is the sentence the person reads, `error_code` what the screen decides by.
    `provider` and `model` are those at work now, `route` says why these; `fallbacks` are the others to which the
    person agreed, as [provider, model]. `note` is what the card adds while the job is under way.
    """

    __table_args__ = (
        sa.UniqueConstraint("account_id", "nonce", name="job_nonce"),
        sa.Index("job_open", "status", "created_at"),
        sa.Index("job_recent", "account_id", "created_at"),
    )
    id: str = Field(primary_key=True, max_length=32)
    account_id: str = Field(max_length=32)
    nonce: str = Field(max_length=64)
    provider: str = Field(max_length=32)
    model: str = Field(max_length=96)
    prompt: str = Field(sa_type=sa.Text)
    request: dict[str, Any] = Field(sa_type=sa.JSON)
    quote: dict[str, Any] = Field(sa_type=sa.JSON)
    route: str = Field(default="", max_length=160)
    fallbacks: list[list[str]] = Field(default_factory=list, sa_type=sa.JSON)
    note: str = Field(default="", sa_type=sa.Text)
    status: str = Field(max_length=16)
    stage: str = Field(default="", max_length=16)
    previews: int = 0
    asked: int
    delivered: int = 0
    quoted: int = Field(sa_type=sa.BigInteger)
    charged: int = Field(default=0, sa_type=sa.BigInteger)
    cancel_requested: bool = False
    hidden: bool = False
    parent_job_id: str | None = Field(default=None, max_length=32)
    provider_request_id: str = Field(default="", max_length=128)
    error: str = Field(default="", sa_type=sa.Text)
    error_code: str = Field(default="", max_length=48)
    error_reference: str = Field(default="", max_length=16)
    created_at: datetime = Field(sa_type=Moment)
    started_at: datetime | None = Field(default=None, sa_type=Moment)
    finished_at: datetime | None = Field(default=None, sa_type=Moment)


class ProviderCall(SQLModel, table=True):
    """The intent to pay a provider, committed before the call: its presence forbids repeating that attempt.

    A next attempt exists only after a provider has said for certain that the one before made nothing. `tasks` are the
    provider's ids of what it works on, one for each picture, kept as they become known. `cost_micros` is what the
    provider says it cost, `counted_micros` what the operator's budget counts for it.
    """

    __tablename__ = "provider_call"  # type: ignore[assignment]
    __table_args__ = (sa.Index("provider_call_recent", "started_at"),)
    job_id: str = Field(primary_key=True, max_length=32)
    attempt: int = Field(primary_key=True)
    provider: str = Field(max_length=32)
    model: str = Field(default="", max_length=96)
    outcome: str = Field(default="", max_length=48)
    cost_micros: int = Field(default=0, sa_type=sa.BigInteger)
    counted_micros: int = Field(default=0, sa_type=sa.BigInteger)
    tasks: list[str] = Field(default_factory=list, sa_type=sa.JSON)
    started_at: datetime = Field(sa_type=Moment)
    ended_at: datetime | None = Field(default=None, sa_type=Moment)


class ProviderState(SQLModel, table=True):
    """What every process must know of a provider. No row, or one as new: nothing is wrong.

    `paused` is the operator's reason for using it no more. `failures` in a row open the breaker: until `retry_at`
    nothing is sent, then one job at a time (`probe_job_id`, believed until `probe_until`) tries. `pauses` counts the
    tries that failed since `opened_at`; `cause` is the code of the last failure. `free_at` is the next moment that
    its rate has free.
    """

    __tablename__ = "provider_state"  # type: ignore[assignment]
    provider: str = Field(primary_key=True, max_length=32)
    paused: str = Field(default="", sa_type=sa.Text)
    paused_at: datetime | None = Field(default=None, sa_type=Moment)
    failures: int = 0
    pauses: int = 0
    cause: str = Field(default="", max_length=48)
    opened_at: datetime | None = Field(default=None, sa_type=Moment)
    retry_at: datetime | None = Field(default=None, sa_type=Moment)
    probe_job_id: str = Field(default="", max_length=32)
    probe_until: datetime | None = Field(default=None, sa_type=Moment)
    free_at: datetime | None = Field(default=None, sa_type=Moment)


class ProviderSpend(SQLModel, table=True):
    """What a provider's calls cost the operator in a UTC day ('2026-11-20') and in a month ('2026-11').

    Sums of their own, because the calls themselves go when the people go who made them.
    """

    __tablename__ = "provider_spend"  # type: ignore[assignment]
    provider: str = Field(primary_key=True, max_length=32)
    period: str = Field(primary_key=True, max_length=10)
    micros: int = Field(default=0, sa_type=sa.BigInteger)
