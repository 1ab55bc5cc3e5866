"""Writes without a model: looks for what a prompt leaves open and says it, measures a picture and says what it sees."""

import asyncio
import io
import re
from colorsys import rgb_to_hls
from typing import Any

from PIL import Image

from gpt_image_ui.prompting.writers.interface import Picture, WriterError, Written

NAME = "rules"
REMARK = "Written by rules on this server, no AI model."

# What a full prompt says, how to tell that it is said, and what is proposed where it is not.
_LIGHTS = {
    "dawn": "first light, long soft shadows",
    "day": "clear daylight from the left",
    "dusk": "low warm light, long shadows",
    "night": "moonlight, deep shadows",
}
_FINISHES = {
    "plain": "flat colour with a little grain",
    "silkscreen": "silkscreen grain",
    "halftone": "halftone in three inks",
    "woodcut": "woodcut lines",
    "papercut": "paper-cut layers",
    "pixels": "small square pixels",
    "watercolour": "watercolour with soft edges",
    "ink_wash": "ink wash on rough paper",
    "pencil": "pencil hatching",
    "oil": "oil paint in broad strokes",
    "mosaic": "mosaic of small tiles",
    "stained_glass": "stained glass",
}
_SAID = {
    "light": r"light|sun|moon|dawn|dusk|night|noon|morning|evening|shadow|lamp|glow|neon|lit\b",
    "composition": r"close|wide|view|horizon|centred|centered|left|right|above|below|foreground|background|room for",
    "colour": r"colou?r|palette|black|white|red|blue|green|yellow|orange|pink|purple|grey|gray|brown|teal|gold|silver"
    r"|inks?\b",
    "technique": r"paint|wash|woodcut|photo|print|draw|ink|pencil|render|mosaic|halftone|collage|grain|sculpt|oil|3d",
}
_HUES = (
    (15, "red"), (40, "orange"), (65, "yellow"), (95, "lime"), (160, "green"), (200, "teal"), (255, "blue"),
    (290, "violet"), (335, "pink"), (360, "red"),
)  # fmt: skip


async def improve(prompt: str) -> Written:
    """The same words, and after them what they leave open: light, composition, colour, technique."""
    plan = await asyncio.to_thread(_plan, prompt)
    place = f"room for a title at the {plan.room}" if plan.room else "seen from a little distance"
    proposals = {
        "light": _LIGHTS[plan.light],
        "composition": f"{'close view' if plan.scale > 1 else 'wide view'}, {place}",
        "colour": f"{_colour_name(plan.palette.ramp[2])} and {_colour_name(plan.palette.ramp[4])} with "
        f"a spot of {_colour_name(plan.palette.spot)}",
        "technique": _FINISHES.get(plan.finish, "even grain"),
    }
    missing = [text for name, text in proposals.items() if not re.search(_SAID[name], prompt, re.IGNORECASE)]
    if not missing:
        return Written(prompt, f"{REMARK} It already says light, composition, colour and technique.")
    return Written(", ".join([prompt.strip().rstrip(".,;"), *missing]), REMARK)


async def describe(picture: Picture) -> Written:
    """What can be measured: shape, brightness, contrast, colours and where the weight lies. It names no subject."""
    return await asyncio.to_thread(_describe, picture.data)


# Here and below: numpy comes with the first use, in its thread, since every start would wait for it.
def _plan(prompt: str) -> Any:
    from gpt_image_ui.providers.sketching import reading

    return reading.read(prompt, 0)


def _describe(data: bytes) -> Written:
    from gpt_image_ui.providers.sketching import palettes

    try:
        with Image.open(io.BytesIO(data)) as opened:
            small = opened.convert("RGB")
            width, height = opened.size
            small.thumbnail((96, 96))
    except (OSError, Image.DecompressionBombError) as error:
        raise WriterError("the picture cannot be opened") from error
    colours = list(dict.fromkeys(_colour_name(colour) for colour in palettes.palette_of(small)[:5]))
    grey = small.convert("L")
    levels = list(grey.tobytes())
    mean = sum(levels) / len(levels)
    spread = (sum((level - mean) ** 2 for level in levels) / len(levels)) ** 0.5
    shape = (
        "Square picture" if abs(width - height) < 0.05 * width else "Wide picture" if width > height else "Tall picture"
    )
    words = [
        shape,
        f"in {', '.join(colours[:-1])} and {colours[-1]}" if len(colours) > 1 else f"in {colours[0]}",
        "dark overall" if mean < 85 else "bright and light" if mean > 170 else "in middle tones",
        "strong contrast" if spread > 70 else "soft contrast" if spread < 35 else "moderate contrast",
        _weight(levels, *grey.size, mean),
    ]
    return Written(
        ", ".join(words), f"{REMARK} It measures colour and light and cannot tell what is shown: add the subject."
    )


def _weight(levels: list[int], width: int, height: int, mean: float) -> str:
    strength = [abs(level - mean) for level in levels]
    total = sum(strength) or 1
    x = sum(s * (i % width) for i, s in enumerate(strength)) / total / max(1, width - 1)
    y = sum(s * (i // width) for i, s in enumerate(strength)) / total / max(1, height - 1)
    side = "left" if x < 0.42 else "right" if x > 0.58 else "middle"
    level = "upper " if y < 0.42 else "lower " if y > 0.58 else ""
    return f"the weight in the {level}{side}".replace("lower middle", "lower half").replace(
        "upper middle", "upper half"
    )


def _colour_name(rgb: tuple[int, int, int]) -> str:
    hue, light, strength = rgb_to_hls(*(part / 255 for part in rgb))
    if light < 0.12:
        return "near black"
    if light > 0.93:
        return "off-white"
    if strength < 0.12:
        return "grey"
    name = next(word for limit, word in _HUES if hue * 360 <= limit)
    if name in ("orange", "yellow", "red") and light < 0.4 and strength < 0.6:
        return "brown"
    return f"dark {name}" if light < 0.3 else f"pale {name}" if light > 0.75 else name
