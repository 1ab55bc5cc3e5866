"""Copies for downloading: what changes, what goes, and that the pixels stay."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from gpt_image_ui.gallery import copies, pixels, provenance
from gpt_image_ui.gallery.pixels import TooManyPixelsError
from tests.gallery import corpus, signing


def told_png() -> bytes:
    """A PNG with a comment, a place and a profile."""
    words = PngImagePlugin.PngInfo()
    words.add_text("Prompt", "taken at home")
    exif = Image.Exif()
    exif[0x0110] = "SecretPhone"
    profile = corpus.picture().info.get("icc_profile")
    return corpus.saved(corpus.picture(), "PNG", pnginfo=words, exif=exif, icc_profile=profile)


def told_webp() -> bytes:
    exif = Image.Exif()
    exif[0x0110] = "SecretPhone"
    return corpus.saved(corpus.picture(), "WEBP", lossless=True, exif=exif, xmp=b"<x>taken at home</x>")


def seen(data: bytes) -> np.ndarray:
    return np.asarray(pixels.read(data).pixels.convert("RGB"))


TOLD = {"image/png": told_png(), "image/jpeg": corpus.jpeg_with_place(1), "image/webp": told_webp()}
SECRETS = (b"SecretPhone", b"taken at home", b"harbour", b"jumb")


@pytest.mark.parametrize("media_type", TOLD)
def test_a_bare_copy_has_the_same_pixels_and_nothing_that_was_told(media_type: str):
    original = signing.signed(TOLD[media_type], media_type)
    assert provenance.has_credentials(original, media_type)
    bare = copies.make(original, "bare")
    assert bare.media_type == media_type == pixels.sniff(bare.data)
    assert np.array_equal(seen(bare.data), seen(original))
    assert [secret for secret in SECRETS if secret in bare.data] == []
    assert not provenance.has_credentials(bare.data, media_type)
    assert Image.open(BytesIO(bare.data)).getexif() == {}


def test_a_bare_copy_keeps_how_colours_are_read():
    original = corpus.other_profile_jpeg()
    bare = copies.make(original, "bare").data
    assert Image.open(BytesIO(bare)).info["icc_profile"] == Image.open(BytesIO(original)).info["icc_profile"]
    assert np.array_equal(seen(copies.make(corpus.cmyk_jpeg(), "bare").data), seen(corpus.cmyk_jpeg()))


def test_what_follows_the_end_of_a_picture_goes():
    for original in (corpus.png(), corpus.jpeg(), corpus.jpeg((640, 480), progressive=True)):
        assert copies.make(original + b"SecretPhone", "bare").data == copies.make(original, "bare").data


@pytest.mark.parametrize("orientation", [3, 6])
def test_a_bare_copy_of_a_turned_picture_stands_upright(orientation: int):
    original = corpus.jpeg_with_place(orientation)
    bare = copies.make(original, "bare")
    assert (bare.media_type, seen(bare.data).shape) == ("image/jpeg", seen(original).shape)
    assert not pixels.is_turned(bare.data)
    assert b"SecretPhone" not in bare.data


@pytest.mark.parametrize("original", [corpus.gif(), corpus.saved(corpus.picture(), "AVIF")])
def test_other_formats_become_png_when_bare(original: bytes):
    assert copies.make(original, "bare").media_type == "image/png"
    assert np.array_equal(seen(copies.make(original, "bare").data), seen(original))


@pytest.mark.parametrize("form", ["png", "jpeg", "webp"])
def test_a_conversion_says_nothing_of_where_it_came_from(form: str):
    original = signing.signed(TOLD["image/png"])
    copy = copies.make(original, form)
    assert copy.media_type == pixels.sniff(copy.data) == f"image/{form}"
    assert np.abs(seen(copy.data).astype(int) - seen(original)).mean() < (1 if form == "png" else 4)
    assert provenance.describe(copy.data) == provenance.NONE
    assert b"SecretPhone" not in copy.data


def test_transparency_stays_where_the_format_has_it_and_lies_on_white_elsewhere():
    clear = corpus.clear_png()
    assert [pixels.read(copies.make(clear, form).data).pixels.mode for form in ("png", "webp")] == ["RGBA", "RGBA"]
    assert min(pixels.read(copies.make(clear, "jpeg").data).pixels.getpixel((9, 9))) > 245


@pytest.mark.parametrize("form", copies.FORMS)
def test_a_bomb_is_not_copied(form: str):
    with pytest.raises(TooManyPixelsError):
        copies.make(corpus.bomb_png(), form)
