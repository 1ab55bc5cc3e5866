"""A head and shoulders in flat planes."""

import math

import numpy as np

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
    mix,
    smooth,
    stroke,
)
from gpt_image_ui.providers.sketching.texture import speckle


def portrait(sheet: Sheet) -> Array:
    """A head and shoulders before a round ground, lit from one side in flat planes."""
    w, h, rng, ramp = sheet.width, sheet.height, sheet.rng, sheet.ramp
    unit = min(w, h * 0.8) * min(1.2, sheet.plan.scale)
    x, y = (
        w * (0.5 + (sheet.plan.focus - 0.5) * 0.7),
        max(h * (0.5 if sheet.plan.room == "top" else 0.43), h - unit * 0.95),
    )
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
        floor = max(1.3, (self.sheet.height - self.y) / self.unit + 0.2)
        shoulders = [
            (-0.1, 0.385),
            (0.0, 0.43),
            (0.12, 0.385),
            (0.3, 0.47),
            (0.44, 0.62),
            (0.5, floor),
            (-0.5, floor),
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
