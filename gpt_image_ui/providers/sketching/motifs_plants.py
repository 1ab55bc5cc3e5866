"""Plants as a botanist or a watercolourist would set them down."""

import math
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from gpt_image_ui.providers.sketching.canvas import WHITE, Array, Sheet, brighten, ink, mix, multiply, smooth, to_array
from gpt_image_ui.providers.sketching.texture import fbm


@dataclass(frozen=True)
class Habit:
    """How one species grows."""

    leaf: float
    fat: float
    open: float
    paired: bool
    berries: bool
    bloom: bool


def botanical(sheet: Sheet) -> Array:
    """A herbarium sheet grown from a branching rule, on pale or dark paper."""
    w, h, rng, ramp = sheet.width, sheet.height, sheet.rng, sheet.ramp
    dark = sheet.night or rng.random() < 0.3
    ground = ramp[0] if dark else mix(ramp[5], ramp[4], 0.18)
    image = Image.new("RGB", (w * 2, h * 2), ink(ground))
    grower = _Grower(sheet, ImageDraw.Draw(image), ground, dark)
    stems = sheet.plan.count or (1 if sheet.plan.sparse else max(2, min(11, round(w / h * 3.6))))
    high = 0.56 if sheet.plan.room == "top" else 0.74
    for k in range(min(stems, 14)):
        habit = Habit(
            leaf=rng.uniform(0.08, 0.14) * sheet.plan.scale,
            fat=rng.uniform(0.17, 0.34),
            open=rng.uniform(0.6, 1.0),
            paired=rng.random() < 0.6,
            berries=rng.random() < 0.5,
            bloom=sheet.has("flower") or rng.random() < 0.3,
        )
        x = w * 2 * ((k + 0.5) / stems if stems > 1 else sheet.plan.focus) + rng.normal(0, sheet.unit * 0.03)
        length = min(h, sheet.unit * 1.5) * 2 * high * rng.uniform(0.85, 1.1)
        tint = mix(ramp[2], ramp[3], rng.random())
        grower.grow(
            x,
            h * 1.9,
            -math.pi / 2 + rng.normal(0, 0.07),
            length,
            int(rng.random() < 0.55),
            sheet.unit * 0.014,
            habit,
            tint,
        )
    picture = to_array(image.reduce(2))
    brighten(picture, (fbm(w, h, 4, 4, rng) - 0.5) * 14)
    return picture


class _Grower:
    """The pen and colours that every branch of one sheet shares."""

    def __init__(self, sheet: Sheet, pen: ImageDraw.ImageDraw, ground: Array, dark: bool) -> None:
        self.sheet, self.pen, self.ground, self.dark = sheet, pen, ground, dark
        self.stem = mix(sheet.ramp[3], sheet.ramp[4], 0.5) if dark else sheet.ramp[1]
        self.unit = sheet.unit * 2

    def grow(
        self, x: float, y: float, angle: float, length: float, depth: int, thick: float, habit: Habit, tint: Array
    ) -> None:
        rng, steps = self.sheet.rng, 11
        bend = rng.normal(0, 0.055)
        for k in range(steps):
            angle += bend + rng.normal(0, 0.015)
            nx, ny = x + math.cos(angle) * length / steps, y + math.sin(angle) * length / steps
            self.pen.line([(x, y), (nx, ny)], fill=ink(self.stem), width=max(2, int(thick * (1 - k / steps * 0.5))))
            if depth == 0 or k > 2:
                size = self.unit * habit.leaf * (1 - k / steps * 0.35)
                for side in (1, -1) if habit.paired else (1 if k % 2 else -1,):
                    self._leaf(
                        nx,
                        ny,
                        angle + side * habit.open,
                        size,
                        size * habit.fat,
                        mix(tint, self.sheet.ramp[2], rng.random() * 0.5),
                    )
            if depth > 0 and k in (2, 4, 6, 8):
                self.grow(
                    nx,
                    ny,
                    angle + (0.6 if k % 4 else -0.6),
                    length * (0.62 - k * 0.035),
                    depth - 1,
                    thick * 0.6,
                    habit,
                    tint,
                )
            x, y = nx, ny
        self._tip(x, y, angle, habit, tint)

    def _tip(self, x: float, y: float, angle: float, habit: Habit, tint: Array) -> None:
        rng, spot = self.sheet.rng, self.sheet.spot
        if habit.bloom:
            r, turn = self.unit * rng.uniform(0.028, 0.046) * self.sheet.plan.scale, rng.uniform(0, 6)
            for k in range(7):
                self._leaf(x, y, turn + k * 0.898, r * 1.6, r * 0.5, mix(spot, self.sheet.ramp[4], 0.25 * (k % 2)))
            self.pen.ellipse(
                [x - r * 0.4, y - r * 0.4, x + r * 0.4, y + r * 0.4], fill=ink(mix(self.sheet.ramp[0], spot, 0.2))
            )
        elif habit.berries:
            for _ in range(5):
                r = self.unit * rng.uniform(0.010, 0.017)
                bx, by = x + rng.normal(0, self.unit * 0.018), y + rng.normal(0, self.unit * 0.018)
                self.pen.ellipse([bx - r, by - r, bx + r, by + r], fill=ink(spot))
        else:
            self._leaf(x, y, angle, self.unit * habit.leaf, self.unit * habit.leaf * habit.fat, tint)

    def _leaf(self, x: float, y: float, angle: float, length: float, wide: float, rgb: Array) -> None:
        t = np.linspace(0, 1, 13)
        bow, bend = np.sin(t * math.pi) ** 0.8 * wide, np.sin(t * 1.6) * length * 0.06
        c, s = math.cos(angle), math.sin(angle)

        def put(off: np.ndarray) -> list[tuple[float, float]]:
            px, py = x + t * length * c - off * s, y + t * length * s + off * c
            return list(zip(px.tolist(), py.tolist(), strict=True))

        rib = put(bend)
        self.pen.polygon(put(bow + bend) + rib[::-1], fill=ink(rgb))
        self.pen.polygon(put(bend - bow) + rib[::-1], fill=ink(mix(rgb, self.sheet.ramp[0 if self.dark else 5], 0.22)))
        self.pen.line(rib, fill=ink(mix(rgb, self.ground, 0.5)), width=2)


def bouquet(sheet: Sheet) -> Array:
    """Wet petals on cold-pressed paper: pooled edges, granulation."""
    w, h, rng, ramp, unit = sheet.width, sheet.height, sheet.rng, sheet.ramp, sheet.unit
    picture = sheet.filled(mix(ramp[5], WHITE, 0.35))
    wet = _Wet(sheet, picture)
    count = sheet.plan.count or (2 if sheet.plan.sparse else max(5, round(5 * min(2.2, w / unit))))
    low, high = (0.3, 0.68) if sheet.plan.room == "top" else (0.14, 0.6)
    heads = []
    for k in range(min(count, 14)):
        across = (k + 0.5) / count + rng.normal(0, 0.06)
        x = w * float(np.clip(sheet.plan.focus + (across - 0.5) * 0.72, 0.1, 0.9))
        heads.append((x, h * rng.uniform(low, high), unit * rng.uniform(0.12, 0.2) * sheet.plan.scale))
    root = w * sheet.plan.focus
    for x, y, _ in heads:
        wet.stem(x, y, root + (x - root) * 0.4)
    for _ in range(4 if sheet.plan.sparse else 8):
        x, y = root + rng.normal(0, 0.22) * w, rng.uniform(0.62, 0.95) * h
        wet.stain(
            x, y, unit * rng.uniform(0.06, 0.12), 2, mix(ramp[2], ramp[1], rng.random() * 0.6), rng.uniform(1, 1.8)
        )
    tints = [sheet.spot, ramp[3], mix(sheet.spot, ramp[3], 0.6), mix(ramp[2], sheet.spot, 0.3)]
    for k, (x, y, r) in enumerate(heads):
        rgb = tints[k % 4]
        petals = int(rng.integers(5, 8))
        wet.stain(x, y, r, petals, mix(rgb, WHITE, 0.12))
        wet.stain(x + unit * 0.01, y, r * 0.66, petals, rgb)
        wet.stain(x, y, r * 0.2, 0, ramp[1])
    brighten(picture, wet.rough * -9)
    return picture


class _Wet:
    """Paper roughness and wetness that all washes of one sheet share."""

    def __init__(self, sheet: Sheet, picture: Array) -> None:
        w, h, rng = sheet.width, sheet.height, sheet.rng
        self.sheet, self.picture = sheet, picture
        self.rough = fbm(w, h, 90, 2, rng, 0.7)
        self.wobble = fbm(w, h, 9, 4, rng, 0.55) - 0.5
        self.wet = fbm(w, h, 4, 3, rng)

    def stain(self, x: float, y: float, r: float, petals: int, rgb: Array, squash: float = 1.0) -> None:
        turn, reach = self.sheet.rng.uniform(0, 6.28), r * 1.5
        x0, x1 = int(max(0, x - reach)), int(min(self.sheet.width, x + reach))
        y0, y1 = int(max(0, y - reach)), int(min(self.sheet.height, y + reach))
        if x1 - x0 < 4 or y1 - y0 < 4:
            return
        box = np.s_[y0:y1, x0:x1]
        px, py = self.sheet.xs[:, x0:x1] - x, (self.sheet.ys[y0:y1] - y) * squash
        far = np.hypot(px, py) / r
        lobe = 1 + 0.26 * np.cos(np.arctan2(py, px) * petals + turn) if petals else 1
        inside = lobe * 0.82 - far + self.wobble[box] * 0.55
        body, pool = smooth(inside, 0, 0.045), np.exp(-(((inside - 0.03) / 0.035) ** 2))
        alpha = body * (0.32 + 0.42 * self.wet[box] + 0.22 * (1 - np.clip(far, 0, 1)) + pool * 0.3)
        self._wash(box, np.clip(alpha, 0, 0.95) * (0.8 + 0.3 * self.rough[box]), rgb)

    def stem(self, x: float, y: float, foot_x: float) -> None:
        sheet, top = self.sheet, max(0, int(y))
        rows = sheet.ys[top:, 0]
        if not len(rows):
            return
        t = np.clip((rows - y) / (sheet.height * 1.02 - y), 0, 1)
        mid = x + (foot_x - x) * t**1.4
        pad = sheet.unit * 0.06
        x0, x1 = int(max(0, mid.min() - pad)), int(min(sheet.width, mid.max() + pad))
        box = np.s_[top:, x0:x1]
        centre = mid[:, None] + self.wobble[box] * sheet.unit * 0.03
        half = (sheet.unit * 0.0075 * (1 + 0.6 * t))[:, None] * (0.8 + 0.5 * self.wet[box])
        inside = half - np.abs(sheet.xs[:, x0:x1] - centre)
        alpha = (smooth(inside, -0.5, 1.5) * 0.42 + np.exp(-(((inside - 2) / 2) ** 2)) * 0.2) * (
            0.7 + 0.4 * self.rough[box]
        )
        self._wash(box, alpha, mix(sheet.ramp[1], sheet.ramp[2], 0.7))

    def _wash(self, box: tuple[slice, slice], alpha: Array, rgb: Array) -> None:
        multiply(self.picture[box], rgb, alpha)
