"""The sketch engine's own time, and how heavy its tiles are on the wire."""

import itertools
import time

from bench import live
from bench.report import Row, percentile, spread
from gpt_image_ui.gallery import thumbnails
from gpt_image_ui.providers.interface import Call, ImageRequest
from gpt_image_ui.providers.sketch import _picture as finished
from gpt_image_ui.providers.sketching import draw as engine

SIDE = 1024


def draw(runs: int) -> list[Row]:
    """One picture at a time, on one core."""
    took = []
    for seed, prompt in enumerate(itertools.islice(live.prompts(), runs)):
        began = time.thread_time()
        engine.draw(prompt, SIDE, SIDE, seed, "medium", None)
        took.append((time.thread_time() - began) * 1000)
    how = f"{runs} prompts, medium quality, without packing; processor time of the one thread that draws"
    return [Row("sketch draws 1024²", "under 300 ms", spread(took), percentile(took, 95) < 300, how)]


def tiles(runs: int) -> list[Row]:
    """What a browser fetches for a new picture, on a usual screen and on a fine one."""
    sizes: dict[int, list[int]] = {width: [] for width in thumbnails.WIDTHS}
    originals = []
    for seed, prompt in enumerate(itertools.islice(live.prompts(), runs)):
        request = ImageRequest("sketch", prompt, f"{SIDE}x{SIDE}", "medium")
        original = finished(Call(request, (), "", None), 0, seed, None).data  # type: ignore[arg-type]
        originals.append(len(original))
        for width, tile in thumbnails.make(original).tiles.items():
            sizes[width].append(len(tile))
    usual, fine = percentile(sizes[320], 50) / 1000, percentile(sizes[640], 50) / 1000
    how = f"{runs} sketch pictures; the original, {percentile(originals, 50) / 1000:.0f} kB, only when asked"
    name, budget = "bytes to the browser per new picture", "≤ 40 kB median"
    grain = f"tile of 640; the largest {max(sizes[640]) / 1000:.0f} kB: sketches are all grain and hatching"
    return [
        Row(name, budget, f"{usual:.1f} kB", usual <= 40, f"{how}; tile of 320, which a screen of 1440 × 900 asks for"),
        Row(f"{name}, screen of twice the pixels", budget, f"{fine:.1f} kB", fine <= 40, grain),
    ]
