"""A vendor of our own that works in tasks, on a real socket: each path has its answers, and every request is kept."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from gpt_image_ui.providers.interface import Call, Completed, ImageRequest, Pending, Provider, ProviderError, Reference
from tests import wire
from tests.providers.conftest import Landed

PIXELS = b"\x89PNG\r\n\x1a\n" + bytes(range(200))


@dataclass
class Vendor:
    """Answers each path with its replies in turn, the last one for ever."""

    replies: dict[str, list[wire.Reply]]
    root: str = ""
    asked: list[wire.Asked] = field(default_factory=list)
    lines: list[wire.Line] = field(default_factory=list)

    async def __call__(self, line: wire.Line) -> None:
        path = line.asked.path.partition("?")[0]
        self.asked.append(line.asked)
        self.lines.append(line)
        kept = next((found for start, found in self.replies.items() if path.startswith(start)), None)
        assert kept, f"nobody expected {path}"
        await (kept.pop(0) if len(kept) > 1 else kept[0])(line)

    def to(self, start: str) -> list[wire.Asked]:
        return [asked for asked in self.asked if asked.path.startswith(start)]


@asynccontextmanager
async def vendor(**replies: wire.Reply | list[wire.Reply]) -> AsyncIterator[Vendor]:
    """Paths are given as names: `__` stands for `/`."""
    paths = {
        "/" + name.replace("__", "/"): reply if isinstance(reply, list) else [reply] for name, reply in replies.items()
    }
    made = Vendor(paths)
    async with wire.serving(made) as server:
        made.root = server.url.removesuffix("/v1")
        yield made


@dataclass
class Desk:
    """What the engine would keep of a call: the tasks that were noted and what landed."""

    landed: Landed = field(default_factory=Landed)
    noted: list[str] = field(default_factory=list)

    async def note(self, task: str) -> None:
        self.noted.append(task)

    def call(self, request: ImageRequest, references: tuple[Reference, ...] = (), **more: Any) -> Call:
        return Call(request, references, "pseudonym-7", self.landed, note=self.note, **more)


async def followed(maker: Provider, call: Call, answer: Completed | Pending, polls: int = 20) -> int:
    """Asks after the tasks as the engine does, without its waiting, until all have ended. How many pictures landed."""
    if isinstance(answer, Completed):
        return answer.delivered
    delivered, open_tasks = 0, dict(enumerate(answer.tasks))
    for _ in range(polls):
        for position, task in list(open_tasks.items()):
            try:
                said = await maker.poll(call, task, position)
            except ProviderError as error:
                if not error.retryable:
                    raise
                continue
            if isinstance(said, Completed):
                delivered += said.delivered
                del open_tasks[position]
        if not open_tasks:
            return delivered
        await asyncio.sleep(0)
    raise AssertionError("the tasks did not end")
