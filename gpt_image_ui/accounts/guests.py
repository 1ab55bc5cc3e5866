"""Visitors get a real account before they say who they are, so that everything they make has an owner and an end."""

from datetime import timedelta

from sqlmodel import Session

from gpt_image_ui.accounts.tables import GUEST, Account, LoginSession
from gpt_image_ui.core import clock, config, ids
from gpt_image_ui.credits import ledger
from gpt_image_ui.credits.caps import CreditSettings


class GuestSettings(config.Section):
    """Whether visitors may try the studio, and how long what they made is kept after their last visit."""

    model_config = config.section("guest")
    open: bool = True
    keep_hours: int = 24 * 30
    per_address_per_hour: int = 30


def create_guest(db: Session, token: str) -> str:
    """Makes an account, its wallet with the welcome grant, and a login session for `token`. Returns the account id."""
    now = clock.now()
    account = Account(id=ids.new_id(), kind=GUEST, retention=GUEST, created_at=now, seen_at=now)
    db.add(account)
    # The session row refers to the account; without a relationship the unit of work does not know the order.
    db.flush()
    keep = timedelta(days=config.get(config.ServerSettings).session_days)
    db.add(
        LoginSession(fingerprint=ids.fingerprint(token), account_id=account.id, created_at=now, expires_at=now + keep)
    )
    ledger.open_wallet(db, account.id)
    welcome = config.get(CreditSettings).welcome_grant
    if welcome:
        ledger.grant(db, account.id, welcome, f"grant:welcome:{account.id}", "Welcome credits")
    return account.id
