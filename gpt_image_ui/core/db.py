"""The one engine and the one commit. SQLite (WAL, one writer at a time) and PostgreSQL run the same statements."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Concatenate, ParamSpec, TypeVar

import sqlalchemy as sa
from sqlalchemy import event
from sqlmodel import Session

from gpt_image_ui.core import config

P = ParamSpec("P")
R = TypeVar("R")

_engine: sa.Engine | None = None
_making = threading.Lock()
_writers: ThreadPoolExecutor | None = None
_readers: ThreadPoolExecutor | None = None


def engine() -> sa.Engine:
    """The process's engine, made at first use."""
    global _engine
    with _making:
        if _engine is None:
            settings = config.get(config.DatabaseSettings)
            url = settings.resolved_url()
            _engine = _sqlite(url, settings) if url.startswith("sqlite") else _postgres(url, settings)
        return _engine


def is_postgres() -> bool:
    """Whether rows are locked one by one (PostgreSQL) or writers take turns (SQLite)."""
    return engine().dialect.name == "postgresql"


def run(fn: Callable[Concatenate[Session, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Runs `fn(db, …)` in one write transaction: commits what it returns from, rolls back what it raises from.

    Nothing inside may wait for the network. For code that has no event loop: the cli, migrations, tests.
    """
    with Session(engine().execution_options(write=True), expire_on_commit=False) as db:
        result = fn(db, *args, **kwargs)
        db.commit()
        return result


def look(fn: Callable[Concatenate[Session, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Runs `fn(db, …)` on a snapshot and keeps nothing it writes."""
    with Session(engine(), expire_on_commit=False) as db:
        return fn(db, *args, **kwargs)


async def transaction(fn: Callable[Concatenate[Session, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
    """`run` in a worker thread. On SQLite one thread writes, so writers queue in Python and never see a lock error.

    A caller that is cancelled stops waiting; the transaction itself still runs to its end.
    """
    return await _in_thread("writers", lambda: run(fn, *args, **kwargs))


async def read(fn: Callable[Concatenate[Session, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
    """`look` in a worker thread."""
    return await _in_thread("readers", lambda: look(fn, *args, **kwargs))


def close() -> None:
    """Ends the pools and the connections; the next call opens them anew."""
    global _engine, _writers, _readers
    for pool in (_writers, _readers):
        if pool:
            pool.shutdown(wait=True)
    if _engine is not None:
        _engine.dispose()
    _engine = _writers = _readers = None


async def _in_thread(kind: str, act: Callable[[], R]) -> R:
    # With the caller's context, so that what is logged inside still names the request.
    return await asyncio.get_running_loop().run_in_executor(_pool(kind), copy_context().run, act)


def _pool(kind: str) -> ThreadPoolExecutor:
    global _writers, _readers
    if kind == "readers":
        _readers = _readers or ThreadPoolExecutor(2, "db-read")
        return _readers
    _writers = _writers or ThreadPoolExecutor(4 if is_postgres() else 1, "db-write")
    return _writers


# Parameters are hidden from error messages in both: they are prompts as often as not.
def _sqlite(url: str, settings: config.DatabaseSettings) -> sa.Engine:
    made = sa.create_engine(
        url,
        pool_size=settings.pool_size,
        max_overflow=0,
        pool_timeout=60,
        hide_parameters=True,
        connect_args={"check_same_thread": False},
    )

    @event.listens_for(made, "connect")
    def _connect(connection, _record) -> None:
        # The driver's own BEGIN is deferred and would upgrade locks mid-way; ours, below, says what it wants first.
        connection.isolation_level = None
        for pragma in (
            "journal_mode=wal",
            f"synchronous={settings.synchronous}",
            "busy_timeout=10000",
            "foreign_keys=on",
            "cache_size=-8000",
        ):
            connection.execute(f"pragma {pragma}")

    @event.listens_for(made, "begin")
    def _begin(connection: sa.Connection) -> None:
        write = connection.get_execution_options().get("write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return made


def _postgres(url: str, settings: config.DatabaseSettings) -> sa.Engine:
    return sa.create_engine(
        url,
        pool_size=settings.pool_size,
        max_overflow=0,
        pool_timeout=60,
        pool_pre_ping=True,
        hide_parameters=True,
    )
