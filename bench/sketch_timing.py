"""How long the sketch engine takes: every motif under every finish, on one core.

Run `python bench/sketch_timing.py [side] [quality]`; processor time in milliseconds, best of two.
"""

import sys
import time

from gpt_image_ui.providers.sketching import draw, palettes
from gpt_image_ui.providers.sketching.finishes import FINISHES
from gpt_image_ui.providers.sketching.motifs import MOTIFS
from gpt_image_ui.providers.sketching.plan import Plan

# Everything a motif may add at once, so that the table shows the dearest picture and not the plainest.
ACCENTS = frozenset({"snow", "boat", "house", "fog", "birds", "balloon", "clouds", "fruit", "galaxy", "ring"})


def main() -> None:
    side = int(sys.argv[1]) if len(sys.argv) > 1 else 1024
    quality = sys.argv[2] if len(sys.argv) > 2 else "medium"
    print(f"{'ms at ' + str(side):12s}" + "".join(f"{name[:9]:>10s}" for name in FINISHES) + f"{'worst':>10s}")
    worst = 0.0
    for motif in MOTIFS:
        row = [_milliseconds(motif, finish, side, quality) for finish in FINISHES]
        worst = max(worst, *row)
        print(f"{motif:12s}" + "".join(f"{ms:10.0f}" for ms in row) + f"{max(row):10.0f}", flush=True)
    print(f"worst of all: {worst:.0f} ms")


def _milliseconds(motif: str, finish: str, side: int, quality: str) -> float:
    best = float("inf")
    for light in ("day", "night"):
        plan = Plan(motif, palettes.named("dusk"), finish, light=light, accents=ACCENTS)
        began = time.process_time()
        draw.draw_plan(plan, side, side, quality)
        best = min(best, (time.process_time() - began) * 1000)
    return best


if __name__ == "__main__":
    main()
