"""What opening and shrinking a picture gives, and what it refuses before spending memory on it."""

import tracemalloc
from io import BytesIO

import pytest
from PIL import Image

from gpt_image_ui.core import config
from gpt_image_ui.gallery import pixels, thumbnails
from gpt_image_ui.gallery.pixels import GallerySettings, TooManyPixelsError, UnreadableImageError
from tests.gallery import corpus


def opened(data: bytes) -> Image.Image:
    return Image.open(BytesIO(data))


def test_makes_webp_tiles_of_each_width_and_keeps_the_proportions():
    made = thumbnails.make(corpus.png((1536, 1024)))
    assert (made.width, made.height, made.media_type) == (1536, 1024, "image/png")
    sizes = {width: opened(tile).size for width, tile in made.tiles.items()}
    assert sizes == {320: (320, 214), 640: (640, 427), 960: (960, 640)}
    assert {opened(tile).format for tile in made.tiles.values()} == {"WEBP"}


def test_never_enlarges():
    made = thumbnails.make(corpus.png((200, 100)))
    assert {opened(tile).size for tile in made.tiles.values()} == {(200, 100)}


def test_a_very_tall_strip_still_fits_into_webp():
    made = thumbnails.make(corpus.png((40, 16_384)))
    assert max(opened(made.tiles[960]).size) <= 4 * 960


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF", "AVIF"])
def test_opens_every_format_it_names(form: str):
    made = thumbnails.make(corpus.saved(corpus.picture(), form))
    assert (made.width, made.height, made.media_type) == (240, 160, f"image/{form.lower()}")
    assert pixels.sniff(corpus.saved(corpus.picture(), form)[:16]) == made.media_type


@pytest.mark.parametrize("form", ["BMP", "TIFF", "ICO", "PPM", "TGA"])
def test_opens_no_other_format(form: str):
    data = corpus.saved(corpus.picture(), form)
    assert pixels.sniff(data[:16]) == ""
    with pytest.raises(UnreadableImageError):
        thumbnails.make(data)


@pytest.mark.parametrize(
    "data", [corpus.SVG, corpus.HTML, corpus.TEXT, b"", b"\x89PNG\r\n\x1a\n", corpus.truncated_jpeg()]
)
def test_refuses_what_is_not_a_whole_picture(data: bytes):
    with pytest.raises(UnreadableImageError):
        thumbnails.make(data)


def test_refuses_a_bomb_by_its_header_without_unfolding_it():
    bomb = corpus.bomb_png()
    tracemalloc.start()
    with pytest.raises(TooManyPixelsError):
        thumbnails.make(bomb)
    assert tracemalloc.get_traced_memory()[1] < 10_000_000
    tracemalloc.stop()


@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("side", [6000, 9000, 13_000])
def test_refuses_more_pixels_than_the_setting_allows(side: int):
    config.override(GallerySettings(pixels_max=30_000_000))
    with pytest.raises(TooManyPixelsError):
        pixels.read(corpus.bomb_png(side))


def test_refuses_a_side_that_is_too_long():
    with pytest.raises(TooManyPixelsError):
        pixels.read(corpus.png((16_385, 2)))


def test_refuses_a_jpeg_that_is_all_scans():
    with pytest.raises(UnreadableImageError, match="scans"):
        pixels.read(corpus.many_scans_jpeg())
    assert pixels.read(corpus.jpeg((640, 480), progressive=True)).width == 640


def test_a_large_jpeg_is_decoded_at_a_fraction_but_never_below_what_is_wanted():
    picture = pixels.read(corpus.jpeg((3000, 2400)), side_wanted=500)
    assert picture.pixels.size == (750, 600)
    assert (picture.width, picture.height) == (3000, 2400)


def test_sixteen_bits_of_grey_do_not_turn_white():
    assert pixels.read(corpus.deep_grey_png()).pixels.getpixel((9, 9)) == (102, 102, 102)


def test_transparency_stays_and_a_full_alpha_channel_goes():
    assert pixels.read(corpus.clear_png()).pixels.mode == "RGBA"
    assert pixels.read(corpus.saved(corpus.picture().convert("RGBA"), "PNG")).pixels.mode == "RGB"
    assert opened(thumbnails.make(corpus.clear_png()).tiles[320]).mode == "RGBA"


@pytest.mark.parametrize("data", [corpus.cmyk_jpeg(), corpus.palette_png(), corpus.other_profile_jpeg()])
def test_any_way_of_writing_colour_becomes_rgb(data: bytes):
    red, green, blue = pixels.read(data).pixels.getpixel((120, 80))
    assert pixels.read(data).pixels.mode == "RGB"
    assert max(red, green, blue) > min(red, green, blue) + 20


def test_another_colour_profile_is_converted():
    plain, tagged = (
        pixels.read(data).pixels.getpixel((220, 20)) for data in (corpus.jpeg(), corpus.other_profile_jpeg())
    )
    assert abs(plain[0] - tagged[2]) <= 3
    assert abs(plain[2] - tagged[0]) <= 3
    assert abs(plain[0] - plain[2]) > 60


def test_the_first_frame_stands_for_an_animation():
    red, _, blue = pixels.read(corpus.gif()).pixels.getpixel((5, 5))
    assert (red, blue) == (255, 0)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_turns_upright_what_was_held_otherwise(orientation: int):
    made = thumbnails.make(corpus.jpeg_with_place(orientation))
    assert (made.width, made.height) == ((240, 160) if orientation < 5 else (160, 240))
    assert opened(made.tiles[320]).size == (made.width, made.height)


def test_tiles_carry_no_metadata():
    tile = thumbnails.make(corpus.jpeg_with_place()).tiles[320]
    assert not any(word in tile for word in (b"EXIF", b"ICCP", b"XMP", b"SecretPhone", b"taken at home"))


def test_the_colour_is_the_mean():
    assert thumbnails.make(corpus.saved(Image.new("RGB", (64, 64), "#204060"), "PNG")).colour == "#204060"


@pytest.mark.parametrize(("size", "char"), [((1000, 1000), "P"), ((1, 16_000), "~"), ((16_000, 1), "#")])
def test_the_shape_is_one_printable_character(size: tuple[int, int], char: str):
    assert thumbnails.shape_of(*size) == char


@pytest.mark.parametrize("size", [(1024, 1024), (1536, 1024), (1024, 1536), (1792, 768), (2160, 3840)])
def test_the_script_reads_the_shape_back_within_two_percent(size: tuple[int, int]):
    import math

    read_back = math.exp((ord(thumbnails.shape_of(*size)) - 80) / 41)
    assert read_back == pytest.approx(size[1] / size[0], rel=0.02)
