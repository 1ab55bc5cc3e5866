"""Draws the curated pictures anew from their words and seeds: `python -m gpt_image_ui.examples.build [slug …]`.

Run by hand after curated.toml or the drawing changed. Writes the pictures, and their mean colours into the list.
"""

import bisect
import io
import re
import sys
from pathlib import Path

from PIL import Image, ImageFilter

from gpt_image_ui.examples import catalogue
from gpt_image_ui.examples.catalogue import Example
from gpt_image_ui.providers.sketching import draw

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "examples"
LIST = Path(__file__).with_name("curated.toml")
# What a picture may weigh at each width. Where grain or dots weigh more, they are softened a little before packing.
BYTES_MAX = {320: 20_000, 640: 45_000, 1200: 66_000}
QUALITIES = range(82, 14, -6)
SOFTENING = (0.0, 0.6, 0.9, 1.2)


def main() -> None:
    """Builds the named examples, or all of them."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    examples = catalogue.load().examples
    for example in examples:
        if len(sys.argv) == 1 or example.slug in sys.argv[1:]:
            sizes, colour = build(example)
            _note_colour(example.slug, colour)
            print(example.slug, colour, *sizes)
    kept = {f"{example.file}-{width}.webp" for example in examples for width in example.widths}
    for path in FOLDER.iterdir():
        if path.name not in kept:
            path.unlink()


def build(example: Example) -> tuple[list[int], str]:
    """Draws one example and writes its files; returns their sizes in bytes and its mean colour."""
    picture = draw.draw(example.prompt, example.width, example.height, example.seed, example.quality).convert("RGB")
    sizes = []
    for width, limit in zip(example.widths, BYTES_MAX.values(), strict=True):
        data = _packed(picture, width, limit)
        (FOLDER / f"{example.file}-{width}.webp").write_bytes(data)
        sizes.append(len(data))
    red, green, blue = picture.resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))  # type: ignore[misc]
    return sizes, f"#{red:02x}{green:02x}{blue:02x}"


def _packed(picture: Image.Image, width: int, limit: int) -> bytes:
    """The best quality that fits; where none does, the least of the softest."""
    height = round(width * picture.height / picture.width)
    small = picture.resize((width, height), Image.Resampling.LANCZOS) if width != picture.width else picture
    data = b""
    for radius in SOFTENING:
        soft = small.filter(ImageFilter.GaussianBlur(radius)) if radius else small
        data = _encoded(soft, QUALITIES[-1])
        if len(data) <= limit:
            best = bisect.bisect_left(QUALITIES, True, key=lambda quality: len(_encoded(soft, quality)) <= limit)
            return _encoded(soft, QUALITIES[best])
    return data


def _encoded(picture: Image.Image, quality: int) -> bytes:
    packed = io.BytesIO()
    picture.save(packed, "WEBP", quality=quality, method=6)
    return packed.getvalue()


def _note_colour(slug: str, colour: str) -> None:
    text = LIST.read_text(encoding="utf-8")
    entry = re.compile(rf'(slug = "{re.escape(slug)}"\n(?:(?!\[\[).*\n)*?colour = )"[^"]*"')
    LIST.write_text(entry.sub(rf'\g<1>"{colour}"', text), encoding="utf-8")


if __name__ == "__main__":
    main()
