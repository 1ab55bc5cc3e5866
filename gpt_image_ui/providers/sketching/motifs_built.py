"""Cities, blocks and rooms of arches."""

import math

import numpy as np
from PIL import Image, ImageDraw

from gpt_image_ui.providers.sketching import scenery
from gpt_image_ui.providers.sketching.canvas import (
    Array,
    Sheet,
    blend,
    dim,
    ellipse,
    fill,
    fill_all,
    ink,
    mix,
    shade,
    smooth,
    stroke,
    to_array,
)
from gpt_image_ui.providers.sketching.texture import blur, fbm


def skyline(sheet: Sheet) -> Array:
    """Towers in four depths; lit windows and soft street lights after dark."""
    w, h, rng, unit = sheet.width, sheet.height, sheet.rng, sheet.unit
    dark = sheet.plan.light in ("night", "dusk")
    picture = scenery.sky(sheet, h * 0.8)
    light = scenery.place_light(sheet, h * 0.6)
    if sheet.night:
        scenery.stars(sheet, picture, h * 0.5, 0.5)
    if sheet.has("clouds") or not dark:
        scenery.clouds(sheet, picture, h * 0.7, 0.45)
    scenery.sun_or_moon(sheet, picture, *light, 0.085)
    start = 0.5 if sheet.plan.room == "top" or sheet.plan.sparse else 0.3
    for k in range(4):
        t = k / 3
        tall = min(h, unit * 1.7)
        x = -unit * 0.05
        while x < w:
            wide = unit * rng.uniform(0.055, 0.135) * (0.8 + 0.4 * t) * sheet.plan.scale
            hill = 0.14 * np.exp(-(((x / w - sheet.plan.focus) / 0.22) ** 2)) * (1 - t)
            top = h - tall * (1 - start - 0.28 * t + hill + rng.uniform(-0.17, 0.12))
            _tower_block(sheet, picture, x, wide, top, t, dark)
            x += wide * rng.uniform(0.86, 1.15)
    if dark:
        for channel in range(3):
            picture[..., channel] += blur(picture[..., channel], unit / 60) * np.float32(0.22)
        _street_lights(sheet, picture)
    scenery.garnish(sheet, picture, h * 0.6, light)
    scenery.weather(sheet, picture)
    return picture


def _tower_block(sheet: Sheet, picture: Array, x: float, wide: float, top: float, t: float, dark: bool) -> None:
    rng, ramp, unit, h, w = sheet.rng, sheet.ramp, sheet.unit, sheet.height, sheet.width
    x0, x1, y0 = int(max(0, x)), int(min(w, x + wide)), int(max(0, top))
    if x1 - x0 < 4 or y0 >= h:
        return
    tone = (
        mix(mix(ramp[2], ramp[1], t), ramp[0] * 0.6, t)
        if dark
        else mix(mix(ramp[4], ramp[3], 0.45), mix(ramp[1], ramp[2], 0.1), t)
    )
    fall = 1 - 0.2 * ((sheet.xs[:, x0:x1] - x0) / (x1 - x0))
    picture[y0:, x0:x1] = tone * fall[..., None]
    kind = rng.integers(0, 5)
    if kind == 0:
        fill(
            picture,
            stroke([((x0 + x1) / 2, y0), ((x0 + x1) / 2, y0 - wide * rng.uniform(0.4, 1.0))], unit * 0.004, 0.4),
            tone,
        )
    elif kind == 1:
        fill(picture, [(x0, y0 + 1), ((x0 + x1) / 2, y0 - wide * 0.45), (x1, y0 + 1)], tone)
    elif kind == 2:
        step = wide * 0.2
        fill(picture, [(x0 + step, y0 + 1), (x0 + step, y0 - step), (x1 - step, y0 - step), (x1 - step, y0 + 1)], tone)
    _windows(sheet, picture, (x0, x1, y0), t, dark)


def _windows(sheet: Sheet, picture: Array, box: tuple[int, int, int], t: float, dark: bool) -> None:
    """All panes of one tower at once, as a small grid enlarged by repetition."""
    rng, ramp, unit = sheet.rng, sheet.ramp, sheet.unit
    x0, x1, y0 = box
    cw, ch = max(2, round(unit * (0.006 + 0.005 * t))), max(3, round(unit * (0.009 + 0.008 * t)))
    cols, rows = (x1 - x0 - cw) // (cw * 2), (sheet.height - y0 - ch) // (ch * 2) + 1
    if cols < 1 or rows < 1:
        return
    lit = rng.random((rows, cols), dtype=np.float32)
    share = 0.4 - 0.12 * t if dark else 0.8
    pane = np.zeros((rows, 2, cols, 2), np.float32)
    pane[:, 1, :, 1] = np.where(lit < share, (0.45 + 0.5 * t if dark else 0.5) * (1 - 0.5 * lit), 0)
    mask = pane.reshape(rows * 2, cols * 2).repeat(ch, 0).repeat(cw, 1)
    inset = (x1 - x0 - mask.shape[1] - cw) // 2
    area = picture[y0 : y0 + mask.shape[0], x0 + inset : x0 + inset + mask.shape[1]]
    glass = mix(sheet.spot, ramp[5], 0.45) if dark else mix(ramp[2], ramp[1], t * 0.7)
    area += (glass - area) * mask[: area.shape[0], : area.shape[1], None]


def _street_lights(sheet: Sheet, picture: Array) -> None:
    rng, ramp, unit, w, h = sheet.rng, sheet.ramp, sheet.unit, sheet.width, sheet.height
    for _ in range(int(22 * w / unit)):
        x, y, r = rng.uniform(0, w), h - abs(rng.normal(0, 0.13)) * unit, unit * rng.uniform(0.012, 0.05)
        x0, x1, y0, y1 = int(max(0, x - r - 2)), int(min(w, x + r + 2)), int(max(0, y - r - 2)), int(min(h, y + r + 2))
        if x1 <= x0 or y1 <= y0:
            continue
        far = np.hypot(sheet.xs[:, x0:x1] - x, sheet.ys[y0:y1] - y)
        ring = np.clip(r - far, 0, 1) * (0.22 + 0.26 * (far / r) ** 3) * np.float32(rng.uniform(0.4, 1))
        picture[y0:y1, x0:x1] += ring[..., None] * (
            sheet.spot if rng.random() < 0.6 else mix(ramp[4], ramp[3], rng.random())
        )


def blocks(sheet: Sheet) -> Array:
    """A small city seen from above: every block has one light and its own windows."""
    w, h, rng, ramp = sheet.width, sheet.height, sheet.rng, sheet.ramp
    ground = mix(ramp[0], ramp[1], 0.35) if sheet.night else mix(ramp[5], ramp[4], 0.25)
    image = Image.new("RGB", (w * 2, h * 2), ink(ground))
    pen = ImageDraw.Draw(image)
    ratio = max(w, h) / sheet.unit
    cols = rows = 10 if not sheet.plan.sparse else 6
    side = min(w * 2 / ((cols + rows) * 0.86), h * 2 / ((cols + rows) * 0.5 + 3.2)) * min(1.5, 0.96 * sheet.plan.scale)
    if ratio > 1.4:
        # A single plot would be lost on a long sheet: the city runs on over its edges instead.
        side = sheet.unit * 0.2 * sheet.plan.scale
        cols = rows = min(26, math.ceil(max(w / 0.86, h / 0.5) * 2 / side / 2) + 4)
    origin = (w * 2 * (sheet.plan.focus if ratio <= 1.4 else 0.5), h + side * 0.9 - (cols + rows) * side * 0.25)
    heights = fbm(max(cols, 8), max(rows, 8), 3, 3, rng) ** 1.3
    for total in range(cols + rows - 1):
        for i in range(cols):
            j = total - i
            if 0 <= j < rows:
                _block(sheet, pen, origin, side, (i, j), float(heights[j, i]))
    return to_array(image.reduce(2))


def _block(
    sheet: Sheet, pen: ImageDraw.ImageDraw, origin: tuple[float, float], side: float, cell: tuple[int, int], rise: float
) -> None:
    rng, ramp = sheet.rng, sheet.ramp
    i, j = cell
    x, y = origin[0] + (i - j) * side * 0.86, origin[1] + (i + j) * side * 0.5
    if not (-side < x < sheet.width * 2 + side and -side < y < sheet.height * 2 + side * 4):
        return
    water = rise < 0.2
    z = side * (0.06 if water else 0.15 + 3.1 * round(rise * 6) / 6)
    if sheet.night:
        tone = ramp[1] if water else shade(ramp, 0.22 + 0.4 * rise)
    else:
        tone = ramp[2] if water else shade(ramp[1:], 0.25 + 0.75 * rise)
    if not water and rng.random() < 0.12:
        tone = sheet.spot

    def at(u: float, v: float, up: float) -> tuple[float, float]:
        return origin[0] + (u - v) * side * 0.86, origin[1] + (u + v) * side * 0.5 - up

    top, left, right = (
        mix(tone, ramp[5], 0.1 if water or sheet.night else 0.32),
        mix(tone, ramp[0], 0.18),
        mix(tone, ramp[0], 0.52),
    )
    pen.polygon([at(i, j + 1, z), at(i + 1, j + 1, z), at(i + 1, j + 1, 0), at(i, j + 1, 0)], fill=ink(left))
    pen.polygon([at(i + 1, j, z), at(i + 1, j + 1, z), at(i + 1, j + 1, 0), at(i + 1, j, 0)], fill=ink(right))
    pen.polygon([at(i, j, z), at(i + 1, j, z), at(i + 1, j + 1, z), at(i, j + 1, z)], fill=ink(top))
    storeys, kind = int(z / (side * 0.36)), rng.integers(0, 3)
    for storey in range(storeys):
        for bay in range(3):
            high, from_, until = z - side * (0.12 + storey * 0.36), 0.14 + bay * 0.28, 0.30 + bay * 0.28
            low, lit = high - side * 0.19, rng.random() < (0.55 if sheet.night else 0.3)
            if low < side * 0.1:
                continue
            glow = mix(sheet.spot, ramp[5], 0.5)
            if kind != 1:
                pane = [at(i + u, j + 1, up) for u, up in ((from_, high), (until, high), (until, low), (from_, low))]
                pen.polygon(pane, fill=ink(mix(left, glow if lit else ramp[0], 0.75 if lit else 0.35)))
            if kind != 2:
                pane = [at(i + 1, j + u, up) for u, up in ((from_, high), (until, high), (until, low), (from_, low))]
                pen.polygon(pane, fill=ink(mix(right, glow if lit else ramp[0], 0.65 if lit else 0.35)))
    if not water and storeys < 3 and rng.random() < 0.6:
        x, y = at(i + 0.5, j + 0.5, z)
        for k in range(3):
            r, yy = side * 0.2 * (1 - k * 0.25), y - k * side * 0.18
            pen.polygon([(x - r, yy), (x + r, yy), (x, yy - side * 0.32)], fill=ink(mix(ramp[1], ramp[2], k / 3)))


def arches(sheet: Sheet) -> Array:
    """Sunlit walls and openings, one behind the other, with a stair and a strip of sea."""
    w, h, ramp, unit, rng = sheet.width, sheet.height, sheet.ramp, sheet.unit, sheet.rng
    sea = h * 0.54
    dark = sheet.night
    sky = [ramp[0], ramp[1], ramp[2]] if dark else [ramp[3], ramp[4], ramp[5]]
    picture = sheet.graded(sky, 1.0, 0.6)
    middle = w * (0.5 + (sheet.plan.focus - 0.5) * 0.5)
    x_light = middle + unit * rng.uniform(-0.08, 0.08)
    blend(
        picture,
        mix(ramp[5], sheet.spot, 0.1 if dark else 0.6),
        np.clip(unit * 0.085 - np.hypot(sheet.xs - x_light, sheet.ys - h * 0.4), 0, 1),
    )
    blend(
        picture,
        mix(ramp[2], ramp[1], 0.25 if not dark else 0.8),
        np.broadcast_to(np.clip(sheet.ys - sea, 0, 1), (h, w)),
    )
    glint = (
        np.clip(np.sin(sheet.ys * (900 / unit)) * 3, 0, 1)
        * np.exp(-(((sheet.xs - x_light) / (unit * 0.12)) ** 2))
        * (sheet.ys > sea)
    )
    blend(picture, ramp[5], glint * 0.5)
    layers = 3 if not sheet.plan.sparse else 2
    for k in range(layers):
        _wall(sheet, picture, (k + 3 - layers) / 2, middle + unit * rng.normal(0, 0.015), dark)
    if not sheet.plan.sparse:
        _stair(sheet, picture, middle)
    slant = smooth((sheet.xs - w * 0.72) / unit - (sheet.ys - h) / unit * 0.35, -0.004, 0.004)
    dim(picture, 1 - 0.16 * slant)
    _potted_plant(sheet, picture, max(w * 0.13, middle - unit * 0.36), h * 0.91)
    return picture


def _wall(sheet: Sheet, picture: Array, t: float, x: float, dark: bool) -> None:
    w, h, ramp = sheet.width, sheet.height, sheet.ramp
    half = min(w * 0.46, h * 0.42) * (0.38 + 0.55 * t)
    spring, floor = max(h * (0.40 + 0.04 * t), half * 0.9), h * (0.74 + 0.24 * t)

    def opening(cx: float, extra: float) -> Array:
        arch = np.where(
            sheet.ys < spring,
            np.clip(half - np.hypot(sheet.xs - cx, sheet.ys - spring), 0, 1),
            np.clip(half - np.abs(sheet.xs - cx), 0, 1),
        )
        return arch * (sheet.ys < floor + extra)

    hole = opening(x, 0)
    base = mix(mix(ramp[5], ramp[4], 0.5), ramp[2], t * 0.9) if not dark else mix(ramp[2], ramp[1], t)
    inner = opening(x + half * 0.16, h * 0.02)
    blend(picture, mix(base, ramp[0], 0.52), hole * (1 - inner))
    fall = smooth(sheet.xs / w + sheet.ys / h * 0.5, 0.2, 1.6)
    shaded = mix(base, ramp[0], 0.3)
    for channel in range(3):
        front = base[channel] + (shaded[channel] - base[channel]) * fall
        plane = picture[..., channel]
        plane += (front - plane) * (1 - hole)
    blend(picture, mix(base, ramp[5], 0.35), np.clip(sheet.ys - floor, 0, 1) * hole)


def _stair(sheet: Sheet, picture: Array, x: float) -> None:
    h, ramp, unit = sheet.height, sheet.ramp, sheet.unit
    pale, deep = (ramp[5], ramp[3]) if not sheet.night else (ramp[3], ramp[2])
    for k in range(7):
        top, rise, half = h * (0.74 + k * 0.04), h * 0.04, min(unit, h * 0.8) * (0.17 + k * 0.036)
        box = [(x - half, top), (x + half, top)]
        fill(
            picture,
            [*box, (x + half, top + rise * 0.45), (x - half, top + rise * 0.45)],
            mix(pale, deep, 0.25 + k * 0.05),
        )
        fill(
            picture,
            [
                (x - half, top + rise * 0.45),
                (x + half, top + rise * 0.45),
                (x + half, top + rise),
                (x - half, top + rise),
            ],
            mix(deep, ramp[1], 0.3 + k * 0.07),
        )


def _potted_plant(sheet: Sheet, picture: Array, x: float, y: float) -> None:
    ramp, unit, rng = sheet.ramp, sheet.unit, sheet.rng
    for angle in np.linspace(-2.75, -0.4, 10):
        reach = unit * rng.uniform(0.14, 0.23)
        t = np.linspace(0, 1, 10)
        frond = [
            (x + float(np.cos(angle)) * reach * s, y + float(np.sin(angle)) * reach * s + reach * 0.35 * s * s)
            for s in t
        ]
        fill(picture, stroke(frond, unit * 0.017, 0.1), mix(ramp[0], ramp[2], (angle + 2.75) / 2.6))
    pot = [
        (x - unit * 0.055, y),
        (x + unit * 0.055, y),
        (x + unit * 0.04, y + unit * 0.09),
        (x - unit * 0.04, y + unit * 0.09),
    ]
    fill(picture, pot, sheet.spot)
    fill_all(picture, [ellipse(x, y, unit * 0.055, unit * 0.011, steps=20)], mix(sheet.spot, ramp[0], 0.4))
