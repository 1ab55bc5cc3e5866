"""A cat in a window."""

import numpy as np

from gpt_image_ui.providers.sketching import scenery
from gpt_image_ui.providers.sketching.canvas import (
    Array,
    Point,
    Sheet,
    blend,
    curve,
    ellipse,
    fill,
    fill_all,
    mix,
    smooth,
    stroke,
)


def cat(sheet: Sheet) -> Array:
    """A sitting cat seen from behind or in front, by a window with a moon or a sun in it."""
    w, h, rng, ramp, unit = sheet.width, sheet.height, sheet.rng, sheet.ramp, sheet.unit
    sill = h * (0.84 if h <= w * 1.2 else 0.8)
    wall = mix(ramp[1], ramp[0], 0.4) if sheet.night else mix(ramp[4], ramp[5], 0.25)
    picture = sheet.filled(wall)
    blend(picture, mix(wall, ramp[0], 0.35), np.broadcast_to(smooth(sheet.xs / w + sheet.ys / h, 0.7, 2.2), (h, w)))
    x = w * sheet.plan.focus
    _window(sheet, picture, x, sill)
    board = mix(ramp[2], ramp[1], 0.5)
    blend(picture, board, np.broadcast_to(np.clip(sheet.ys - sill, 0, 1), (h, w)))
    blend(
        picture,
        mix(board, ramp[5], 0.35),
        np.broadcast_to(np.clip(unit * 0.012 - np.abs(sheet.ys - sill), 0, 1), (h, w)),
    )
    size = min(unit * 0.62, sill * 0.74) * min(1.15, sheet.plan.scale)
    coat = ramp[0] if sheet.night else [ramp[0], ramp[1], mix(sheet.spot, ramp[2], 0.25)][int(rng.integers(0, 3))]
    coats = {
        "black_coat": ramp[0] * 0.75,
        "white_coat": mix(ramp[5], ramp[4], 0.25),
        "grey_coat": mix(ramp[2], ramp[3], 0.5),
    }
    coats["ginger_coat"] = np.array([206, 118, 52], np.float32)
    coat = next((coats[name] for name in coats if sheet.has(name)), coat)
    cx, side = x + unit * rng.uniform(-0.06, 0.06), int(rng.choice([-1, 1]))
    count = min(sheet.plan.count or 1, 4)
    for k in range(count):
        _cat_at(
            sheet,
            picture,
            cx + (k - (count - 1) / 2) * size * 0.62,
            sill,
            size * (1 if k % 2 == 0 else 0.82),
            side if k % 2 == 0 else -side,
            coat if k % 2 == 0 else mix(coat, ramp[3], 0.55),
        )
    scenery.weather(sheet, picture)
    return picture


def _window(sheet: Sheet, picture: Array, x: float, sill: float) -> None:
    w, h, ramp, unit = sheet.width, sheet.height, sheet.ramp, sheet.unit
    half, top = min(w * 0.44, unit * 0.45), max(h * 0.07, sill - unit * (0.86 if h < unit * 1.4 else 1.5))
    if sheet.plan.room == "top":
        top = max(top, h * 0.28)
    frame = mix(ramp[5], ramp[4], 0.3) if not sheet.night else mix(ramp[2], ramp[1], 0.4)
    edge = unit * 0.022
    fill(
        picture,
        [
            (x - half - edge, top - edge),
            (x + half + edge, top - edge),
            (x + half + edge, sill),
            (x - half - edge, sill),
        ],
        frame,
    )
    y0, y1, x0, x1 = int(top), int(sill), int(max(0, x - half)), int(min(w, x + half))
    view = scenery.sky(sheet, sill)[y0:y1, x0:x1]
    picture[y0:y1, x0:x1] = view
    area = picture[y0:y1, x0:x1]
    px, py, r = x - half * 0.42, top + (sill - top) * 0.27, unit * 0.085
    far = np.hypot(sheet.xs[:, x0:x1] - px, sheet.ys[y0:y1] - py)
    pale = ramp[5] if sheet.night else mix(sheet.spot, ramp[5], 0.25)
    blend(area, pale, np.exp(-far / (r * 2.2)) * 0.45)
    blend(area, pale, np.clip(r - far, 0, 1))
    hills = sheet.rng.uniform(0.6, 1.4, 3)
    for k, tone in enumerate((mix(ramp[2], ramp[3], 0.3), mix(ramp[1], ramp[2], 0.4))):
        line_at = (
            sill
            - (sill - top) * (0.26 - 0.13 * k)
            + np.sin(sheet.xs[0, x0:x1] / unit * 5 * hills[k] + hills[2] * 4 + k * 2) * unit * 0.035
        )
        blend(
            area,
            tone if not sheet.night else mix(tone, ramp[0], 0.55),
            np.clip(sheet.ys[y0:y1] - line_at[None, :], 0, 1),
        )
    fill_all(
        picture,
        [
            stroke([(x, top), (x, sill)], edge * 0.8),
            stroke([(x0, top + (sill - top) * 0.46), (x1, top + (sill - top) * 0.46)], edge * 0.8),
        ],
        frame,
    )


def _cat_at(sheet: Sheet, picture: Array, x: float, y: float, s: float, side: int, coat: Array) -> None:
    ramp = sheet.ramp

    def put(points: list[Point]) -> list[Point]:
        return [(x + px * s * side, y + py * s) for px, py in points]

    fill(picture, ellipse(x + s * 0.05, y + s * 0.012, s * 0.42, s * 0.035), ramp[0], 0.4)
    tail = [(0.2, -0.06), (0.36, -0.03), (0.47, -0.1), (0.5, -0.24), (0.43, -0.34), (0.38, -0.3)]
    smooth_tail = curve(tail, 8)[: 5 * 8]
    fill(picture, stroke(put(smooth_tail), s * 0.085, 0.55), mix(coat, ramp[0], 0.2))
    body = [
        (0.0, -0.66),
        (0.13, -0.58),
        (0.17, -0.45),
        (0.25, -0.26),
        (0.28, -0.08),
        (0.2, 0.0),
        (-0.2, 0.0),
        (-0.23, -0.1),
        (-0.19, -0.28),
        (-0.17, -0.46),
        (-0.13, -0.58),
    ]
    fill(picture, put(curve(body, 8)), coat)
    head = [
        (0.0, -0.915),
        (0.1, -0.905),
        (0.185, -0.84),
        (0.2, -0.74),
        (0.15, -0.64),
        (0.0, -0.6),
        (-0.15, -0.64),
        (-0.2, -0.74),
        (-0.185, -0.84),
        (-0.1, -0.905),
    ]
    fill(picture, put(curve(head, 8)), coat)
    for d in (-1, 1):
        fill(picture, put([(d * 0.195, -0.79), (d * 0.205, -1.07), (d * 0.045, -0.9)]), coat)
        fill(picture, put([(d * 0.175, -0.86), (d * 0.183, -1.0), (d * 0.09, -0.9)]), mix(coat, sheet.spot, 0.45))
    light = mix(ramp[5], ramp[4], 0.3)
    fill(
        picture,
        put(curve([(0.0, -0.56), (0.085, -0.47), (0.06, -0.3), (0.0, -0.22), (-0.06, -0.3), (-0.085, -0.47)], 8)),
        light,
        0.9,
    )
    fill(
        picture,
        put(curve([(0.0, -0.74), (0.075, -0.685), (0.05, -0.63), (0.0, -0.618), (-0.05, -0.63), (-0.075, -0.685)], 8)),
        light,
        0.9,
    )
    eye = mix(sheet.spot, ramp[5], 0.45) if float(np.abs(coat - sheet.spot).sum()) > 90 else mix(ramp[4], ramp[5], 0.4)
    for d in (-1, 1):
        fill(picture, put(ellipse(d * 0.092, -0.762, 0.045, 0.037, d * 0.25, 24)), eye)
        fill(picture, put(ellipse(d * 0.092, -0.762, 0.014, 0.034, 0, 18)), ramp[0] * 0.6)
        for k in (-1, 0, 1):
            hair = [(d * 0.06, -0.672 + k * 0.012), (d * 0.17, -0.682 + k * 0.03), (d * 0.29, -0.668 + k * 0.055)]
            fill(picture, put(stroke(hair, 0.006, 0.4)), light, 0.85)
        fill(
            picture,
            put(
                curve(
                    [(d * 0.02, -0.06), (d * 0.09, -0.075), (d * 0.13, -0.03), (d * 0.1, 0.008), (d * 0.03, 0.008)], 6
                )
            ),
            mix(coat, light, 0.55),
        )
    fill(picture, put([(-0.024, -0.717), (0.024, -0.717), (0.0, -0.69)]), mix(sheet.spot, ramp[1], 0.3))
    fill(picture, put(stroke([(0, -0.69), (0, -0.665), (0.032, -0.652)], 0.007)), ramp[0])
    fill(picture, put(stroke([(0, -0.665), (-0.032, -0.652)], 0.007)), ramp[0])
    fill(picture, put(stroke([(0.0, -0.2), (0.0, -0.02)], 0.008)), mix(coat, ramp[0], 0.5))
