"""One scripted provider at the edge of real rooms, and what tests ask of the jobs it gets."""

import asyncio
import io
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace

from PIL import Image

from gpt_image_ui.core import db, ids
from gpt_image_ui.credits import ledger
from gpt_image_ui.generation import submit
from gpt_image_ui.generation.tables import Job
from gpt_image_ui.jobs import lifecycle
from gpt_image_ui.providers.at_once import AtOnce
from gpt_image_ui.providers.interface import (
    Call,
    Completed,
    GeneratedImage,
    ImageRequest,
    ModelSpec,
    Pending,
    Quality,
    Size,
)

SPEC = ModelSpec(
    id="scripted",
    provider="scripted",
    label="Scripted",
    good_for="tests",
    sizes=(Size("1:1", 256, 256), Size("3:2", 384, 256)),
    qualities=(Quality("medium", "Medium", 305_176),),
    count_max=4,
    references_max=2,
    seed=True,
)


def png(width: int = 256, height: int = 256, colour: tuple[int, int, int] = (40, 90, 120)) -> bytes:
    """A small real picture."""
    file = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(file, "PNG")
    return file.getvalue()


async def whole(data: bytes) -> AsyncIterator[bytes]:
    """A file as an upload brings it, in one piece."""
    yield data


class Scripted(AtOnce):
    """Does what the next entry of `script` says; without an entry it draws everything that was asked for."""

    name = "scripted"
    lane = 2
    repeatable = False

    def __init__(self) -> None:
        self.script: list[Callable[[Call], Awaitable[Completed]]] = []
        self.calls: list[ImageRequest] = []
        self.order: list[str] = []

    def models(self) -> list[ModelSpec]:
        return [SPEC]

    async def submit(self, call: Call) -> Completed:
        self.calls.append(call.request)
        self.order.append(call.request.prompt)
        if self.script:
            return await self.script.pop(0)(call)
        return await self.draw(call, call.request.count)

    async def draw(self, call: Call, count: int, data: bytes | None = None) -> Completed:
        async def read() -> list[GeneratedImage]:
            made = data or png(call.request.width, call.request.height)
            return [GeneratedImage(n, made, seed=n) for n in range(count)]

        await call.land(read)
        return Completed(count, request_id="req-1")

    async def close(self) -> None:
        """Nothing is open."""


def failing(error: Exception) -> Callable[[Call], Awaitable[Completed]]:
    """A script entry that raises."""

    async def act(_call: Call) -> Completed:
        raise error

    return act


REQUEST = ImageRequest(model="scripted", prompt="A quiet harbour", size="256x256", quality="medium")


def request(**changes) -> ImageRequest:
    """REQUEST with changes."""
    return replace(REQUEST, **changes)


async def send(account_id: str, **changes) -> str:
    """Submits one request under a new nonce."""
    return await submit.submit(account_id, ids.new_id(), request(**changes))


async def ended(job_id: str, seconds: float = 20) -> Job:
    """The job's row once it has ended."""
    for _ in range(int(seconds / 0.02)):
        job = await db.read(lambda session: session.get_one(Job, job_id))
        if job.status in lifecycle.CLOSED:
            return job
        await asyncio.sleep(0.02)
    raise AssertionError(f"still {job.status} ({job.stage}) after {seconds} s")


async def reached(job_id: str, status: str, seconds: float = 10) -> Job:
    """The job's row once it is in `status`."""
    for _ in range(int(seconds / 0.02)):
        job = await db.read(lambda session: session.get_one(Job, job_id))
        if job.status == status:
            return job
        await asyncio.sleep(0.02)
    raise AssertionError(f"{job.status} instead of {status} after {seconds} s")


def position(account_id: str) -> tuple[int, int]:
    """(available, reserved); also proves the whole ledger."""
    assert db.look(ledger.verify) == []
    found = db.look(ledger.find_position, account_id)
    return found.available, found.reserved


class Tasks(Scripted):
    """A provider with tasks: creates one for each picture, and lands each when `ready` says so."""

    def __init__(self) -> None:
        super().__init__()
        self.created: list[str] = []
        self.polled: list[str] = []
        self.stopped: list[str] = []
        self.ready: Callable[[str], bool | Exception] = lambda _task: True

    async def submit(self, call: Call) -> Completed | Pending:
        self.calls.append(call.request)
        for _ in range(call.request.count):
            self.created.append(f"task-{len(self.created)}")
            await call.note(self.created[-1])
            if self.script:
                await self.script.pop(0)(call)
        return Pending(tuple(self.created), poll_after_seconds=0.02)

    async def poll(self, call: Call, task: str, position: int) -> Completed | Pending:
        self.polled.append(task)
        answer = self.ready(task)
        if isinstance(answer, Exception):
            raise answer
        if not answer:
            return Pending((task,), poll_after_seconds=0.02)

        async def read() -> list[GeneratedImage]:
            return [GeneratedImage(position, png(call.request.width, call.request.height))]

        await call.land(read)
        return Completed(1, cost_micros=10)

    async def cancel(self, task: str) -> bool:
        self.stopped.append(task)
        return True
