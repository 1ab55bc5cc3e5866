"""What makes good a crash, a lost message or a stuck engine: run at start and every few seconds, safe to repeat."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session, col

from gpt_image_ui.core import clock, config, db, ids, log
from gpt_image_ui.credits import ledger
from gpt_image_ui.credits.tables import Hold
from gpt_image_ui.generation import run, submit
from gpt_image_ui.generation.tables import Job
from gpt_image_ui.jobs import engine, lifecycle, notices
from gpt_image_ui.jobs.tables import ExecutorLease

# A job younger than this is still being handed over by the request that made it.
_SETTLING = timedelta(seconds=5)
_logger = log.get("generation")


async def sweep(*, at_start: bool = False) -> int:
    """Hands over queued jobs that the engine does not know and closes those it gave up on. Returns how many."""
    until = clock.now() - (timedelta() if at_start else _SETTLING)
    mended = 0
    found = await db.read(_open_jobs, until)
    outcomes = await engine.outcomes([job_id for job_id, _ in found])
    for job_id, status in found:
        try:
            mended += await _mend(job_id, status, outcomes[job_id])
        except Exception as error:  # the job edge: one row that cannot be read must not keep the others waiting
            _say_not_mended(job_id, error)
    for account_id in await db.transaction(_release_orphans):
        mended += 1
        await notices.send(account_id)
    return mended


async def resume_held() -> None:
    """Checks held jobs again, oldest first, until the checker fails again."""
    for job_id in await db.read(_held_jobs):
        try:
            if not await submit.release_held(job_id):
                return
        except Exception as error:  # the job edge: one that cannot be checked must not keep the others waiting
            _say_not_mended(job_id, error)


async def announce() -> None:
    """Says that this worker lives before it takes its first job: whose lease was never seen, nobody would take over."""
    await db.transaction(_renew)


async def renew_lease() -> None:
    """Says that this worker lives, and takes over from those that stopped saying so. For PostgreSQL."""
    dead = await db.transaction(_renew)
    if dead:
        taken = await engine.take_over(dead)
        _logger.warning("jobs taken over", executors=len(dead), jobs=taken)
        await db.transaction(_bury, dead)


async def _mend(job_id: str, status: str, known: str) -> bool:
    if known == "working":
        return False
    if status == lifecycle.QUEUED and not known:
        await submit.hand_over(job_id)
    elif await db.read(_has_ended, job_id):
        return False
    else:
        await run.finish(job_id, {"unknown": True})
    _logger.warning("job mended", job_id=job_id, status=status, engine=known)
    return True


def _say_not_mended(job_id: str, error: Exception) -> None:
    _logger.error("job not mended", job_id=job_id, reference=ids.new_reference(), error=type(error).__name__)


def _open_jobs(session: Session, until: datetime) -> list[tuple[str, str]]:
    query = (
        sa.select(col(Job.id), col(Job.status))
        .where(col(Job.status).in_((lifecycle.QUEUED, lifecycle.RUNNING)), col(Job.created_at) <= until)
        .order_by(col(Job.created_at))
        .limit(2000)
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def _has_ended(session: Session, job_id: str) -> bool:
    """Whether it ended while we asked the engine."""
    return session.get_one(Job, job_id).status in lifecycle.CLOSED


def _held_jobs(session: Session) -> list[str]:
    query = sa.select(col(Job.id)).where(col(Job.status) == lifecycle.HELD).order_by(col(Job.created_at)).limit(200)
    return list(session.execute(query).scalars())


def _release_orphans(session: Session) -> list[str]:
    """Holds whose job has ended: cannot happen by our own transactions, and costs a person credits if it does."""
    query = (
        sa.select(col(Hold.job_id), col(Hold.account_id))
        .join(Job, col(Job.id) == col(Hold.job_id))
        .where(col(Hold.open), col(Job.status).in_(lifecycle.CLOSED))
        .limit(200)
    )
    found = session.execute(query).all()
    for job_id, _ in found:
        ledger.release(session, job_id, "Returned by the sweep")
    return [account_id for _, account_id in found]


def _renew(session: Session) -> list[str]:
    now = clock.now()
    lease = timedelta(seconds=config.get(engine.JobSettings).lease_seconds)
    own = session.get(ExecutorLease, config.process_id()) or ExecutorLease(
        executor_id=config.process_id(), started_at=now, expires_at=now
    )
    away = own.expires_at < now
    own.expires_at = now + lease
    session.add(own)
    if away:
        # The database or this process stood still, so the others' silence proves nothing yet: they have one turn more.
        return []
    # One worker at a time buries the dead; the lock ends with the transaction.
    if not session.execute(sa.text("SELECT pg_try_advisory_xact_lock(7201)")).scalar():
        return []
    query = sa.select(col(ExecutorLease.executor_id)).where(col(ExecutorLease.expires_at) < now)
    return list(session.execute(query).scalars())


def _bury(session: Session, executor_ids: list[str]) -> None:
    session.execute(sa.delete(ExecutorLease).where(col(ExecutorLease.executor_id).in_(executor_ids)))
