"""A model's sizes as two choices: the shape, drawn to scale, and how large. Pure."""

from dataclasses import dataclass
from math import sqrt

from gpt_image_ui.providers.interface import VIDEO, ModelSpec, Size


@dataclass(frozen=True)
class SizeChoice:
    """A shape, drawn to scale: `ratio` is CSS, `scale` makes shapes of one area look so."""

    value: str
    label: str
    pixels: str
    ratio: str
    scale: str
    chosen: bool = False


def shapes(model: ModelSpec, size: Size) -> tuple[SizeChoice, ...]:
    """Every shape once, as large as the present one where it can be."""
    step = _step(size)
    first: dict[str, Size] = {}
    for other in model.sizes:
        if _shape(other) not in first or (_step(other) == step and _step(first[_shape(other)]) != step):
            first[_shape(other)] = other
    return tuple(_tile(name, found, _shape(size) == name) for name, found in first.items())


def steps(model: ModelSpec, size: Size) -> list[Size]:
    """The sizes of one shape, smallest first; one alone is no choice."""
    same = [other for other in model.sizes if _shape(other) == _shape(size)]
    return sorted(same, key=lambda other: other.width * other.height) if len(same) > 1 else []


def step_label(model: ModelSpec, size: Size) -> str:
    """'2K', '720p': what the model calls it, or the same kind of word made from its pixels."""
    if _step(size):
        return _step(size)
    first = next(other for other in model.sizes if not _step(other))
    if model.kind == VIDEO:
        return f"{min(first.width, first.height)}p"
    return f"{max(1, round(sqrt(first.width * first.height) / 1024))}K"


def nearest(wanted: str, model: ModelSpec) -> str:
    """Of the same shape if the model has it; what cannot be read becomes the model's default."""
    try:
        width, height = (int(part) for part in wanted.split("x"))
        ratio = width / height
    except (ValueError, ZeroDivisionError):
        return model.sizes[0].value
    return min(model.sizes, key=lambda size: abs(size.width / size.height - ratio)).value


def _shape(size: Size) -> str:
    return size.label.split(" ")[0]


def _step(size: Size) -> str:
    return size.label.partition(" ")[2]


def _tile(label: str, size: Size, chosen: bool) -> SizeChoice:
    ratio = size.width / size.height
    return SizeChoice(
        size.value,
        label,
        f"{size.width} × {size.height}",
        f"{size.width} / {size.height}",
        f"{max(1, 1.15 * ratio**0.3):.2f}",
        chosen,
    )
