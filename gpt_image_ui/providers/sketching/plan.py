"""What a prompt was understood to ask for, before anything is drawn."""

from dataclasses import dataclass, field

Rgb = tuple[int, int, int]


@dataclass(frozen=True)
class Palette:
    """Six colours from darkest to lightest, and one spot colour that may contrast with them."""

    ramp: tuple[Rgb, ...]
    spot: Rgb


@dataclass(frozen=True)
class Plan:
    """One picture to draw. Positions are fractions of the picture, so a plan fits any size."""

    motif: str
    palette: Palette
    finish: str
    light: str = "day"  # dawn, day, dusk or night
    focus: float = 0.5  # where the subject stands, left 0 to right 1
    horizon: float = 0.5  # top 0 to bottom 1
    scale: float = 1.0  # above 1 is close, below 1 is far
    room: str | None = None  # the edge to keep empty for a title: top, bottom, left or right
    sparse: bool = False
    count: int | None = None
    accents: frozenset[str] = field(default_factory=frozenset)
    seed: int = 0
