"""The intents that guard paid calls, and what a provider is given with a call."""

import asyncio
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session, col

from gpt_image_ui.core import clock, config, db, ids
from gpt_image_ui.generation import (
    breaker,
    budget,
    failures,
    fallback,
    health,
    landing,
    limits,
    routing,
    settle,
    submit,
)
from gpt_image_ui.generation.tables import Job, ProviderCall
from gpt_image_ui.jobs import engine, lifecycle, notices
from gpt_image_ui.providers import registry
from gpt_image_ui.providers.interface import IMAGE, Call, GeneratedImage, Reference

_SAVING_SAID_AFTER_SECONDS = 0.15


@dataclass(frozen=True)
class Claim:
    """A job as an attempt found it. `go` is the leave to ask the provider, given once for each attempt; `tasks` are
    what the provider already works on for it; `refusal` is why it is not to be asked now; `wait_seconds` the time
    until its turn comes. `tries` counts the calls that this provider has had for the job."""

    job: Job
    go: bool
    tasks: tuple[str, ...] = ()
    refusal: breaker.Refusal | None = None
    wait_seconds: float = 0
    tries: int = 0


def claim(session: Session, job_id: str, number: int, *, in_turn: bool = False) -> Claim | None:
    """Takes the leave to ask, or says why there is none. None when the job has ended or is gone. `in_turn`: it has
    waited for its turn already."""
    job = session.get(Job, job_id)
    if job is None or job.status not in (lifecycle.QUEUED, lifecycle.RUNNING):
        return None
    asked = session.get(ProviderCall, (job_id, number))
    if asked is not None and asked.tasks:
        return Claim(job, go=False, tasks=tuple(asked.tasks))
    if asked is not None and not registry.providers()[job.provider].repeatable:
        return Claim(job, go=False)
    if asked is None:
        wait = 0 if in_turn else limits.take_turn(session, job.provider)
        refusal = None if wait else _admit(session, job)
        if wait or refusal:
            return Claim(job, go=False, refusal=refusal, wait_seconds=wait)
    moved = session.execute(
        sa.update(Job)
        .where(col(Job.id) == job_id, col(Job.status) == job.status, ~col(Job.cancel_requested))
        .values(
            status=lifecycle.RUNNING,
            stage=lifecycle.DRAWING,
            note=job.note if job.route.startswith(fallback.REASON) else "",
            started_at=job.started_at or clock.now(),
        )
    )
    if moved.rowcount != 1:  # type: ignore[attr-defined]
        if asked is None:
            # Cancelled at this instant: what was taken for it goes back.
            breaker.record(session, job.provider, job_id, "cancelled")
            budget.correct(session, job.provider, clock.now(), -_estimate(job))
        return Claim(job, go=False)
    if asked is None:
        session.add(_intent(session, job, number))
    return Claim(job, go=True, tries=_count_tries(session, job) if number else 0)


def find_tasks(session: Session, job_id: str, number: int) -> tuple[Job, list[str]]:
    """The job and the tasks that the provider works on for this attempt, in order of position."""
    call = session.get(ProviderCall, (job_id, number))
    return session.get_one(Job, job_id), list(call.tasks) if call else []


def note_task(session: Session, job_id: str, number: int, task: str) -> None:
    """Keeps the id of one more task of this attempt."""
    call = session.get_one(ProviderCall, (job_id, number), with_for_update=True)
    call.tasks = [*call.tasks, task]
    session.add(call)
    breaker.record(session, call.provider, job_id, "task")


def note_end(session: Session, job_id: str, number: int, result: engine.Result) -> None:
    """Keeps how the attempt ended and what it cost; the provider's health and the operator's budget learn from it."""
    call = session.get_one(ProviderCall, (job_id, number), with_for_update=True)
    call.outcome = result.get("code", "") or ("cancelled" if result.get("cancelled") else "answered")
    call.cost_micros = result.get("cost_micros") or 0
    call.ended_at = clock.now()
    breaker.record(session, call.provider, job_id, call.outcome)
    spent = _spent(call, result)
    budget.correct(session, call.provider, call.started_at, spent - call.counted_micros)
    call.counted_micros = spent
    session.add(call)
    health.forget_refusals()


async def build(job: Job, number: int, landed: list[landing.Landed], *, following: bool = False) -> Call:
    """What the provider is given. Pictures that it lands are added to `landed`."""
    request = submit.from_json(job.request)
    if following:
        # Asking after a task takes no bytes; a thousand waiting jobs could not hold them, and they may be deleted now.
        references, mask = tuple(Reference(b"", "") for _ in request.references), None
    else:
        references = await submit.load_references(job.account_id, request)
        mask = await submit.load_mask(job.account_id, request)
    model = routing.find(job.provider, job.model)
    asked = fallback.request_for(request, model)
    kind = model.kind if model else IMAGE

    async def land(read) -> None:
        saving: list[asyncio.Task[None]] = []

        async def announced() -> list[GeneratedImage]:
            pictures = await read()
            saving.append(asyncio.ensure_future(_say_saving(job)))
            return pictures

        try:
            landed.extend(await landing.through_gate(announced, job.account_id, job.id, kind))
        finally:
            for task in saving:
                task.cancel()

    async def note(task: str) -> None:
        await db.transaction(note_task, job.id, number, task)

    async def preview(data: bytes) -> None:
        if await landing.keep_preview(data, job.account_id, job.id):
            await db.transaction(_count_preview, job.id)
            await notices.send(job.account_id)

    who = ids.pseudonym(config.installation_secret(), job.provider, job.account_id)
    return Call(asked, references, who, land, mask, note, preview, callback_url(job.id))


async def _say_saving(job: Job) -> None:
    # A usual picture is kept sooner than that: nobody could read the word, and everybody would wait for it.
    await asyncio.sleep(_SAVING_SAID_AFTER_SECONDS)
    await db.transaction(settle.set_stage, job.id, lifecycle.SAVING)
    await notices.send(job.account_id)


def callback_url(job_id: str) -> str:
    """Where the provider may say that something changed; empty while nobody outside can reach this server."""
    public = config.get(config.ServerSettings).public_url
    return f"{public.rstrip('/')}/callbacks/{job_id}/{callback_secret(job_id)}" if public else ""


def callback_secret(job_id: str) -> str:
    """What makes a job's callback address unguessable."""
    return ids.pseudonym(config.installation_secret(), "callback", job_id)


def _admit(session: Session, job: Job) -> breaker.Refusal | None:
    """Whether the provider may be asked: its breaker, the operator's switch, the operator's budget."""
    if refusal := breaker.admit(session, job.provider, job.id):
        return refusal
    if period := budget.take(session, job.provider, _estimate(job)):
        breaker.record(session, job.provider, job.id, "")
        return breaker.Refusal(breaker.OVER_BUDGET, job.provider, period)
    return None


def _intent(session: Session, job: Job, number: int) -> ProviderCall:
    return ProviderCall(
        job_id=job.id,
        attempt=number,
        provider=job.provider,
        model=job.model,
        counted_micros=_estimate(job),
        started_at=clock.now(),
    )


def _estimate(job: Job) -> int:
    model = routing.find(job.provider, job.model)
    if model is None or registry.provider_of(model).repeatable:
        return 0
    return budget.estimate(model, submit.from_json(job.request))


def _spent(call: ProviderCall, result: engine.Result) -> int:
    """What counts against the budget: what the provider says it cost, nothing where it made nothing, else its price."""
    if result.get("cost_micros"):
        return result["cost_micros"]
    free = call.outcome in failures.NOTHING_MADE or call.outcome in ("refused", "bad_request")
    return 0 if free and not call.tasks else call.counted_micros


def _count_tries(session: Session, job: Job) -> int:
    query = sa.select(sa.func.count()).where(
        col(ProviderCall.job_id) == job.id, col(ProviderCall.provider) == job.provider
    )
    return session.execute(query).scalar_one() - 1


def _count_preview(session: Session, job_id: str) -> None:
    session.execute(sa.update(Job).where(col(Job.id) == job_id).values(previews=Job.previews + 1))
