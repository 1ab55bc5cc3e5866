"""What the checks decided, without what they read."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from gpt_image_ui.core.columns import Moment, Serial


class Verdict(SQLModel, table=True):
    """One check of one request. Holds categories and scores, never the prompt or a picture."""

    id: int | None = Field(default=None, sa_column=sa.Column(Serial, primary_key=True, autoincrement=True))
    account_id: str = Field(index=True, max_length=32)
    job_id: str | None = Field(default=None, index=True, max_length=32)
    checker: str = Field(max_length=32)
    checker_model: str = Field(default="", max_length=64)
    action: str = Field(max_length=16)
    category: str = Field(default="", max_length=48)
    scores: dict[str, Any] = Field(default_factory=dict, sa_type=sa.JSON)
    created_at: datetime = Field(sa_type=Moment, index=True)
