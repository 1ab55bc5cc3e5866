"""One table of what expires, and the one sweep that obeys it. What screens say about keeping is read from here too."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col

from gpt_image_ui.accounts.guests import GuestSettings
from gpt_image_ui.accounts.tables import GUEST, Account, LoginSession
from gpt_image_ui.core import clock, config, db, log
from gpt_image_ui.gallery import images, uploads
from gpt_image_ui.gallery.tables import Image, Upload, Wall
from gpt_image_ui.generation import landing
from gpt_image_ui.generation.tables import Job, ProviderCall
from gpt_image_ui.jobs import lifecycle
from gpt_image_ui.moderation.tables import Verdict
from gpt_image_ui.prompting.tables import PromptEntry, PromptTemplate, ToolRun
from gpt_image_ui.storage import store
from gpt_image_ui.storage.interface import StorageError

_BATCH = 20
_logger = log.get("privacy")


class RetentionSettings(config.Section):
    """How long records outlive what they are about. Guests' own span is `guest.keep_hours`."""

    model_config = config.section("retention")
    verdict_days: int = 90
    ended_session_days: int = 30


@dataclass(frozen=True)
class Rule:
    """One class of data: `act` ends what is past its time and returns how much that was; repeating it is safe."""

    name: str
    act: Callable[[], Awaitable[int]]


async def expire_guests() -> int:
    """Ends guests who have not come for `guest.keep_hours`: their pictures, references, jobs, sessions and account.

    Their ledger stays, under an id that names nobody any more. Bytes go before rows, so that a crash between the two
    is made good by the next sweep.
    """
    until = clock.now() - timedelta(hours=config.get(GuestSettings).keep_hours)
    ended = 0
    while found := await db.read(_idle_guests, until):
        for account_id in found:
            await store.get().delete(await db.read(_keys, account_id))
            await db.transaction(_forget, account_id)
        ended += len(found)
    if ended:
        _logger.info("guests expired", accounts=ended)
    return ended


async def expire_verdicts() -> int:
    """Ends the safety checks' records after `retention.verdict_days`."""
    until = clock.now() - timedelta(days=config.get(RetentionSettings).verdict_days)
    return await db.transaction(_delete, Verdict, col(Verdict.created_at) < until)


async def expire_sessions() -> int:
    """Ends the rows of login sessions some time after the sessions themselves."""
    until = clock.now() - timedelta(days=config.get(RetentionSettings).ended_session_days)
    return await db.transaction(_delete, LoginSession, col(LoginSession.expires_at) < until)


RULES = (
    Rule("guests", expire_guests),
    Rule("uploads for prompt tools", uploads.purge_expired),
    Rule("safety verdicts", expire_verdicts),
    Rule("ended login sessions", expire_sessions),
)


async def sweep() -> dict[str, int]:
    """Applies every rule once; what ended, by the rule's name. A store that does not answer stops only the rules that
    need it."""
    done = {}
    for rule in RULES:
        try:
            done[rule.name] = await rule.act()
        except StorageError as error:
            _logger.warning("rule put off", rule=rule.name, error=type(error).__name__)
    return done


def _idle_guests(session: Session, until) -> list[str]:
    at_work = sa.select(col(Job.account_id)).where(col(Job.status).in_(lifecycle.OPEN))
    query = (
        sa.select(col(Account.id))
        .where(col(Account.retention) == GUEST, col(Account.seen_at) < until, col(Account.id).not_in(at_work))
        .limit(_BATCH)
    )
    return list(session.execute(query).scalars())


def _keys(session: Session, account_id: str) -> list[str]:
    kept = session.execute(sa.select(col(Image.key)).where(col(Image.account_id) == account_id)).scalars()
    brought = session.execute(sa.select(Upload).where(col(Upload.account_id) == account_id)).scalars()
    short = sa.select(Job).where(col(Job.account_id) == account_id, col(Job.delivered) < col(Job.asked))
    # What landed of a job that was cancelled or failed then has no row, only the name that follows from the job.
    unlisted = [
        name
        for job in session.execute(short).scalars()
        for position in range(job.asked)
        for name in images.keys_of(landing.key_of(account_id, job.id, position))
    ]
    return [
        *unlisted,
        *(key for image in kept for key in images.keys_of(image)),
        *(key for upload in brought for key in uploads.keys_of(upload)),
    ]


def _forget(session: Session, account_id: str) -> None:
    mine = sa.select(col(Job.id)).where(col(Job.account_id) == account_id)
    _delete(session, ProviderCall, col(ProviderCall.job_id).in_(mine))
    for table in (Image, Upload, Wall, Verdict, Job, LoginSession, PromptEntry, PromptTemplate, ToolRun):
        _delete(session, table, col(table.account_id) == account_id)
    _delete(session, Account, col(Account.id) == account_id)


def _delete(session: Session, table: type[SQLModel], condition) -> int:
    return session.execute(sa.delete(table).where(condition)).rowcount  # type: ignore[attr-defined]
