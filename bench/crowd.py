"""A hundred people press Create at the same instant."""

import asyncio
import os
from dataclasses import dataclass

from bench import product
from bench.person import Person
from bench.product import Program
from bench.report import Row, percentile

PEOPLE = 100
ROUNDS = 3
DELAY_SECONDS = 2.0


@dataclass(frozen=True)
class Crowd:
    """What a crowd met: seconds beyond the provider's, by round; who got nothing; megabytes more at the peak and after
    all; processor seconds for each picture."""

    tails: list[list[float]]
    failed: list[str]
    peak_mb: float
    after_mb: float
    processor: float


def crowd(_runs: int) -> list[Row]:
    """How long the last ones wait beyond the provider's own time, and what it costs the server."""
    with (
        product.provider(DELAY_SECONDS) as address,
        product.studio(product.with_provider(address)) as studio,
    ):
        met = asyncio.run(_crowd(studio))
    nineties = [percentile(tail, 95) for tail in met.tails]
    middle = percentile(nineties, 50)
    each = ", ".join(f"{value:.2f}" for value in nineties)
    how = (
        f"{PEOPLE} sockets in the studio's own protocol, {ROUNDS} rounds (p95 {each} s), each until its tile of 320 "
        f"was there; studio, provider and people share the cores; {met.processor * 1000:.0f} ms of processor a picture"
    )
    failed = f" ({met.failed[0]})" if met.failed else ""
    return [
        Row(
            f"{PEOPLE} people at once, provider 2 s: beyond it",
            "p95 ≤ 1.6 s",
            f"p95 {middle:.2f} s",
            middle <= 1.6,
            how,
        ),
        Row("the same: failures", "none", f"{len(met.failed)}{failed}", not met.failed, f"{PEOPLE * ROUNDS} pictures"),
        Row(
            "the same: memory",
            "≤ 150 MB more",
            f"{met.peak_mb:.0f} MB at the peak",
            met.peak_mb <= 150,
            f"resident, against the empty server; the sockets are in it; {met.after_mb:.0f} MB more 3 s after the last",
        ),
    ]


async def _crowd(studio: Program) -> Crowd:
    first = Person(studio.url)
    await first.enter()
    await first.create("A warm-up")
    await first.leave()
    await asyncio.sleep(1)
    before = product.resident_mb(studio.pid)
    product.forget_peak(studio.pid)
    people = [Person(studio.url) for _ in range(PEOPLE)]
    for some in range(0, PEOPLE, 10):
        await asyncio.gather(*(person.enter() for person in people[some : some + 10]))
    tails, failed, began = [], [], _processor_seconds(studio.pid)
    for number in range(ROUNDS):
        prompts = [f"A harbour at dawn, round {number}, person {each}" for each in range(PEOPLE)]
        answers = await asyncio.gather(
            *(person.create(prompt) for person, prompt in zip(people, prompts, strict=True)), return_exceptions=True
        )
        failed += [f"{type(answer).__name__}: {answer}" for answer in answers if isinstance(answer, BaseException)]
        tails.append([answer[0] - DELAY_SECONDS for answer in answers if not isinstance(answer, BaseException)])
        await asyncio.sleep(1)
    used = _processor_seconds(studio.pid) - began
    await asyncio.sleep(2)
    peak, after = product.resident_mb(studio.pid, peak=True), product.resident_mb(studio.pid)
    for person in people:
        await person.leave()
    return Crowd(tails, failed, peak - before, after - before, used / (PEOPLE * ROUNDS))


def _processor_seconds(pid: int) -> float:
    ticks = 0
    for each in product.tree(pid):
        with open(f"/proc/{each}/stat", encoding="utf-8") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")
