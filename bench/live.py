"""One person and one picture: how long each step takes to reach the screen."""

import itertools
import sqlite3
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from bench import browser, product
from bench.product import Program
from bench.report import Row, percentile, spread

if TYPE_CHECKING:
    from playwright.sync_api import Page

WARM_UP = 3
_THINGS = ("lighthouse in fog", "harbour at dawn", "cat on a wall", "birch wood", "ringed planet", "bowl of lemons")
_LOOKS = ("woodcut", "watercolour", "mosaic", "ink drawing", "poster", "pastel", "night scene")


def prompts() -> Iterator[str]:
    """Words that differ, for pictures that differ."""
    for number, (look, thing) in enumerate(itertools.cycle(itertools.product(_LOOKS, _THINGS))):
        yield f"A {look} of a {thing}, number {number}"


def picture(runs: int) -> list[Row]:
    """Create to the queue's card and to the decoded tile, with a provider that takes no time."""
    with (
        product.provider(0) as address,
        product.studio(product.with_provider(address)) as studio,
        browser.chromium() as chromium,
    ):
        seen = _create(browser.open_studio(chromium, studio.url), runs)
        waits = _waits(studio)[WARM_UP:]
    cards, tiles = [each["card"] for each in seen], [each["tile"] for each in seen]
    jobs = [each["job"] for each in seen if "job" in each]
    how = f"Chromium, {runs} runs after {WARM_UP}; click to DOM"
    named = f"the job's own card {spread(jobs)}" if jobs else "the job was done before its card was drawn"
    return [
        Row("Create → queued card", "p95 ≤ 100 ms", spread(cards), percentile(cards, 95) <= 100, f"{how}; {named}"),
        Row(
            "Create → decoded tile, provider 0 ms",
            "p50 ≤ 50, p95 ≤ 80 ms",
            spread(tiles),
            percentile(tiles, 50) <= 50 and percentile(tiles, 95) <= 80,
            f"{how}, `img.decode()`; PNG 1024², 1.5 MB; rules checked; provider on the same cores",
        ),
        Row(
            "enqueue → start, lane free",
            "no wait (direct start)",
            spread(waits),
            percentile(waits, 95) <= 20,
            "job row written to job claimed, from the tables; 20 ms is taken for no wait",
        ),
    ]


def sketch(runs: int) -> list[Row]:
    """The same with pictures that the studio draws itself."""
    with product.studio() as studio, browser.chromium() as chromium:
        seen = _create(browser.open_studio(chromium, studio.url), runs)
    tiles = [each["tile"] for each in seen]
    how = f"Chromium, {runs} runs after {WARM_UP}, {len(_LOOKS)} looks of {len(_THINGS)} things, 1024²"
    return [Row("Create → decoded tile, sketch", "drawn in under 300 ms", spread(tiles), None, how)]


def tabs(runs: int) -> list[Row]:
    """A job ends; another tab shows its picture."""
    with (
        product.provider(0.3) as address,
        product.studio(product.with_provider(address)) as studio,
        browser.chromium() as chromium,
    ):
        first = browser.open_studio(chromium, studio.url)
        second = first.context.new_page()
        second.add_init_script(browser.PROBE)
        second.goto(f"{studio.url}/studio")
        browser.await_usable(second)
        shown: dict[int, float] = {}
        for prompt in itertools.islice(prompts(), runs + WARM_UP):
            second.evaluate("bench.arm()")
            browser.press_create(first, prompt)
            there = second.evaluate("bench.done")
            shown[int(there["src"].split("/")[2])] = there["origin"] + there["tile"]
            browser.await_quiet(first)
        took = [shown[image] - ended for image, ended in _ended(studio).items() if image in shown][WARM_UP:]
    how = f"{runs} runs; job's end in the table to tile decoded in the second tab (tabs of one browser)"
    return [Row("job change → pixel, second tab", "p95 ≤ 250 ms", spread(took), percentile(took, 95) <= 250, how)]


def queue(runs: int) -> list[Row]:
    """A lane of one place: from the end of one job to the start of the next."""
    with (
        product.provider(0.2) as address,
        product.studio(product.with_provider(address, lane=1)) as studio,
        browser.chromium() as chromium,
    ):
        page = browser.open_studio(chromium, studio.url)
        for prompt in itertools.islice(prompts(), max(10, runs)):
            page.get_by_role("textbox", name="Prompt").fill(prompt)
            page.locator("button[type=submit]", has_text="Create").click()
            page.wait_for_timeout(60)
        browser.await_quiet(page)
        times = _ask(studio, "SELECT started_at, finished_at FROM job WHERE status = 'done' ORDER BY started_at")
    moments = [(_moment(start), _moment(end)) for start, end in times]
    gaps = [later[0] - earlier[1] for earlier, later in itertools.pairwise(moments)]
    how = f"lane of one, {len(moments)} jobs at once; end of one to start of the next, from the tables"
    return [Row("enqueue → start, lane busy", "p95 ≤ 60 ms", spread(gaps), percentile(gaps, 95) <= 60, how)]


def _create(page: "Page", runs: int) -> list[dict[str, Any]]:
    seen = []
    for prompt in itertools.islice(prompts(), runs + WARM_UP):
        seen.append(browser.press_create(page, prompt))
        browser.await_quiet(page)
    return seen[WARM_UP:]


def _waits(studio: Program) -> list[float]:
    rows = _ask(studio, "SELECT created_at, started_at FROM job WHERE status = 'done' ORDER BY created_at")
    return [_moment(start) - _moment(made) for made, start in rows]


def _ended(studio: Program) -> dict[int, float]:
    rows = _ask(studio, "SELECT image.id, finished_at FROM job JOIN image ON image.job_id = job.id ORDER BY image.id")
    return {image: _moment(ended) for image, ended in rows}


def _ask(studio: Program, query: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(studio.data / "studio.db") as connection:
        return connection.execute(f"SELECT * FROM ({query})").fetchall()


def _moment(text: str) -> float:
    """Epoch milliseconds of a moment as the table has it."""
    from datetime import UTC, datetime

    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000
