"""What executes jobs: inside the web process by default, or `gpt-image-ui worker` as a process of its own."""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Coroutine
from typing import Any

from gpt_image_ui import schedule
from gpt_image_ui.core import db, log
from gpt_image_ui.generation import cancel, follow, landing, limits, recover, run
from gpt_image_ui.jobs import engine, notices
from gpt_image_ui.moderation import check
from gpt_image_ui.prompting.writers import openai as writer
from gpt_image_ui.providers import registry
from gpt_image_ui.storage import store

_logger = log.get("worker")


@contextlib.asynccontextmanager
async def running(*, execute: bool) -> AsyncIterator[None]:
    """Keeps the job engine open on this loop. With `execute` it takes up interrupted jobs at once and runs new ones.

    Listeners of notices are put in place before this, for the first notice can come before it yields. It closes in
    the order that lets paid calls end: engine, pools, clients, database.
    """
    if execute:
        engine.register(run.plan())
        notices.on_wake(follow.wake_here)
        if db.is_postgres():
            await recover.announce()
    await engine.start({name: limits.width(name) for name in registry.providers()})
    background = [asyncio.create_task(task) for task in _background(execute)]
    try:
        if execute:
            await recover.sweep(at_start=True)
        yield
    finally:
        for task in background:
            task.cancel()
        await asyncio.gather(*background, return_exceptions=True)
        await engine.stop()
        notices.forget()
        landing.close()
        await check.close()
        await writer.close()
        for provider in registry.providers().values():
            await provider.close()
        await store.close()
        db.close()


async def serve() -> None:
    """Executes jobs until told to stop; the whole life of a worker process."""
    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    async with running(execute=True):
        _logger.info("worker started")
        await stop.wait()


def _background(execute: bool) -> list[Coroutine[Any, Any, None]]:
    tasks: list[Coroutine[Any, Any, None]] = [schedule.run(schedule.RECURRING)] if execute else []
    if db.is_postgres():
        tasks += [notices.relay(), *([cancel.hear_others()] if execute else [])]
    return tasks
