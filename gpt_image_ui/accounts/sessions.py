"""Login sessions live on the server: a cookie is worth nothing once its row is revoked or past its time."""

from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from sqlmodel import Session, col

from gpt_image_ui.accounts.tables import Account, LoginSession
from gpt_image_ui.core import clock, ids


@dataclass(frozen=True)
class AccountView:
    """What screens may know of the person behind a session."""

    id: str
    kind: str
    theme: str
    restricted: bool


def find_account(db: Session, token: str) -> AccountView | None:
    """The account whose live session this token opens."""
    row = db.execute(
        sa.select(Account.id, Account.kind, Account.theme, Account.restricted)  # type: ignore[call-overload]
        .join(LoginSession, col(LoginSession.account_id) == Account.id)
        .where(
            col(LoginSession.fingerprint) == ids.fingerprint(token),
            col(LoginSession.revoked_at).is_(None),
            col(LoginSession.expires_at) > clock.now(),
        )
    ).one_or_none()
    return AccountView(*row) if row else None


def revoke(db: Session, token: str) -> None:
    """Ends the session; a socket that is already open loses it at its next event. Repeating it is harmless."""
    db.execute(
        sa.update(LoginSession)
        .where(col(LoginSession.fingerprint) == ids.fingerprint(token), col(LoginSession.revoked_at).is_(None))
        .values(revoked_at=clock.now())
    )


def touch(db: Session, account_id: str) -> None:
    """Notes a visit: the moment from which a guest's retention counts."""
    now = clock.now()
    # Once an hour is exact enough for days, and spares a write at every page.
    stale = sa.update(Account).where(col(Account.id) == account_id, col(Account.seen_at) < now - timedelta(hours=1))
    db.execute(stale.values(seen_at=now))
