"""The sheet a motif is painted on, and the few strokes that all motifs share."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from gpt_image_ui.providers.sketching.plan import Plan

Array = NDArray[Any]  # float32 throughout: half the memory and twice the speed of the default
Point = tuple[float, float]
WHITE = np.full(3, 255, np.float32)


@dataclass(frozen=True)
class Sheet:
    """An empty picture with its plan, its colours and its own source of chance."""

    width: int
    height: int
    plan: Plan
    rng: np.random.Generator
    ramp: Array
    spot: Array

    @property
    def unit(self) -> int:
        """The shorter side: sizes are measured in it so that nothing stretches."""
        return min(self.width, self.height)

    @property
    def xs(self) -> Array:
        return np.arange(self.width, dtype=np.float32)[None, :]

    @property
    def ys(self) -> Array:
        return np.arange(self.height, dtype=np.float32)[:, None]

    @property
    def night(self) -> bool:
        return self.plan.light == "night"

    def has(self, *accents: str) -> bool:
        return any(accent in self.plan.accents for accent in accents)

    def filled(self, rgb: Array) -> Array:
        """A float picture of one colour."""
        picture = np.empty((self.height, self.width, 3), np.float32)
        picture[:] = rgb
        return picture

    def graded(self, stops: Sequence[Array], bend: float = 1.0, until: float = 1.0) -> Array:
        """A float picture that runs through the stops from the top edge down to `until`."""
        t = np.clip(self.ys / (self.height * until), 0, 1) ** bend
        return np.broadcast_to(colour(np.stack(stops), t), (self.height, self.width, 3)).copy()


def mix(a: Array, b: Array, t: float) -> Array:
    return np.asarray(a + (b - a) * np.float32(t), np.float32)


def smooth(x: Array, low: Array | float, high: Array | float) -> Array:
    """0 below `low`, 1 above `high`, and an S between them; `high` below `low` turns it round."""
    t = np.clip((x - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def colour(ramp: Array, t: Array) -> Array:
    """Map 0..1 to the ramp through a lookup table."""
    stops, at = np.linspace(0, 1, len(ramp)), np.linspace(0, 1, 512)
    table = np.stack([np.interp(at, stops, ramp[:, c]) for c in range(3)], 1).astype(np.float32)
    at_pixel = np.clip(t * 511, 0, 511).astype(np.int16)
    out = np.empty((*at_pixel.shape, 3), np.float32)
    for c in range(3):
        out[..., c] = table[:, c][at_pixel]
    return out


def shade(ramp: Array, t: float) -> Array:
    """One colour from the ramp."""
    return colour(ramp, np.float32(t)[None])[0]  # type: ignore[index]


def luma(picture: Array) -> Array:
    """Brightness 0..1. Written out because a matrix product may differ between machines."""
    return (picture[..., 0] * 0.3 + picture[..., 1] * 0.59 + picture[..., 2] * 0.11) * np.float32(1 / 255)


def blend(picture: Array, rgb: Array, alpha: Array | float) -> None:
    """Lay a flat or per-pixel colour over the picture, touching only rows and columns that change."""
    alpha = np.broadcast_to(np.asarray(alpha, np.float32), picture.shape[:2])
    rows, cols = np.flatnonzero(alpha.any(1)), np.flatnonzero(alpha.any(0))
    if not len(rows) or not len(cols):
        return
    box = np.s_[rows[0] : rows[-1] + 1, cols[0] : cols[-1] + 1]
    area, part = picture[box], alpha[box]
    over = rgb[box] if np.ndim(rgb) == 3 else rgb
    # Plane by plane: numpy is five times slower when its innermost loop runs over three channels only.
    for channel in range(3):
        plane = area[..., channel]
        plane += (over[..., channel] - plane) * part


def brighten(picture: Array, amount: Array) -> None:
    """Add one plane to all channels."""
    for channel in range(3):
        picture[..., channel] += amount


def dim(picture: Array, factor: Array) -> None:
    """Multiply all channels by one plane."""
    for channel in range(3):
        picture[..., channel] *= factor


def distance(picture: Array, rgb: Array) -> Array:
    """How far each pixel is from a colour in its worst channel."""
    far = np.abs(picture[..., 0] - rgb[0])
    for channel in (1, 2):
        np.maximum(far, np.abs(picture[..., channel] - rgb[channel]), out=far)
    return far


def multiply(picture: Array, rgb: Array, alpha: Array) -> None:
    """Print a transparent ink over the picture."""
    for channel in range(3):
        picture[..., channel] *= 1 - alpha * np.float32(1 - rgb[channel] / 255)


def disc(sheet: Sheet, x: float, y: float, radius: float) -> Array:
    """Coverage of a filled circle with a soft edge of one pixel."""
    return np.clip(radius - np.hypot(sheet.xs - x, sheet.ys - y), 0, 1)


def fill(picture: Array, outline: Iterable[Point], rgb: Array, alpha: float = 1.0) -> None:
    """A polygon with smooth edges, worked out inside its own bounding box only."""
    found = cut_out(picture, [list(outline)])
    if found is not None:
        box, mask = found
        blend(picture[box], rgb, mask * np.float32(alpha))


def fill_all(picture: Array, outlines: Sequence[Sequence[Point]], rgb: Array, alpha: float = 1.0) -> None:
    """Several polygons of one colour in one go."""
    found = cut_out(picture, outlines)
    if found is not None:
        box, mask = found
        blend(picture[box], rgb, mask * np.float32(alpha))


def cut_out(picture: Array, outlines: Sequence[Sequence[Point]]) -> tuple[tuple[slice, slice], Array] | None:
    """(box, coverage) of some polygons, or None when they lie outside the picture."""
    height, width = picture.shape[:2]
    xs, ys = [x for o in outlines for x, _ in o], [y for o in outlines for _, y in o]
    if not xs:
        return None
    left, right = max(0, math.floor(min(xs))), min(width, math.ceil(max(xs)) + 1)
    top, bottom = max(0, math.floor(min(ys))), min(height, math.ceil(max(ys)) + 1)
    if right <= left or bottom <= top:
        return None
    fine = 3 if (right - left) * (bottom - top) < 250_000 else 2
    mask = Image.new("L", ((right - left) * fine, (bottom - top) * fine))
    pen = ImageDraw.Draw(mask)
    for outline in outlines:
        pen.polygon([((x - left) * fine, (y - top) * fine) for x, y in outline], fill=255)
    return np.s_[top:bottom, left:right], np.asarray(mask.reduce(fine), np.float32) * np.float32(1 / 255)


def ellipse(x: float, y: float, rx: float, ry: float, turn: float = 0.0, steps: int = 48) -> list[Point]:
    c, s = math.cos(turn), math.sin(turn)
    around = [(rx * math.cos(a), ry * math.sin(a)) for a in np.linspace(0, 2 * math.pi, steps, endpoint=False)]
    return [(x + px * c - py * s, y + px * s + py * c) for px, py in around]


def curve(points: Sequence[Point], steps: int = 12) -> list[Point]:
    """A closed smooth outline through the points (Catmull-Rom)."""
    out: list[Point] = []
    n = len(points)
    for i in range(n):
        p = [np.asarray(points[(i + k) % n]) for k in (-1, 0, 1, 2)]
        for t in np.linspace(0, 1, steps, endpoint=False):
            q = 0.5 * (
                2 * p[1]
                + (p[2] - p[0]) * t
                + (2 * p[0] - 5 * p[1] + 4 * p[2] - p[3]) * t * t
                + (3 * p[1] - p[0] - 3 * p[2] + p[3]) * t**3
            )
            out.append((float(q[0]), float(q[1])))
    return out


def stroke(points: Sequence[Point], width: float, taper: float = 1.0) -> list[Point]:
    """The outline of a line, as wide as `width` at its start and `width * taper` at its end."""
    at = np.asarray(points, float)
    along = np.gradient(at, axis=0)
    normal = np.stack([-along[:, 1], along[:, 0]], 1) / (np.hypot(along[:, 0], along[:, 1])[:, None] + 1e-9)
    half = np.linspace(width, width * taper, len(at))[:, None] / 2
    both = np.concatenate([at + normal * half, (at - normal * half)[::-1]])
    return [(float(x), float(y)) for x, y in both]


def ink(rgb: Array) -> tuple[int, int, int]:
    """A colour as Pillow wants it."""
    r, g, b = (int(max(0, min(255, v))) for v in rgb)
    return r, g, b


def to_image(picture: Array) -> Image.Image:
    return Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8))


def to_array(image: Image.Image) -> Array:
    return np.array(image, np.float32)
