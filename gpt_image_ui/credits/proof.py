"""Proof that the ledger holds together: the hash that chains transfers, and the check of everything against them."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, groupby, islice
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from gpt_image_ui.credits.tables import HOLDS, JOB_KINDS, MOVES, TRANSFERS, WALLETS

# A ledger this broken needs a person, not a longer list.
_FINDINGS_MAX = 1000
_CHUNK = 2000
_LINKED = tuple(column.name for column in TRANSFERS.c if column.name not in ("id", "hash"))


@dataclass(frozen=True)
class Finding:
    """One thing that does not add up, in words for the operator."""

    account_id: str
    what: str


def build_link(
    *,
    account_id: str,
    sequence: int,
    kind: str,
    source: str,
    target: str,
    amount: int,
    reference: str,
    job_id: str | None,
    reason: str,
    created_at: datetime,
    previous_hash: str,
) -> str:
    """The hash of a transfer: SHA-256 of its fields, and of the hash before it, as a JSON array in this order."""
    moment = created_at.astimezone(UTC).isoformat(timespec="microseconds")
    fields = [account_id, sequence, kind, source, target, amount, reference, job_id, reason, moment, previous_hash]
    return hashlib.sha256(json.dumps(fields, separators=(",", ":")).encode()).hexdigest()


def verify(db: Session, account_id: str | None = None) -> list[Finding]:
    """Checks every chain, balance, hold and counter, or one account's; an empty list means that all agree.

    Each check is one statement, hence one snapshot, so that work going on meanwhile raises no false alarm.
    """
    checks = (_check_chains, _check_unmoved_wallets, _check_holds, _check_jobs_without_hold, _check_counters)
    return list(islice(chain.from_iterable(check(db, account_id) for check in checks), _FINDINGS_MAX))


def _check_chains(db: Session, account_id: str | None) -> Iterator[Finding]:
    cached = [WALLETS.c[name].label(f"wallet_{name}") for name in ("available", "reserved", "sequence", "head")]
    query = (
        sa.select(TRANSFERS, *cached)
        .select_from(TRANSFERS.outerjoin(WALLETS, WALLETS.c.account_id == TRANSFERS.c.account_id))
        .where(_of(TRANSFERS, account_id))
        .order_by(TRANSFERS.c.account_id, TRANSFERS.c.sequence)
    )
    rows = db.connection().execute(query, execution_options={"yield_per": _CHUNK})
    for owner, transfers in groupby(rows, key=lambda row: row.account_id):
        yield from (Finding(owner, what) for what in _walk(transfers))


def _walk(transfers: Iterable[sa.Row[Any]]) -> Iterator[str]:
    """One account's transfers in order. Only the first break of the chain is told: the rest follows from it."""
    sums: Counter[str] = Counter()
    broken, sequence, head, row = "", 0, "", None
    for row in transfers:
        broken = broken or _break(row, sequence, head)
        sums[row.source] -= row.amount
        sums[row.target] += row.amount
        if sums["reserved"] < 0 or (row.kind == "reserve" and sums["available"] < 0):
            broken = broken or f"transfer {row.sequence} ({row.kind}) moves credits that were not there"
        sequence, head = row.sequence, row.hash
    assert row is not None, "a group has rows"
    if broken:
        yield broken
    if row.wallet_available is None:
        yield "transfers without a wallet"
        return
    for bucket in ("available", "reserved"):
        if sums[bucket] != row._mapping[f"wallet_{bucket}"]:
            yield f"{bucket}: the wallet says {row._mapping[f'wallet_{bucket}']}, the transfers say {sums[bucket]}"
    if (row.wallet_sequence, row.wallet_head) != (sequence, head):
        yield f"the chain ends at transfer {sequence} and is not the one whose end the wallet remembers"


def _break(row: sa.Row[Any], sequence: int, head: str) -> str:
    if row.sequence != sequence + 1:
        return f"transfer {sequence + 1} is missing"
    if row.previous_hash != head:
        return f"transfer {row.sequence} does not follow the one before it"
    values = row._mapping
    fields = {name: values[name] for name in _LINKED}
    if row.hash != build_link(**fields):
        return f"transfer {row.sequence} was changed after it was written"
    if MOVES.get(row.kind) != (row.source, row.target):
        return f"transfer {row.sequence} ({row.kind}) goes from {row.source} to {row.target}"
    if row.kind in JOB_KINDS and row.reference != f"{row.kind}:{row.job_id}":
        return f"transfer {row.sequence} ({row.kind}) names another job than its reference"
    return ""


def _check_unmoved_wallets(db: Session, account_id: str | None) -> Iterator[Finding]:
    wallet = WALLETS.c
    query = sa.select(wallet.account_id).where(
        _of(WALLETS, account_id),
        ~sa.exists().where(TRANSFERS.c.account_id == wallet.account_id),
        sa.or_(wallet.available != 0, wallet.reserved != 0, wallet.sequence != 0, wallet.head != ""),
    )
    for row in db.connection().execute(query.limit(_FINDINGS_MAX)):
        yield Finding(row.account_id, "the wallet has a history, and there are no transfers")


def _check_holds(db: Session, account_id: str | None) -> Iterator[Finding]:
    hold = HOLDS.c
    moved = {
        kind: sa.func.coalesce(sa.func.sum(sa.case((TRANSFERS.c.kind == kind, TRANSFERS.c.amount), else_=0)), 0)
        for kind in JOB_KINDS
    }
    same_job = sa.and_(TRANSFERS.c.job_id == hold.job_id, TRANSFERS.c.account_id == hold.account_id)
    query = (
        sa.select(HOLDS, *(total.label(f"moved_{kind}") for kind, total in moved.items()))
        .select_from(HOLDS.outerjoin(TRANSFERS, same_job))
        .where(_of(HOLDS, account_id))
        .group_by(hold.job_id)
        .having(
            sa.or_(
                moved["reserve"] != hold.amount,
                moved["settle"] != hold.settled,
                moved["release"] != hold.released,
                hold.settled + hold.released != sa.case((hold.open, 0), else_=hold.amount),
            )
        )
    )
    for row in db.connection().execute(query.limit(_FINDINGS_MAX)):
        says = f"{row.amount} reserved, {row.settled} settled, {row.released} released"
        moves = f"{row.moved_reserve}, {row.moved_settle} and {row.moved_release}"
        status = "open" if row.open else "closed"
        yield Finding(row.account_id, f"job {row.job_id}: the {status} hold says {says}; the transfers say {moves}")


def _check_jobs_without_hold(db: Session, account_id: str | None) -> Iterator[Finding]:
    transfer = TRANSFERS.c
    query = sa.select(transfer.account_id, transfer.sequence, transfer.kind).where(
        _of(TRANSFERS, account_id),
        transfer.kind.in_(JOB_KINDS),
        ~sa.exists().where(HOLDS.c.job_id == transfer.job_id, HOLDS.c.account_id == transfer.account_id),
    )
    for row in db.connection().execute(query.limit(_FINDINGS_MAX)):
        yield Finding(row.account_id, f"transfer {row.sequence} ({row.kind}) belongs to no hold")


def _check_counters(db: Session, account_id: str | None) -> Iterator[Finding]:
    wallet, kept = WALLETS.c, HOLDS.c.amount - HOLDS.c.released
    month = sa.func.substr(sa.cast(HOLDS.c.day, sa.Text), 1, 7)
    day_used = sa.func.coalesce(sa.func.sum(sa.case((HOLDS.c.day == wallet.day, kept), else_=0)), 0)
    month_used = sa.func.coalesce(sa.func.sum(sa.case((month == wallet.month, kept), else_=0)), 0)
    query = (
        sa.select(
            wallet.account_id,
            wallet.day_used,
            wallet.month_used,
            day_used.label("day_held"),
            month_used.label("month_held"),
        )
        .select_from(WALLETS.outerjoin(HOLDS, HOLDS.c.account_id == wallet.account_id))
        .where(_of(WALLETS, account_id))
        .group_by(wallet.account_id)
        .having(sa.or_(day_used != wallet.day_used, month_used != wallet.month_used))
    )
    for row in db.connection().execute(query.limit(_FINDINGS_MAX)):
        counted = f"{row.day_used} for the day and {row.month_used} for the month"
        yield Finding(
            row.account_id, f"caps: the wallet counts {counted}, the holds say {row.day_held} and {row.month_held}"
        )


def _of(table: sa.Table, account_id: str | None) -> sa.ColumnElement[bool]:
    return sa.true() if account_id is None else table.c.account_id == account_id
