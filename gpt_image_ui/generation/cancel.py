"""Stopping a job at any stage. Before the provider is asked it costs nothing; after, the line to it is dropped."""

import asyncio
import contextlib
from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col

from gpt_image_ui.core import clock, db, log
from gpt_image_ui.credits import ledger
from gpt_image_ui.generation import submit
from gpt_image_ui.generation.tables import Job
from gpt_image_ui.jobs import lifecycle, notices

_WATCH_SECONDS = 1.0
_logger = log.get("generation")
# Jobs under way in this process, and the event that stops each.
_under_way: dict[str, asyncio.Event] = {}


async def cancel(account_id: str, job_id: str) -> str:
    """Returns the status afterwards; an ended job stays as it is. Raises NotFoundError for another's job."""
    status = await db.transaction(_cancel, account_id, job_id)
    if event := _under_way.get(job_id):
        event.set()
    await notices.send(account_id)
    return status


@contextlib.contextmanager
def watching(job_id: str) -> Iterator[asyncio.Event]:
    """An event that is set when this job is to stop, for as long as the block lasts."""
    stop = _under_way.setdefault(job_id, asyncio.Event())
    try:
        yield stop
    finally:
        _under_way.pop(job_id, None)


async def hear_others() -> None:
    """Sets the events of jobs that another process was asked to cancel, until cancelled itself."""
    while True:
        await asyncio.sleep(_WATCH_SECONDS)
        if _under_way:
            try:
                requested = await db.read(_requested, list(_under_way))
            except SQLAlchemyError as error:  # the database is away for a moment; who cancels meanwhile is heard after
                _logger.warning("cancellations not heard", error=type(error).__name__)
                continue
            for job_id in requested:
                if event := _under_way.get(job_id):
                    event.set()


def _cancel(session: Session, account_id: str, job_id: str) -> str:
    submit.get(session, account_id, job_id)
    # A job that waits to be sent again has nothing at any provider.
    resting = sa.and_(col(Job.status) == lifecycle.RUNNING, col(Job.stage) == lifecycle.WAITING)
    moved = session.execute(
        sa.update(Job)
        .where(col(Job.id) == job_id, sa.or_(col(Job.status).in_((lifecycle.HELD, lifecycle.QUEUED)), resting))
        .values(status=lifecycle.CANCELLED, cancel_requested=True, finished_at=clock.now())
    )
    if moved.rowcount == 1:  # type: ignore[attr-defined]
        ledger.release(session, job_id, "Cancelled before it was drawn")
        return lifecycle.CANCELLED
    session.execute(
        sa.update(Job).where(col(Job.id) == job_id, col(Job.status) == lifecycle.RUNNING).values(cancel_requested=True)
    )
    return session.execute(sa.select(col(Job.status)).where(col(Job.id) == job_id)).scalar_one()


def _requested(session: Session, job_ids: list[str]) -> list[str]:
    query = sa.select(col(Job.id)).where(col(Job.id).in_(job_ids), col(Job.cancel_requested))
    return list(session.execute(query).scalars())
