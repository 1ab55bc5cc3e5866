"""Composes assets/social-card.png from curated pictures and the name: `python -m gpt_image_ui.examples.card [fonts]`.

Run by hand after the curated pictures changed. The folder of fonts holds Inter, in the faces named below.
"""

import sys
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from gpt_image_ui.examples import catalogue
from gpt_image_ui.examples.build import FOLDER

CARD = FOLDER.parent / "social-card.png"
SIZE = (1200, 630)
PAPER, INK, SOFT, GREEN = "#f7f5f2", "#211f1c", "#5c5750", "#14624e"
# Column by column: where its top lies, and its pictures.
WALL = (
    (-150, ("ink-peaks", "orchard-town", "slow-nebula", "desert-cut")),
    (-40, ("garden-poppies", "clay-arches", "workshop-quilt")),
    (-230, ("moon-sea", "two-koi", "bowl-by-the-lagoon", "summer-waves")),
)
LEFT, COLUMN, GAP = 624, 216, 8


def main() -> None:
    """Writes the card."""
    fonts = Path(sys.argv[1] if len(sys.argv) > 1 else "/usr/share/fonts/opentype/inter")
    card = Image.new("RGB", SIZE, PAPER)
    for number, (top, slugs) in enumerate(WALL):
        for slug in slugs:
            picture = _picture(slug)
            card.paste(picture, (LEFT + number * (COLUMN + GAP), top))
            top += picture.height + GAP
    draw = ImageDraw.Draw(card)
    mark = _mark(44)
    card.paste(mark, (64, 64))
    draw.text((124, 86), "GPT Image UI", INK, _font(fonts, "Inter-SemiBold.otf", 30), anchor="lm")
    sentence = _font(fonts, "InterDisplay-SemiBold.otf", 62)
    draw.multiline_text((62, 232), "Say what you see.\nKeep what\nyou make.", INK, sentence, spacing=10)
    draw.text((64, 556), "A studio for pictures, on your own machine", SOFT, _font(fonts, "Inter-Regular.otf", 25))
    # 256 colours are enough for flat pictures at this size, and a third of the bytes.
    card.quantize(256, dither=Image.Dither.FLOYDSTEINBERG).save(CARD, optimize=True)


def _picture(slug: str) -> Image.Image:
    example = catalogue.load().get(slug)
    with Image.open(FOLDER / f"{example.file}-640.webp") as opened:
        height = round(COLUMN * opened.height / opened.width)
        return opened.convert("RGB").resize((COLUMN, height), Image.Resampling.LANCZOS)


def _mark(side: int) -> Image.Image:
    """The mark of the favicon, a frame with a leaf in it; drawn four times as large, for smooth edges."""
    unit = side * 4 / 24
    large = Image.new("RGB", (side * 4, side * 4), PAPER)
    draw = ImageDraw.Draw(large)
    draw.rounded_rectangle((0, 0, side * 4 - 1, side * 4 - 1), 5 * unit, outline=INK, width=round(2.2 * unit))
    leaf = (5.8 * unit, 5.8 * unit, 18.2 * unit, 18.2 * unit)
    draw.rounded_rectangle(leaf, 6.2 * unit, fill=GREEN, corners=(True, False, True, False))
    return large.resize((side, side), Image.Resampling.LANCZOS)


def _font(folder: Path, name: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(folder / name), size)


if __name__ == "__main__":
    main()
