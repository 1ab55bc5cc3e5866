"""The server by itself: how soon it is there, and what it takes of memory."""

import asyncio
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench import browser, product
from bench.person import Person
from bench.product import Program
from bench.report import Row, percentile

STARTS = 3
TABS = 50
JOBS, EACH = 1000, 50


def start(_runs: int) -> list[Row]:
    """From the command to an answer, and to a prompt that can be sent, in a new folder and in a used one."""
    # `make setup` does this; without it the first start would compile every file.
    subprocess.run([sys.executable, "-m", "compileall", "-q", "gpt_image_ui"], cwd=product.ROOT, check=False)
    with browser.chromium() as chromium:
        fresh, used = [], []
        for _ in range(STARTS):
            folder = Path(tempfile.mkdtemp(prefix="bench-"))
            try:
                fresh.append(_start(chromium, folder))
                used.append(_start(chromium, folder))
            finally:
                shutil.rmtree(folder, ignore_errors=True)
    health = percentile([each[0] for each in fresh + used], 50)
    new, again = (percentile([each[1] for each in some], 50) for some in (fresh, used))
    how = (
        f"median of {STARTS} each; the browser is open before; until the server filled the page; health {health:.2f} s"
    )
    return [Row("process start → prompt usable", "≤ 2.0 s", f"{new:.2f} s new, {again:.2f} s again", new <= 2.0, how)]


def rest(_runs: int) -> list[Row]:
    """Memory with nobody there, and for each open tab."""
    with product.studio() as studio:
        time.sleep(4)
        empty = product.memory_mb(studio.pid)
        used, tab = asyncio.run(_tabs(studio))
    how = f"4 s after it was ready, no visitor; after a first picture {used:.0f} MB"
    return [
        Row("server at rest, all processes, PSS", "≤ 140 MB", f"{empty:.0f} MB", empty <= 140, how),
        Row("each open tab", "≤ 0.3 MB", f"{tab:.2f} MB", tab <= 0.3, f"{TABS} guests with the studio open"),
    ]


def waiting(_runs: int) -> list[Row]:
    """Memory for a thousand jobs that wait for a provider that does not answer."""
    with product.provider(3600) as address:
        settings = product.with_provider(address, lane=8) | {"GPT_IMAGE_UI_JOBS_DRAIN_SECONDS": "1"}
        with product.studio(settings) as studio:
            more, seconds = asyncio.run(_wait(studio))
    how = f"{JOBS // EACH} guests, {EACH} each, lane of 8; all were taken after {seconds:.1f} s"
    return [Row("1,000 jobs waiting", "≤ 60 MB more", f"{more:.0f} MB", more <= 60, how)]


def _start(chromium, folder: Path) -> tuple[float, float]:
    page = chromium.new_context(viewport=browser.WINDOW).new_page()
    began = time.perf_counter()
    with product.studio(data=folder, wait="") as studio:
        answered = product.await_answer(f"{studio.url}/healthz", every_seconds=0.01) - began
        page.goto(f"{studio.url}/studio", wait_until="commit")
        browser.await_usable(page)
        usable = time.perf_counter() - began
        page.context.close()
    return answered, usable


async def _tabs(studio: Program) -> tuple[float, float]:
    first = Person(studio.url)
    await first.enter()
    await first.create("A lighthouse in fog")
    await asyncio.sleep(3)
    before = product.memory_mb(studio.pid)
    people = [Person(studio.url) for _ in range(TABS)]
    for person in people:
        await person.enter()
    await asyncio.sleep(2)
    after = product.memory_mb(studio.pid)
    for person in [first, *people]:
        await person.leave()
    return before, (after - before) / TABS


async def _wait(studio: Program) -> tuple[float, float]:
    people = [Person(studio.url) for _ in range(JOBS // EACH)]
    for person in people:
        await person.enter()
    await asyncio.sleep(2)
    before, began = product.memory_mb(studio.pid), time.perf_counter()
    for number in range(EACH):
        for person in people:
            person.press_create(f"A harbour at dawn, {number}")
        await asyncio.sleep(0.1)
    while await asyncio.to_thread(_count, studio) < JOBS:
        await asyncio.sleep(0.2)
        assert time.perf_counter() - began < 120, "the jobs were not taken"
    seconds = time.perf_counter() - began
    await asyncio.sleep(3)
    more = product.memory_mb(studio.pid) - before
    for person in people:
        await person.leave()
    return more, seconds


def _count(studio: Program) -> int:
    import sqlite3

    with sqlite3.connect(f"file:{studio.data / 'studio.db'}?mode=ro", uri=True) as connection:
        return connection.execute("SELECT count(*) FROM job").fetchone()[0]
