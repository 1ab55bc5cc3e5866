"""The curated examples: a fixed list, shipped with the code. Nothing that a person makes here can enter it."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

# Tile, tile on a dense screen, whole picture; never wider than the picture was drawn.
WIDTHS = (320, 640, 1200)


@dataclass(frozen=True)
class Example:
    """One picture with everything needed to make it again. `file` is its name without width and ending."""

    slug: str
    title: str
    alt: str
    kind: str
    prompt: str
    model: str
    model_label: str
    size: str
    quality: str
    seed: int
    colour: str
    file: str

    @property
    def width(self) -> int:
        return int(self.size.split("x")[0])

    @property
    def height(self) -> int:
        return int(self.size.split("x")[1])

    @property
    def widths(self) -> tuple[int, ...]:
        """The widths it is kept in, smallest first."""
        return tuple(min(width, self.width) for width in WIDTHS)


@dataclass(frozen=True)
class Catalogue:
    """All examples in the order of the wall, where they come from, and which of them start the landing page."""

    source: str
    licence: str
    licence_url: str
    curator: str
    approved: str
    starts: tuple[str, ...]
    wall: tuple[tuple[str, ...], ...]
    examples: tuple[Example, ...]

    def find(self, slug: str) -> Example | None:
        return next((example for example in self.examples if example.slug == slug), None)

    def get(self, slug: str) -> Example:
        found = self.find(slug)
        assert found, f"no example {slug!r}"
        return found

    def kinds(self) -> list[str]:
        """Each kind once, in order of first appearance."""
        return list(dict.fromkeys(example.kind for example in self.examples))

    def list_like(self, example: Example, limit: int) -> list[Example]:
        """Others to look at next: of the same kind first."""
        others = [other for other in self.examples if other.slug != example.slug]
        return sorted(others, key=lambda other: other.kind != example.kind)[:limit]


@cache
def load() -> Catalogue:
    """The catalogue, read once."""
    text = (resources.files("gpt_image_ui.examples") / "curated.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)
    return Catalogue(
        source=table["source"],
        licence=table["licence"],
        licence_url=table["licence_url"],
        curator=table["curator"],
        approved=table["approved"],
        starts=tuple(table["starts"]),
        wall=tuple(tuple(column) for column in table["wall"]),
        examples=tuple(Example(**table["made_with"], **entry) for entry in table["example"]),
    )
