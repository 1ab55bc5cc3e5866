"""'Job N of account A changed', to whoever listens. A notice is a hint: listeners read the tables again.

Inside one process a notice is a function call. Between processes on PostgreSQL it is NOTIFY, and every web process
holds one LISTEN connection; what was said while that connection was down is made up for by a rescan.
"""

import asyncio
from collections.abc import Awaitable, Callable

import psycopg

from gpt_image_ui.core import config, db, log

CHANNEL = "gpt_image_ui"
Listener = Callable[[str], Awaitable[None]]

_listeners: list[Listener] = []
_wakers: list[Callable[[str], None]] = []
_WAKE = "wake:"
_logger = log.get("jobs")


def listen(listener: Listener) -> None:
    """Calls `listener(account_id)` after each change; an empty id means that any account may have changed."""
    _listeners.append(listener)


def on_wake(waker: Callable[[str], None]) -> None:
    """Calls `waker(job_id)` when another process heard from a job's provider."""
    _wakers.append(waker)


def forget() -> None:
    """Drops every listener; at shutdown and between tests."""
    _listeners.clear()
    _wakers.clear()


async def send(account_id: str) -> None:
    """Tells this process, and on PostgreSQL every other one. Call it after the transaction, never inside."""
    for listener in _listeners:
        await listener(account_id)
    if db.is_postgres() and config.get(NoticeSettings).across:
        await db.transaction(_notify, f"{_process()} {account_id}")


async def send_wake(job_id: str) -> None:
    """Tells the process that follows this job, wherever it is, that its provider has news."""
    if db.is_postgres() and config.get(NoticeSettings).across:
        await db.transaction(_notify, f"{_process()} {_WAKE}{job_id}")


class NoticeSettings(config.Section):
    """Whether other processes share the work, so that notices must cross between them."""

    model_config = config.section("notices")
    across: bool = True


async def relay() -> None:
    """Hears other processes' notices until cancelled. For PostgreSQL only."""
    url = config.get(config.DatabaseSettings).resolved_url().replace("postgresql+psycopg", "postgresql")
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
                await connection.execute(f"LISTEN {CHANNEL}")
                await _tell("")
                async for notice in connection.notifies():
                    sender, _, account_id = notice.payload.partition(" ")
                    if account_id.startswith(_WAKE):
                        for waker in _wakers:
                            waker(account_id.removeprefix(_WAKE))
                    elif sender != _process():
                        await _tell(account_id)
        except psycopg.Error as error:
            _logger.warning("notices interrupted", error=type(error).__name__)
            await asyncio.sleep(1)


async def _tell(account_id: str) -> None:
    for listener in _listeners:
        await listener(account_id)


def _notify(session, payload: str) -> None:
    session.connection().exec_driver_sql("SELECT pg_notify(%s, %s)", (CHANNEL, payload))


def _process() -> str:
    return config.process_id()
