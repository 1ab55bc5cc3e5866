"""Pictures good, odd and hostile, made in memory."""

import struct
import zlib
from io import BytesIO
from typing import Any

from PIL import Image, ImageCms

SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><html><body><script>alert(1)</script></body></html>"
TEXT = b"I am not a picture, whatever my name says.\n" * 40


def picture(size: tuple[int, int] = (240, 160)) -> Image.Image:
    """Something with detail in it, red on the left and blue at the bottom."""
    across = Image.linear_gradient("L").rotate(90).resize(size)
    down = Image.linear_gradient("L").resize(size)
    return Image.merge("RGB", (across, Image.new("L", size, 60), down))


def saved(image: Image.Image, form: str, **options: Any) -> bytes:
    out = BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def png(size: tuple[int, int] = (240, 160)) -> bytes:
    return saved(picture(size), "PNG")


def jpeg(size: tuple[int, int] = (240, 160), **options: Any) -> bytes:
    return saved(picture(size), "JPEG", quality=90, **options)


def jpeg_with_place(orientation: int = 1) -> bytes:
    """A phone's photograph: where it was taken, with what, how it was held, and a comment."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "SecretPhoneMaker"
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 36.0)})
    return jpeg(exif=exif, comment=b"taken at home")


def truncated_jpeg() -> bytes:
    whole = jpeg((640, 480))
    return whole[: len(whole) // 2]


def cmyk_jpeg() -> bytes:
    return saved(picture().convert("CMYK"), "JPEG", quality=90)


def deep_grey_png() -> bytes:
    """16 bits a pixel, a flat 40 % grey: a careless conversion makes it white."""
    return saved(Image.new("I;16", (64, 64), 26_214), "PNG")


def clear_png() -> bytes:
    """Half transparent on the left, opaque on the right."""
    image = picture().convert("RGBA")
    image.paste((0, 0, 0, 0), (0, 0, 120, 160))
    return saved(image, "PNG")


def palette_png() -> bytes:
    return saved(picture().quantize(16), "PNG")


def gif() -> bytes:
    """Two frames: red, then blue."""
    red, blue = (Image.new("RGB", (80, 60), colour) for colour in ("#ff0000", "#0000ff"))
    return saved(red, "GIF", save_all=True, append_images=[blue])


def other_profile_jpeg() -> bytes:
    """Tagged with a profile that is not sRGB: red and blue have changed places."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    profile = profile.replace("sRGB".encode("utf-16-be"), "xxxx".encode("utf-16-be"))
    swapped = profile.replace(b"rXYZ", b"swap").replace(b"bXYZ", b"rXYZ").replace(b"swap", b"bXYZ")
    return jpeg(icc_profile=swapped)


def bomb_png(side: int = 50_000) -> bytes:
    """A few kilobytes that unfold to `side`² pixels of one bit."""
    row = bytes(1 + side // 8)
    packer = zlib.compressobj(9)
    packed = b"".join([*(packer.compress(row) for _ in range(side)), packer.flush()])
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", packed) + _chunk(b"IEND", b"")


def many_scans_jpeg() -> bytes:
    """A progressive JPEG whose last scan is repeated: small to send, long to decode."""
    whole = jpeg((640, 480), progressive=True)
    last = whole.rindex(b"\xff\xda")
    return whole[:-2] + whole[last:-2] * 400 + whole[-2:]


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
