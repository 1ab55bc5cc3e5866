"""Finishes by hand: washes, brush, pencil, tesserae."""

import math

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from gpt_image_ui.providers.sketching.canvas import (
    WHITE,
    Array,
    Sheet,
    blend,
    brighten,
    dim,
    distance,
    ink,
    luma,
    mix,
    multiply,
    smooth,
    to_array,
    to_image,
)
from gpt_image_ui.providers.sketching.texture import blur, fbm, fibres, noise, speckle, warp


def watercolour(sheet: Sheet, picture: Array) -> Array:
    """Thinned washes with pooled edges and granulation, on paper left white around them."""
    w, h, unit = sheet.width, sheet.height, sheet.unit
    wobble_x, wobble_y = fbm(w, h, 16, 3, sheet.rng, 0.6) - 0.5, fbm(w, h, 16, 3, sheet.rng, 0.6) - 0.5
    small = to_image(picture).reduce(2 if unit > 500 else 1)
    soft = small.filter(ImageFilter.BoxBlur(unit / 700)).resize((w, h), Image.Resampling.BILINEAR)
    moved = warp(to_array(soft), wobble_x * unit * 0.024, wobble_y * unit * 0.024)
    tone = luma(moved)
    pool = np.clip(blur(tone, unit / 110) - tone, -0.12, 0.25)
    rough = fbm(w, h, 110, 2, sheet.rng, 0.7)
    wet = fbm(w, h, 3.5, 4, sheet.rng)
    strength = 0.82 + 0.34 * (wet - 0.5) + 0.9 * pool + 0.22 * (rough - 0.5)
    paper = mix(sheet.ramp[5], WHITE, 0.65)
    margin = np.minimum(np.minimum(sheet.xs, w - 1 - sheet.xs), np.minimum(sheet.ys, h - 1 - sheet.ys)) / unit
    strength *= smooth(margin + wobble_x * 0.022 + (wet - 0.5) * 0.03, 0.026, 0.034)
    strength = np.clip(strength, 0, 1.15)
    out = sheet.filled(paper)
    blend(out, moved, strength)
    np.minimum(out, paper, out=out)
    brighten(out, -((rough - 0.4) * 12))
    return out


def ink_wash(sheet: Sheet, picture: Array) -> Array:
    """One dark ink thinned with water; whatever was in the spot colour keeps it."""
    w, h, unit, ramp = sheet.width, sheet.height, sheet.unit, sheet.ramp
    wobble = fbm(w, h, 20, 3, sheet.rng, 0.6) - 0.5
    moved = warp(picture, wobble * unit * 0.02, np.roll(wobble, w // 3, 1) * unit * 0.02)
    tone = luma(moved)
    low, high = np.percentile(tone[::7, ::7], (3, 97))
    tone = np.clip((tone - low) / max(0.2, float(high - low)), 0, 1)
    grain, wet = fbm(w, h, 30, 3, sheet.rng, 0.65), fbm(w, h, 3, 4, sheet.rng)
    pool = np.clip(blur(tone, unit / 80) - tone, 0, 0.3)
    wash = (1 - tone) ** 1.25 * (
        (0.88 if sheet.night else 0.62) + (0.16 if sheet.night else 0.5) * grain + 0.18 * (wet - 0.5)
    ) + pool * 0.8
    dry = smooth(grain - (1 - tone) * 0.9, 0.2, 0.02) * 0.12
    paper = mix(ramp[5], WHITE, 0.35)
    out = sheet.filled(paper) - (fbm(w, h, 3, 3, sheet.rng) * 10)[..., None]
    multiply(out, mix(ramp[0], ramp[1], 0.3), np.clip(wash + dry, 0, 0.96).astype(np.float32))
    keep = smooth(distance(moved, sheet.spot), 64, 30) * (0.75 + 0.3 * wet)
    blend(out, sheet.spot, np.clip(keep, 0, 0.94))
    brighten(out, (speckle(w, h, sheet.rng) - 0.5) * 9)
    return out


def pencil(sheet: Sheet, picture: Array) -> Array:
    """Coloured pencil: two hatchings, heavier where it is darker, outlines last."""
    w, h, unit = sheet.width, sheet.height, sheet.unit
    tone = luma(picture)
    pitch = max(1.4, unit / 560)
    first = fibres(w, h, pitch, 26, 38, sheet.rng)
    second = fibres(w, h, pitch, 22, -24, sheet.rng)
    press = 1.12 - tone
    hatch = smooth(first, 1.02 - press, 1.35 - press) * 0.62 + smooth(second, 1.3 - press, 1.6 - press) * 0.55
    tooth = speckle(w, h, sheet.rng)
    cover = np.clip(hatch * (0.78 + 0.34 * tooth) + 0.3, 0, 1)
    paper = mix(sheet.ramp[5], WHITE, 0.6)
    out = sheet.filled(paper)
    blend(out, picture * np.float32(0.86), cover)
    soft = blur(tone, max(1, unit / 450))
    gy, gx = np.gradient(soft)
    line = smooth(np.hypot(gx, gy) * unit / 1000, 0.012, 0.055) * (0.45 + 0.6 * first)
    multiply(out, mix(sheet.ramp[0], sheet.ramp[1], 0.4), np.clip(line, 0, 0.85).astype(np.float32))
    return out


def oil(sheet: Sheet, picture: Array) -> Array:
    """Brush strokes along the forms, broad ones first, with the ridges of thick paint."""
    w, h, unit, rng = sheet.width, sheet.height, sheet.unit, sheet.rng
    image = to_image(picture)
    flow = _flow(sheet, picture)
    canvas = image.filter(ImageFilter.BoxBlur(unit / 60))
    area = w * h / unit**2
    for size, count in ((0.034, 750), (0.019, 1900), (0.010, 3300)):
        _strokes(sheet, canvas, image, flow, size * unit, int(count * min(area, 2.2)))
    out = to_array(canvas)
    bristle = np.asarray(canvas.convert("L"), np.float32)
    relief = bristle - np.roll(bristle, (2, 2), (0, 1))
    weave = noise(w, h, min(260, unit / 3), rng) - 0.5
    brighten(out, np.clip(relief * 0.32, -16, 16) + weave * 15)
    return out


def _flow(sheet: Sheet, picture: Array) -> Array:
    """The direction of the forms on a coarse grid; where nothing happens the brush wanders."""
    cols = 96
    rows = max(24, round(cols * sheet.height / sheet.width))
    small = np.asarray(to_image(picture).convert("L").resize((cols, rows), Image.Resampling.BOX), np.float32)
    small = blur(small, 2)
    gy, gx = np.gradient(small)
    wander = (noise(cols, rows, 4, sheet.rng) - 0.5) * 2.4
    weight = np.clip(np.hypot(gx, gy) / 6, 0, 1)
    return (np.arctan2(gx, -gy) * weight + wander * (1 - weight)).astype(np.float32)


def _strokes(sheet: Sheet, canvas: Image.Image, source: Image.Image, flow: Array, size: float, count: int) -> None:
    w, h, rng = sheet.width, sheet.height, sheet.rng
    step = max(1, int(size / 2))
    colours = np.asarray(source.reduce(step), np.float32)
    xs, ys = rng.random(count) * w, rng.random(count) * h
    rows, cols = (
        np.minimum(ys / step, colours.shape[0] - 1).astype(int),
        np.minimum(xs / step, colours.shape[1] - 1).astype(int),
    )
    rgb = colours[rows, cols] * rng.uniform(0.93, 1.07, (count, 1)) + rng.normal(0, 4, (count, 3))
    angle = flow[(ys / h * (flow.shape[0] - 1)).astype(int), (xs / w * (flow.shape[1] - 1)).astype(int)]
    reach = size * rng.uniform(0.9, 1.9, count)
    dx, dy = np.cos(angle) * reach, np.sin(angle) * reach
    bow = rng.normal(0, 0.16, count)
    lines = np.stack([xs - dx, ys - dy, xs - dy * bow, ys + dx * bow, xs + dx, ys + dy], 1).tolist()
    inks = [tuple(c) for c in np.clip(rgb, 0, 255).astype(int).tolist()]
    widths = np.maximum(2, size * rng.uniform(0.42, 0.75, count)).astype(int).tolist()
    pen = ImageDraw.Draw(canvas)
    for line, rgb_ink, width in zip(lines, inks, widths, strict=True):
        pen.line(line, fill=rgb_ink, width=width, joint="curve")


def mosaic(sheet: Sheet, picture: Array) -> Array:
    """Tesserae laid along the forms, with the grout between them."""
    w, h, unit, rng = sheet.width, sheet.height, sheet.unit, sheet.rng
    image = Image.new("RGB", (w * 2, h * 2), ink(mix(sheet.ramp[0], sheet.ramp[2], 0.55)))
    pen = ImageDraw.Draw(image)
    flow = _flow(sheet, picture)
    step = unit * 2 / 72
    ys, xs = np.meshgrid(
        np.arange(step / 2, h * 2 + step, step), np.arange(step / 2, w * 2 + step, step), indexing="ij"
    )
    xs, ys = xs.ravel() + rng.normal(0, step * 0.06, xs.size), ys.ravel() + rng.normal(0, step * 0.06, ys.size)
    shrink = max(1, int(step / 4))
    colours = np.asarray(to_image(picture).reduce(shrink), np.float32)
    rows = np.clip(ys / 2 / shrink, 0, colours.shape[0] - 1).astype(int)
    cols = np.clip(xs / 2 / shrink, 0, colours.shape[1] - 1).astype(int)
    rgb = colours[rows, cols] * rng.uniform(0.86, 1.12, (xs.size, 1)) + rng.normal(0, 5, (xs.size, 3))
    angle = flow[
        np.clip(ys / 2 / h * flow.shape[0], 0, flow.shape[0] - 1).astype(int),
        np.clip(xs / 2 / w * flow.shape[1], 0, flow.shape[1] - 1).astype(int),
    ]
    c, s, e = np.cos(angle) * step * 0.47, np.sin(angle) * step * 0.47, rng.uniform(0.88, 1.0, xs.size)
    corners = np.stack(
        [
            xs - c + s * e,
            ys - s - c * e,
            xs + c + s * e,
            ys + s - c * e,
            xs + c - s * e,
            ys + s + c * e,
            xs - c - s * e,
            ys - s + c * e,
        ],
        1,
    ).tolist()
    inks = [tuple(v) for v in np.clip(rgb, 0, 255).astype(int).tolist()]
    for corner, tile in zip(corners, inks, strict=True):
        pen.polygon(corner, fill=tile)
    out = to_array(image.reduce(2))
    tone = luma(out)
    brighten(out, np.clip(tone - np.roll(tone, (1, 1), (0, 1)), -0.1, 0.1) * 90)
    return out


def stained_glass(sheet: Sheet, picture: Array) -> Array:
    """Panes of one colour each, leaded together, brighter in the middle of the window."""
    w, h, unit, rng = sheet.width, sheet.height, sheet.unit, sheet.rng
    per = unit / 34
    gx, gy = math.ceil(w / per) + 4, math.ceil(h / per) + 4
    jitter = rng.uniform(-0.42, 0.42, (2, gy, gx)).astype(np.float32)
    sw, sh = max(64, w // 2), max(64, h // 2)
    x, y = (
        np.arange(sw, dtype=np.float32)[None, :] * (w / sw) / per + 1.5,
        np.arange(sh, dtype=np.float32)[:, None] * (h / sh) / per + 1.5,
    )
    cx, cy = np.floor(x).astype(np.int16), np.floor(y).astype(np.int16)
    best, second, owner = (
        np.full((sh, sw), 9, np.float32),
        np.full((sh, sw), 9, np.float32),
        np.zeros((sh, sw), np.int32),
    )
    for dy in (-1, 0, 1):
        for dx in (-1, 0, 1):
            i, j = np.clip(cx + dx, 0, gx - 1), np.clip(cy + dy, 0, gy - 1)
            far = (i + 0.5 + jitter[0][j, i] - x) ** 2 + (j + 0.5 + jitter[1][j, i] - y) ** 2
            nearer = far < best
            second = np.where(nearer, best, np.minimum(second, far))
            owner = np.where(nearer, j.astype(np.int32) * gx + i, owner)
            best = np.where(nearer, far, best)
    lead = np.sqrt(second) - np.sqrt(best)
    panes = np.asarray(to_image(picture).resize((gx, gy), Image.Resampling.BOX), np.float32).reshape(-1, 3)
    grey = luma(panes)[:, None] * 255
    vivid = (grey + (panes - grey) * 1.3) * rng.uniform(0.88, 1.16, (len(panes), 1)) * (
        1.5 if sheet.night else 1.08
    ) + (14 if sheet.night else 4)
    panes = np.clip(vivid, 0, 255).astype(np.float32)
    glass = to_array(Image.fromarray(panes[owner].astype(np.uint8)).resize((w, h), Image.Resampling.BILINEAR))
    edge = np.asarray(Image.fromarray(lead.astype(np.float32)).resize((w, h), Image.Resampling.BILINEAR))
    glow = 1.14 - 0.5 * np.hypot(sheet.xs / w - 0.5, sheet.ys / h - 0.5)
    dim(glass, glow + (fbm(w, h, 24, 2, rng) - 0.5) * 0.16)
    multiply(glass, sheet.ramp[0] * 0.6, smooth(edge, 0.13, 0.07))
    return glass
