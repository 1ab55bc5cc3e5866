"""Runs of the prompt tools, what was asked before, and saved templates."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from gpt_image_ui.core.columns import Moment, Serial


class ToolRun(SQLModel, table=True):
    """One use of a prompt tool. Holds what it cost and how it ended, never what was read or written."""

    __tablename__ = "tool_run"  # type: ignore[assignment]
    __table_args__ = (sa.UniqueConstraint("account_id", "nonce", name="tool_run_nonce"),)
    id: str = Field(primary_key=True, max_length=32)
    account_id: str = Field(index=True, max_length=32)
    nonce: str = Field(max_length=64)
    tool: str = Field(max_length=16)
    writer: str = Field(max_length=16)
    status: str = Field(max_length=16, index=True)
    quoted: int = Field(sa_type=sa.BigInteger)
    charged: int = Field(default=0, sa_type=sa.BigInteger)
    cost_micros: int = Field(default=0, sa_type=sa.BigInteger)
    created_at: datetime = Field(sa_type=Moment)


class PromptEntry(SQLModel, table=True):
    """A prompt that was sent, once for each text. `settings` is the rest of its latest request."""

    __tablename__ = "prompt_entry"  # type: ignore[assignment]
    __table_args__ = (
        sa.UniqueConstraint("account_id", "digest", name="prompt_entry_text"),
        sa.Index("prompt_entry_recent", "account_id", "pinned", "used_at"),
    )
    id: int | None = Field(default=None, sa_column=sa.Column(Serial, primary_key=True, autoincrement=True))
    account_id: str = Field(max_length=32)
    digest: str = Field(max_length=64)
    prompt: str = Field(sa_type=sa.Text)
    search: str = Field(sa_type=sa.Text)
    settings: dict[str, Any] = Field(sa_type=sa.JSON)
    pinned: bool = False
    times: int = 1
    used_at: datetime = Field(sa_type=Moment)


class PromptTemplate(SQLModel, table=True):
    """A text of one's own with {placeholders}. `name` is unique within the account."""

    __tablename__ = "prompt_template"  # type: ignore[assignment]
    __table_args__ = (sa.UniqueConstraint("account_id", "name", name="prompt_template_name"),)
    id: str = Field(primary_key=True, max_length=32)
    account_id: str = Field(max_length=32)
    name: str = Field(max_length=60)
    text: str = Field(sa_type=sa.Text)
    created_at: datetime = Field(sa_type=Moment)
