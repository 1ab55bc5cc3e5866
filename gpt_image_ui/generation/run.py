"""One job from the intent to the settlement: what the engine executes, and may execute again after a crash.

The order is the safety: intent committed → provider asked once → pictures kept under the job's own names → one
transaction that adds the picture rows, settles the reservation and ends the job. Killed anywhere, a repetition finds
the intent and never asks again: what was kept is delivered and charged, what was not is released.
"""

import asyncio
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from gpt_image_ui.core import clock, config, db, ids, log
from gpt_image_ui.credits import ledger
from gpt_image_ui.gallery import images
from gpt_image_ui.generation import cancel, failures, landing, pricing, submit
from gpt_image_ui.generation.tables import Job, ProviderCall
from gpt_image_ui.jobs import engine, lifecycle, notices
from gpt_image_ui.providers import registry
from gpt_image_ui.providers.interface import Call, Completed, GeneratedImage, ProviderError

_logger = log.get("generation")


@dataclass(frozen=True)
class _Claim:
    """A job as `attempt` found it. `go` is the leave to ask the provider, given once for each attempt."""

    job: Job
    go: bool


async def attempt(job_id: str, number: int) -> engine.Result:
    """Asks the provider, once, and keeps what it gives. Never raises: every end is a result that `finish` can read."""
    claim = await db.transaction(_claim, job_id, number)
    if claim is None:
        return {"gone": True}
    job = claim.job
    if not claim.go:
        return {"unknown": True}
    await notices.send(job.account_id)
    landed: list[landing.Landed] = []
    stop = cancel.watch(job_id)
    try:
        completed = await _until(stop, _ask(job, landed))
        result = _done(completed, landed)
    except _StoppedError:
        result = {"cancelled": True, "delivered": len(landed)}
    except ProviderError as error:
        result = failures.describe(error, number, delivered=len(landed))
    except Exception as error:  # the job edge: whatever happens, the credits find their way back
        reference = ids.new_reference()
        _logger.error("attempt failed", job_id=job_id, reference=reference, error=type(error).__name__, exc_info=True)
        result = failures.unforeseen(reference, delivered=len(landed))
    finally:
        cancel.forget(job_id)
    result["unsaved"] = any(picture.spooled for picture in landed)
    result["pictures"] = {str(p.position): {"seed": p.seed, "revised_prompt": p.revised_prompt} for p in landed}
    _keep_in_memory(job_id, landed)
    await db.transaction(_note_call, job_id, number, result)
    return result


async def save(job_id: str, result: engine.Result) -> bool:
    """Brings pictures that only this server's disk holds to the store; True once all are there."""
    job = await db.read(lambda session: session.get_one(Job, job_id))
    saved = await landing.unspool(job_id, job.account_id)
    await db.transaction(_set_stage, job_id, lifecycle.SAVING)
    await notices.send(job.account_id)
    return saved


async def finish(job_id: str, result: engine.Result) -> None:
    """Delivers, settles and ends the job in one transaction. Does nothing to a job that has already ended."""
    if result.get("gone"):
        return
    job = await db.read(lambda session: session.get_one(Job, job_id))
    if job.status in lifecycle.CLOSED:
        return
    landed = _landed.pop(job_id, None)
    if landed is None:
        landed = await landing.recover(job.account_id, job_id, job.asked, submit.from_json(job.request).seed)
    if result.get("unsaved") and not await landing.unspool(job_id, job.account_id):
        landed, result = [], failures.unsaved()
    await db.transaction(_end, job_id, landed, result)
    await notices.send(job.account_id)


def plan() -> engine.Plan:
    """What the engine is told to execute."""
    return engine.Plan(attempt, save, finish)


class _StoppedError(Exception):
    """The person cancelled while the provider was at work."""


# Pictures between `attempt` and `finish` of the same process; after a crash they are read back from storage.
_landed: dict[str, list[landing.Landed]] = {}


def _keep_in_memory(job_id: str, landed: list[landing.Landed]) -> None:
    _landed[job_id] = landed
    while len(_landed) > 500:
        _landed.pop(next(iter(_landed)))


def _claim(session: Session, job_id: str, number: int) -> _Claim | None:
    job = session.get(Job, job_id)
    if job is None or job.status not in (lifecycle.QUEUED, lifecycle.RUNNING):
        return None
    asked = session.get(ProviderCall, (job_id, number))
    if asked is not None and not registry.providers()[job.provider].repeatable:
        return _Claim(job, go=False)
    moved = session.execute(
        sa.update(Job)
        .where(col(Job.id) == job_id, col(Job.status) == job.status, ~col(Job.cancel_requested))
        .values(status=lifecycle.RUNNING, stage=lifecycle.DRAWING, started_at=job.started_at or clock.now())
    )
    if moved.rowcount != 1:  # type: ignore[attr-defined]
        return _Claim(job, go=False)
    if asked is None:
        session.add(ProviderCall(job_id=job_id, attempt=number, provider=job.provider, started_at=clock.now()))
    return _Claim(job, go=True)


async def _ask(job: Job, landed: list[landing.Landed]) -> Completed:
    request = submit.from_json(job.request)
    references = await submit.load_references(job.account_id, request)

    async def land(read) -> None:
        async def announced() -> list[GeneratedImage]:
            pictures = await read()
            await db.transaction(_set_stage, job.id, lifecycle.SAVING)
            await notices.send(job.account_id)
            return pictures

        landed.extend(await landing.through_gate(announced, job.account_id, job.id))

    model = registry.get_model(job.model)
    who = ids.pseudonym(config.installation_secret(), job.provider, job.account_id)
    return await registry.provider_of(model).submit(Call(request, references, who, land))


async def _until(stop: asyncio.Event, work) -> Completed:
    asking, stopping = asyncio.ensure_future(work), asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({asking, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if asking.done():
            return asking.result()
        raise _StoppedError
    finally:
        stopping.cancel()
        asking.cancel()
        await asyncio.gather(asking, stopping, return_exceptions=True)


def _done(completed: Completed, landed: list[landing.Landed]) -> dict[str, Any]:
    return {
        "delivered": len(landed),
        "request_id": completed.request_id,
        "cost_micros": completed.cost_micros or 0,
        "refused": completed.refused,
    }


def _note_call(session: Session, job_id: str, number: int, result: engine.Result) -> None:
    call = session.get_one(ProviderCall, (job_id, number))
    call.outcome = result.get("code", "") or ("cancelled" if result.get("cancelled") else "answered")
    call.cost_micros = result.get("cost_micros", 0)
    call.ended_at = clock.now()
    session.add(call)


def _set_stage(session: Session, job_id: str, stage: str) -> None:
    session.execute(
        sa.update(Job).where(col(Job.id) == job_id, col(Job.status) == lifecycle.RUNNING).values(stage=stage)
    )


def _end(session: Session, job_id: str, landed: list[landing.Landed], result: engine.Result) -> None:
    job = session.get_one(Job, job_id, with_for_update=True)
    if job.status in lifecycle.CLOSED:
        return
    model = registry.find_model(job.model)
    request = submit.from_json(job.request)
    landed = sorted(landed, key=lambda picture: picture.position)[: job.asked]
    got = [(picture.derived.width, picture.derived.height) for picture in landed]
    charged = pricing.charge(model, request, got, job.quote) if landed else 0
    details = result.get("pictures", {})
    for picture, cost in zip(landed, pricing.share(charged, len(landed)), strict=True):
        said = details.get(str(picture.position), {})
        images.add(
            session,
            account_id=job.account_id,
            job_id=job_id,
            position=picture.position,
            key=picture.key,
            derived=picture.derived,
            size_bytes=picture.size_bytes,
            sha256=picture.sha256,
            request=job.request,
            prompt=job.prompt,
            provider=job.provider,
            model=job.model,
            seed=said.get("seed", picture.seed),
            revised_prompt=said.get("revised_prompt", picture.revised_prompt),
            charged=cost,
        )
    if charged:
        ledger.settle(session, job_id, charged)
    else:
        ledger.release(session, job_id, "Nothing was delivered")
    _close(job, len(landed), charged, result)
    session.add(job)


def _close(job: Job, delivered: int, charged: int, result: engine.Result) -> None:
    cancelled = result.get("cancelled") or job.cancel_requested
    if delivered == 0 and cancelled:
        status = lifecycle.CANCELLED
    elif delivered == 0 and result.get("unknown"):
        status, result = lifecycle.UNKNOWN, {**result, **failures.unknown()}
    else:
        status = lifecycle.closing(job.asked, delivered)
    assert lifecycle.may_move(job.status, status) or job.status == lifecycle.QUEUED
    job.status, job.stage, job.delivered, job.charged = status, "", delivered, charged
    job.error, job.error_code = result.get("message", ""), result.get("code", "")
    job.error_reference = result.get("reference", "")
    job.provider_request_id = result.get("request_id", "")[:128]
    job.finished_at = clock.now()
