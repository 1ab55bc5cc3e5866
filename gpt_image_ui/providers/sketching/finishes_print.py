"""Finishes from the print shop: every one re-makes a painted picture in a few inks."""

import math

import numpy as np
from PIL import Image, ImageFilter

from gpt_image_ui.providers.sketching.canvas import (
    WHITE,
    Array,
    Sheet,
    blend,
    brighten,
    dim,
    distance,
    luma,
    mix,
    multiply,
    smooth,
    to_array,
    to_image,
)
from gpt_image_ui.providers.sketching.texture import blur, fbm, speckle


def plain(sheet: Sheet, picture: Array) -> Array:
    """As painted, with the tooth of good paper."""
    brighten(picture, (speckle(sheet.width, sheet.height, sheet.rng) - 0.5) * 13)
    return picture


def silkscreen(sheet: Sheet, picture: Array) -> Array:
    """Flat inks that break into grain where one turns into the next."""
    grain = speckle(sheet.width, sheet.height, sheet.rng) - 0.5
    brighten(picture, grain * 62)
    inks = [*sheet.ramp, sheet.spot, mix(sheet.ramp[2], sheet.ramp[3], 0.5), mix(sheet.spot, sheet.ramp[5], 0.5)]
    flat = to_array(_quantised(to_image(picture), inks))
    worn = fbm(sheet.width, sheet.height, 5, 3, sheet.rng)
    brighten(flat, (worn - 0.5) * 12 + grain * 9)
    return flat


def halftone(sheet: Sheet, picture: Array) -> Array:
    """Dots of dark ink over flat tints printed slightly off register."""
    w, h, unit, ramp = sheet.width, sheet.height, sheet.unit, sheet.ramp
    tone = luma(picture)
    tint = _lit(picture, tone)
    off = max(1, unit // 300)
    tint = np.roll(tint, (off, -off), (0, 1))
    cell = max(4.5, unit / 118)
    screen = _screen(sheet, cell, math.radians(45))
    dark = np.clip(1.06 - tone * 1.25, 0, 0.94)
    dots = np.clip((dark - screen) * np.float32(cell * 0.85) + 0.5, 0, 1)
    out = tint
    multiply(out, mix(ramp[0], ramp[1], 0.35), dots)
    brighten(out, (speckle(w, h, sheet.rng) - 0.5) * 16)
    return out


def _screen(sheet: Sheet, cell: float, angle: float) -> Array:
    """Threshold 0..1 of a dot screen. Two waves across each other, each an outer product of sines."""
    c, s = math.cos(angle) * 2 * math.pi / cell, math.sin(angle) * 2 * math.pi / cell
    x, y = sheet.xs, sheet.ys
    first = np.cos(x * c) * np.cos(y * s) - np.sin(x * c) * np.sin(y * s)
    second = np.cos(x * s) * np.cos(y * c) + np.sin(x * s) * np.sin(y * c)
    return (first + second) * np.float32(0.25) + np.float32(0.5)


def woodcut(sheet: Sheet, picture: Array) -> Array:
    """Cut lines whose width carries the tone, over two or three flat tints."""
    w, h, unit, ramp = sheet.width, sheet.height, sheet.unit, sheet.ramp
    tone = _levelled(luma(picture))
    soft = blur(tone, unit / 90)
    sheets = np.clip(soft * 5, 0, 4.99).astype(np.int8)
    turn = np.array([0.15, -0.5, 0.42, -0.12, 0.05], np.float32)[sheets]
    wobble = fbm(w, h, 14, 2, sheet.rng) - 0.5
    pitch = unit / 105
    along = (sheet.ys + sheet.xs * turn) / pitch + wobble * 1.5 + soft * 5
    width = np.clip(1.02 - tone * 1.16, 0, 1) * (1 - 0.85 * smooth(distance(picture, sheet.spot), 60, 25))
    carve = np.abs((along % 1) * 2 - 1)
    lines = np.clip((carve - (1 - width)) * np.float32(pitch * 0.75), 0, 1)
    lines = np.maximum(lines, smooth(width, 0.80, 0.9))
    edges = np.hypot(*np.gradient(blur(tone, max(1, unit / 500))))
    lines = np.maximum(lines, smooth(edges * unit / 1000, 0.05, 0.1) * (tone < 0.72))
    tint = to_array(_quantised(to_image(_lit(picture, luma(picture))), _light_inks(sheet)))
    blend(tint, mix(ramp[0], ramp[1], 0.12), lines)
    brighten(tint, (speckle(w, h, sheet.rng) - 0.5) * 13)
    border = max(2, int(unit * 0.02))
    for edge in (np.s_[:border], np.s_[-border:], np.s_[:, :border], np.s_[:, -border:]):
        tint[edge] = mix(ramp[5], WHITE, 0.15)
    return tint


def papercut(sheet: Sheet, picture: Array) -> Array:
    """Sheets of coloured paper, the light ones lying on the dark or the dark on the light."""
    w, h, unit = sheet.width, sheet.height, sheet.unit
    step = 2 if unit > 500 else 1
    inks = [*sheet.ramp, sheet.spot, *(mix(sheet.ramp[k], sheet.ramp[k + 1], 0.5) for k in (2, 3))]
    inks.sort(key=lambda rgb: float(rgb @ np.array([0.3, 0.59, 0.11])))
    small = to_image(picture).reduce(step).filter(ImageFilter.BoxBlur(unit / step / 420))
    # The median of the ink numbers, which run from dark to light, rounds every edge as scissors would.
    numbers = Image.fromarray(np.asarray(_indexed(small, inks))).filter(ImageFilter.MedianFilter(5))
    flat = Image.fromarray(np.clip(np.stack(inks), 0, 255).astype(np.uint8)[np.asarray(numbers)])
    cut = to_array(flat.resize((w, h), Image.Resampling.BICUBIC))
    height = luma(cut) if sheet.night or sheet.rng.random() < 0.5 else 1 - luma(cut)
    s = max(2, unit // 130)
    above = np.roll(blur(height, s), (s, s // 2), (0, 1))
    dim(cut, 1 - np.clip(above - height, 0, 0.5) * 0.95)
    rim = np.clip(height - np.roll(height, (2, 1), (0, 1)), 0, 0.2)
    brighten(cut, rim * 110)
    brighten(cut, (speckle(w, h, sheet.rng) - 0.5) * 9 + (fbm(w, h, 60, 2, sheet.rng) - 0.5) * 9)
    return cut


def pixels(sheet: Sheet, picture: Array) -> Array:
    """Large square pixels in a small palette with an ordered dither."""
    w, h, ramp = sheet.width, sheet.height, sheet.ramp
    cell = max(2, sheet.unit // 112)
    cols, rows = math.ceil(w / cell), math.ceil(h / cell)
    small = to_array(to_image(picture).resize((cols, rows), Image.Resampling.BOX))
    bayer = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]], np.float32) / 16 - 0.47
    small += np.tile(bayer, (rows // 4 + 1, cols // 4 + 1))[:rows, :cols, None] * 20
    inks = [
        *ramp,
        *(mix(ramp[k], ramp[k + 1], 0.5) for k in range(5)),
        sheet.spot,
        mix(sheet.spot, ramp[0], 0.4),
        mix(sheet.spot, ramp[5], 0.4),
    ]
    grid = _quantised(to_image(small), inks)
    return to_array(grid.resize((cols * cell, rows * cell), Image.Resampling.NEAREST).crop((0, 0, w, h)))


def _lit(picture: Array, tone: Array) -> Array:
    """The picture as its inks would look in full light: hue kept, darkness left to the dark block."""
    lift = np.clip(0.84 / (tone + 0.07), 0.97, 3.0)
    out = picture * np.float32(0.88)
    dim(out, lift)
    return np.clip(out + 26, 0, 255)


def _light_inks(sheet: Sheet) -> list[Array]:
    """The palette without its depths: what may be printed under a dark block."""
    inks = [*sheet.ramp[3:], sheet.spot, mix(sheet.spot, sheet.ramp[5], 0.5)]
    flat = np.stack([*inks, sheet.ramp[1], sheet.ramp[2]])
    return list(_lit(flat[None], luma(flat[None]))[0])


def _quantised(image: Image.Image, inks: list[Array]) -> Image.Image:
    """The picture in exactly these colours."""
    return _indexed(image, inks).convert("RGB")


def _indexed(image: Image.Image, inks: list[Array]) -> Image.Image:
    """For every pixel the number of the nearest ink."""
    holder = Image.new("P", (1, 1))
    flat = [int(max(0, min(255, v))) for rgb in inks for v in rgb]
    holder.putpalette(flat + flat[:3] * (256 - len(inks)))
    return image.quantize(palette=holder, dither=Image.Dither.NONE)


def _levelled(tone: Array) -> Array:
    """Stretch the tones so that every picture has its black and its white."""
    sample = tone[::7, ::7]
    low, high = np.percentile(sample, (4, 96))
    return np.clip((tone - low) / max(0.2, float(high - low)), 0, 1).astype(np.float32)
