"""Pictures that were made, and pictures that were brought as references."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from gpt_image_ui.core.columns import Moment, Serial


class Image(SQLModel, table=True):
    """One picture or video of a finished job. `id` counts up, which the wall's paging rests on.

    `key` names the original in storage; derivatives are `key` + `.320` and so on. `shape` is one character for
    height / width on 92 logarithmic steps (gallery/thumbnails.py). `search` is title and prompt, folded so that both
    databases find the same words. A deleted row keeps its bytes until `purge_after`.
    """

    __table_args__ = (
        sa.UniqueConstraint("job_id", "position", name="image_position"),
        # Covers the wall's index: the pictures themselves are not touched to lay out 100,000 of them.
        sa.Index("image_wall", "account_id", "deleted_at", "id", "day", "shape"),
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
    search: str = Field(default="", sa_type=sa.Text)
    provider: str = Field(max_length=32)
    model: str = Field(max_length=96)
    recipe: dict[str, Any] = Field(sa_type=sa.JSON)
    seed: int | None = Field(default=None, sa_type=sa.BigInteger)
    kind: str = Field(default="image", max_length=8)
    milliseconds: int = 0
    sound: bool = False
    charged: int = Field(default=0, sa_type=sa.BigInteger)
    rating: int = 0
    day: date
    made_at: datetime = Field(sa_type=Moment)
    deleted_at: datetime | None = Field(default=None, sa_type=Moment)
    purge_after: datetime | None = Field(default=None, sa_type=Moment, index=True)


class Wall(SQLModel, table=True):
    """Two numbers per account, so that a copy of its pictures' index can be trusted. Its row is the lock under which
    pictures are added, which makes ids visible in the order they were given.

    `version` grows with every change; `epoch` with every change except adding: a copy of the same epoch lacks only the
    newest pictures.
    """

    account_id: str = Field(primary_key=True, max_length=32)
    version: int = Field(default=0, sa_type=sa.BigInteger)
    epoch: int = Field(default=0, sa_type=sa.BigInteger)


class Upload(SQLModel, table=True):
    """One reference picture: the working copy (metadata stripped), which providers are given, and what it was."""

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
    expires_at: datetime | None = Field(default=None, sa_type=Moment, index=True)
