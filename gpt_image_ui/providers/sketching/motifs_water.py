"""The sea: open water under a low light, a lighthouse, and rolling waves."""

import math

import numpy as np

from gpt_image_ui.providers.sketching import scenery
from gpt_image_ui.providers.sketching.canvas import (
    Array,
    Sheet,
    blend,
    colour,
    cut_out,
    disc,
    ellipse,
    fill,
    fill_all,
    mix,
    smooth,
    stroke,
)
from gpt_image_ui.providers.sketching.texture import fbm, line


def sea(sheet: Sheet) -> Array:
    """Sun or moon over open water, its path broken by waves."""
    w, h, rng, ramp, unit = sheet.width, sheet.height, sheet.rng, sheet.ramp, sheet.unit
    horizon = h * sheet.plan.horizon
    picture = scenery.sky(sheet, horizon)
    if sheet.night:
        scenery.stars(sheet, picture, horizon, 1.5 if sheet.has("stars") else 0.9)
    light_x, light_y = scenery.place_light(sheet, horizon)
    if not sheet.plan.sparse:
        scenery.clouds(sheet, picture, horizon, 0.75 if sheet.has("clouds", "storm") else 0.5)
    scenery.sun_or_moon(sheet, picture, light_x, light_y, 0.085)
    if not sheet.plan.sparse:
        away = smooth(np.abs(np.arange(w) - light_x), unit * 0.1, unit * 0.7)
        coast = horizon - line(w, 3 * max(1, w / h), 5, rng) * unit * 0.075 * away
        cover = np.clip(sheet.ys - coast[None, :] + 0.5, 0, 1) * (sheet.ys < horizon + 1)
        blend(picture, mix(ramp[1], ramp[2], 0.1 if sheet.night else 0.45), cover * 0.92)
    water(sheet, picture, horizon, light_x)
    if sheet.has("boat"):
        for k in range(min(sheet.plan.count or 1, 8)):
            x, deep = (sheet.plan.focus, 0.24) if k == 0 else (rng.uniform(0.08, 0.92), rng.uniform(0.02, 0.16))
            size = unit * (0.03 + 0.28 * deep) * sheet.plan.scale
            scenery.boat(sheet, picture, w * x, horizon + (h - horizon) * deep, size)
    scenery.garnish(sheet, picture, horizon, (light_x, light_y))
    scenery.weather(sheet, picture)
    return picture


def water(sheet: Sheet, picture: Array, horizon: float, light_x: float) -> None:
    """Waves from the horizon to the lower edge, with a path of light below light_x."""
    h, ramp, unit = sheet.height, sheet.ramp, sheet.unit
    top = int(horizon)
    rows = h - top
    if rows < 4:
        return
    deep = np.clip((sheet.ys[top:] - horizon) / (h - horizon), 1e-3, 1)
    swell = fbm(sheet.width, rows, 34, 3, sheet.rng, 0.6)
    lines = np.clip(16 / (deep + 0.035), 0, 600)
    broad = np.sin(lines * 2.2 + swell * 7 + sheet.xs / unit * 5 * deep) * 0.5 + 0.5
    fine = np.sin(lines * 5.1 - swell * 9) * 0.5 + 0.5
    path = np.exp(-(((sheet.xs - light_x) / (unit * (0.05 + 0.2 * deep))) ** 2))
    tone = np.clip(0.2 + 0.28 * (1 - deep) + (broad * 0.2 + fine * 0.1) * (1 - 0.3 * deep), 0, 1)
    surface = colour(ramp, tone * np.float32(0.62 if sheet.night else 0.78))
    glitter = smooth(broad * 0.6 + fine * 0.4 + path * 0.35, 0.72, 0.98) * path
    lit = mix(ramp[5], sheet.spot, 0.05 if sheet.night else 0.2)
    blend(surface, lit, np.clip(glitter * 1.1, 0, 1))
    picture[top:] += (surface - picture[top:]) * np.clip(sheet.ys[top:] - horizon, 0, 1)[..., None]


def lighthouse(sheet: Sheet) -> Array:
    """A banded tower on a headland; after dark it turns its beam over the water."""
    w, h, rng, ramp, unit = sheet.width, sheet.height, sheet.rng, sheet.ramp, sheet.unit
    horizon = h * float(np.clip(sheet.plan.horizon + 0.12, 0.5, 0.74))
    picture = scenery.sky(sheet, horizon)
    focus = sheet.plan.focus
    light_x, light_y = scenery.place_light(sheet, horizon)
    if sheet.night:
        scenery.stars(sheet, picture, horizon, 1.3)
    scenery.clouds(sheet, picture, horizon, 0.35 if sheet.night else 0.5)
    if not sheet.has("storm"):
        scenery.sun_or_moon(sheet, picture, light_x, light_y, 0.06)
    water(sheet, picture, horizon, light_x)
    x = w * focus
    side = 1 if focus >= 0.5 else -1
    away = (sheet.xs[0] - x) * side
    rise = np.where(away > 0, 1 / (1 + (away / (unit * 0.75)) ** 2), np.exp(-((away / (unit * 0.26)) ** 2)))
    rock = (
        horizon
        + unit * 0.17
        - rise * unit * 0.25
        - (line(w, 9 * max(1, w / h), 6, rng, 0.55) - 0.5) * unit * 0.09 * (0.4 + rise)
    )
    beside = slice(max(0, int(x - unit * 0.06)), min(w, int(x + unit * 0.06)))
    foot = float(rock[beside].max()) + unit * 0.015  # the rock is laid over the foot of the tower
    tall = min(foot * (0.62 if sheet.plan.room == "top" else 0.76), unit * 0.52 * sheet.plan.scale)
    dark_sky = sheet.night or sheet.plan.light == "dusk"
    lamp = (x, foot - tall * 0.94)
    if dark_sky:
        _beam(sheet, picture, lamp, -side)
    _tower(sheet, picture, x, foot, tall, dark_sky)
    depth = (sheet.ys - rock[None, :]).astype(np.float32)
    grain = fbm(w, h, 22, 4, rng, 0.6)
    stone = mix(ramp[1], ramp[0], 0.75) if dark_sky else mix(ramp[1], ramp[0], 0.35)
    face = (
        stone
        + (mix(ramp[2], ramp[3], 0.2) - stone)
        * smooth(grain - np.clip(depth / (unit * 0.5), 0, 0.5), 0.45, 0.85)[..., None]
        * 0.6
    )
    blend(picture, face.astype(np.float32), np.clip(depth + 0.5, 0, 1))
    scenery.garnish(sheet, picture, horizon, (light_x, light_y))
    if sheet.has("boat"):
        at = horizon + (h - horizon) * 0.14
        scenery.boat(sheet, picture, w * (0.5 - 0.27 * side), at, unit * 0.05)
    scenery.weather(sheet, picture)
    return picture


def _tower(sheet: Sheet, picture: Array, x: float, foot: float, tall: float, lit: bool) -> None:
    ramp, wide = sheet.ramp, tall * 0.13
    white = mix(ramp[5], ramp[3], 0.15) if not sheet.night else mix(ramp[4], ramp[2], 0.15)
    band = sheet.spot if not sheet.night else mix(sheet.spot, ramp[0], 0.4)

    def width_at(t: float) -> float:
        return wide * (1 - 0.42 * t)

    for k in range(5):
        low, high = k * 0.16, (k + 1) * 0.16
        a, b = width_at(low), width_at(high)
        piece = [
            (x - a, foot - tall * low),
            (x + a, foot - tall * low),
            (x + b, foot - tall * high),
            (x - b, foot - tall * high),
        ]
        fill(picture, piece, band if k % 2 else white)
    side = -1 if sheet.plan.focus < 0.5 else 1
    shadow = [
        (x + side * width_at(0) * 0.2, foot),
        (x + side * width_at(0), foot),
        (x + side * width_at(0.8), foot - tall * 0.8),
    ]
    fill(picture, [*shadow, (x + side * width_at(0.8) * 0.2, foot - tall * 0.8)], ramp[0], 0.28)
    g, top = width_at(0.8), foot - tall * 0.8
    fill(
        picture,
        [
            (x - g * 1.35, top),
            (x + g * 1.35, top),
            (x + g * 1.35, top - tall * 0.025),
            (x - g * 1.35, top - tall * 0.025),
        ],
        ramp[0],
    )
    fill(
        picture,
        [
            (x - g * 0.72, top - tall * 0.02),
            (x + g * 0.72, top - tall * 0.02),
            (x + g * 0.72, top - tall * 0.13),
            (x - g * 0.72, top - tall * 0.13),
        ],
        mix(sheet.spot, ramp[5], 0.75) if lit else mix(ramp[4], ramp[2], 0.4),
    )
    bars = [stroke([(x + g * f, top), (x + g * f, top - tall * 0.13)], g * 0.09) for f in (-0.68, 0.0, 0.68)]
    fill_all(picture, bars, ramp[0])
    dome = [
        (x + g * 0.95 * math.cos(a), top - tall * 0.125 - g * 0.85 * math.sin(a)) for a in np.linspace(0, math.pi, 20)
    ]
    fill(picture, dome, band if not lit else mix(ramp[0], sheet.spot, 0.35))
    for t in (0.22, 0.52):
        fill(picture, ellipse(x, foot - tall * t, wide * 0.13, wide * 0.2, steps=16), ramp[0])


def _beam(sheet: Sheet, picture: Array, lamp: tuple[float, float], side: int) -> None:
    x, y = lamp
    reach = sheet.width * 1.1
    for toward, strength in ((side, 0.62), (-side, 0.3)):
        cone = [(x, y - 1), (x + toward * reach, y - reach * 0.2), (x + toward * reach, y + reach * 0.05), (x, y + 1)]
        found = cut_out(picture, [cone])
        if found is not None:
            box, mask = found
            fade = np.exp(np.abs(sheet.xs[:, box[1]] - x) * np.float32(-1.5 / sheet.unit))
            picture[box] += (mix(sheet.ramp[5], sheet.spot, 0.3) - picture[box]) * (mask * fade * np.float32(strength))[
                ..., None
            ]
    glow = np.exp(np.hypot(sheet.xs - x, sheet.ys - y) * np.float32(-1 / (sheet.unit * 0.055)))
    blend(picture, mix(sheet.ramp[5], sheet.spot, 0.25), glow)


def waves(sheet: Sheet) -> Array:
    """Rolling swells one behind the other, combed with lines and edged with foam."""
    w, h, rng, ramp, unit = sheet.width, sheet.height, sheet.rng, sheet.ramp, sheet.unit
    start = h * float(np.clip(sheet.plan.horizon - 0.08, 0.25, 0.7))
    picture = scenery.sky(sheet, start)
    light = scenery.place_light(sheet, start)
    if sheet.night:
        scenery.stars(sheet, picture, start)
    blend(picture, ramp[5] if sheet.night else mix(sheet.spot, ramp[5], 0.08), disc(sheet, *light, unit * 0.115))
    count = 4 if sheet.plan.sparse else 7
    for k in range(count):
        t = k / (count - 1)
        base = start + (h * 0.95 - start) * t**1.15 + unit * 0.05
        size = unit * (0.05 + 0.17 * t) * sheet.plan.scale
        _roller(sheet, picture, base, size, t, rng.uniform(0, 6.28), side=1 if rng.random() < 0.8 else -1)
        if sheet.has("boat") and k == count // 2 - 1:
            scenery.boat(sheet, picture, w * sheet.plan.focus, base - size * 0.6, unit * 0.075 * sheet.plan.scale)
    scenery.garnish(sheet, picture, start, light)
    scenery.weather(sheet, picture)
    return picture


def _roller(sheet: Sheet, picture: Array, base: float, size: float, t: float, phase: float, side: int) -> None:
    ramp, unit = sheet.ramp, sheet.unit
    span = size * 5.2
    x = np.arange(sheet.width, dtype=np.float32)
    around = (x / span * 2 * math.pi * side + phase + np.sin(x / span * 1.7) * 0.5) % (2 * math.pi)
    # A steep front and a long back: a sine of a bent angle.
    bent = np.where(around < 1.9, around / 1.9 * math.pi, math.pi + (around - 1.9) / (2 * math.pi - 1.9) * math.pi)
    swell = 0.7 + 0.3 * np.sin(x / span * 0.9 + phase)
    edge = base + np.cos(bent) * size * 0.62 * swell
    top = max(0, int(edge.min()) - 1)
    depth = (sheet.ys[top:] - edge[None, :]).astype(np.float32)
    body = mix(ramp[2], ramp[0], t * 0.9) if not sheet.night else mix(ramp[1], ramp[0], t)
    light = mix(ramp[3], ramp[2], t) if not sheet.night else mix(ramp[2], ramp[1], t * 0.8)
    along = depth / (size * 0.155) + np.sin(x / span * 9 + phase)[None, :] * 0.22
    width = np.clip(0.62 - depth / (size * 2.6), 0.05, 0.6)
    comb = np.clip((np.abs((along % 1) * 2 - 1) - (1 - width)) * np.float32(size * 0.07), 0, 1)
    cover = np.clip(depth + 0.5, 0, 1)
    over = picture[top:]
    blend(over, body, cover)
    blend(over, light, comb * cover * 0.9)
    lip = size * 0.085
    curl = np.sin(x / (size * 0.13) + phase * 3)[None, :] * 0.35 + np.sin(x / (size * 0.37))[None, :] * 0.5
    crest = smooth(swell * -np.cos(bent), -0.1, 0.8)[None, :] * 1.5 + 0.25
    foam = np.clip((lip * (crest + curl * crest * 0.6) - depth) / (unit * 0.002), 0, 1) * cover
    blend(over, mix(ramp[5], ramp[4], 0.1), foam)
