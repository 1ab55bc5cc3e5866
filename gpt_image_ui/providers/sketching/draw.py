"""Draws a prompt. The one entry to this package for the provider."""

import hashlib
from dataclasses import replace

import numpy as np
from PIL import Image

from gpt_image_ui.providers.sketching import palettes, reading
from gpt_image_ui.providers.sketching.canvas import Sheet, to_image
from gpt_image_ui.providers.sketching.finishes import FINISHES
from gpt_image_ui.providers.sketching.motifs import MOTIFS
from gpt_image_ui.providers.sketching.plan import Plan, Rgb

SIDE_MIN, SIDE_MAX = 16, 4096
# Pixels worked on at once. A larger picture is painted at this size and enlarged, so that memory stays bounded.
PIXELS_MAX = {"low": 800_000, "medium": 2_600_000, "high": 4_200_000}
SUPERSAMPLE = {"low": 1.0, "medium": 1.0, "high": 1.5}


def draw(
    prompt: str,
    width: int,
    height: int,
    seed: int,
    quality: str = "medium",
    reference_palette: list[Rgb] | None = None,
) -> Image.Image:
    """The picture for a prompt: RGB, exactly width x height, and the same bytes for the same arguments."""
    plan = reading.read(prompt, seed)
    if reference_palette:
        plan = replace(plan, palette=palettes.built(list(reference_palette), plan.light == "night"))
    return draw_plan(plan, width, height, quality)


def draw_plan(plan: Plan, width: int, height: int, quality: str = "medium") -> Image.Image:
    """The picture for a plan that is known already."""
    if not (SIDE_MIN <= width <= SIDE_MAX and SIDE_MIN <= height <= SIDE_MAX):
        raise ValueError(f"A sketch is between {SIDE_MIN} and {SIDE_MAX} pixels a side, not {width} x {height}")
    sheet = _sheet(plan, *_working_size(width, height, quality))
    picture = FINISHES[plan.finish](sheet, MOTIFS[plan.motif](sheet))
    image = to_image(picture)
    if image.size == (width, height):
        return image
    enlarged = image.width < width
    hard = plan.finish == "pixels" and enlarged
    image = image.resize((width, height), Image.Resampling.NEAREST if hard else Image.Resampling.LANCZOS)
    return image


def _working_size(width: int, height: int, quality: str) -> tuple[int, int]:
    pixels = width * height
    scale = min(SUPERSAMPLE.get(quality, 1.0), (PIXELS_MAX.get(quality, PIXELS_MAX["medium"]) / pixels) ** 0.5)
    # Motifs lose their drawing below a certain size, so a small picture is painted larger and reduced.
    scale = max(scale, 384 / min(width, height))
    return max(2, round(width * scale)), max(2, round(height * scale))


def _sheet(plan: Plan, width: int, height: int) -> Sheet:
    seed = int.from_bytes(hashlib.sha256(f"{plan.motif} {plan.seed}".encode()).digest()[:8], "big")
    return Sheet(
        width=width,
        height=height,
        plan=plan,
        rng=np.random.default_rng(seed),
        ramp=np.array(plan.palette.ramp, np.float32),
        spot=np.array(plan.palette.spot, np.float32),
    )
