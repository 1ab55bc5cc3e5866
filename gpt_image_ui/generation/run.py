"""One job from the intent to the settlement: what the engine executes, and may execute again after a crash.

The order is the safety: intent committed → provider asked once → pictures kept under the job's own names → one
transaction that adds the picture rows, settles the reservation and ends the job. Killed anywhere, a repetition finds
the intent and never asks again: what was kept is delivered and charged, what was not is released.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from sqlmodel import Session

from gpt_image_ui.core import db, ids, log
from gpt_image_ui.core.errors import UserFacingError
from gpt_image_ui.generation import (
    breaker,
    calls,
    cancel,
    failures,
    fallback,
    follow,
    landing,
    limits,
    routing,
    settle,
    submit,
)
from gpt_image_ui.generation.tables import Job
from gpt_image_ui.jobs import engine, lifecycle, notices
from gpt_image_ui.providers import registry
from gpt_image_ui.providers.interface import Completed, ModelUnavailableError, Pending, ProviderError

_logger = log.get("generation")


async def attempt(job_id: str, number: int) -> engine.Result:
    """Asks the provider, once, and keeps what it gives. Never raises: every end is a result that `finish` can read."""
    # From before the claim, which sees all that was cancelled until then: what comes later finds somebody listening.
    with cancel.watching(job_id) as stop:
        return await _attempt(job_id, number, stop)


async def follow_up(job_id: str, number: int) -> engine.Result:
    """Waits for the tasks of an attempt and keeps what they give, until all have ended or time is up."""
    with cancel.watching(job_id) as stop:
        job, _ = await db.read(calls.find_tasks, job_id, number)
        if job.status in lifecycle.CLOSED:
            return {"gone": True}
        if job.cancel_requested:
            stop.set()
        return await _watched(job, number, _follow, stop)


async def save(job_id: str, result: engine.Result) -> bool:
    """Brings pictures that only this server's disk holds to the store; True once all are there."""
    job = await db.read(_get, job_id)
    saved = await landing.unspool(job_id, job.account_id)
    await db.transaction(settle.set_stage, job_id, lifecycle.SAVING)
    await notices.send(job.account_id)
    return saved


async def finish(job_id: str, result: engine.Result) -> None:
    """Delivers, settles and ends the job in one transaction. Does nothing to a job that has already ended."""
    if result.get("gone"):
        return
    job = await db.read(_get, job_id)
    if job.status in lifecycle.CLOSED:
        return
    landed = _landed.pop(job_id, None)
    if landed is None or result.get("followed"):
        # After a crash the earlier process's pictures are in the store; tasks may have ended on both sides of it.
        seed = submit.from_json(job.request).seed
        landed = [*(landed or ()), *await landing.recover(job.account_id, job_id, job.asked, seed, landed or ())]
    if result.get("unsaved") and not await landing.unspool(job_id, job.account_id):
        landed, result = [], failures.unsaved()
    await db.transaction(settle.end, job_id, landed, result)
    if job.previews:
        await landing.forget_preview(job.account_id, job_id)
    await notices.send(job.account_id)


def plan() -> engine.Plan:
    """What the engine is told to execute."""
    return engine.Plan(attempt, follow_up, save, finish)


class _StoppedError(Exception):
    """The person cancelled while the provider was at work."""


# Pictures between `attempt` and `finish` of the same process; after a crash they are read back from storage.
_landed: dict[str, list[landing.Landed]] = {}
_LANDED_MAX = 500
_Work = Callable[[Job, int, list[landing.Landed]], Awaitable[engine.Result]]
_AT_ONCE_SECONDS = 0.01


async def _attempt(job_id: str, number: int, stop: asyncio.Event) -> engine.Result:
    claim = await db.transaction(calls.claim, job_id, number)
    if claim and claim.wait_seconds:
        await asyncio.sleep(claim.wait_seconds)
        claim = await db.transaction(calls.claim, job_id, number, in_turn=True)
    if claim is None:
        return {"gone": True}
    if claim.tasks:
        return {"pending": True}
    if claim.refusal:
        return await _refused(claim.job, claim.refusal)
    if not claim.go:
        return {"unknown": True}
    await notices.send(claim.job.account_id)
    result = await _watched(claim.job, number, _ask, stop, tries=claim.tries)
    _, tasks = await db.read(calls.find_tasks, job_id, number)
    if tasks and not result.get("cancelled"):
        # What was created before a failure is paid for: it is followed all the same.
        return {"pending": True}
    return await _go_on(claim.job, result)


async def _refused(job: Job, refusal: breaker.Refusal) -> engine.Result:
    """The provider is not to be asked now: another one, or a while, or the end."""
    if await _switch(job, refusal.code):
        return {"wait_seconds": _AT_ONCE_SECONDS, "postponed": True}
    if not refusal.wait_seconds:
        return failures.refused(refusal)
    await _say_waiting(job, refusal.cause, refusal.wait_seconds)
    return {"wait_seconds": refusal.wait_seconds, "postponed": True}


async def _go_on(job: Job, result: engine.Result) -> engine.Result:
    """After an attempt: waits as its result says, or turns to another provider where nothing was made."""
    if result.get("wait_seconds"):
        await _say_waiting(job, result["code"], result["wait_seconds"])
    elif result.get("code") in failures.NOTHING_MADE and not result["pictures"] and await _switch(job, result["code"]):
        return {"wait_seconds": _AT_ONCE_SECONDS}
    return result


async def _switch(job: Job, why: str) -> bool:
    switched = bool(job.fallbacks) and await db.transaction(fallback.switch, job.id, why)
    if switched:
        await notices.send(job.account_id)
    return switched


async def _say_waiting(job: Job, code: str, seconds: float) -> None:
    await db.transaction(settle.set_stage, job.id, lifecycle.WAITING, failures.asked_again(code, seconds))
    await notices.send(job.account_id)


async def _watched(job: Job, number: int, work: _Work, stop: asyncio.Event, *, tries: int = 0) -> engine.Result:
    """Runs the work until it ends or the person cancels, and turns every failure into a result."""
    landed = _landed.setdefault(job.id, [])
    while len(_landed) > _LANDED_MAX:
        _landed.pop(next(iter(_landed)))
    try:
        if stop.is_set():
            raise _StoppedError
        result: engine.Result = await _until(stop, work(job, number, landed))
    except _StoppedError:
        result = {"cancelled": True}
        await follow.stop(job, number)
    except ProviderError as error:
        result = failures.describe(error, tries, delivered=len(landed))
    except UserFacingError as error:  # what the request needs is gone, as a reference that was deleted meanwhile
        result = failures.gone(error)
    except Exception as error:  # the job edge: whatever happens, the credits find their way back
        reference = ids.new_reference()
        _logger.error("attempt failed", job_id=job.id, reference=reference, error=type(error).__name__, exc_info=True)
        result = failures.unforeseen(reference)
    result["unsaved"] = any(picture.spooled for picture in landed)
    result["pictures"] = {str(p.position): {"seed": p.seed, "revised_prompt": p.revised_prompt} for p in landed}
    if not result.get("pending"):
        await db.transaction(calls.note_end, job.id, number, result)
    return result


async def _ask(job: Job, number: int, landed: list[landing.Landed]) -> engine.Result:
    call = await calls.build(job, number, landed)
    if routing.find(job.provider, job.model) is None:
        raise ModelUnavailableError("not offered any more")
    async with limits.place(job.provider):
        answer = await registry.providers()[job.provider].submit(call)
    return {"pending": True} if isinstance(answer, Pending) else _done(answer)


async def _follow(job: Job, number: int, landed: list[landing.Landed]) -> engine.Result:
    _, tasks = await db.read(calls.find_tasks, job.id, number)
    call = await calls.build(job, number, landed, following=True)
    return await follow.until_ended(job, registry.providers()[job.provider], call, tasks)


async def _until(stop: asyncio.Event, work: Awaitable[engine.Result]) -> engine.Result:
    working, stopping = asyncio.ensure_future(work), asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        raise _StoppedError
    finally:
        stopping.cancel()
        working.cancel()
        await asyncio.gather(working, stopping, return_exceptions=True)


def _done(completed: Completed) -> dict[str, Any]:
    return {
        "request_id": completed.request_id,
        "cost_micros": completed.cost_micros or 0,
        "refused": completed.refused,
    }


def _get(session: Session, job_id: str) -> Job:
    return session.get_one(Job, job_id)
