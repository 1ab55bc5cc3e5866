"""The ledger: transfers that are only ever added, the holds they open and close, and a cached balance per wallet."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import event
from sqlmodel import Field, SQLModel

from gpt_image_ui.core.columns import Moment, Serial

# What each kind of transfer takes from, and gives to.
MOVES = {
    "grant": ("issued", "available"),
    "claw_back": ("available", "issued"),
    "reserve": ("available", "reserved"),
    "settle": ("reserved", "spent"),
    "release": ("reserved", "available"),
}
# The kinds that belong to a job; their reference is always `<kind>:<job>`.
JOB_KINDS = ("reserve", "settle", "release")

# Statements that make the database itself refuse to change a transfer; for `create_all` below and for migrations.
TRIGGERS = {
    "sqlite": [
        f"""CREATE TRIGGER transfer_no_{act} BEFORE {act.upper()} ON transfer
        BEGIN SELECT RAISE(ABORT, 'a transfer is never changed'); END"""
        for act in ("update", "delete")
    ],
    "postgresql": [
        """CREATE OR REPLACE FUNCTION transfer_is_final() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'a transfer is never changed'; END $$""",
        """CREATE TRIGGER transfer_no_change BEFORE UPDATE OR DELETE ON transfer
        FOR EACH ROW EXECUTE FUNCTION transfer_is_final()""",
        """CREATE TRIGGER transfer_no_truncate BEFORE TRUNCATE ON transfer
        FOR EACH STATEMENT EXECUTE FUNCTION transfer_is_final()""",
    ],
}


class Wallet(SQLModel, table=True):
    """One account's cached position. Its row is the lock under which every transfer of the account is made.

    `available` may be spent, and is negative while credits taken back are owed; `reserved` is promised to jobs.
    `day_used` and `month_used` count what was reserved and not released in the UTC day and month named beside them.
    The caps are the account's own; the operator's (credits/caps.py) hold besides them. `sequence` and `head` are the
    end of the hash chain.
    """

    __table_args__ = (
        sa.CheckConstraint("reserved >= 0", name="wallet_reserved"),
        sa.CheckConstraint("day_used >= 0 AND month_used >= 0", name="wallet_used"),
    )
    account_id: str = Field(primary_key=True, max_length=32)
    available: int = Field(default=0, sa_type=sa.BigInteger)
    reserved: int = Field(default=0, sa_type=sa.BigInteger)
    day: date
    day_used: int = Field(default=0, sa_type=sa.BigInteger)
    month: str = Field(max_length=7)
    month_used: int = Field(default=0, sa_type=sa.BigInteger)
    cap_job: int | None = Field(default=None, sa_type=sa.BigInteger)
    cap_day: int | None = Field(default=None, sa_type=sa.BigInteger)
    cap_month: int | None = Field(default=None, sa_type=sa.BigInteger)
    sequence: int = Field(default=0, sa_type=sa.BigInteger)
    head: str = Field(default="", max_length=64)


class Transfer(SQLModel, table=True):
    """One movement between two buckets of one account. Never updated, never deleted.

    Buckets: `issued` (the world outside), `available`, `reserved`, `spent`. `reference` is the economic fact
    (`grant:welcome:<account>`, `settle:<job>`) and is unique, so that no fact moves credits twice.
    `hash` covers the row and the previous row's hash; `sequence` counts from 1 within the account.
    """

    __table_args__ = (
        sa.UniqueConstraint("account_id", "sequence", name="transfer_chain"),
        sa.CheckConstraint("amount > 0", name="transfer_amount"),
    )
    id: int | None = Field(default=None, sa_column=sa.Column(Serial, primary_key=True, autoincrement=True))
    account_id: str = Field(max_length=32)
    sequence: int = Field(sa_type=sa.BigInteger)
    kind: str = Field(max_length=16)
    source: str = Field(max_length=16)
    target: str = Field(max_length=16)
    amount: int = Field(sa_type=sa.BigInteger)
    reference: str = Field(unique=True, max_length=128)
    job_id: str | None = Field(default=None, index=True, max_length=32)
    reason: str = Field(default="", max_length=200)
    created_at: datetime = Field(sa_type=Moment)
    previous_hash: str = Field(max_length=64)
    hash: str = Field(max_length=64)


class Hold(SQLModel, table=True):
    """What a job has reserved, and how it ended: settled + released never exceed the amount, and then equal it.

    `day` is the UTC day whose cap it counts against, however long the job takes.
    """

    __table_args__ = (
        sa.CheckConstraint("amount > 0", name="hold_amount"),
        sa.CheckConstraint("settled >= 0 AND released >= 0 AND settled + released <= amount", name="hold_sum"),
        sa.CheckConstraint("open OR settled + released = amount", name="hold_closed"),
    )
    job_id: str = Field(primary_key=True, max_length=32)
    account_id: str = Field(index=True, max_length=32)
    amount: int = Field(sa_type=sa.BigInteger)
    settled: int = Field(default=0, sa_type=sa.BigInteger)
    released: int = Field(default=0, sa_type=sa.BigInteger)
    open: bool = Field(default=True, index=True)
    day: date
    created_at: datetime = Field(sa_type=Moment)


# The tables as Core sees them: the ledger's statements must not pass through a session's cache of rows.
WALLETS = SQLModel.metadata.tables["wallet"]
TRANSFERS = SQLModel.metadata.tables["transfer"]
HOLDS = SQLModel.metadata.tables["hold"]

for _dialect, _statements in TRIGGERS.items():
    for _statement in _statements:
        event.listen(TRANSFERS, "after_create", sa.DDL(_statement).execute_if(dialect=_dialect))
