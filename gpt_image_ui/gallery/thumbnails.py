"""From an original to what the wall shows: three tiles, one colour to show meanwhile, one character of shape."""

import math
from dataclasses import dataclass, replace
from io import BytesIO

from PIL import Image

from gpt_image_ui.gallery import pixels, video
from gpt_image_ui.gallery.pixels import UnreadableImageError

__all__ = [
    "AT_ONCE",
    "WIDTHS",
    "Derived",
    "UnreadableImageError",
    "encode",
    "make",
    "mean_colour",
    "shape_of",
    "sniff",
    "tile_key",
]

WIDTHS = (320, 640, 960)
# Made before a picture is shown. The widest costs as much as both, and few screens ask for it: gallery/tiles.py.
AT_ONCE = (320, 640)
# An original hardly wider than a tile is encoded as it is: scaling would cost more than the bytes it saves.
_NEAR = 1.12
# A very tall strip is narrowed rather than shown in full width.
_TALLEST = 4


@dataclass(frozen=True)
class Derived:
    """What is kept beside an original. `tiles` holds WebP by nominal width, `shape` is read by the wall's script.

    `kind` is "image" or "video"; a video's tiles show its first picture.
    """

    width: int
    height: int
    media_type: str
    colour: str
    shape: str
    tiles: dict[int, bytes]
    kind: str = "image"
    milliseconds: int = 0
    sound: bool = False


def make(data: bytes, widths: tuple[int, ...] = WIDTHS) -> Derived:
    """Decodes a picture or a video's first one, once, and makes the tiles. Slow: for a worker thread.

    Raises UnreadableImageError.
    """
    if video.sniff(data):
        clip = video.read(data)
        made = _derive(clip.poster, clip.width, clip.height, clip.media_type, widths)
        return replace(made, kind="video", milliseconds=clip.milliseconds, sound=clip.sound)
    picture = pixels.read(data, side_wanted=max(widths))
    return _derive(picture.pixels, picture.width, picture.height, picture.media_type, widths)


def sniff(data: bytes) -> str:
    """The media type of a picture or video by its first bytes, or ""."""
    return pixels.sniff(data) or video.sniff(data)


def _derive(image: Image.Image, width: int, height: int, media_type: str, widths: tuple[int, ...]) -> Derived:
    """Each tile from the next larger."""
    tiles: dict[int, bytes] = {}
    for tile in sorted(widths, reverse=True):
        smaller = fit(image, tile)
        same = smaller is image and tiles
        tiles[tile] = tiles[min(tiles)] if same else encode(smaller)
        image = smaller
    return Derived(width, height, media_type, mean_colour(image), shape_of(width, height), tiles)


def tile_key(key: str, width: int) -> str:
    """Where a tile of the original under `key` is stored."""
    return f"{key}.{width}"


def fit(image: Image.Image, width: int) -> Image.Image:
    """Scaled down to a width, never up."""
    scale = min(width / image.width, _TALLEST * width / image.height)
    if scale * _NEAR >= 1:
        return image
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    # Half the time of bicubic; downwards the eye finds no difference.
    return image.resize(size, Image.Resampling.HAMMING, reducing_gap=1.0)


def encode(image: Image.Image) -> bytes:
    """WebP by the fastest method: a quarter of the time of the usual one for a tenth more bytes."""
    out = BytesIO()
    image.save(out, "WEBP", quality=75, method=0)
    return out.getvalue()


def mean_colour(image: Image.Image) -> str:
    """`#rrggbb`, shown where the picture will be until its tile arrives."""
    red, green, blue = image.resize((1, 1), Image.Resampling.BOX).convert("RGB").getpixel((0, 0))  # type: ignore[misc]
    return f"#{red:02x}{green:02x}{blue:02x}"


def shape_of(width: int, height: int) -> str:
    """Height / width on 92 logarithmic steps of 2.5 %, as one printable character; assets/book.js reads it back."""
    return chr(max(35, min(126, round(80 + 41 * math.log(height / width)))))
