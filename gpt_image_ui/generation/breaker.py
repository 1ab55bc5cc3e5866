"""The circuit breaker of each provider, shared by all processes through the database.

closed ──failures in a row, a failing majority, a rejected key──► open ──pause──► one job at a time tries
   ▲                                                                ▲──it fails: a longer pause──┤
   └───────────────────────────the provider answers──────────────────────────────────────────────┘
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from prometheus_client import Counter
from pydantic import Field
from sqlmodel import Session, col

from gpt_image_ui.core import clock, config, log
from gpt_image_ui.generation import switch
from gpt_image_ui.generation.tables import ProviderCall, ProviderState

# Outcomes of calls, as generation/failures.py names them. All others prove that the provider is there and answers.
FAILURES = frozenset({"overloaded", "provider_down", "bad_answer", "unknown", "late"})
OPERATORS_OWN = frozenset({"credentials", "provider_funds"})
NEUTRAL = frozenset({"cancelled", "internal", "model_unavailable", ""})
# Why nothing may be sent to a provider now.
PAUSED, OVER_BUDGET, OPEN, PROBING = "provider_paused", "over_budget", "provider_open", "provider_probing"

_PROBE_AGAIN_SECONDS = 3.0
_logger = log.get("generation")
_opened = Counter("provider_opened_total", "Times that a provider was left alone for a while.", ["provider", "cause"])


class HealthSettings(config.Section):
    """When a failing provider is left alone, for how long, and how long jobs wait for it before their credits return.

    It is after `failures_max` failures in a row, or once `failed_percent` of the last `window_calls` failed.
    """

    model_config = config.section("health")
    failures_max: int = Field(5, ge=1)
    failed_percent: int = Field(60, ge=1, le=100)
    window_calls: int = Field(20, ge=2)
    window_seconds: int = Field(600, ge=1)
    pause_seconds: float = Field(30, gt=0)
    pause_seconds_max: float = Field(900, gt=0)
    operator_pause_seconds: float = Field(600, gt=0)
    probe_seconds: float = Field(180, gt=0)
    patience_seconds: float = Field(120, ge=0)


@dataclass(frozen=True)
class Refusal:
    """Why a provider is not used now. `retry_at` is when it is tried again; `cause` the code of its last failure, or
    the words of the operator, or the period of the budget. `wait_seconds` above zero: it is worth waiting for."""

    code: str
    provider: str
    cause: str = ""
    retry_at: datetime | None = None
    wait_seconds: float = 0


def find_refusal(session: Session, provider: str) -> Refusal | None:
    """Why nothing would be sent to the provider now; takes nothing and changes nothing."""
    return _refusal(session.get(ProviderState, provider), provider)


def list_refusals(session: Session, providers: Iterable[str]) -> dict[str, Refusal]:
    """The same of many, in one question; those that may be used are missing."""
    states = {state.provider: state for state in session.execute(sa.select(ProviderState)).scalars()}
    found = {provider: _refusal(states.get(provider), provider) for provider in providers}
    return {provider: refusal for provider, refusal in found.items() if refusal}


def admit(session: Session, provider: str, job_id: str) -> Refusal | None:
    """Gives leave to send. Past the pause of an open breaker only one job at a time has it."""
    state = session.get(ProviderState, provider)
    refusal = _refusal(state, provider)
    if refusal or state is None or state.retry_at is None:
        return refusal
    now = clock.now()
    probe_until = col(ProviderState.probe_until)
    taken = session.execute(
        sa.update(ProviderState)
        .where(
            col(ProviderState.provider) == provider,
            col(ProviderState.retry_at) == state.retry_at,
            sa.or_(probe_until.is_(None), probe_until < now, col(ProviderState.probe_job_id) == job_id),
        )
        .values(probe_job_id=job_id, probe_until=now + timedelta(seconds=config.get(HealthSettings).probe_seconds))
        .execution_options(synchronize_session=False)
    )
    if taken.rowcount == 1:  # type: ignore[attr-defined]
        return None
    return _waiting(state, PROBING, state.retry_at, _PROBE_AGAIN_SECONDS)


def record(session: Session, provider: str, job_id: str, outcome: str) -> None:
    """Learns from how a call ended. An answer of any kind closes the breaker."""
    if outcome in NEUTRAL:
        _free_probe(session, provider, job_id)
    elif outcome in FAILURES or outcome in OPERATORS_OWN:
        _fail(session, provider, job_id, outcome)
    else:
        _close(session, provider)


def _refusal(state: ProviderState | None, provider: str) -> Refusal | None:
    if reason := switch.reason_of(state, provider):
        return Refusal(PAUSED, provider, reason)
    now = clock.now()
    if state is None or state.retry_at is None or state.retry_at <= now:
        return None
    return _waiting(state, OPEN, state.retry_at, (state.retry_at - now).total_seconds())


def _waiting(state: ProviderState, code: str, retry_at: datetime, seconds: float) -> Refusal:
    """Jobs that are queued already wait a while, unless only the operator can end it."""
    opened = state.opened_at or clock.now()
    age = (clock.now() - opened).total_seconds()
    patient = state.cause not in OPERATORS_OWN and age + seconds <= config.get(HealthSettings).patience_seconds
    return Refusal(code, state.provider, state.cause, retry_at, max(0.01, seconds) if patient else 0)


def _fail(session: Session, provider: str, job_id: str, outcome: str) -> None:
    settings = config.get(HealthSettings)
    now = clock.now()
    state = switch.lock(session, provider)
    state.failures += 1
    state.cause = outcome
    probing = state.retry_at is not None and state.probe_job_id == job_id
    tired = state.failures >= settings.failures_max or outcome in OPERATORS_OWN
    if probing or (state.retry_at is None and (tired or _mostly_failing(session, provider, settings))):
        pause = min(settings.pause_seconds_max, settings.pause_seconds * 2.0 ** min(state.pauses, 20))
        if outcome in OPERATORS_OWN:
            pause = max(pause, settings.operator_pause_seconds)
        state.opened_at, state.retry_at = state.opened_at or now, now + timedelta(seconds=pause)
        state.pauses, state.probe_job_id, state.probe_until = state.pauses + 1, "", None
        _opened.labels(provider, outcome).inc()
        _logger.warning("provider left alone", provider=provider, cause=outcome, seconds=round(pause))
    session.add(state)


def _mostly_failing(session: Session, provider: str, settings: HealthSettings) -> bool:
    since = clock.now() - timedelta(seconds=settings.window_seconds)
    query = (
        sa.select(col(ProviderCall.outcome))
        .where(
            col(ProviderCall.provider) == provider,
            col(ProviderCall.started_at) >= since,
            col(ProviderCall.outcome).not_in(NEUTRAL),
        )
        .order_by(col(ProviderCall.started_at).desc())
        .limit(settings.window_calls)
    )
    outcomes = list(session.execute(query).scalars())
    failed = sum(outcome in FAILURES for outcome in outcomes)
    return len(outcomes) >= settings.window_calls and failed * 100 >= settings.failed_percent * len(outcomes)


def _close(session: Session, provider: str) -> None:
    state = session.get(ProviderState, provider)
    if state is None or not (state.failures or state.retry_at):
        return
    if state.retry_at:
        _logger.info("provider answers again", provider=provider)
    session.execute(
        sa.update(ProviderState)
        .where(col(ProviderState.provider) == provider)
        .values(failures=0, pauses=0, opened_at=None, retry_at=None, probe_job_id="", probe_until=None)
        .execution_options(synchronize_session=False)
    )


def _free_probe(session: Session, provider: str, job_id: str) -> None:
    """A try that proved nothing lets the next job try."""
    session.execute(
        sa.update(ProviderState)
        .where(col(ProviderState.provider) == provider, col(ProviderState.probe_job_id) == job_id)
        .values(probe_job_id="", probe_until=None)
        .execution_options(synchronize_session=False)
    )
