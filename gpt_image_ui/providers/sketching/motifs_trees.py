"""Forests and single trees."""

import math

import numpy as np

from gpt_image_ui.providers.sketching import scenery
from gpt_image_ui.providers.sketching.canvas import (
    Array,
    Sheet,
    blend,
    disc,
    ellipse,
    fill_all,
    mix,
    stroke,
)
from gpt_image_ui.providers.sketching.texture import line


def forest(sheet: Sheet) -> Array:
    """Trunks one behind the other, light between them."""
    w, h, rng, ramp, unit = sheet.width, sheet.height, sheet.rng, sheet.ramp, sheet.unit
    far = mix(ramp[2], ramp[1], 0.3) if sheet.night else mix(ramp[5], ramp[4], 0.35)
    picture = sheet.graded([mix(far, ramp[3], 0.3), far, mix(far, ramp[3], 0.55)])
    lx, ly = w * (1 - sheet.plan.focus), h * 0.4
    glow = np.exp(np.hypot(sheet.xs - lx, (sheet.ys - ly) * 0.7) * np.float32(-1 / (unit * 0.34)))
    blend(picture, mix(ramp[5], sheet.spot, 0.25), glow * (0.5 if sheet.night else 0.95))
    if sheet.night or sheet.has("moon"):
        blend(picture, ramp[5], disc(sheet, lx, h * 0.26, unit * 0.06))
    count = 4 if sheet.plan.sparse else 5
    leafy = not sheet.has("snow", "bare", "birch") and (sheet.has("autumn") or rng.random() < 0.6)
    for k in range(count):
        t = (k + 0.5) / count
        tone = mix(far, mix(ramp[0], ramp[1], 0.1), t**0.8)
        ground = h * (0.66 + 0.3 * t) + (line(w, 5, 4, rng) - 0.5).astype(np.float32) * unit * 0.06
        blend(picture, tone, np.clip(sheet.ys - ground[None, :], 0, 1))
        _trunks(sheet, picture, t, ground, tone)
        if leafy:
            _foliage(sheet, picture, t, tone)
        if k < count - 1:
            veil = np.exp(-(((sheet.ys - ground.mean()) / (unit * 0.16)) ** 2)) * np.float32(0.42 * (1 - t))
            blend(picture, mix(far, ramp[5], 0.2), veil)
    scenery.weather(sheet, picture)
    return picture


def _trunks(sheet: Sheet, picture: Array, t: float, ground: Array, tone: Array) -> None:
    w, rng, unit = sheet.width, sheet.rng, sheet.unit
    shapes, marks = [], []
    thick = unit * (0.008 + 0.05 * t**2.2) * sheet.plan.scale
    for _ in range(max(3, int((17 - 12 * t) * w / unit))):
        x = rng.uniform(-0.02, 1.02) * w
        foot = float(ground[min(w - 1, max(0, int(x)))]) + thick * 0.5
        lean = rng.normal(0, unit * 0.02)
        wide = thick * rng.uniform(0.7, 1.3)
        spine = [(x, foot), (x + lean * 0.3, foot * 0.55), (x + lean, -unit * 0.02)]
        shapes.append(stroke(spine, wide * 1.25, 0.62))
        for _ in range(3):
            y, side, reach = (
                foot * rng.uniform(0.05, 0.6),
                rng.choice([-1, 1]),
                unit * rng.uniform(0.05, 0.16) * (0.4 + t),
            )
            twig = [
                (x, y),
                (x + side * reach * 0.5, y - reach * 0.3),
                (x + side * reach, y - reach * rng.uniform(0.5, 0.9)),
            ]
            shapes.append(stroke(twig, wide * 0.32, 0.2))
        if sheet.has("birch"):
            for y in rng.uniform(0, foot, 16):
                marks.append(ellipse(x + lean * 0.4 + rng.normal(0, wide * 0.2), y, wide * 0.3, wide * 0.07, steps=10))
    bark = mix(sheet.ramp[5], tone, 0.3 * (1 - t)) if sheet.has("birch") else tone
    fill_all(picture, shapes, bark)
    if marks:
        fill_all(picture, marks, sheet.ramp[0], 0.75 * t)


def _foliage(sheet: Sheet, picture: Array, t: float, tone: Array) -> None:
    """Leaves hanging in from above, those of nearer trees larger and fewer."""
    w, h, rng, ramp, unit = sheet.width, sheet.height, sheet.rng, sheet.ramp, sheet.unit
    tints = [ramp[2], ramp[3], mix(ramp[3], sheet.spot, 0.6), sheet.spot]
    for tint in tints[int(rng.integers(0, 2)) :]:
        leaves = []
        for _ in range(int(26 * w / unit)):
            cx, cy = rng.uniform(0, w), abs(rng.normal(0, 0.15)) * h
            for _ in range(3):
                x, y, r = cx + rng.normal(0, unit * 0.03), cy + rng.normal(0, unit * 0.02), unit * (0.008 + 0.016 * t)
                leaves.append(ellipse(x, y, r, r * 0.6, rng.uniform(0, 3.1), 8))
        fill_all(picture, leaves, mix(tone, tint, 0.4 + 0.4 * t), 0.9)


def lone_tree(sheet: Sheet) -> Array:
    """One tree on a rise, branched by a simple rule, its crown dabbed in leaf by leaf."""
    w, h, rng, ramp, unit = sheet.width, sheet.height, sheet.rng, sheet.ramp, sheet.unit
    horizon = h * min(0.82, sheet.plan.horizon + 0.18)
    picture = scenery.sky(sheet, horizon)
    light = scenery.place_light(sheet, horizon * 0.8)
    if sheet.night:
        scenery.stars(sheet, picture, horizon)
    scenery.sun_or_moon(sheet, picture, *light, 0.1)
    x, edge = w * sheet.plan.focus, np.zeros(w, np.float32)
    for k, t in enumerate((0.35, 0.85)):
        rise = np.exp(-(((np.arange(w) - x) / (unit * 0.6)) ** 2)) * unit * 0.07 * k
        edge = horizon + k * unit * 0.07 - rise - line(w, 3, 3, rng) * unit * 0.05
        scenery.slope(sheet, picture, edge.astype(np.float32), t, snow=False)
    base = float(edge[min(w - 1, int(x))]) + unit * 0.02
    tall = min(h * 0.5, unit * 0.62) * min(1.25, sheet.plan.scale)
    wood, tips = _branches(sheet, x, base, tall)
    bark = ramp[0] * 0.7 if sheet.night else ramp[0]
    fill_all(picture, wood, bark)
    if not sheet.has("bare"):
        leaf_tints = [mix(ramp[2], ramp[1], 0.4), ramp[2], mix(ramp[3], sheet.spot, 0.35), sheet.spot]
        if sheet.has("blossom"):
            leaf_tints = [ramp[3], mix(sheet.spot, ramp[4], 0.4), mix(ramp[4], sheet.spot, 0.2), ramp[5]]
        for k, tint in enumerate(leaf_tints):
            dabs = []
            for tx, ty in tips:
                for _ in range(3):
                    r = unit * rng.uniform(0.006, 0.013)
                    shift = unit * 0.032
                    dabs.append(
                        ellipse(
                            tx + rng.normal(0, shift),
                            ty + rng.normal(0, shift) - k * r * 0.8,
                            r,
                            r * 0.72,
                            rng.uniform(0, 3),
                            9,
                        )
                    )
            fill_all(picture, dabs, tint, 0.92)
    scenery.garnish(sheet, picture, horizon, light)
    scenery.weather(sheet, picture)
    return picture


def _branches(sheet: Sheet, x: float, y: float, tall: float) -> tuple[list, list]:
    rng, wood, tips = sheet.rng, [], []

    def grow(px: float, py: float, angle: float, length: float, thick: float, depth: int) -> None:
        bend = rng.normal(0, 0.18)
        mid = (px + math.cos(angle + bend) * length * 0.5, py + math.sin(angle + bend) * length * 0.5)
        end = (px + math.cos(angle) * length, py + math.sin(angle) * length)
        wood.append(stroke([(px, py), mid, end], thick, 0.62))
        if depth <= 2:
            tips.append(end)
        if depth == 0:
            return
        for turn in (-0.5, 0.42) if rng.random() < 0.62 else (-0.62, 0.02, 0.58):
            grow(*end, angle + turn + rng.normal(0, 0.12), length * rng.uniform(0.68, 0.82), thick * 0.64, depth - 1)

    grow(x, y, -math.pi / 2 + rng.normal(0, 0.06), tall * 0.28, tall * 0.085, 5)
    return wood, tips
