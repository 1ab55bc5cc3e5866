"""Noise: the irregularity that keeps drawn pictures from looking computed."""

import numpy as np
from PIL import Image

from gpt_image_ui.providers.sketching.canvas import Array

CUBIC, LINEAR = Image.Resampling.BICUBIC, Image.Resampling.BILINEAR


def noise(width: int, height: int, cells: float, rng: np.random.Generator) -> Array:
    """Smooth value noise: a small random grid, enlarged. `cells` is counted along the shorter side."""
    per = min(width, height) / cells
    grid = rng.random((max(2, round(height / per)) + 2, max(2, round(width / per)) + 2), dtype=np.float32)
    return np.asarray(Image.fromarray(grid).resize((width, height), CUBIC))


def fbm(width: int, height: int, cells: float, octaves: int, rng: np.random.Generator, gain: float = 0.5) -> Array:
    """Fractal noise in 0..1. Coarse octaves are summed on a quarter of the size, where they lose nothing."""
    small = (max(8, width // 4), max(8, height // 4))
    coarse, fine = np.zeros((small[1], small[0]), np.float32), None
    strength = 1.0
    for _ in range(octaves):
        if cells <= min(small) / 3:
            coarse += np.float32(strength) * noise(*small, cells, rng)
        elif cells <= min(width, height) / 2:
            layer = np.float32(strength) * noise(width, height, cells, rng)
            fine = layer if fine is None else fine + layer
        strength, cells = strength * gain, cells * 2
    out = np.array(Image.fromarray(coarse).resize((width, height), LINEAR))
    if fine is not None:
        out += fine
    low, high = out.min(), out.max()
    return (out - low) / (high - low + np.float32(1e-6))


def line(n: int, cells: float, octaves: int, rng: np.random.Generator, gain: float = 0.5) -> Array:
    """A one-dimensional fractal line in 0..1."""
    out, strength, total = np.zeros(n, np.float32), 1.0, 0.0
    for _ in range(octaves):
        knots = rng.random(int(cells) + 4).astype(np.float32)
        x = np.linspace(1, len(knots) - 2.001, n, dtype=np.float32)
        i = x.astype(int)
        f = x - i
        f = f * f * (3 - 2 * f)
        out += np.float32(strength) * (knots[i] * (1 - f) + knots[i + 1] * f)
        total += strength
        strength, cells = strength * gain, cells * 2
    return out / np.float32(total)


def speckle(width: int, height: int, rng: np.random.Generator) -> Array:
    """White noise in 0..1, tiled: a repeat of 384 pixels is not seen and costs almost nothing."""
    tile = rng.random((384, 384), dtype=np.float32)
    return np.tile(tile, (height // 384 + 1, width // 384 + 1))[:height, :width]


def fibres(width: int, height: int, pitch: float, stretch: float, degrees: float, rng: np.random.Generator) -> Array:
    """Noise drawn out along one direction, in 0..1: bristles, hatching, wood."""
    side = int(np.hypot(width, height)) + 4
    grid = rng.random((max(4, int(side / pitch)), max(4, int(side / (pitch * stretch)))), dtype=np.float32)
    turned = Image.fromarray(grid).resize((side, side), LINEAR).rotate(degrees, LINEAR)
    left, top = (side - width) // 2, (side - height) // 2
    return np.asarray(turned.crop((left, top, left + width, top + height)))


def blur(field: Array, radius: float) -> Array:
    """A soft copy of one plane, worked out small: cheap at any radius."""
    height, width = field.shape
    step = max(1, int(radius))
    small = Image.fromarray(np.ascontiguousarray(field, np.float32)).resize(
        (max(2, width // step), max(2, height // step)), Image.Resampling.BOX
    )
    return np.asarray(small.resize((width, height), CUBIC))


def warp(picture: Array, dx: Array, dy: Array) -> Array:
    """Move every pixel by (dx, dy), folding at the edges."""
    height, width = picture.shape[:2]
    packed = np.empty((height, width, 4), np.uint8)
    packed[..., :3] = np.clip(picture, 0, 255)
    x = np.arange(width, dtype=np.int32)[None, :] + dx.astype(np.int32)
    y = np.arange(height, dtype=np.int32)[:, None] + dy.astype(np.int32)
    where = fold(y, height) * np.int32(width) + fold(x, width)
    moved = packed.view(np.uint32).reshape(-1)[where]
    return moved[..., None].view(np.uint8)[..., :3].astype(np.float32)


def fold(at: np.ndarray, size: int) -> np.ndarray:
    """Reflect indices that run over the edge by less than the size."""
    at = np.abs(at)
    return np.clip(np.where(at >= size, 2 * size - 2 - at, at), 0, size - 1)
