"""What must always be true of what is kept. Checked hourly, by `doctor`, and after anything that could break it.

Each rule is one statement, hence one snapshot, so that work going on meanwhile raises no false alarm. A rule names
what breaks it; nothing here mends anything.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from prometheus_client import Gauge
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from gpt_image_ui.accounts.tables import Account
from gpt_image_ui.core import clock, config, db, log
from gpt_image_ui.credits import ledger
from gpt_image_ui.credits.tables import Hold, Wallet
from gpt_image_ui.gallery.pixels import GallerySettings
from gpt_image_ui.gallery.tables import Image
from gpt_image_ui.generation import failures
from gpt_image_ui.generation.tables import Job, ProviderCall
from gpt_image_ui.jobs import lifecycle
from gpt_image_ui.prompting import tools
from gpt_image_ui.prompting.tables import ToolRun
from gpt_image_ui.storage import store
from gpt_image_ui.storage.interface import StorageError

_SAMPLE = 40
_FINDINGS_MAX = 100
_logger = log.get("invariants")
_broken = Gauge("invariants_broken", "Things found that must never be, at the last check.")


@dataclass(frozen=True)
class Breach:
    """One thing that must not be. `what` holds ids and numbers, never content."""

    rule: str
    what: str


async def check() -> list[Breach]:
    """Everything that is not as it must be, at most a hundred of each kind. Empty is the only good answer."""
    found = await db.read(check_tables)
    return found + await check_originals(await db.read(_sample))


async def watch() -> None:
    """Checks, and tells the log and the metrics."""
    found = await check()
    _broken.set(len(found))
    for breach in found[:_FINDINGS_MAX]:
        _logger.error("invariant broken", rule=breach.rule, what=breach.what)


def check_tables(session: Session) -> list[Breach]:
    """The rules that the database alone can answer."""
    found = [
        Breach(name, text)
        for name, build, say in RULES
        for text in (say(row) for row in session.execute(build().limit(_FINDINGS_MAX)))
    ]
    return found + [Breach("ledger", f"account {f.account_id}: {f.what}") for f in ledger.verify(session)]


async def check_originals(keys: list[str]) -> list[Breach]:
    """Whether the store has these originals."""
    try:
        there = await asyncio.gather(*(store.get().exists(key) for key in keys))
    except StorageError as error:
        return [Breach("originals", f"the store does not answer ({type(error).__name__}), so none could be checked")]
    missing = [key for key, is_there in zip(keys, there, strict=True) if not is_there]
    # A picture that was deleted for good in the meantime is no loss.
    kept = await db.read(_still_live, missing)
    return [Breach("originals", f"{key} is not in the store") for key in kept]


def _sample(session: Session) -> list[str]:
    """The newest originals, which a fault of today would touch, and as many drawn from all."""
    live = sa.select(col(Image.key)).where(col(Image.deleted_at).is_(None))
    newest = session.execute(live.order_by(col(Image.id).desc()).limit(_SAMPLE)).scalars()
    drawn = session.execute(live.order_by(sa.func.random()).limit(_SAMPLE)).scalars()
    return sorted({*newest, *drawn})


def _still_live(session: Session, keys: list[str]) -> list[str]:
    live = sa.select(col(Image.key)).where(col(Image.key).in_(keys), col(Image.deleted_at).is_(None))
    return sorted(session.execute(live).scalars())


def _holds_of_ended_jobs() -> Any:
    return (
        sa.select(col(Hold.job_id), col(Job.status))
        .outerjoin(Job, col(Job.id) == col(Hold.job_id))
        .outerjoin(ToolRun, col(ToolRun.id) == col(Hold.job_id))
        .where(
            col(Hold.open),
            sa.or_(
                sa.and_(col(Job.id).is_(None), col(ToolRun.id).is_(None)),
                col(Job.status).in_(lifecycle.CLOSED),
                col(ToolRun.status) != tools.OPEN,
            ),
        )
    )


def _work_without_hold() -> Any:
    has_hold = sa.exists().where(col(Hold.job_id) == col(Job.id), col(Hold.open))
    at_work = col(Job.status).in_((lifecycle.QUEUED, lifecycle.RUNNING))
    return sa.select(col(Job.id), col(Job.status)).where(at_work, col(Job.quoted) > 0, ~has_hold)


def _charges() -> Any:
    """A job that has ended cost what its hold settled, and never more than it was quoted."""
    settled = sa.func.coalesce(col(Hold.settled), 0)
    return (
        sa.select(col(Job.id), col(Job.charged), col(Job.quoted), settled.label("settled"))
        .outerjoin(Hold, col(Hold.job_id) == col(Job.id))
        .where(sa.or_(col(Job.charged) > col(Job.quoted), col(Job.charged) != settled))
    )


def _deliveries() -> Any:
    """The status says how many came: all, some or none."""
    delivered, status = col(Job.delivered), col(Job.status)
    right = sa.case(
        (status == lifecycle.DONE, delivered == col(Job.asked)),
        (status == lifecycle.PARTIAL, sa.and_(delivered > 0, delivered < col(Job.asked))),
        else_=delivered == 0,
    )
    return sa.select(col(Job.id), status, delivered, col(Job.asked)).where(sa.not_(right))


def _pictures() -> Any:
    """A job has the pictures it delivered; fewer only once one can have been deleted for good."""
    kept = sa.func.count(col(Image.id))
    purge_possible = col(Job.finished_at) <= clock.now() - timedelta(seconds=config.get(GallerySettings).undo_seconds)
    return (
        sa.select(col(Job.id), col(Job.delivered), kept.label("kept"))
        .outerjoin(Image, col(Image.job_id) == col(Job.id))
        .group_by(col(Job.id))
        .having(
            sa.or_(
                kept > col(Job.delivered),
                sa.func.coalesce(sa.func.sum(col(Image.charged)), 0) > col(Job.charged),
                sa.and_(kept < col(Job.delivered), sa.not_(sa.func.coalesce(purge_possible, sa.false()))),
            )
        )
    )


def _pictures_without_job() -> Any:
    return sa.select(col(Image.id)).where(~sa.exists().where(col(Job.id) == col(Image.job_id)))


def _paid_twice() -> Any:
    """A further attempt follows only one that certainly made nothing."""
    later = aliased(ProviderCall)
    followed = sa.exists().where(
        col(later.job_id) == col(ProviderCall.job_id), col(later.attempt) > col(ProviderCall.attempt)
    )
    return sa.select(col(ProviderCall.job_id), col(ProviderCall.attempt), col(ProviderCall.outcome)).where(
        followed, col(ProviderCall.outcome).not_in(failures.NOTHING_MADE)
    )


def _same_nonce() -> Any:
    nonce = (col(Job.account_id), col(Job.nonce))
    return sa.select(*nonce, sa.func.count().label("jobs")).group_by(*nonce).having(sa.func.count() > 1)


def _accounts_without_wallet() -> Any:
    return sa.select(col(Account.id)).where(~sa.exists().where(col(Wallet.account_id) == col(Account.id)))


Rule = tuple[str, Callable[[], Any], Callable[[Any], str]]
RULES: tuple[Rule, ...] = (
    ("holds", _holds_of_ended_jobs, lambda r: f"job {r.job_id} ({r.status or 'missing'}) still holds credits"),
    ("holds", _work_without_hold, lambda r: f"job {r.id} is {r.status} and nothing is reserved for it"),
    ("charges", _charges, lambda r: f"job {r.id} charged {r.charged} of {r.quoted}; its hold settled {r.settled}"),
    ("deliveries", _deliveries, lambda r: f"job {r.id} is {r.status} with {r.delivered} of {r.asked} pictures"),
    (
        "pictures",
        _pictures,
        lambda r: f"job {r.id} delivered {r.delivered} and has {r.kept}, or charges differ",
    ),
    ("pictures", _pictures_without_job, lambda r: f"picture {r.id} belongs to no job"),
    ("calls", _paid_twice, lambda r: f"job {r.job_id} asked again after attempt {r.attempt}: {r.outcome or 'open'}"),
    ("nonces", _same_nonce, lambda r: f"account {r.account_id} has {r.jobs} jobs of one nonce"),
    ("wallets", _accounts_without_wallet, lambda r: f"account {r.id} has no wallet"),
)
