"""Colours: palettes by mood, palettes built from named colours, and colours taken from a picture."""

import math

import numpy as np
from PIL import Image

from gpt_image_ui.providers.sketching.plan import Palette, Rgb

# Darkest to lightest, then the spot colour after the bar.
MOODS = {
    "dusk": "1a1c34 37355a 74496c c4667a f0a27a fae0c0 | f6c453",
    "moss": "121d17 27402f 4d6b48 8a9c66 ccc68f f3ecd6 | d9623b",
    "ember": "1c1312 47201b 8a3021 cf5a2c eda24a f7e4c2 | 2c6e78",
    "glacier": "0d1a25 1d3a50 3d6c88 7cacc0 c0dadd f2f4ee | e0663f",
    "clay": "291c18 66392b b0603f d99a70 ebcfae f7efe3 | 27616b",
    "lagoon": "071e27 0f4853 1e8480 7cc2a6 eedda9 f6f1e4 | e5593c",
    "orchard": "142b27 2c644b 86aa58 ecc552 f3dc98 fbf3df | d94f30",
    "ink": "141517 2e3135 5b6065 95999b cdcbc5 f3f0e9 | c3392b",
    "bloom": "28182a 76304d cc566b ef9a8b f7d2b5 fcf2e6 | 3f7d6a",
    "night": "05070e 0d1630 1f3163 4a63a6 c0a777 fae8bc | f2b33d",
    "harbour": "101a2b 24405f 54779a 9fb7c4 e4d9c4 f8f3e8 | d6452f",
    "wheat": "2a2016 5f4424 a37a35 d9b158 efd99b faf3df | 3b5f8a",
    "autumn": "24140f 5a2a1a a2451f d9832f efc26a f8ecd0 | 4d6a4a",
    "winter": "18222f 3b4d63 71879d aebfcb dde5ea f8fafb | b8433a",
    "spring": "1d3a33 3f7a5c 8bb878 d8dc9a f6d9d5 fdf5ef | e2708a",
    "summer": "0b3550 1479a0 3fb6c2 9fdcc6 fbe39a fff6df | f0633f",
    "pastel": "54506e 8b87b0 b9a8cf ecb9c8 f9dcc9 fdf5ec | 7fb8ad",
    "neon": "0a0718 231049 5b1a8c d42a9a ff7a6b ffe2b8 | 29e0d4",
    "retro": "1f2a33 2f5d62 5e9487 e0a24e f0cf8e f9efd8 | cf4a30",
    "sepia": "231a12 4c3826 7d6144 ad8f6b d8c3a1 f4e9d3 | 8a3b24",
    "tropic": "06282b 0c5c54 1f9a6d 8fca5a f7d557 fdf3d0 | ef4f6b",
    "plum": "1c1026 3f2352 70428a a97bb4 dcbcd4 f7ecf0 | e0a93f",
    "storm": "12181c 2b363d 4d5c63 819093 b4c0bf e8ece6 | d9a441",
    "candy": "3b1f4a 7a3a86 d3609f f59bb0 ffd3c4 fff3ec | 3fa7c9",
}

DAY_LIGHTNESS = (0.19, 0.35, 0.52, 0.68, 0.83, 0.955)
NIGHT_LIGHTNESS = (0.10, 0.18, 0.28, 0.42, 0.63, 0.90)


def named(mood: str) -> Palette:
    """One of the ready palettes."""
    ramp, spot = MOODS[mood].split("|")
    return Palette(tuple(_hex(c) for c in ramp.split()), _hex(spot.strip()))


def built(colours: list[Rgb], night: bool = False, chroma: float = 1.0) -> Palette:
    """A ramp that passes through the given colours; the last chromatic one also becomes the spot colour."""
    # Warm colours turn to mud when darkened, so of two equally light ones the colder takes the dark end.
    labs = sorted((to_oklab(c) for c in colours[:4]), key=lambda lab: lab[0] + 1.2 * lab[2])
    grid = NIGHT_LIGHTNESS if night else DAY_LIGHTNESS
    at = _anchors(labs)
    ramp = []
    for k, lightness in enumerate(grid):
        a = float(np.interp(k, at, [lab[1] for lab in labs]))
        b = float(np.interp(k, at, [lab[2] for lab in labs]))
        own = float(np.interp(k, at, [lab[0] for lab in labs]))
        near = max(0.0, 1 - min(abs(k - p) for p in at))
        light = lightness + (own - lightness) * 0.6 * near * (0.35 if night else 1)
        fade = chroma * min(1.0, 0.34 + 1.7 * min(light, 1.02 - light))
        ramp.append((light, a * fade, b * fade))
    ramp.sort(key=lambda lab: lab[0])
    return Palette(tuple(from_oklab(lab) for lab in ramp), _spot(colours, chroma))


def shifted(palette: Palette, lightness: float = 0.0, chroma: float = 1.0) -> Palette:
    """The same palette darker, lighter, duller or brighter."""

    def move(rgb: Rgb) -> Rgb:
        light, a, b = to_oklab(rgb)
        return from_oklab((min(0.98, max(0.05, light + lightness)), a * chroma, b * chroma))

    return Palette(tuple(move(c) for c in palette.ramp), move(palette.spot))


def after_dark(palette: Palette) -> Palette:
    """The same hues by night: the lower ramp deep, its light end kept for lamps and moon."""
    labs = [to_oklab(c) for c in palette.ramp]
    ramp = tuple(
        from_oklab((0.25 * lab[0] + 0.75 * light, lab[1] * 0.85, lab[2] * 0.85 - 0.012))
        for lab, light in zip(labs, NIGHT_LIGHTNESS, strict=True)
    )
    return Palette(ramp, palette.spot)


def palette_of(image: Image.Image) -> list[Rgb]:
    """The six or fewer colours that matter most in a picture, the most frequent first."""
    small = image.convert("RGB").resize((96, 96), Image.Resampling.BOX)
    counted = small.quantize(6, Image.Quantize.MEDIANCUT).convert("RGB").getcolors(96 * 96) or []
    found = sorted(counted, key=lambda entry: (-entry[0], entry[1]))  # type: ignore[arg-type, return-value]
    return [(int(c[0]), int(c[1]), int(c[2])) for _, c in found]  # type: ignore[index]


def to_oklab(rgb: Rgb) -> tuple[float, float, float]:
    r, g, b = ((v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4) for v in (c / 255 for c in rgb))
    long = math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
    medium = math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
    short = math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
    return (
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )


def from_oklab(lab: tuple[float, float, float]) -> Rgb:
    """Back to sRGB; a colour outside the gamut gives up chroma rather than hue."""
    light, a, b = lab
    for keep in (1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.35, 0.2, 0.0):
        linear = _linear(light, a * keep, b * keep)
        if all(-0.002 <= v <= 1.002 for v in linear):
            break
    coded = [(v * 12.92 if v <= 0.0031308 else 1.055 * v ** (1 / 2.4) - 0.055) for v in (max(0.0, x) for x in linear)]
    r, g, b = (max(0, min(255, round(v * 255))) for v in coded)
    return r, g, b


def _linear(light: float, a: float, b: float) -> tuple[float, float, float]:
    long = (light + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (light - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (light - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def _anchors(labs: list[tuple[float, float, float]]) -> list[float]:
    """Where in the ramp each colour sits: near its own lightness, but never on top of its neighbour."""
    at = [float(np.interp(lab[0], DAY_LIGHTNESS, range(6))) for lab in labs]
    if len(at) > 1:
        even = np.linspace(0.9, 4.1, len(at))
        at = [0.45 * own + 0.55 * float(want) for own, want in zip(at, even, strict=True)]
    return at


def _spot(colours: list[Rgb], chroma: float) -> Rgb:
    vivid = [c for c in colours if math.hypot(*to_oklab(c)[1:]) > 0.05]
    if len(vivid) > 1:
        return vivid[-1]
    if len(vivid) == 1 and len(colours) > 1:
        return vivid[0]
    if not vivid:
        return from_oklab((0.45, 0.0, 0.0))
    light, a, b = to_oklab(vivid[0])
    # One colour named: a quiet partner from across the wheel, turned a little so that it is not garish.
    turn, size = math.atan2(b, a) + 2.65, min(0.13, math.hypot(a, b)) * min(1.0, chroma)
    return from_oklab((0.72 if light < 0.6 else 0.5, math.cos(turn) * size, math.sin(turn) * size))


def _hex(text: str) -> Rgb:
    return int(text[0:2], 16), int(text[2:4], 16), int(text[4:6], 16)
