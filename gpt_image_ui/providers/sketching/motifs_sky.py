"""Space: clouds of gas, and planets."""

import math

import numpy as np

from gpt_image_ui.providers.sketching import scenery
from gpt_image_ui.providers.sketching.canvas import (
    Array,
    Sheet,
    blend,
    colour,
    dim,
    fill,
    mix,
    smooth,
    stroke,
)
from gpt_image_ui.providers.sketching.texture import fbm, fold, line


def nebula(sheet: Sheet) -> Array:
    """Gas and dust, warped through itself, with stars."""
    w, h, rng, ramp, unit = sheet.width, sheet.height, sheet.rng, sheet.ramp, sheet.unit
    gas, dust = fbm(w, h, 3, 6, rng, 0.55), fbm(w, h, 4, 5, rng, 0.5)
    reach = unit * 0.55
    rows, cols = np.arange(h, dtype=np.int32)[:, None], np.arange(w, dtype=np.int32)[None, :]
    gas = gas[fold(rows - (dust * reach).astype(np.int32), h), fold(cols - (gas * reach).astype(np.int32), w)]
    dust = dust[
        fold(rows - (gas * reach * 0.6).astype(np.int32), h), fold(cols + (gas * reach * 0.5).astype(np.int32), w)
    ]
    gas = (gas - gas.min()) / (gas.max() - gas.min())
    centre = np.hypot((sheet.xs - w * sheet.plan.focus) / w, (sheet.ys - h * 0.5) / h)
    if sheet.has("galaxy"):
        gas = gas * 0.45 + _spiral(sheet) * (0.35 + 0.5 * gas)
    floor = 0.32 if sheet.plan.sparse else 0.16
    if sheet.plan.room == "top":
        floor = floor + 0.5 * smooth(0.45 - sheet.ys / h, 0, 0.35)
    heat = smooth(gas - centre * 0.34 + 0.16, floor, 1.02)
    picture = colour(np.stack([ramp[0] * 0.45, ramp[0], ramp[1], ramp[2], ramp[3], ramp[4], ramp[5]]), heat)
    blend(picture, sheet.spot, smooth(dust * gas, 0.28, 0.75) * 0.5 * (heat > 0.02))
    dim(picture, 1 - smooth(dust, 0.66, 0.95) * 0.6)
    scenery.stars(sheet, picture, h, 1.6)
    for _ in range(7):
        _flare(sheet, picture, rng.uniform(0, w), rng.uniform(0, h), unit * rng.uniform(0.006, 0.016))
    return picture


def _spiral(sheet: Sheet) -> Array:
    """Two arms on a tilted disc, 0..1."""
    px, py = (sheet.xs - sheet.width * sheet.plan.focus) / sheet.unit, (sheet.ys - sheet.height * 0.5) / sheet.unit
    tilt = sheet.rng.uniform(-0.7, 0.7)
    x, y = px * math.cos(tilt) + py * math.sin(tilt), (py * math.cos(tilt) - px * math.sin(tilt)) * 1.9
    r = np.hypot(x, y) + 1e-3
    arms = 0.5 + 0.5 * np.cos(2 * np.arctan2(y, x) - np.log(r) * 4.6 + sheet.rng.uniform(0, 6))
    return np.clip(np.exp(-r * 3.4) * (0.35 + 1.3 * arms) + np.exp(-((r / 0.09) ** 2)) * 0.9, 0, 1.2).astype(np.float32)


def _flare(sheet: Sheet, picture: Array, x: float, y: float, r: float) -> None:
    white = mix(sheet.ramp[5], np.full(3, 255, np.float32), 0.6)
    x0, x1, y0, y1 = int(max(0, x - r * 5)), int(x + r * 5), int(max(0, y - r * 5)), int(y + r * 5)
    area = picture[y0:y1, x0:x1]
    if area.size == 0:
        return
    dx, dy = sheet.xs[:, x0 : x0 + area.shape[1]] - x, sheet.ys[y0 : y0 + area.shape[0]] - y
    glow = np.exp(-np.hypot(dx, dy) / (r * 0.6))
    cross = np.exp(-np.abs(dx) / (r * 1.2) - np.abs(dy) / (r * 0.09)) + np.exp(
        -np.abs(dy) / (r * 1.2) - np.abs(dx) / (r * 0.09)
    )
    blend(area, white, np.clip(glow * 0.9 + cross * 0.7, 0, 1))


def planet(sheet: Sheet) -> Array:
    """A banded planet, its ring before and behind it, and a moon or two."""
    w, h, rng, ramp, unit = sheet.width, sheet.height, sheet.rng, sheet.ramp, sheet.unit
    picture = sheet.graded([ramp[0] * 0.5, ramp[0], mix(ramp[0], ramp[1], 0.8)])
    haze = fbm(w, h, 2.4, 5, rng)
    blend(picture, mix(ramp[1], ramp[2], 0.5), smooth(haze, 0.45, 1) * 0.5)
    scenery.stars(sheet, picture, h, 1.4)
    x, y = w * sheet.plan.focus, h * (0.62 if sheet.plan.room == "top" else 0.5)
    r = unit * 0.27 * min(1.5, sheet.plan.scale)
    ringed = sheet.has("ring") or rng.random() < 0.6
    tilt = rng.uniform(-0.45, 0.45)
    if ringed:
        _ring(sheet, picture, x, y, r, tilt, behind=True)
    _globe(sheet, picture, x, y, r, tilt, banded=True)
    if ringed:
        _ring(sheet, picture, x, y, r, tilt, behind=False)
    for _ in range(int(rng.integers(1, 4))):
        a, far = rng.uniform(0, 6.28), unit * rng.uniform(0.38, 0.48)
        _globe(
            sheet,
            picture,
            x + math.cos(a) * far * max(1, w / h * 0.8),
            y + math.sin(a) * far * 0.9,
            unit * rng.uniform(0.016, 0.045),
            0,
            banded=False,
        )
    if sheet.has("rocket"):
        _rocket(sheet, picture, w * (1.0 - sheet.plan.focus) * 0.6 + w * 0.12, h * 0.7, unit * 0.13)
    return picture


def _globe(sheet: Sheet, picture: Array, cx: float, cy: float, r: float, tilt: float, banded: bool) -> None:
    ramp, rng = sheet.ramp, sheet.rng
    x0, x1 = int(max(0, cx - r * 1.4)), int(min(sheet.width, cx + r * 1.4))
    y0, y1 = int(max(0, cy - r * 1.4)), int(min(sheet.height, cy + r * 1.4))
    if x1 - x0 < 2 or y1 - y0 < 2:
        return
    nx, ny = (sheet.xs[:, x0:x1] - cx) / r, (sheet.ys[y0:y1] - cy) / r
    out = np.hypot(nx, ny)
    nz = np.sqrt(np.clip(1 - out * out, 0, 1))
    lit = np.clip(-nx * 0.62 - ny * 0.45 + nz * 0.64, 0, 1)
    if banded:
        swirl = fbm(x1 - x0, y1 - y0, 6, 4, rng)
        across = ny * math.cos(tilt) - nx * math.sin(tilt)
        at = np.clip((across + (swirl - 0.5) * 0.13) * 0.5 + 0.5, 0, 1)
        bands = line(512, 13, 3, rng, 0.6)
        rgb = colour(
            np.stack([ramp[2], ramp[3], sheet.spot, ramp[4], ramp[3], ramp[5]]),
            smooth(bands[(at * 511).astype(int)], 0.2, 0.8),
        )
    else:
        rgb = np.broadcast_to(mix(ramp[4], ramp[3], rng.random()), (y1 - y0, x1 - x0, 3))
    rgb = ramp[0] * 0.5 + (rgb - ramp[0] * 0.5) * (0.05 + 0.95 * smooth(lit, 0, 0.85))[..., None]
    area = picture[y0:y1, x0:x1]
    air = np.exp(-np.clip(out - 1, 0, 1) * 16) * np.clip(-nx * 0.6 - ny * 0.45 + 0.5, 0, 1) * (0.5 if banded else 0.12)
    blend(area, ramp[4], air)
    blend(area, rgb, np.clip((1 - out) * r + 0.5, 0, 1))


def _ring(sheet: Sheet, picture: Array, cx: float, cy: float, r: float, tilt: float, behind: bool) -> None:
    px, py = (sheet.xs - cx) / r, (sheet.ys - cy) / r
    x, y = px * math.cos(tilt) + py * math.sin(tilt), py * math.cos(tilt) - px * math.sin(tilt)
    far = np.hypot(x, y * 3.6)
    grooves = line(256, 40, 2, sheet.rng, 0.6) * 0.9 + 0.1
    alpha = (
        grooves[np.clip((far - 1.3) / 0.85 * 255, 0, 255).astype(np.int16)]
        * smooth(far, 1.28, 1.32)
        * (1 - smooth(far, 2.05, 2.12))
    )
    half = y < 0 if behind else y >= 0
    blend(picture, mix(sheet.ramp[4], sheet.spot, 0.25), alpha * half * 0.85)


def _rocket(sheet: Sheet, picture: Array, x: float, y: float, s: float) -> None:
    ramp, turn = sheet.ramp, 0.6
    c, n = math.cos(turn), math.sin(turn)

    def put(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
        return [(x + (px * c - py * n) * s, y + (px * n + py * c) * s) for px, py in points]

    t = np.linspace(0, 1, 14)
    side = [(0.26 * math.sin(math.pi * (0.12 + 0.88 * (1 - a) ** 0.8)) ** 0.8, -1 + 1.7 * a) for a in t]
    flame = [(-0.12, 0.68), (0.12, 0.68), (0.0, 1.35)]
    fill(picture, put(flame), mix(sheet.spot, ramp[5], 0.4))
    for d in (-1, 1):
        fill(picture, put([(d * 0.16, 0.25), (d * 0.44, 0.85), (d * 0.1, 0.7)]), sheet.spot)
    fill(picture, put(side + [(-px, py) for px, py in side[::-1]]), ramp[5])
    fill(picture, put([(0.1 * math.cos(a), -0.25 + 0.1 * math.sin(a)) for a in np.linspace(0, 6.28, 20)]), ramp[1])
    fill(picture, stroke(put([(-0.2, 0.35), (0.2, 0.35)]), s * 0.05), sheet.spot)
