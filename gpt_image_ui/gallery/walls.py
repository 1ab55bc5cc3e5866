"""The two counters by which a copy of an account's wall is known to be current (gallery/tables.py, Wall)."""

from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from gpt_image_ui.gallery.tables import Wall


class Stamp(NamedTuple):
    """`version` grows with every change, `epoch` with every change that is not merely a new picture."""

    version: int
    epoch: int


def stamp(db: Session, account_id: str) -> Stamp:
    """Where the account's wall stands."""
    row = db.execute(sa.select(col(Wall.version), col(Wall.epoch)).where(col(Wall.account_id) == account_id)).first()
    return Stamp(*row) if row else Stamp(0, 0)


def lock(db: Session, account_id: str) -> None:
    """Makes other changes of this wall wait for this transaction: without it, PostgreSQL could show a higher id first,
    and a tab that asks for what is newer would never learn of the lower one."""
    insert = postgresql.insert if db.get_bind().dialect.name == "postgresql" else sqlite.insert
    db.execute(insert(Wall).values(account_id=account_id, version=0, epoch=0).on_conflict_do_nothing())
    db.execute(sa.select(col(Wall.account_id)).where(col(Wall.account_id) == account_id).with_for_update())


def grew(db: Session, account_id: str) -> None:
    """Notes a new picture."""
    _bump(db, account_id, version=col(Wall.version) + 1)


def changed(db: Session, account_id: str) -> None:
    """Notes that pictures left, came back or look different."""
    _bump(db, account_id, version=col(Wall.version) + 1, epoch=col(Wall.epoch) + 1)


def _bump(db: Session, account_id: str, **values: object) -> None:
    moved = db.execute(sa.update(Wall).where(col(Wall.account_id) == account_id).values(**values))
    if moved.rowcount == 0:  # type: ignore[attr-defined]
        lock(db, account_id)
        _bump(db, account_id, **values)
