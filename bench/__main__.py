"""`python -m bench [ROW …]`: measures, prints, writes RESULTS.md. Without names: everything but the clean clone."""

import argparse
import signal
import sys
import traceback
from collections.abc import Callable

from bench import clone, crowd, draw, library, live, load, mask, report, rest
from bench.report import Row

Measure = Callable[[int], list[Row]]

MEASURES: dict[str, Measure] = {
    "picture": live.picture,
    "sketch": live.sketch,
    "draw": draw.draw,
    "bytes": draw.tiles,
    "tabs": live.tabs,
    "queue": live.queue,
    "crowd": crowd.crowd,
    "wire": load.wire,
    "slow": load.slow,
    "public": load.public,
    "library": library.library,
    "mask": mask.mask,
    "start": rest.start,
    "rest": rest.rest,
    "waiting": rest.waiting,
}


def main() -> int:
    """Exit code 1 when a measurement could not be made; a missed budget is a result, not an error."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measures the budgets of the house.")
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"only these: {' '.join(MEASURES)}")
    parser.add_argument("--runs", type=int, default=30, help="how often what is repeated is repeated")
    parser.add_argument("--clean", action="store_true", help="also `make run` on a clean clone, which takes minutes")
    parser.add_argument("--no-file", action="store_true", help="print only")
    options = parser.parse_args()
    if unknown := set(options.rows) - MEASURES.keys():
        parser.error(f"no such row: {' '.join(sorted(unknown))}")
    measures = {name: MEASURES[name] for name in options.rows or MEASURES}
    if options.clean:
        measures["clean"] = clone.clean
    # Ended from outside, it still ends what it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    facts = report.machine()
    print("\n".join(facts), flush=True)
    rows, broken = [], 0
    for name, measure in measures.items():
        found, failed = _measured(name, measure, options.runs)
        broken += failed
        rows += found
        for row in found:
            print(report.line(row), flush=True)
    if not options.no_file:
        report.write(rows, facts)
    return 1 if broken else 0


def _measured(name: str, measure: Measure, runs: int) -> tuple[list[Row], bool]:
    try:
        return measure(runs), False
    except Exception as error:  # one broken measurement must not hide the others
        traceback.print_exc()
        return [Row(name, "", f"could not be measured: {type(error).__name__}", None, "")], True


if __name__ == "__main__":
    sys.exit(main())
