"""The mask editor over a picture of 3840 × 2160."""

import itertools
import math
from typing import TYPE_CHECKING

from bench import browser, product
from bench.report import Row, percentile

if TYPE_CHECKING:
    from playwright.sync_api import Page

_WIDTH, _HEIGHT = 3840, 2160
_STEPS, _PAUSE_MS = 150, 8
# Brush sizes in pixels of the picture, each at fit and zoomed in.
_BRUSHES = (120, 400, 800)

_BRING = """
async ([width, height]) => {
  const canvas = new OffscreenCanvas(width, height);
  const pen = canvas.getContext("2d");
  for (let i = 0; i < 600; i++) {
    pen.fillStyle = `hsl(${i * 7} 60% ${30 + (i % 40)}%)`;
    pen.fillRect((i * 397) % width, (i * 211) % height, 300, 200);
  }
  const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.9 });
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([blob], "large.jpg", { type: "image/jpeg" }));
  for (const step of ["dragenter", "dragover", "drop"])
    document.body.dispatchEvent(new DragEvent(step, { dataTransfer, bubbles: true, cancelable: true }));
}
"""
_WATCH = """
() => {
  window.frames_seen = [];
  (function next(now) {
    frames_seen.push(now);
    requestAnimationFrame(next);
  })(performance.now());
}
"""
_SET_BRUSH = """
(size) => {
  const range = document.querySelector(".mk input[type=range]");
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(range, size);
  range.dispatchEvent(new Event("input", { bubbles: true }));
}
"""


def mask(_runs: int) -> list[Row]:
    """How evenly the brush follows the pointer."""
    with product.studio() as studio, browser.chromium() as chromium:
        page = browser.open_studio(chromium, studio.url)
        page.evaluate(_BRING, [_WIDTH, _HEIGHT])
        page.locator(".att .face").click(timeout=30_000)
        page.get_by_role("button", name="Paint a mask").click()
        page.wait_for_selector(".mk .stage")
        page.wait_for_timeout(1500)
        page.evaluate(_WATCH)
        rates, frames = [], []
        for zoomed in (False, True):
            for _ in range(8 if zoomed else 0):
                page.get_by_role("button", name="Zoom in").click()
            for size in _BRUSHES:
                rate, times = _stroke(page, size)
                rates.append(rate)
                frames += times
    how = (
        f"{_WIDTH} × {_HEIGHT}, brushes of {', '.join(map(str, _BRUSHES))} px at fit and zoomed in, Chromium without a "
        f"graphics processor; slowest of the strokes {min(rates):.1f}, frames p95 {percentile(frames, 95):.1f} ms, "
        f"longest {max(frames):.0f} ms"
    )
    middle = percentile(rates, 50)
    return [Row("mask brush on a 4K picture", "60 frames a second", f"{middle:.1f} frames a second", middle > 58, how)]


def _stroke(page: "Page", size: int) -> tuple[float, list[float]]:
    """Frames for each second of one stroke, and how long each took."""
    page.evaluate(_SET_BRUSH, size)
    box = page.locator(".mk .stage").bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.wait_for_timeout(500)
    page.mouse.move(x - 300, y)
    page.mouse.down()
    page.evaluate("() => { frames_seen.length = 0; }")
    for step in range(_STEPS):
        page.mouse.move(x - 300 + 600 * step / _STEPS, y + 150 * math.sin(step / 9))
        page.wait_for_timeout(_PAUSE_MS)
    seen = page.evaluate("frames_seen.slice()")
    page.mouse.up()
    times = [after - before for before, after in itertools.pairwise(seen)]
    return 1000 * len(times) / (seen[-1] - seen[0]), times
