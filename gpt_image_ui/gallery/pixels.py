"""Opening a picture that somebody else made, within bounds of size, memory and time.

Decoding happens in a thread of this process, at most a few at once. What bounds it: an allow-list of formats; the size
in the header, read before any pixel; no more scans in a JPEG than a real encoder writes; Pillow's own limits on text
chunks and profiles.
"""

import contextlib
import struct
import warnings
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from PIL import ExifTags, Image, ImageCms, ImageFile, features
from pydantic import Field

from gpt_image_ui.core import config

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", *(("AVIF",) if features.check("avif") else ()))
SIDE_MAX = 16_384
_PIXELS_CEILING = 160_000_000
# A progressive picture has about ten; thousands of empty ones would keep the decoder busy for minutes.
_JPEG_SCANS_MAX = 64
# What Pillow's parsers are known to raise on bytes that are broken or hostile.
_DECODE_ERRORS = (
    OSError, SyntaxError, ValueError, TypeError, IndexError, KeyError, AttributeError, EOFError, OverflowError,
    ZeroDivisionError, MemoryError, RuntimeError, struct.error, zlib.error,
)  # fmt: skip
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SIDEWAYS = {_TURNS[value] for value in (5, 6, 7, 8)}

# Pillow's own look at the header comes first and is an error from here on; our setting, checked next, is never higher.
# Half, because it only warns up to twice its limit.
Image.MAX_IMAGE_PIXELS = _PIXELS_CEILING // 2
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")  # remarks on broken EXIF


class GallerySettings(config.Section):
    """How many pixels a picture may have, and how long a deleted one can be brought back (0: not at all)."""

    model_config = config.section("gallery")
    pixels_max: int = Field(50_000_000, ge=1_000_000, le=_PIXELS_CEILING)
    undo_seconds: int = Field(600, ge=0, le=30 * 86_400)


class UnreadableImageError(Exception):
    """Bytes that are not a picture or are cut short. The text is for logs, not for people."""


class TooManyPixelsError(UnreadableImageError):
    """A picture whose header asks for more pixels than are allowed; none was decoded."""


@dataclass(frozen=True)
class Picture:
    """Decoded pixels, RGB or RGBA, upright, in sRGB and with no metadata. Width and height are the original's."""

    pixels: Image.Image
    width: int
    height: int
    media_type: str


def read(data: bytes, *, side_wanted: int = SIDE_MAX) -> Picture:
    """The first frame. A JPEG may be decoded at a fraction of its size, its shorter side never below `side_wanted`.

    Raises UnreadableImageError, or TooManyPixelsError before anything large is allocated.
    """
    with _opened(data) as image:
        width, height = image.size
        media_type = "image/jpeg" if image.format in ("JPEG", "MPO") else Image.MIME[str(image.format)]
        enough = side_wanted / min(width, height)
        image.draft(None, (int(width * enough) + 1, int(height * enough) + 1))
        image.load()
        turn = _turn(image)
        pixels = _standard_colour(image.transpose(turn) if turn is not None else image)
        return Picture(pixels, *((height, width) if turn in _SIDEWAYS else (width, height)), media_type)


def is_turned(data: bytes) -> bool:
    """Whether its metadata says that the picture is shown otherwise than it lies. Raises UnreadableImageError."""
    with _opened(data) as image:
        return _turn(image) is not None


def sniff(data: bytes) -> str:
    """The media type that the first 16 bytes claim, or "" for anything that is not a picture we open."""
    if data[:8] == b"\x89PNG\r\n\x1a\n":
        return "image/png"
    if data[:3] == b"\xff\xd8\xff":
        return "image/jpeg"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if data[:6] in (b"GIF87a", b"GIF89a"):
        return "image/gif"
    if data[4:12] in (b"ftypavif", b"ftypavis") and "AVIF" in FORMATS:
        return "image/avif"
    return ""


@contextlib.contextmanager
def _opened(data: bytes) -> Iterator[ImageFile.ImageFile]:
    """A picture whose header was read and is within bounds, and whose errors are ours."""
    try:
        with Image.open(BytesIO(data), formats=FORMATS) as image:
            _check_bounds(image, data)
            yield image
    except Image.DecompressionBombError as error:
        raise TooManyPixelsError("header") from error
    except _DECODE_ERRORS as error:
        raise UnreadableImageError(f"{type(error).__name__}: {error}"[:200]) from error


def _check_bounds(image: Image.Image, data: bytes) -> None:
    width, height = image.size
    if max(width, height) > SIDE_MAX or width * height > config.get(GallerySettings).pixels_max:
        raise TooManyPixelsError(f"{width}x{height}")
    if image.format in ("JPEG", "MPO") and data.count(b"\xff\xda") > _JPEG_SCANS_MAX:
        raise UnreadableImageError("more JPEG scans than a real encoder writes")


def _turn(image: Image.Image) -> Image.Transpose | None:
    """How to turn it upright. A broken EXIF block is no reason to refuse a picture: it is shown as it lies."""
    with contextlib.suppress(*_DECODE_ERRORS):
        return _TURNS.get(image.getexif().get(ExifTags.Base.Orientation, 1))
    return None


def _standard_colour(image: Image.Image) -> Image.Image:
    profile = image.info.get("icc_profile")
    if image.mode.startswith("I"):  # 16 bits of grey, which a plain conversion would clip to white
        image = image.convert("I").point(lambda value: value * (1 / 257)).convert("L")
    if image.has_transparency_data:
        image = image.convert("RGBA")
    elif image.mode != "CMYK":
        image = image.convert("RGB")
    image = _without_profile(image, profile) if profile else image
    image = image if image.mode in ("RGB", "RGBA") else image.convert("RGB")
    if image.mode == "RGBA" and image.getchannel("A").getextrema() == (255, 255):
        image = image.convert("RGB")
    # Some encoders write what they find here, a comment for instance.
    image.info = {}
    return image


def _without_profile(image: Image.Image, profile: bytes) -> Image.Image:
    """The same colours in sRGB. A profile that cannot be used is left out, as browsers do."""
    with contextlib.suppress(ImageCms.PyCMSError, *_DECODE_ERRORS):
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        if "srgb" in ImageCms.getProfileDescription(source).lower():
            return image
        mode = "RGB" if image.mode == "CMYK" else image.mode
        made = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode=mode)
        return made or image
    return image
