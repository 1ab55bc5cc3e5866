"""Moves credits. Every movement is one transfer between two buckets of one account, made under its wallet's row lock.

A job's credits move twice: `reserve` when it is accepted, then exactly one of `settle` and `release`. A job that costs
nothing has no hold: `reserve`, `settle` and `release` of it do nothing and return False.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from gpt_image_ui.core import clock, config
from gpt_image_ui.credits import caps, proof
from gpt_image_ui.credits.caps import CreditSettings, Position
from gpt_image_ui.credits.proof import Finding
from gpt_image_ui.credits.tables import HOLDS, JOB_KINDS, MOVES, TRANSFERS, WALLETS, Hold, Transfer, Wallet


class Tip(NamedTuple):
    """The end of an account's chain, which the next transfer links to."""

    account_id: str
    sequence: int
    head: str


def open_wallet(db: Session, account_id: str) -> None:
    """Gives an account an empty wallet, once."""
    today = clock.today()
    wallet = Wallet(account_id=account_id, day=today, month=caps.month_of(today))
    _insert(db, WALLETS, "account_id", wallet.model_dump())


def grant(db: Session, account_id: str, amount: int, reference: str, reason: str = "") -> bool:
    """Adds credits for the economic fact that `reference` names. False if that fact has moved credits before."""
    return _move_once(db, "grant", account_id, amount, reference, reason)


def claw_back(db: Session, account_id: str, amount: int, reference: str, reason: str = "") -> bool:
    """Takes granted credits back, all of them, even if they are spent: the balance then goes below zero, and nothing
    can be reserved until grants make it good. Credits that jobs have reserved stay theirs."""
    return _move_once(db, "claw_back", account_id, amount, reference, reason)


def reserve(db: Session, account_id: str, job_id: str, amount: int) -> bool:
    """Sets credits aside for a job. False if it has them already, or needs none.

    Raises UserFacingError too_few_credits, cap_job, cap_day or cap_month, having written nothing.
    """
    assert amount >= 0, "a price is not negative"
    if amount == 0:
        return False
    wallet = _lock(db, account_id)
    hold = _find_hold(db, job_id)
    if hold is not None:
        assert (hold.account_id, hold.amount) == (account_id, amount), "a job is reserved for once, by one account"
        return False
    tip = Tip(account_id, wallet.sequence, wallet.head)
    transfer = _build_transfer(tip, "reserve", amount, f"reserve:{job_id}", job_id)
    changed = db.connection().execute(_build_reservation(transfer)).first()
    if changed is None:
        raise caps.build_refusal(caps.build_position(wallet, clock.today()), amount)
    made = Hold(job_id=job_id, account_id=account_id, amount=amount, day=changed.day, created_at=transfer["created_at"])
    db.connection().execute(sa.insert(HOLDS).values(**made.model_dump()))
    db.connection().execute(sa.insert(TRANSFERS).values(**transfer))
    return True


def settle(db: Session, job_id: str, amount: int) -> bool:
    """Spends `amount` of what the job reserved and gives the rest back. False if there was no open hold."""
    return _close(db, job_id, amount, "")


def release(db: Session, job_id: str, reason: str = "") -> bool:
    """Gives back all that the job reserved. False if there was no open hold."""
    return _close(db, job_id, 0, reason)


def find_position(db: Session, account_id: str) -> Position:
    """Balance, use and the caps in force; an account without a wallet has nothing."""
    wallet = db.connection().execute(sa.select(WALLETS).where(WALLETS.c.account_id == account_id)).first()
    if wallet is None:
        operator = config.get(CreditSettings)
        return Position(0, 0, 0, 0, operator.cap_job, operator.cap_day, operator.cap_month)
    return caps.build_position(wallet, clock.today())


def list_transfers(db: Session, account_id: str, limit: int = 50, before: int | None = None) -> list[Transfer]:
    """The account's statement, newest first; `before` is the sequence number that ended the page before."""
    query = select(Transfer).where(col(Transfer.account_id) == account_id)
    if before is not None:
        query = query.where(col(Transfer.sequence) < before)
    return list(db.exec(query.order_by(col(Transfer.sequence).desc()).limit(limit)))


def verify(db: Session, account_id: str | None = None) -> list[Finding]:
    """What does not add up in the whole ledger, or in one account's part of it; see credits/proof.py."""
    return proof.verify(db, account_id)


def _move_once(db: Session, kind: str, account_id: str, amount: int, reference: str, reason: str) -> bool:
    assert amount >= 0, "the kind of transfer says which way credits go"
    assert reference.split(":")[0] not in JOB_KINDS, "references of jobs are the ledger's own"
    if amount == 0:
        return False
    wallet = _lock(db, account_id)
    tip = Tip(account_id, wallet.sequence, wallet.head)
    transfer = _build_transfer(tip, kind, amount, reference, None, reason)
    if not _insert(db, TRANSFERS, "reference", transfer):
        return False
    _advance(db, transfer)
    return True


def _close(db: Session, job_id: str, settled: int, reason: str) -> bool:
    hold = _find_hold(db, job_id)
    assert settled == 0 or hold is not None, "only what was reserved can be spent"
    if hold is None:
        return False
    assert 0 <= settled <= hold.amount, "a job never costs more than it reserved"
    wallet = _lock(db, hold.account_id)
    released = hold.amount - settled
    closing = {"open": False, "settled": settled, "released": released}
    mine = sa.update(HOLDS).where(HOLDS.c.job_id == job_id, HOLDS.c.open).values(**closing)
    if db.connection().execute(mine).rowcount == 0:
        return False
    tip = Tip(hold.account_id, wallet.sequence, wallet.head)
    if settled:
        tip = _move(db, _build_transfer(tip, "settle", settled, f"settle:{job_id}", job_id))
    if released:
        used = WALLETS.c
        back = {
            "day_used": used.day_used - sa.case((used.day == hold.day, released), else_=0),
            "month_used": used.month_used - sa.case((used.month == caps.month_of(hold.day), released), else_=0),
        }
        _move(db, _build_transfer(tip, "release", released, f"release:{job_id}", job_id, reason), **back)
    return True


def _lock(db: Session, account_id: str) -> sa.Row[Any]:
    """The wallet as it is, and stays until this transaction ends. (On SQLite a write transaction is the lock.)"""
    query = sa.select(WALLETS).where(WALLETS.c.account_id == account_id).with_for_update()
    wallet = db.connection().execute(query).first()
    assert wallet is not None, "a wallet is opened before credits move"
    return wallet


def _find_hold(db: Session, job_id: str) -> sa.Row[Any] | None:
    return db.connection().execute(sa.select(HOLDS).where(HOLDS.c.job_id == job_id)).first()


def _build_transfer(
    tip: Tip, kind: str, amount: int, reference: str, job_id: str | None, reason: str = ""
) -> dict[str, Any]:
    source, target = MOVES[kind]
    transfer = {
        "account_id": tip.account_id,
        "sequence": tip.sequence + 1,
        "kind": kind,
        "source": source,
        "target": target,
        "amount": amount,
        "reference": reference,
        "job_id": job_id,
        "reason": reason[:200],
        "created_at": clock.now(),
        "previous_hash": tip.head,
    }
    return {**transfer, "hash": proof.build_link(**transfer)}


def _build_reservation(transfer: dict[str, Any]) -> sa.Executable:
    """The one statement that checks balance and caps and reserves. It finds no row when any of them is exceeded."""
    wallet, amount, today = WALLETS.c, transfer["amount"], clock.today()
    # A day or month never turns back, so that two clocks around midnight cannot empty each other's counters.
    same_day, same_month = wallet.day >= today, wallet.month >= caps.month_of(today)
    day_used = sa.case((same_day, wallet.day_used), else_=0) + amount
    month_used = sa.case((same_month, wallet.month_used), else_=0) + amount
    operator = config.get(CreditSettings)
    limits = [
        (sa.literal(amount), wallet.cap_job, operator.cap_job),
        (day_used, wallet.cap_day, operator.cap_day),
        (month_used, wallet.cap_month, operator.cap_month),
    ]
    own = [sa.or_(cap.is_(None), used <= cap) for used, cap, _ in limits]
    operators = [used <= cap for used, _, cap in limits if cap is not None]
    counters = {
        "day": sa.case((same_day, wallet.day), else_=today),
        "day_used": day_used,
        "month": sa.case((same_month, wallet.month), else_=caps.month_of(today)),
        "month_used": month_used,
    }
    allowed = _build_advance(transfer, **counters).where(wallet.available >= amount, *own, *operators)
    return allowed.returning(wallet.day)


def _move(db: Session, transfer: dict[str, Any], **counters: Any) -> Tip:
    db.connection().execute(sa.insert(TRANSFERS).values(**transfer))
    _advance(db, transfer, **counters)
    return Tip(transfer["account_id"], transfer["sequence"], transfer["hash"])


def _advance(db: Session, transfer: dict[str, Any], **counters: Any) -> None:
    changed = db.connection().execute(_build_advance(transfer, **counters))
    assert changed.rowcount == 1, "nobody moves credits past a wallet's lock"


def _build_advance(transfer: dict[str, Any], **counters: Any) -> sa.Update:
    """Brings the wallet to where the transfer leaves it, if it stands where the transfer begins."""
    change = {transfer["source"]: -transfer["amount"], transfer["target"]: transfer["amount"]}
    balances = {name: WALLETS.c[name] + change[name] for name in ("available", "reserved") if name in change}
    begins = (WALLETS.c.account_id == transfer["account_id"], WALLETS.c.sequence == transfer["sequence"] - 1)
    ends = {"sequence": transfer["sequence"], "head": transfer["hash"]}
    return sa.update(WALLETS).where(*begins).values(**balances, **ends, **counters)


def _insert(db: Session, table: sa.Table, unique: str, values: dict[str, Any]) -> bool:
    """Inserts a row unless its unique value is taken, also by a transaction that is just committing."""
    build: Callable[..., Any] = postgresql.insert if db.connection().dialect.name == "postgresql" else sqlite.insert
    key = next(iter(table.primary_key))
    statement = build(table).values(**values).on_conflict_do_nothing(index_elements=[unique]).returning(key)
    return db.connection().execute(statement).first() is not None
