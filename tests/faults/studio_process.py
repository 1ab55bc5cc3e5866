"""A studio without screens, run as a program that the kill test may end at any line.

`submit N` gives a fresh account N jobs and prints when they are queued; then, as `work` does, it executes until all
jobs have ended, prints, and exits. `report` prints what the tables say as JSON.
"""

import asyncio
import json
import sys

import sqlalchemy as sa
from sqlmodel import SQLModel

from gpt_image_ui import invariants, worker
from gpt_image_ui.accounts import guests
from gpt_image_ui.core import db, ids, rate_limit
from gpt_image_ui.credits import ledger
from gpt_image_ui.credits.tables import Hold, Transfer
from gpt_image_ui.gallery.tables import Image
from gpt_image_ui.generation import submit
from gpt_image_ui.generation.tables import Job
from gpt_image_ui.jobs import lifecycle
from gpt_image_ui.providers.interface import ImageRequest


def main(command: str, *arguments: str) -> None:
    """Runs one command."""
    SQLModel.metadata.create_all(db.engine())
    if command == "report":
        print(json.dumps(db.look(report)))
        return
    asyncio.run(work(int(arguments[0]) if command == "submit" else 0))


async def work(new_jobs: int) -> None:
    """Submits, then executes until nothing is open."""
    async with worker.running(execute=True):
        if new_jobs:
            account = await db.transaction(guests.create_guest, ids.new_secret())
            await db.transaction(ledger.grant, account, 10_000, f"grant:test:{account}")
            for number in range(new_jobs):
                prompt = f"picture {ids.new_id()} {number} [slow {1 + number % 5 * 0.5}]"
                request = ImageRequest("gpt-image-2", prompt, "1024x1024", "low", count=1 + number % 2)
                rate_limit.reset()
                await submit.submit(account, ids.new_id(), request)
            print("queued", flush=True)
        while await db.read(count_open):
            await asyncio.sleep(0.1)
    print("ended", flush=True)


def count_open(session) -> int:
    """Jobs that have not ended."""
    query = sa.select(sa.func.count()).select_from(Job).where(Job.status.in_(lifecycle.OPEN))  # type: ignore
    return session.execute(query).scalar_one()


def report(session) -> dict:
    """Every job with what it was charged, its pictures, its settlements and its releases."""
    kinds: dict[str, dict[str, int]] = {}
    for transfer in session.execute(sa.select(Transfer)).scalars():
        if transfer.job_id:
            kinds.setdefault(transfer.job_id, {})[transfer.kind] = transfer.amount
    pictures: dict[str, int] = {}
    for picture in session.execute(sa.select(Image)).scalars():
        pictures[picture.job_id] = pictures.get(picture.job_id, 0) + 1
    return {
        "findings": [str(breach) for breach in invariants.check_tables(session)],
        "open_holds": session.execute(
            sa.select(sa.func.count()).select_from(Hold).where(Hold.open)  # type: ignore
        ).scalar_one(),
        "jobs": [
            {
                "id": job.id,
                "prompt": job.prompt,
                "status": job.status,
                "asked": job.asked,
                "delivered": job.delivered,
                "quoted": job.quoted,
                "charged": job.charged,
                "pictures": pictures.get(job.id, 0),
                "moves": kinds.get(job.id, {}),
            }
            for job in session.execute(sa.select(Job)).scalars()
        ],
    }


if __name__ == "__main__":
    main(*sys.argv[1:])
