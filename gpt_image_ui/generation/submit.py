"""From a request to a queued job, once: validate, moderate, then one transaction that quotes, reserves and records.

Every way in passes here: the screen, a retry, a variation, the resumption of a held job.
"""

import secrets
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlmodel import Session, col

from gpt_image_ui.accounts.tables import Account
from gpt_image_ui.core import clock, db, ids, log, rate_limit
from gpt_image_ui.core.errors import NotFoundError, UserFacingError
from gpt_image_ui.credits import ledger
from gpt_image_ui.gallery import uploads
from gpt_image_ui.generation import fallback, pricing, routing, validate
from gpt_image_ui.generation.tables import Job
from gpt_image_ui.jobs import engine, lifecycle, notices
from gpt_image_ui.moderation import check
from gpt_image_ui.providers.interface import REFERENCE, ImageRequest, ModelSpec, Reference

OPEN_JOBS_MAX = 100
_logger = log.get("generation")
_rate = rate_limit.Rate("submit", burst=60, every_seconds=0.5)


async def submit(
    account_id: str,
    nonce: str,
    request: ImageRequest,
    parent_job_id: str | None = None,
    *,
    told: Sequence[str] = (),
) -> str:
    """Returns the job's id; the same nonce of the same account is the same job, however often it is sent.

    `told` are the destinations beside the model's own that the person saw: only there may another provider draw it.
    Raises UserFacingError when refused, and then nothing is written: no job, no reservation, no provider call.
    """
    known, tier = await db.read(_greet, account_id, nonce)
    if known:
        return known
    rate_limit.take(_rate, account_id)
    model, request = validate.check(request, tier)
    route = await fallback.choose(model, request, tier, told)
    references = await load_references(account_id, request)
    # Looked at for being there and one's own; refused here it costs nothing, refused in the job it costs a wait.
    await load_mask(account_id, request)
    decision = await check.check(request.prompt, references)
    if decision.action == "block":
        await db.transaction(check.record, account_id, None, decision)
        raise UserFacingError(decision.message, "blocked", status=422)
    if model.seed and request.seed is None:
        # Fixed now, so that a retry, a recall and a crash all draw the same picture.
        request = replace(request, seed=secrets.randbelow(validate.SEED_MAX - model.count_max))
    held = decision.action == "hold"
    try:
        job_id = await db.transaction(_record, account_id, nonce, model, request, parent_job_id, decision, held, route)
    except IntegrityError:
        # Two presses of one button at the same instant: the other one was first.
        if known := await db.read(find_by_nonce, account_id, nonce):
            return known
        raise
    if not held:
        await hand_over(job_id)
    return job_id


async def retry(account_id: str, job_id: str, nonce: str) -> str:
    """Sends the job's own snapshot again as a new job, and takes the old card away. Raises as `submit` does."""
    job = await db.read(get, account_id, job_id)
    if job.status not in lifecycle.CLOSED:
        raise UserFacingError("That one is still under way. Nothing was charged twice.", "still_open", status=409)
    missing = replace(from_json(job.request), count=job.asked - job.delivered or job.asked)
    if missing.seed is not None:
        # Pictures of one job have seeds in a row: from the first again would draw what has already arrived.
        missing = replace(missing, seed=(missing.seed + job.delivered) % (validate.SEED_MAX + 1))
    new_id = await submit(account_id, nonce, missing, parent_job_id=job_id, told=fallback.told_before(job))
    await db.transaction(dismiss, account_id, job_id)
    return new_id


async def hand_over(job_id: str) -> None:
    """Gives a queued job to the engine. A crash before this line, and an engine that cannot take it now, are made good
    by the sweep: the job is recorded and paid for, so that it would be wrong to say that nothing came of it."""
    try:
        provider, ahead = await db.read(_place, job_id)
        await engine.hand_over(job_id, provider, ahead=ahead)
    except SQLAlchemyError as error:
        _logger.warning("job left to the sweep", job_id=job_id, error=type(error).__name__)


async def release_held(job_id: str) -> bool:
    """Checks a held job again; reserves and queues it once the check answers. True when it is no longer held."""
    job = await db.read(lambda session: session.get(Job, job_id))
    if job is None or job.status != lifecycle.HELD:
        return True
    request = from_json(job.request)
    try:
        _, tier = await db.read(_greet, job.account_id, job.nonce)
        _, request = validate.check(request, tier)
        decision = await check.check(request.prompt, await load_references(job.account_id, request))
        if decision.action == "hold":
            return False
        if decision.action == "block":
            raise UserFacingError(decision.message, "blocked")
        await db.transaction(_queue_held, job_id, decision)
    except UserFacingError as error:
        await db.transaction(_refuse_held, job_id, error)
    else:
        await hand_over(job_id)
    await notices.send(job.account_id)
    return True


async def load_references(account_id: str, request: ImageRequest) -> tuple[Reference, ...]:
    """The working copies, in the order chosen. Raises NotFoundError for one that is gone or another's."""
    if not request.references:
        return ()
    rows = await db.read(uploads.get_many, account_id, list(request.references))
    roles = request.roles or (REFERENCE,) * len(rows)
    loaded = [await uploads.load_reference(row) for row in rows]
    return tuple(replace(reference, role=role) for reference, role in zip(loaded, roles, strict=True))


async def load_mask(account_id: str, request: ImageRequest) -> Reference | None:
    """The mask that was painted over the first reference. Raises NotFoundError as references do."""
    if not request.mask:
        return None
    (row,) = await db.read(uploads.get_many, account_id, [request.mask])
    return await uploads.load_reference(row)


def find_by_nonce(session: Session, account_id: str, nonce: str) -> str | None:
    """The job that this press of the button already made."""
    return session.execute(
        sa.select(col(Job.id)).where(col(Job.account_id) == account_id, col(Job.nonce) == nonce)
    ).scalar_one_or_none()


def get(session: Session, account_id: str, job_id: str) -> Job:
    """Raises NotFoundError for a missing job and for another account's."""
    job = session.get(Job, job_id)
    if job is None or job.account_id != account_id:
        raise NotFoundError()
    return job


def dismiss(session: Session, account_id: str, job_id: str) -> None:
    """Takes an ended job's card off the queue strip."""
    job = get(session, account_id, job_id)
    if job.status in lifecycle.CLOSED:
        job.hidden = True
        session.add(job)


def from_json(stored: dict[str, Any]) -> ImageRequest:
    """The request as it was kept with its job."""
    lists = {name: tuple(stored.get(name, ())) for name in ("references", "roles")}
    return ImageRequest(**{**stored, **lists})


def _greet(session: Session, account_id: str, nonce: str) -> tuple[str | None, str]:
    account = session.get(Account, account_id)
    return find_by_nonce(session, account_id, nonce), routing.tier_of(account.kind if account else "")


def _record(
    session: Session,
    account_id: str,
    nonce: str,
    model: ModelSpec,
    request: ImageRequest,
    parent_job_id: str | None,
    decision: check.Decision,
    held: bool,
    route: fallback.Route | None = None,
) -> str:
    if known := find_by_nonce(session, account_id, nonce):
        return known
    _check_account(session, account_id)
    _check_queue(session, account_id)
    quote = pricing.quote(model, request)
    route = route or fallback.Route(model, "")
    job = Job(
        id=ids.new_id(),
        account_id=account_id,
        nonce=nonce,
        provider=route.model.provider,
        model=route.model.id,
        route=route.reason,
        fallbacks=[[other.provider, other.id] for other in route.fallbacks],
        note=route.note,
        prompt=request.prompt,
        request=asdict(request),
        quote=asdict(quote),
        status=lifecycle.HELD if held else lifecycle.QUEUED,
        stage=lifecycle.CHECKED,
        asked=request.count,
        quoted=quote.total,
        parent_job_id=parent_job_id,
        created_at=clock.now(),
    )
    session.add(job)
    session.flush()
    check.record(session, account_id, job.id, decision)
    uploads.mark_used(session, account_id, [*request.references, *([request.mask] if request.mask else [])])
    if not held:
        ledger.reserve(session, account_id, job.id, quote.total)
    return job.id


def _check_account(session: Session, account_id: str) -> None:
    account = session.get(Account, account_id)
    if account is None:
        raise UserFacingError(
            "Your session has ended. Your draft is kept. Open the studio again.", "no_account", status=401
        )
    if account.restricted:
        raise UserFacingError(
            "Processing is restricted at your request, so nothing was drawn or charged. Lift it in your data settings.",
            "restricted",
            status=403,
        )


def _check_queue(session: Session, account_id: str) -> None:
    waiting = session.execute(
        sa.select(sa.func.count())
        .select_from(Job)
        .where(col(Job.account_id) == account_id, col(Job.status).in_(lifecycle.OPEN))
    ).scalar_one()
    if waiting >= OPEN_JOBS_MAX:
        raise UserFacingError(
            f"{OPEN_JOBS_MAX} of your jobs are already waiting. Nothing was charged. Try again when some are done.",
            "queue_full",
            status=429,
        )


def _queue_held(session: Session, job_id: str, decision: check.Decision) -> None:
    _check_account(session, session.get_one(Job, job_id).account_id)
    moved = session.execute(
        sa.update(Job).where(col(Job.id) == job_id, col(Job.status) == lifecycle.HELD).values(status=lifecycle.QUEUED)
    )
    if moved.rowcount == 1:  # type: ignore[attr-defined]
        job = session.get_one(Job, job_id)
        check.record(session, job.account_id, job_id, decision)
        ledger.reserve(session, job.account_id, job_id, job.quoted)


def _refuse_held(session: Session, job_id: str, error: UserFacingError) -> None:
    session.execute(
        sa.update(Job)
        .where(col(Job.id) == job_id, col(Job.status) == lifecycle.HELD)
        .values(
            status=lifecycle.BLOCKED if error.code == "blocked" else lifecycle.FAILED,
            error=error.message,
            error_code=error.code,
            error_reference=error.reference,
            finished_at=clock.now(),
        )
    )


def _place(session: Session, job_id: str) -> tuple[str, int]:
    job = session.get_one(Job, job_id)
    ahead = session.execute(
        sa.select(sa.func.count())
        .select_from(Job)
        .where(
            col(Job.account_id) == job.account_id,
            col(Job.status).in_((lifecycle.QUEUED, lifecycle.RUNNING)),
            col(Job.created_at) < job.created_at,
        )
    ).scalar_one()
    return job.provider, ahead
