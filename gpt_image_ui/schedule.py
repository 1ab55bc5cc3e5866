"""The one table of recurring work. Every act is safe to repeat and to run twice at once."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from gpt_image_ui import invariants
from gpt_image_ui.core import db, ids, log
from gpt_image_ui.gallery import images
from gpt_image_ui.generation import recover
from gpt_image_ui.jobs import engine
from gpt_image_ui.privacy import retention
from gpt_image_ui.prompting import tools

_logger = log.get("schedule")


@dataclass(frozen=True)
class Recurring:
    """What is done, and how long after its end again. `postgres_only`: needed where processes share the work."""

    name: str
    every_seconds: float
    act: Callable[[], Awaitable[object]]
    postgres_only: bool = False


RECURRING = (
    Recurring("renew executor lease", 5, recover.renew_lease, postgres_only=True),
    Recurring("sweep jobs", 15, recover.sweep),
    Recurring("resume held jobs", 20, recover.resume_held),
    Recurring("purge deleted pictures", 60, images.purge),
    Recurring("return credits of interrupted tools", 60, tools.release_stranded),
    Recurring("expire what is past its time", 600, retention.sweep),
    Recurring("prove the data", 3600, invariants.watch),
    Recurring("delete engine history", 3600, engine.delete_history),
)


async def run(table: tuple[Recurring, ...]) -> None:
    """Runs every row of the table until cancelled. An act that fails is logged and tried again at its next turn."""
    rows = [row for row in table if db.is_postgres() or not row.postgres_only]
    await asyncio.gather(*(_repeat(row) for row in rows))


async def _repeat(row: Recurring) -> None:
    while True:
        try:
            await row.act()
        except Exception as error:  # the job edge: one failing act must not stop the others
            name = type(error).__name__  # its words may quote what people wrote
            _logger.error("recurring work failed", act=row.name, reference=ids.new_reference(), error=name)
        await asyncio.sleep(row.every_seconds)
