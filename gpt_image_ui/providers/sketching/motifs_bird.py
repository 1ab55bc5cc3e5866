"""Birds on a branch."""

import math

import numpy as np

from gpt_image_ui.providers.sketching import scenery
from gpt_image_ui.providers.sketching.canvas import (
    Array,
    Point,
    Sheet,
    blend,
    curve,
    disc,
    ellipse,
    fill,
    mix,
    smooth,
    stroke,
)
from gpt_image_ui.providers.sketching.texture import fbm


def bird(sheet: Sheet) -> Array:
    """Small birds on a branch that crosses the picture."""
    w, h, rng, ramp, unit = sheet.width, sheet.height, sheet.rng, sheet.ramp, sheet.unit
    picture = scenery.sky(sheet, h)
    light = scenery.place_light(sheet, h * 0.75)
    blend(picture, mix(sheet.spot, ramp[5], 0.45 if not sheet.night else 0.8), disc(sheet, *light, unit * 0.17) * 0.9)
    haze = fbm(w, h, 4, 3, rng)
    blend(picture, ramp[5], smooth(haze, 0.5, 1.1) * (0.3 if not sheet.night else 0.04))
    start, end = h * rng.uniform(0.62, 0.74), h * rng.uniform(0.52, 0.66)
    t = np.linspace(-0.05, 1.05, 26)
    ys = start + (end - start) * t + np.sin(t * 5 + rng.uniform(0, 6)) * unit * 0.025
    branch = [(float(w * a), float(y)) for a, y in zip(t, ys, strict=True)]
    bark = mix(ramp[0], ramp[1], 0.3) if not sheet.night else ramp[3]
    fill(picture, stroke(branch, unit * 0.034, 0.35), bark)
    for k in range(int(13 * w / unit)):
        at = branch[int(rng.integers(1, 25))]
        up, reach = rng.choice([-1, 1]), unit * rng.uniform(0.05, 0.13)
        tip = (at[0] + reach * rng.uniform(0.3, 0.9), at[1] + up * reach * rng.uniform(0.4, 0.9))
        fill(picture, stroke([at, ((at[0] + tip[0]) / 2, (at[1] + tip[1]) / 2 + up * 3), tip], unit * 0.008, 0.4), bark)
        _sprig(sheet, picture, tip, unit * rng.uniform(0.018, 0.03), k)
    count = min(sheet.plan.count or int(rng.integers(1, 4)), 7)
    size = unit * (0.15 if count < 3 else 0.115) * min(1.3, sheet.plan.scale)
    for k in range(count):
        x = w * sheet.plan.focus + (k - (count - 1) / 2) * min(size * 2.0, w * 0.8 / count)
        _bird_at(
            sheet,
            picture,
            x,
            float(np.interp(x / w, t, ys)) - unit * 0.01,
            size,
            1 if (k + sheet.plan.seed) % 3 else -1,
            k,
        )
    scenery.weather(sheet, picture)
    return picture


def _sprig(sheet: Sheet, picture: Array, tip: Point, r: float, k: int) -> None:
    ramp = sheet.ramp
    if sheet.has("blossom", "flower") or sheet.plan.seed % 2:
        for a in np.linspace(0, 5.03, 5) + k:
            fill(
                picture,
                ellipse(tip[0] + math.cos(a) * r * 0.62, tip[1] + math.sin(a) * r * 0.62, r * 0.6, r * 0.42, a, 14),
                mix(ramp[5], sheet.spot, 0.25 + 0.3 * (k % 2)),
            )
        fill(picture, ellipse(*tip, r * 0.24, r * 0.24, steps=10), sheet.spot)
        return
    for a in (-0.9, 0.1, 1.0):
        far = (tip[0] + math.cos(a) * r * 1.1, tip[1] + math.sin(a) * r * 1.1)
        fill(picture, ellipse(*far, r * 1.1, r * 0.4, a, 16), mix(ramp[1], ramp[2], 0.3 + 0.3 * (k % 3)))


def _bird_at(sheet: Sheet, picture: Array, x: float, y: float, s: float, side: int, k: int) -> None:
    ramp = sheet.ramp
    pale = mix(ramp[5], ramp[4], 0.3)
    deep = ramp[1] if not sheet.night else ramp[3]
    coat, belly = [(deep, sheet.spot), (sheet.spot, pale), (mix(ramp[2], deep, 0.3), pale)][k % 3]

    def put(points: list[Point]) -> list[Point]:
        return [(x + px * s * side, y + py * s) for px, py in points]

    for d in (-0.06, 0.1):
        fill(picture, put(stroke([(d, -0.18), (d - 0.02, 0.03)], 0.04)), ramp[0])
    fill(picture, put([(-0.42, -0.42), (-1.12, 0.1), (-1.02, 0.2), (-0.3, -0.16)]), mix(coat, ramp[0], 0.35))
    body = [
        (0.42, -1.12),
        (0.6, -0.98),
        (0.56, -0.72),
        (0.46, -0.38),
        (0.2, -0.13),
        (-0.2, -0.14),
        (-0.5, -0.34),
        (-0.3, -0.66),
        (0.02, -0.9),
        (0.2, -1.09),
    ]
    fill(picture, put(curve(body, 8)), coat)
    front = [(0.55, -0.86), (0.55, -0.66), (0.44, -0.36), (0.2, -0.13), (-0.05, -0.15), (0.1, -0.44), (0.3, -0.66)]
    fill(picture, put(curve(front, 8)), belly)
    fill(
        picture,
        put([(0.57, -1.02), (0.82, -0.91), (0.57, -0.86)]),
        mix(sheet.spot, ramp[4], 0.5) if k % 3 != 1 else ramp[0],
    )
    wing = [(0.16, -0.72), (0.2, -0.5), (-0.1, -0.3), (-0.72, -0.12), (-0.42, -0.44), (-0.1, -0.68)]
    fill(picture, put(curve(wing, 8)), mix(coat, ramp[0], 0.45 if not sheet.night else 0.3))
    for j in range(3):
        fill(
            picture,
            put(
                stroke(
                    [
                        (0.04 - j * 0.04, -0.52 + j * 0.08),
                        (-0.25, -0.34 + j * 0.06),
                        (-0.52 + j * 0.02, -0.2 + j * 0.02),
                    ],
                    0.022,
                    0.4,
                )
            ),
            mix(coat, ramp[4], 0.35),
        )
    fill(picture, put(ellipse(0.4, -0.95, 0.06, 0.06, steps=18)), ramp[0] * 0.6)
    fill(picture, put(ellipse(0.42, -0.97, 0.02, 0.02, steps=10)), ramp[5])
