"""Pictures of nothing but shape: quilts, maps, stripes, layers and rosettes."""

import math

import numpy as np
from PIL import Image, ImageDraw

from gpt_image_ui.providers.sketching.canvas import (
    WHITE,
    Array,
    Sheet,
    blend,
    brighten,
    colour,
    dim,
    disc,
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
from gpt_image_ui.providers.sketching.texture import fbm, warp


def quilt(sheet: Sheet) -> Array:
    """Cut shapes on a grid, after workshop textiles."""
    w, h, rng, ramp = sheet.width, sheet.height, sheet.rng, sheet.ramp
    across = max(3, round(w / sheet.unit * int(rng.integers(4, 7)) / sheet.plan.scale))
    cell = w * 2 / across
    image = Image.new("RGB", (w * 2, h * 2))
    pen = ImageDraw.Draw(image)
    cloths = [*ramp, sheet.spot, mix(sheet.spot, ramp[5], 0.4)]
    for j in range(math.ceil(h * 2 / cell)):
        for i in range(across):
            a, b, c = (int(k) for k in rng.permutation(8)[:3])
            if abs(cloths[a].mean() - cloths[b].mean()) < 42:
                b = (a + 4) % 7
            _patch(
                pen, i * cell, j * cell, cell, (ink(cloths[a]), ink(cloths[b]), ink(cloths[c])), int(rng.integers(0, 7))
            )
    picture = to_array(image.reduce(2))
    weave = sheet.unit / 480
    brighten(picture, np.sin(sheet.xs / weave) * np.sin(sheet.ys / weave) * 5)
    brighten(picture, (fbm(w, h, 5, 4, rng) - 0.5) * 22)
    return picture


def _patch(pen: ImageDraw.ImageDraw, x: float, y: float, c: float, cloths: tuple, kind: int) -> None:
    base, second, third = cloths
    pen.rectangle([x, y, x + c, y + c], fill=base)
    if kind == 0:
        pen.pieslice([x - c, y - c, x + c, y + c], 0, 90, fill=second)
        pen.pieslice([x - c * 0.5, y - c * 0.5, x + c * 0.5, y + c * 0.5], 0, 90, fill=third)
    elif kind == 1:
        box = [x + c * 0.12, y + c * 0.12, x + c * 0.88, y + c * 0.88]
        pen.ellipse(box, fill=second)
        pen.pieslice(box, 90, 270, fill=third)
    elif kind == 2:
        pen.polygon([(x, y), (x + c, y), (x, y + c)], fill=second)
    elif kind == 3:
        for k in range(4):
            pen.rectangle([x, y + c * k / 4, x + c, y + c * (k + 0.5) / 4], fill=second)
    elif kind == 4:
        pen.pieslice([x, y - c * 0.5, x + c, y + c * 0.5], 0, 180, fill=second)
        pen.pieslice([x, y + c * 0.5, x + c, y + c * 1.5], 180, 360, fill=third)
    elif kind == 5:
        pen.polygon([(x + c / 2, y), (x + c, y + c / 2), (x + c / 2, y + c), (x, y + c / 2)], fill=second)
        pen.ellipse([x + c * 0.36, y + c * 0.36, x + c * 0.64, y + c * 0.64], fill=base)
    else:
        pen.pieslice([x, y, x + 2 * c, y + 2 * c], 180, 270, fill=second)
        pen.ellipse([x + c * 0.62, y + c * 0.62, x + c * 0.82, y + c * 0.82], fill=third)


def contours(sheet: Sheet) -> Array:
    """A hand-tinted survey map, with the way to its highest point."""
    w, h, rng, ramp, unit = sheet.width, sheet.height, sheet.rng, sheet.ramp, sheet.unit
    land = fbm(w, h, 2.4 / min(1.3, sheet.plan.scale), 5, rng, 0.42)
    level = land * 22
    step = np.floor(level)
    gy, gx = np.gradient(level)
    slope = np.hypot(gx, gy) + np.float32(1e-4)
    edge = np.minimum(level - step, step + 1 - level) / slope
    tints = [ramp[1], ramp[2], mix(ramp[3], ramp[4], 0.3), ramp[4], ramp[5], mix(ramp[5], WHITE, 0.4)]
    if sheet.night:
        tints = [ramp[0], mix(ramp[0], ramp[1], 0.6), ramp[1], mix(ramp[1], ramp[2], 0.6), ramp[2], ramp[3]]
    picture = colour(np.stack(tints), step / 22)
    dim(picture, 1 + np.clip((gx - gy) / slope, -1, 1) * 0.07)
    major = np.round(level) % 5 == 0
    pen = ramp[0] if not sheet.night else ramp[4]
    thin = unit / 1000
    blend(picture, pen, np.clip(np.where(major, 1.5, 0.85) * max(1.0, thin) - edge, 0, 1) * np.where(major, 0.8, 0.42))
    sea = smooth(land, 0.21, 0.2)
    blend(picture, mix(ramp[2], ramp[1], 0.35), sea * 0.92)
    blend(picture, ramp[4], np.clip(1 - edge, 0, 1) * sea * 0.5)
    _route(sheet, picture, land)
    return picture


def _route(sheet: Sheet, picture: Array, land: Array) -> None:
    w, h, unit = sheet.width, sheet.height, sheet.unit
    inner = land[h // 8 : -h // 8, w // 8 : -w // 8]
    row, col = np.unravel_index(int(np.argmax(inner)), inner.shape)
    x, y, s = float(col + w // 8), float(row + h // 8), unit * 0.018
    way = []
    for t in np.linspace(0, 1, 53):
        way.append(
            (
                w * 0.08 + (x - w * 0.08) * t + math.sin(t * 9) * unit * 0.05 * (1 - t),
                h * 0.9 + (y - h * 0.9) * t + math.cos(t * 7) * unit * 0.04 * (1 - t),
            )
        )
    dashes = [stroke(way[k : k + 3], unit * 0.0055) for k in range(0, len(way) - 2, 4)]
    fill_all(picture, dashes, sheet.spot)
    fill(picture, [(x, y - s), (x + s, y + s * 0.8), (x - s, y + s * 0.8)], sheet.spot)


def stripes(sheet: Sheet) -> Array:
    """Stripes pushed out by unseen spheres."""
    w, h, rng, ramp, unit = sheet.width, sheet.height, sheet.rng, sheet.ramp, sheet.unit
    turn = rng.uniform(0.2, 1.3)
    phase = sheet.xs * np.float32(math.cos(turn)) + sheet.ys * np.float32(math.sin(turn))
    inside, lift = np.zeros((h, w), np.float32), np.zeros((h, w), np.float32)
    balls = [(0.36, 0.4, 0.3), (0.72, 0.7, 0.2), (0.82, 0.22, 0.12), (0.18, 0.84, 0.11)][
        : 1 if sheet.plan.sparse else 4
    ]
    flip_x, flip_y = rng.random(2) < 0.5
    for fx, fy, fr in balls:
        cx = w * ((1 - fx if flip_x else fx) + rng.normal(0, 0.04))
        cy, r = (
            h * ((1 - fy if flip_y else fy) + rng.normal(0, 0.04)),
            unit * fr * sheet.plan.scale * rng.uniform(0.85, 1.15),
        )
        far = np.hypot(sheet.xs - cx, sheet.ys - cy) / r
        dome = np.sqrt(np.clip(1 - far * far, 0, 1))
        phase += dome * np.float32(r * 1.15)
        inside = np.maximum(inside, np.clip((1 - far) * r, 0, 1))
        lift = np.maximum(lift, dome)
    period = unit / 26
    slope = np.abs(np.gradient(phase, axis=1)) + np.abs(np.gradient(phase, axis=0))
    bars = np.clip(
        np.sin(phase * np.float32(2 * math.pi / period)) / (slope * np.float32(2 * math.pi / period)) + 0.5, 0, 1
    )
    picture = sheet.filled(ramp[5] if not sheet.night else ramp[1])
    blend(picture, mix(sheet.spot, ramp[5], 0.12), inside)
    blend(picture, colour(ramp[:3], lift * 0.6), bars)
    dim(picture, 1 - 0.3 * inside * (1 - lift) ** 1.6)
    return picture


def layers(sheet: Sheet) -> Array:
    """Sheets of coloured paper, each casting a soft shadow on the one below."""
    w, h, rng, ramp, unit = sheet.width, sheet.height, sheet.rng, sheet.ramp, sheet.unit
    field = fbm(w, h, 2.6, 3, rng, 0.36)
    cx, cy = (
        w * (0.5 + (sheet.plan.focus - 0.5) * 0.7),
        h * (rng.uniform(0.4, 0.58) + (0.1 if sheet.plan.room == "top" else 0)),
    )
    far = np.hypot((sheet.xs - cx) / w, (sheet.ys - cy) / h)
    field = field * 0.62 + 0.55 * np.clip(far * 1.5, 0, 1)
    s = max(2, unit // 70)
    above = np.roll(np.roll(field, s, 0), s // 2, 1)
    picture = sheet.filled(mix(ramp[5], sheet.spot, 0.12) if not sheet.night else mix(ramp[5], sheet.spot, 0.4))
    blend(picture, sheet.spot, disc(sheet, cx, cy, unit * 0.085))
    slope = np.abs(np.diff(field, axis=1, prepend=field[:, :1])) + np.float32(1e-4)
    count = 7
    for k in range(count):
        t = 0.3 + 0.1 * k
        dim(picture, 1 - smooth(above, t - 0.05, t + 0.012) * 0.34)
        cover = np.clip((field - t) / (slope * 1.5 + 0.0012) + 0.5, 0, 1)
        blend(picture, shade(ramp, 1 - (k + 0.6) / count), cover)
    return picture


def rosette(sheet: Sheet) -> Array:
    """Rings of petals around one point, every ring its own count and colour."""
    w, h, rng, ramp, unit = sheet.width, sheet.height, sheet.rng, sheet.ramp, sheet.unit
    ground = ramp[0] if sheet.night or rng.random() < 0.55 else mix(ramp[5], ramp[4], 0.2)
    picture = sheet.filled(ground)
    x, y = w * (0.5 + (sheet.plan.focus - 0.5) * 0.5), h * (0.5 if sheet.plan.room != "top" else 0.6)
    tints = [ramp[1], ramp[3], sheet.spot, ramp[4], ramp[2], mix(sheet.spot, ramp[5], 0.45), ramp[5], ramp[0]]
    fold_count = int(rng.choice([8, 10, 12, 16]))
    reach, ring = unit * 0.49 * sheet.plan.scale, 0
    if max(w, h) / unit > 1.35:
        reach *= 1.5
    while reach > unit * 0.03:
        count = fold_count * (2 if ring % 3 == 1 and reach > unit * 0.16 else 1)
        depth = reach * rng.uniform(0.2, 0.34)
        rgb = tints[(ring + int(rng.integers(0, 2))) % 8]
        kind = int(rng.integers(0, 4))
        outlines, inner = [], []
        for k in range(count):
            a = 2 * math.pi * (k + 0.5 * (ring % 2)) / count
            outlines.append(_petal(x, y, a, reach - depth, reach, math.pi / count * 0.94, kind))
            inner.append(_petal(x, y, a, reach - depth * 0.84, reach - depth * 0.24, math.pi / count * 0.5, kind))
        fill(picture, ellipse(x, y, reach - depth * 0.45, reach - depth * 0.45, steps=120), mix(rgb, ramp[0], 0.45))
        fill_all(picture, outlines, rgb)
        fill_all(picture, inner, tints[(ring + 3) % 8])
        rim, bead = reach - depth, unit * 0.006
        turns = np.linspace(0, 2 * math.pi, count * 2, endpoint=False)
        beads = [ellipse(x + rim * math.cos(a), y + rim * math.sin(a), bead, bead, steps=12) for a in turns]
        reach -= depth
        fill(picture, ellipse(x, y, reach, reach, steps=120), tints[(ring + 5) % 8])
        fill_all(picture, beads, mix(ramp[5], sheet.spot, 0.2))
        ring += 1
    fill(picture, ellipse(x, y, reach * 0.8, reach * 0.8), sheet.spot)
    return picture


def _petal(x: float, y: float, a: float, low: float, high: float, half: float, kind: int) -> list[tuple[float, float]]:
    t = np.linspace(0, 1, 12)
    wide = (np.sin(t * math.pi) ** 0.7, 1 - t**2, np.sqrt(np.clip(1 - (2 * t - 1) ** 2, 0, 1)), 1 - np.abs(2 * t - 1))[
        kind
    ] * half
    r = low + (high - low) * t
    left = [(x + float(q * math.cos(a - v)), y + float(q * math.sin(a - v))) for q, v in zip(r, wide, strict=True)]
    return left + [
        (x + float(q * math.cos(a + v)), y + float(q * math.sin(a + v)))
        for q, v in zip(r[::-1], wide[::-1], strict=True)
    ]


def marble(sheet: Sheet) -> Array:
    """Marbled paper: bands of colour combed and swirled."""
    w, h, rng, ramp, unit = sheet.width, sheet.height, sheet.rng, sheet.ramp, sheet.unit
    swirl, fine = fbm(w, h, 1.8, 4, rng, 0.45), fbm(w, h, 7, 3, rng, 0.5)
    turn = rng.uniform(0, 3.1)
    along = (sheet.xs * math.cos(turn) + sheet.ys * math.sin(turn)) / unit
    flow = along * 0.8 + swirl * 2.6 + fine * 0.22
    bands = np.abs(((flow * 2.1) % 1) * 2 - 1)
    thread = np.abs(((flow * 8.4) % 1) * 2 - 1)
    order = (
        [ramp[5], ramp[4], ramp[1], ramp[2], ramp[3], ramp[0]]
        if not sheet.night
        else [ramp[0], ramp[1], ramp[0], ramp[2], ramp[3], ramp[1]]
    )
    picture = colour(np.stack(order), bands * 0.8 + swirl * 0.2)
    vein = smooth(thread, 0.9, 0.985) * smooth(fine, 0.3, 0.7)
    blend(picture, sheet.spot, vein * 0.9)
    gilt = smooth(np.abs(bands - 0.5), 0.022, 0.008) * smooth(swirl, 0.35, 0.6)
    blend(picture, mix(sheet.spot, ramp[5], 0.4), gilt)
    comb = np.sin(sheet.ys / (unit * 0.045)) * unit * 0.012
    return warp(picture, comb + (fine - 0.5) * unit * 0.03, np.zeros_like(comb))
