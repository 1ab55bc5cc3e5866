"""Fish seen from above."""

import math

import numpy as np

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
from gpt_image_ui.providers.sketching.texture import fbm


def fish(sheet: Sheet) -> Array:
    """Koi turning in dark water, lily pads above them."""
    w, h, rng, ramp, unit = sheet.width, sheet.height, sheet.rng, sheet.ramp, sheet.unit
    picture = sheet.graded([mix(ramp[1], ramp[2], 0.75), mix(ramp[1], ramp[2], 0.3), ramp[1]])
    field = fbm(w, h, 5, 3, rng)
    rings = np.abs(((field * 7) % 1) * 2 - 1)
    blend(picture, mix(ramp[3], ramp[2], 0.3), smooth(rings, 0.9, 1.0) * 0.35)
    area = max(1.0, w * h / unit**2)
    count = min(sheet.plan.count or (2 if sheet.plan.sparse else round(5 * area)), 14)
    spots: list[tuple[float, float]] = []
    for k in range(count):
        x, y = max(((rng.uniform(0.16, 0.84) * w, rng.uniform(0.16, 0.84) * h) for _ in range(12)),
                   key=lambda p: min((math.dist(p, q) for q in spots), default=0))  # fmt: skip
        spots.append((x, y))
        _koi(sheet, picture, x, y, unit * rng.uniform(0.2, 0.27) * sheet.plan.scale, rng.uniform(0, 6.28), k)
    for _ in range(round(5 * area)):
        x, y, r = rng.uniform(0, w), rng.uniform(0, h), unit * rng.uniform(0.05, 0.1)
        if all(math.dist((x, y), q) > unit * 0.17 for q in spots):
            _pad(sheet, picture, x, y, r)
    return picture


def _koi(sheet: Sheet, picture: Array, x: float, y: float, s: float, turn: float, k: int) -> None:
    ramp, rng = sheet.ramp, sheet.rng
    t = np.linspace(0, 1, 30)
    bend = rng.choice([-1, 1]) * rng.uniform(0.25, 0.5)
    angle = turn + bend * np.sin(t * 3.2) * 1.2
    px, py = x + np.cumsum(np.cos(angle)) * s / 15, y + np.cumsum(np.sin(angle)) * s / 15
    px, py = px - px.mean() + x, py - py.mean() + y
    half = s * 0.2 * np.sin(np.pi * (0.06 + 0.94 * t) ** 0.62) ** 0.9
    normal = np.stack([-np.sin(angle), np.cos(angle)], 1)
    spine = np.stack([px, py], 1)

    def outline(shift: float, wide: np.ndarray) -> list[Point]:
        both = np.concatenate([spine + normal * wide[:, None], (spine - normal * wide[:, None])[::-1]]) + shift
        return [(float(a), float(b)) for a, b in both]

    white = mix(ramp[5], ramp[4], 0.2)
    fill(picture, outline(s * 0.07, half), ramp[0], 0.4)
    fins = [(7, 0.34, 0.9), (16, 0.2, 0.8)]
    for at, length, spread in fins:
        for d in (-1, 1):
            a = angle[at] + d * (math.pi - spread)
            root = spine[at] + normal[at] * d * half[at] * 0.7
            tip = root + np.array([math.cos(a), math.sin(a)]) * s * length
            back = root - np.array([math.cos(angle[at]), math.sin(angle[at])]) * -s * 0.12
            fill(picture, curve([tuple(root), tuple(tip), tuple(back)], 6), mix(white, ramp[3], 0.3), 0.85)
    end = spine[-1]
    for d in (-0.42, 0.42):
        a = angle[-1] + d
        tip = end + np.array([math.cos(a), math.sin(a)]) * s * 0.42
        mid = end + np.array([math.cos(a * 0.5 + angle[-1] * 0.5), math.sin(a * 0.5 + angle[-1] * 0.5)]) * s * 0.2
        fill(picture, curve([tuple(spine[-3]), tuple(tip), tuple(mid)], 6), mix(white, ramp[3], 0.2), 0.9)
    body = outline(0, half)
    fill(picture, body, white if k % 3 else sheet.spot)
    tint = sheet.spot if k % 3 else white
    for at in (3, 10, 16, 22):
        if rng.random() < 0.8:
            n = int(rng.integers(3, 6))
            low, high = max(1, at - n), min(29, at + n)
            side, reach = rng.uniform(-1, 0.2), rng.uniform(0.5, 1.1)
            a = spine[low:high] + normal[low:high] * (half[low:high] * side)[:, None]
            b = spine[low:high] + normal[low:high] * (half[low:high] * min(1, side + reach))[:, None]
            patch = [(float(px), float(py)) for px, py in [*a, *b[::-1]]]
            fill(picture, patch, tint)
    fill(
        picture, stroke([(float(px), float(py)) for px, py in spine[6:22]], s * 0.02, 0.3), mix(tint, ramp[1], 0.4), 0.7
    )
    for d in (-1, 1):
        eye = spine[2] + normal[2] * d * half[2] * 0.75
        fill(picture, ellipse(float(eye[0]), float(eye[1]), s * 0.018, s * 0.018, steps=12), ramp[0])


def _pad(sheet: Sheet, picture: Array, x: float, y: float, r: float) -> None:
    ramp, start = sheet.ramp, sheet.rng.uniform(0, 6.28)

    def wedge(dx: float, scale: float) -> list[Point]:
        arc = [
            (x + dx + r * scale * math.cos(a), y + dx + r * scale * math.sin(a))
            for a in np.linspace(start + 0.28, start + 6.0, 44)
        ]
        return [*arc, (x + dx, y + dx)]

    fill(picture, wedge(r * 0.14, 1.0), ramp[0], 0.35)
    fill(picture, wedge(0, 1.0), mix(ramp[2], ramp[3], 0.55))
    veins = [
        stroke([(x, y), (x + r * 0.85 * math.cos(a), y + r * 0.85 * math.sin(a))], r * 0.035, 0.3)
        for a in np.linspace(start + 0.6, start + 5.7, 9)
    ]
    fill_all(picture, veins, mix(ramp[3], ramp[4], 0.4), 0.8)
