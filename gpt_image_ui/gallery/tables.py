"""Pictures that were made, and pictures that were brought as references."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from gpt_image_ui.core.columns import Moment, Serial


class Image(SQLModel, table=True):
    """One picture of a finished job. `id` counts up, which the wall's paging rests on.

    `key` names the original in storage; derivatives are `key` + `.320` and so on. `shape` is one character for
    height / width on 92 logarithmic steps (gallery/feed.py). A deleted row keeps its bytes until `purge_after`.
    """

    __tablename__ = "image"
    __table_args__ = (
        sa.UniqueConstraint("job_id", "position", name="image_position"),
        sa.Index("image_wall", "account_id", "deleted_at", "id"),
    )
    id: int | None = Field(default=None, sa_column=sa.Column(Serial, primary_key=True, autoincrement=True))
    account_id: str = Field(max_length=32)
    job_id: str = Field(max_length=32)
    position: int
    key: str = Field(max_length=200)
    media_type: str = Field(max_length=32)
    size_bytes: int = Field(sa_type=sa.BigInteger)
    sha256: str = Field(max_length=64)
    width: int
    height: int
    shape: str = Field(max_length=1)
    colour: str = Field(max_length=7)
    title: str = Field(default="", max_length=200)
    prompt: str = Field(sa_type=sa.Text)
    revised_prompt: str = Field(default="", sa_type=sa.Text)
    provider: str = Field(max_length=32)
    model: str = Field(max_length=96)
    recipe: dict[str, Any] = Field(sa_type=sa.JSON)
    seed: int | None = Field(default=None, sa_type=sa.BigInteger)
    charged: int = Field(default=0, sa_type=sa.BigInteger)
    rating: int = 0
    day: date
    made_at: datetime = Field(sa_type=Moment)
    deleted_at: datetime | None = Field(default=None, sa_type=Moment)
    purge_after: datetime | None = Field(default=None, sa_type=Moment, index=True)


class Wall(SQLModel, table=True):
    """A number per account that grows with every change of its pictures, so that a cached index can be trusted."""

    __tablename__ = "wall"
    account_id: str = Field(primary_key=True, max_length=32)
    version: int = Field(default=0, sa_type=sa.BigInteger)


class Upload(SQLModel, table=True):
    """One reference picture: the working copy (metadata stripped), which providers are given, and what it was."""

    __tablename__ = "upload"
    id: str = Field(primary_key=True, max_length=32)
    account_id: str = Field(index=True, max_length=32)
    key: str = Field(max_length=200)
    name: str = Field(max_length=200)
    media_type: str = Field(max_length=32)
    size_bytes: int = Field(sa_type=sa.BigInteger)
    sha256: str = Field(max_length=64)
    width: int
    height: int
    colour: str = Field(max_length=7)
    created_at: datetime = Field(sa_type=Moment, index=True)
    used_at: datetime | None = Field(default=None, sa_type=Moment)
