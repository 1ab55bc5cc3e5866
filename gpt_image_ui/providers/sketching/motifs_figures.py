"""A head, a cat, a bird and some fish: figures simple enough to be drawn well."""

import math

import numpy as np

from gpt_image_ui.providers.sketching import scenery
from gpt_image_ui.providers.sketching.canvas import (
    Array,
    Point,
    Sheet,
    blend,
    curve,
    cut_out,
    disc,
    ellipse,
    fill,
    fill_all,
    mix,
    smooth,
    stroke,
)
from gpt_image_ui.providers.sketching.texture import fbm, speckle


def portrait(sheet: Sheet) -> Array:
    """A head and shoulders before a round ground, lit from one side in flat planes."""
    w, h, rng, ramp = sheet.width, sheet.height, sheet.rng, sheet.ramp
    unit = min(w, h * 0.8) * min(1.2, sheet.plan.scale)
    x, y = w * (0.5 + (sheet.plan.focus - 0.5) * 0.7), h * 0.43 + (h * 0.07 if sheet.plan.room == "top" else 0)
    lean = int(rng.choice([-1, 1]))
    ground = mix(ramp[4], ramp[5], 0.35) if not sheet.night else ramp[0]
    picture = sheet.filled(ground)
    blend(picture, mix(ground, ramp[3], 0.35), np.broadcast_to(smooth(sheet.ys / h, 0.1, 1.2), (h, w)))
    blend(
        picture,
        sheet.spot if not sheet.night else mix(ramp[1], sheet.spot, 0.25),
        disc(sheet, x, y - unit * 0.02, unit * 0.45),
    )
    grain = speckle(w, h, rng)
    at = _Head(sheet, picture, grain, x, y, unit, lean)
    at.hair_behind()
    at.body()
    at.face()
    at.hair_before()
    return picture


class _Head:
    """Shapes in units of the head, mirrored by `lean`, the side that the light comes from."""

    def __init__(self, sheet: Sheet, picture: Array, grain: Array, x: float, y: float, unit: float, lean: int) -> None:
        self.sheet, self.picture, self.grain = sheet, picture, grain
        self.x, self.y, self.unit, self.lean = x, y, unit, lean
        ramp, rng = sheet.ramp, sheet.rng
        tones = [
            (mix(ramp[4], ramp[3], 0.3), ramp[2]),
            (mix(ramp[3], ramp[4], 0.2), mix(ramp[2], ramp[1], 0.4)),
            (ramp[2], ramp[1]),
        ]
        self.skin, self.skin_dark = tones[int(rng.integers(0, 3))]
        self.hair = [ramp[0], ramp[1], mix(ramp[1], ramp[2], 0.5)][int(rng.integers(0, 3))]
        self.style = (
            3 if sheet.has("man") else int(rng.integers(0, 3)) if sheet.has("woman") else int(rng.integers(0, 4))
        )

    def put(self, points: list[Point]) -> list[Point]:
        return [(self.x + px * self.unit * self.lean, self.y + py * self.unit) for px, py in points]

    def lay(self, points: list[Point], rgb: Array, alpha: float = 1.0) -> None:
        fill(self.picture, self.put(points), rgb, alpha)

    def hair_behind(self) -> None:
        if self.style == 0:
            self.lay(
                curve(
                    [
                        (-0.02, -0.38),
                        (0.2, -0.26),
                        (0.25, 0.02),
                        (0.24, 0.36),
                        (0.05, 0.44),
                        (-0.28, 0.46),
                        (-0.3, 0.1),
                        (-0.25, -0.24),
                    ]
                ),
                self.hair,
            )
        elif self.style == 1:
            self.lay(ellipse(-0.07, -0.42, 0.125, 0.115), self.hair)
            self.lay(ellipse(-0.02, -0.1, 0.245, 0.27), self.hair)
        elif self.style == 2:
            for k in range(13):
                a = math.pi * (0.92 + k / 12 * 1.16)
                self.lay(ellipse(0.215 * math.cos(a), -0.1 + 0.25 * math.sin(a), 0.115, 0.115, steps=26), self.hair)
            self.lay(ellipse(0, -0.12, 0.27, 0.26), self.hair)

    def body(self) -> None:
        ramp = self.sheet.ramp
        cloth = mix(ramp[0], ramp[1], 0.35) if self.style != 1 else mix(ramp[2], ramp[1], 0.35)
        if self.sheet.night:
            cloth = mix(ramp[1], ramp[2], 0.8)
        neck = [(-0.085, 0.12), (0.105, 0.12), (0.1, 0.36), (0.16, 0.44), (-0.15, 0.44), (-0.08, 0.36)]
        self.lay(neck, self.skin_dark)
        self.lay([(0.03, 0.2), (0.1, 0.16), (0.1, 0.36), (0.15, 0.43), (0.02, 0.44)], self.skin)
        shoulders = [
            (-0.1, 0.385),
            (0.0, 0.43),
            (0.12, 0.385),
            (0.3, 0.47),
            (0.44, 0.62),
            (0.5, 1.3),
            (-0.5, 1.3),
            (-0.43, 0.62),
            (-0.29, 0.47),
        ]
        self.lay(curve(shoulders, 8), cloth)
        self._stipple(curve(shoulders, 8), mix(cloth, ramp[3], 0.6), 0.55)
        collar = curve([(-0.13, 0.385), (0, 0.475), (0.14, 0.385), (0.16, 0.415), (0, 0.53), (-0.15, 0.415)], 6)
        self.lay(collar, mix(cloth, self.sheet.spot, 0.75))

    def face(self) -> None:
        ramp = self.sheet.ramp
        oval = curve(
            [
                (0.02, -0.27),
                (0.16, -0.2),
                (0.2, -0.03),
                (0.175, 0.12),
                (0.085, 0.255),
                (0.02, 0.28),
                (-0.045, 0.255),
                (-0.135, 0.12),
                (-0.165, -0.03),
                (-0.125, -0.2),
            ]
        )
        self.lay(oval, self.skin)
        self.lay(
            curve(
                [
                    (-0.125, -0.2),
                    (-0.02, -0.25),
                    (-0.01, -0.06),
                    (-0.02, 0.04),
                    (-0.055, 0.12),
                    (-0.02, 0.18),
                    (0.01, 0.275),
                    (-0.045, 0.255),
                    (-0.135, 0.12),
                    (-0.165, -0.03),
                ]
            ),
            self.skin_dark,
            0.75,
        )
        self._stipple(oval, self.skin_dark, 0.5)
        line = mix(ramp[0], self.skin_dark, 0.15)
        for ex, wide in ((-0.055, 0.052), (0.1, 0.048)):
            brow = [(ex - wide, -0.062), (ex, -0.09), (ex + wide, -0.07)]
            self.lay(stroke(brow, 0.015, 0.5), line)
            lid = curve([(ex - wide * 0.8, -0.016), (ex, -0.042), (ex + wide * 0.85, -0.012), (ex, 0.004)], 8)
            self.lay(lid, mix(ramp[5], self.skin, 0.35))
            self.lay(ellipse(ex + 0.004, -0.019, 0.0165, 0.021, steps=18), ramp[0])
            self.lay(stroke([(ex - wide * 0.85, -0.016), (ex, -0.044), (ex + wide * 0.95, -0.014)], 0.010, 0.7), line)
        nose = [
            (0.02, -0.05),
            (0.032, 0.05),
            (0.055, 0.088),
            (0.03, 0.102),
            (-0.005, 0.098),
            (0.002, 0.07),
            (0.012, 0.03),
        ]
        self.lay(nose, self.skin_dark, 0.8)
        lip = mix(self.sheet.spot, ramp[1], 0.35)
        self.lay(
            curve([(-0.04, 0.162), (0.005, 0.146), (0.024, 0.152), (0.046, 0.146), (0.088, 0.162), (0.025, 0.168)], 6),
            mix(lip, ramp[0], 0.25),
        )
        self.lay(curve([(-0.035, 0.166), (0.025, 0.17), (0.083, 0.166), (0.025, 0.2)], 6), lip)
        if self.sheet.has("glasses"):
            for ex in (-0.055, 0.105):
                ring = [(ex + 0.066 * math.cos(a), -0.018 + 0.058 * math.sin(a)) for a in np.linspace(0, 6.3, 40)]
                self.lay(stroke(ring, 0.011), ramp[0])
            self.lay(stroke([(0.008, -0.026), (0.04, -0.026)], 0.01), ramp[0])

    def hair_before(self) -> None:
        fringe = [
            (0.03, -0.3),
            (0.19, -0.24),
            (0.215, -0.06),
            (0.185, -0.14),
            (0.12, -0.2),
            (0.02, -0.17),
            (-0.08, -0.16),
            (-0.13, -0.1),
            (-0.165, 0.02),
            (-0.2, -0.05),
            (-0.17, -0.22),
            (-0.08, -0.3),
        ]
        self.lay(curve(fringe, 8), self.hair)
        if self.style == 3:
            self.lay(
                curve(
                    [
                        (0.03, -0.37),
                        (0.2, -0.3),
                        (0.225, -0.1),
                        (0.18, -0.19),
                        (-0.11, -0.2),
                        (-0.18, 0.0),
                        (-0.22, -0.14),
                        (-0.16, -0.31),
                    ],
                    8,
                ),
                self.hair,
            )
        sheen = [(0.02, -0.265), (0.1, -0.25), (0.165, -0.19)]
        self.lay(stroke(sheen, 0.02, 0.2), mix(self.hair, self.sheet.ramp[3], 0.6), 0.8)
        if self.style in (0, 1):
            self.lay(ellipse(0.2, 0.115, 0.022, 0.022, steps=20), self.sheet.spot if self.style else self.sheet.ramp[5])

    def _stipple(self, points: list[Point], rgb: Array, strength: float) -> None:
        """Grain that thickens away from the light."""
        found = cut_out(self.picture, [self.put(points)])
        if found is None:
            return
        box, mask = found
        u = (self.sheet.xs[:, box[1]] - self.x) * self.lean / self.unit
        blend(self.picture[box], rgb, mask * (self.grain[box] < smooth(-u, -0.1, 0.3) * 0.9) * strength)


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
    half, top = min(w * 0.44, unit * 0.45), max(h * 0.07, sill - unit * 0.86)
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
    bark = mix(ramp[0], ramp[1], 0.3)
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
    coat, belly = [
        (ramp[1], sheet.spot),
        (sheet.spot, mix(ramp[5], ramp[4], 0.4)),
        (mix(ramp[2], ramp[1], 0.3), mix(ramp[5], ramp[4], 0.2)),
    ][k % 3]

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
    fill(picture, put(curve(wing, 8)), mix(coat, ramp[0], 0.45))
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
            patch = [tuple(map(float, p)) for p in [*a, *b[::-1]]]
            fill(picture, patch, tint)
    fill(picture, stroke([tuple(map(float, p)) for p in spine[6:22]], s * 0.02, 0.3), mix(tint, ramp[1], 0.4), 0.7)
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
