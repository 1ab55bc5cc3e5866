"""How many jobs of one provider a process has under way, and those that wait in it for a place."""

import asyncio
import heapq
import itertools
from dataclasses import dataclass, field

_arrivals = itertools.count()


@dataclass
class Lane:
    """`taken` counts jobs that were started and are not at rest; `gate` is what no more than `width` calls pass at
    once, also those that a crash left to be taken up again."""

    name: str
    width: int
    taken: int = 0
    gate: asyncio.Semaphore = field(init=False)
    _waiting: list[tuple[int, int, str]] = field(default_factory=list)
    _known: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.gate = asyncio.Semaphore(self.width)

    def is_free(self) -> bool:
        """Whether a job may start now."""
        return self.taken < self.width

    def wait(self, job_id: str, ahead: int) -> None:
        """Puts a job in line, once: low `ahead` first, then in order of arrival."""
        if job_id not in self._known:
            self._known.add(job_id)
            heapq.heappush(self._waiting, (ahead, next(_arrivals), job_id))

    def next(self) -> str | None:
        """Takes the first out of the line if there is a place for it."""
        if not self._waiting or not self.is_free():
            return None
        job_id = heapq.heappop(self._waiting)[2]
        self._known.discard(job_id)
        return job_id

    def holds(self, job_id: str) -> bool:
        """Whether the job waits here."""
        return job_id in self._known
