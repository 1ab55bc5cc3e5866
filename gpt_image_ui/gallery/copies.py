"""Copies of a picture for downloading: in another format, or the same pixels without what else the file carries.

The original is never touched. Content credentials do not survive any of this.
"""

from collections.abc import Iterator
from io import BytesIO
from typing import NamedTuple

from PIL import Image

from gpt_image_ui.gallery import containers, pixels

FORMS = ("png", "jpeg", "webp", "bare")
# Chunks without which the pixels or their colours would be others.
_PNG_KEPT = {
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"bKGD", b"pHYs",
    b"cICP", b"mDCV", b"cLLI", b"acTL", b"fcTL", b"fdAT",
}  # fmt: skip
_WEBP_KEPT = {b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF", b"ICCP"}
_JPEG_ICC = b"ICC_PROFILE\0"
_JPEG_COMMENT = b"\xff\xfe"


class Copy(NamedTuple):
    """The bytes of a copy and what they are."""

    data: bytes
    media_type: str


def make(data: bytes, form: str) -> Copy:
    """A copy in one of FORMS. Slow: for a worker thread. Raises UnreadableImageError."""
    return without_metadata(data) if form == "bare" else _encode(data, form)


def without_metadata(data: bytes) -> Copy:
    """The very same pixels and colours, and nothing else. What needs its metadata to be shown right is made anew."""
    strip = {"image/png": _bare_png, "image/jpeg": _bare_jpeg, "image/webp": _bare_webp}
    media_type = pixels.sniff(data)
    if media_type not in strip or pixels.is_turned(data):
        return _encode(data, "jpeg" if media_type == "image/jpeg" else "png")
    return Copy(b"".join(strip[media_type](data)), media_type)


def _encode(data: bytes, form: str) -> Copy:
    image, out = pixels.read(data).pixels, BytesIO()
    if form == "jpeg":
        _on_white(image).save(out, "JPEG", quality=95, subsampling=0)
    elif form == "webp":
        image.save(out, "WEBP", quality=92, method=4)
    else:
        image.save(out, "PNG", compress_level=6)
    return Copy(out.getvalue(), f"image/{form}")


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode != "RGBA":
        return image
    paper = Image.new("RGB", image.size, "white")
    paper.paste(image, mask=image.getchannel("A"))
    return paper


def _bare_png(data: bytes) -> Iterator[bytes]:
    yield data[:8]
    for part in containers.png_chunks(data):
        if part.name in _PNG_KEPT:
            yield data[part.start : part.end]


def _bare_jpeg(data: bytes) -> Iterator[bytes]:
    yield data[:2]
    for part in containers.jpeg_segments(data):
        marker, body = part.name[1], data[part.body : part.body + 16]
        # Of the application's segments, those of JFIF, Adobe and colour profiles say how to read the pixels.
        application = 0xE0 <= marker <= 0xEF
        kept = (marker == 0xE2 and body.startswith(_JPEG_ICC)) or (marker == 0xEE and body.startswith(b"Adobe"))
        kept = kept or (marker == 0xE0 and body.startswith(b"JFIF\0"))
        if part.name != _JPEG_COMMENT and (kept or not application):
            yield data[part.start : part.end]


def _bare_webp(data: bytes) -> Iterator[bytes]:
    parts = [part for part in containers.riff_chunks(data) if part.name in _WEBP_KEPT]
    body = bytearray(b"".join(data[part.start : part.end] for part in parts))
    if body[:4] == b"VP8X":
        body[8] &= ~0b1100  # neither EXIF nor XMP follows
    yield b"RIFF" + (len(body) + 4).to_bytes(4, "little") + b"WEBP"
    yield bytes(body)
