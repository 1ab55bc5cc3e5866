"""The intents that guard paid calls, and what a provider is given with a call."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session, col

from gpt_image_ui.core import clock, config, db, ids
from gpt_image_ui.generation import landing, settle, submit
from gpt_image_ui.generation.tables import Job, ProviderCall
from gpt_image_ui.jobs import engine, lifecycle, notices
from gpt_image_ui.providers import registry
from gpt_image_ui.providers.interface import Call, GeneratedImage


@dataclass(frozen=True)
class Claim:
    """A job as an attempt found it. `go` is the leave to ask the provider, given once for each attempt; `tasks` are
    what the provider already works on for it."""

    job: Job
    go: bool
    tasks: tuple[str, ...] = ()


def claim(session: Session, job_id: str, number: int) -> Claim | None:
    """Takes the leave to ask, or says why there is none. None when the job has ended or is gone."""
    job = session.get(Job, job_id)
    if job is None or job.status not in (lifecycle.QUEUED, lifecycle.RUNNING):
        return None
    asked = session.get(ProviderCall, (job_id, number))
    if asked is not None and asked.tasks:
        return Claim(job, go=False, tasks=tuple(asked.tasks))
    if asked is not None and not registry.providers()[job.provider].repeatable:
        return Claim(job, go=False)
    moved = session.execute(
        sa.update(Job)
        .where(col(Job.id) == job_id, col(Job.status) == job.status, ~col(Job.cancel_requested))
        .values(status=lifecycle.RUNNING, stage=lifecycle.DRAWING, started_at=job.started_at or clock.now())
    )
    if moved.rowcount != 1:  # type: ignore[attr-defined]
        return Claim(job, go=False)
    if asked is None:
        session.add(ProviderCall(job_id=job_id, attempt=number, provider=job.provider, started_at=clock.now()))
    return Claim(job, go=True)


def find_tasks(session: Session, job_id: str, number: int) -> tuple[Job, list[str]]:
    """The job and the tasks that the provider works on for this attempt, in order of position."""
    call = session.get(ProviderCall, (job_id, number))
    return session.get_one(Job, job_id), list(call.tasks) if call else []


def note_task(session: Session, job_id: str, number: int, task: str) -> None:
    """Keeps the id of one more task of this attempt."""
    call = session.get_one(ProviderCall, (job_id, number), with_for_update=True)
    call.tasks = [*call.tasks, task]
    session.add(call)


def note_end(session: Session, job_id: str, number: int, result: engine.Result) -> None:
    """Keeps how the attempt ended and what the provider says it cost."""
    call = session.get_one(ProviderCall, (job_id, number))
    call.outcome = result.get("code", "") or ("cancelled" if result.get("cancelled") else "answered")
    call.cost_micros = result.get("cost_micros", 0)
    call.ended_at = clock.now()
    session.add(call)


async def build(job: Job, number: int, landed: list[landing.Landed]) -> Call:
    """What the provider is given. Pictures that it lands are added to `landed`."""
    request = submit.from_json(job.request)
    references = await submit.load_references(job.account_id, request)
    mask = await submit.load_mask(job.account_id, request)

    async def land(read) -> None:
        async def announced() -> list[GeneratedImage]:
            pictures = await read()
            await db.transaction(settle.set_stage, job.id, lifecycle.SAVING)
            await notices.send(job.account_id)
            return pictures

        landed.extend(await landing.through_gate(announced, job.account_id, job.id))

    async def note(task: str) -> None:
        await db.transaction(note_task, job.id, number, task)

    async def preview(data: bytes) -> None:
        if await landing.keep_preview(data, job.account_id, job.id):
            await db.transaction(_count_preview, job.id)
            await notices.send(job.account_id)

    who = ids.pseudonym(config.installation_secret(), job.provider, job.account_id)
    return Call(request, references, who, land, mask, note, preview, callback_url(job.id))


def callback_url(job_id: str) -> str:
    """Where the provider may say that something changed; empty while nobody outside can reach this server."""
    public = config.get(config.ServerSettings).public_url
    return f"{public.rstrip('/')}/callbacks/{job_id}/{callback_secret(job_id)}" if public else ""


def callback_secret(job_id: str) -> str:
    """What makes a job's callback address unguessable."""
    return ids.pseudonym(config.installation_secret(), "callback", job_id)


def _count_preview(session: Session, job_id: str) -> None:
    session.execute(sa.update(Job).where(col(Job.id) == job_id).values(previews=Job.previews + 1))
