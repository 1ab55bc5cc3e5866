"""Which processes execute jobs, and until when they may be believed alive."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from gpt_image_ui.core.columns import Moment


class ExecutorLease(SQLModel, table=True):
    """One booted worker. It renews `expires_at`; when it stops doing so, another worker takes its jobs over."""

    __tablename__ = "executor_lease"  # type: ignore[assignment]
    executor_id: str = Field(primary_key=True, max_length=64)
    started_at: datetime = Field(sa_type=Moment)
    expires_at: datetime = Field(sa_type=Moment, index=True)
