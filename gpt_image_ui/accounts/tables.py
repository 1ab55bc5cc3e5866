"""Accounts and their login sessions."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from gpt_image_ui.core.columns import Moment

GUEST = "guest"
MEMBER = "member"


class Account(SQLModel, table=True):
    """One person, or one visitor who has not said who they are. `retention` names the class that expires the row."""

    id: str = Field(primary_key=True, max_length=32)
    kind: str = Field(default=GUEST, max_length=16)
    retention: str = Field(default=GUEST, max_length=16)
    restricted: bool = False
    theme: str = Field(default="system", max_length=8)
    created_at: datetime = Field(sa_type=Moment, index=True)
    seen_at: datetime = Field(sa_type=Moment)


class LoginSession(SQLModel, table=True):
    """A signed-in browser. Only the fingerprint of its cookie is kept; a revoked row stays till its end."""

    __tablename__ = "login_session"  # type: ignore[assignment]
    fingerprint: str = Field(primary_key=True, max_length=64)
    account_id: str = Field(foreign_key="account.id", index=True, max_length=32)
    created_at: datetime = Field(sa_type=Moment)
    expires_at: datetime = Field(sa_type=Moment)
    revoked_at: datetime | None = Field(default=None, sa_type=Moment)
