"""One of several workers on one database, as a program: works until nothing is open, and notes what it creates."""

import asyncio
import os
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlmodel import col

from gpt_image_ui import worker
from gpt_image_ui.core import db
from gpt_image_ui.generation.tables import Job
from gpt_image_ui.jobs import lifecycle
from gpt_image_ui.providers.interface import Call, Pending
from tests.generation.scripted import Tasks
from tests.generation.several import install


class Journal(Tasks):
    """A provider whose creations stand in a file that all workers share, by the name of the person's one job."""

    async def submit(self, call: Call) -> Pending:
        job_id = str(call.callback_url).split("/")[-2]
        await asyncio.to_thread(write, f"{os.getpid()} {job_id}\n")
        await asyncio.sleep(0.05)
        await call.note(f"task-{job_id}")
        return Pending((f"task-{job_id}",), poll_after_seconds=0.05)


def write(line: str) -> None:
    """Adds a line to the file that all share."""
    with Path(os.environ["JOURNAL"]).open("a") as file:
        file.write(line)


def open_jobs(session) -> int:
    """How many have not ended."""
    query = sa.select(sa.func.count()).select_from(Job).where(col(Job.status).in_(lifecycle.OPEN))
    return session.execute(query).scalar_one()


async def work() -> None:
    """Executes until nothing is open."""
    async with worker.running(execute=True):
        while await db.read(open_jobs):
            await asyncio.sleep(0.1)


if __name__ == "__main__":
    with pytest.MonkeyPatch.context() as patch:
        install(patch, Journal())
        asyncio.run(work())
