"""What a measurement says, and the table that all of them make."""

import os
import platform
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench.browser import CHROMIUM

RESULTS = Path(__file__).with_name("RESULTS.md")
# What a run cannot know: why a budget is missed, and what was tried.
NOTES = Path(__file__).with_name("NOTES.md")


@dataclass(frozen=True)
class Row:
    """One line of the table. `met` None: there is no budget for it, or it cannot be judged."""

    what: str
    budget: str
    figure: str
    met: bool | None
    how: str


def percentile(values: Sequence[float], part: float) -> float:
    """The value below which `part` per cent lie, between neighbours by proportion."""
    ordered = sorted(values)
    at = (len(ordered) - 1) * part / 100
    low = int(at)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (at - low)


def spread(values: Sequence[float], unit: str = "ms") -> str:
    """Median and 95th percentile in words."""
    return f"p50 {percentile(values, 50):.0f}, p95 {percentile(values, 95):.0f} {unit}"


def machine() -> list[str]:
    """What the figures were measured on, and what else it was doing when they began."""
    chromium = subprocess.run([CHROMIUM, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    memory = _field("/proc/meminfo", "MemTotal").split()[0]
    load = ", ".join(f"{part:.2f}" for part in os.getloadavg())
    busy = " (busy with other work: times are longer than on a quiet machine)" if os.getloadavg()[0] > 1 else ""
    return [
        f"{_field('/proc/cpuinfo', 'model name')}, {os.cpu_count()} cores, {int(memory) / 1048576:.0f} GB",
        f"{platform.system()} {platform.release()}, Python {platform.python_version()}, {chromium or 'no Chromium'}",
        f"load average before: {load}{busy}",
        f"measured {datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
    ]


def verdict(row: Row) -> str:
    """One word."""
    return {True: "met", False: "missed", None: "–"}[row.met]


def line(row: Row) -> str:
    """One row for a terminal, in two lines."""
    return f"{verdict(row):7s}{row.what}: {row.figure}  (budget: {row.budget})\n         {row.how}"


def write(rows: Sequence[Row], facts: Sequence[str]) -> None:
    """Writes the table to bench/RESULTS.md."""
    told = [f"- {fact}" for fact in facts]
    table = ["| what | budget | figure | verdict | how |", "|---|---|---|---|---|"]
    table += [f"| {row.what} | {row.budget} | {row.figure} | {verdict(row)} | {row.how} |" for row in rows]
    head = "# Speed and size, measured\n\nWritten by `make bench`; what follows the table comes from NOTES.md.\n"
    notes = NOTES.read_text(encoding="utf-8")
    RESULTS.write_text("\n".join([head, *told, "", *table, "", notes]), encoding="utf-8")


def _field(path: str, name: str) -> str:
    for each in Path(path).read_text(encoding="utf-8").splitlines():
        key, _, value = each.partition(":")
        if key.strip() == name:
            return value.strip()
    return "unknown"
