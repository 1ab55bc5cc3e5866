"""What opening a video gives, and what it refuses: in a process apart, within bounds."""

from io import BytesIO

import pytest
from PIL import Image

from gpt_image_ui.core import db
from gpt_image_ui.gallery import images, pixels, thumbnails, video
from gpt_image_ui.gallery.apart import run
from gpt_image_ui.gallery.pixels import UnreadableImageError
from tests.gallery import clips, corpus, pictures


@pytest.mark.parametrize(
    ("form", "codec"),
    [("mp4", "libx264"), ("mp4", "libx265"), ("mp4", "libsvtav1"), ("webm", "libvpx"), ("webm", "libvpx-vp9")],
)
def test_a_video_has_tiles_of_its_first_picture_and_says_how_long_it_lasts(form: str, codec: str):
    made = thumbnails.make(clips.clip_made_apart(form, codec))
    assert (made.width, made.height, made.media_type) == (320, 180, f"video/{form}")
    assert (made.kind, made.milliseconds, made.sound) == ("video", 2000, False)
    assert made.shape == thumbnails.shape_of(320, 180)
    red, green, blue = Image.open(BytesIO(made.tiles[640])).convert("RGB").getpixel((9, 9))
    assert red > 200 > 60 > max(green, blue)


@pytest.mark.parametrize("form", ["mp4", "webm"])
def test_sound_is_heard_of(form: str):
    made = thumbnails.make(clips.clip(form, sound=True))
    assert made.sound
    assert made.milliseconds == pytest.approx(2000, abs=100)


def test_a_large_video_gives_the_widths_of_a_picture():
    made = thumbnails.make(clips.clip(size=(1920, 1080), seconds=0.3))
    assert {width: Image.open(BytesIO(tile)).size for width, tile in made.tiles.items()} == {
        320: (320, 180), 640: (640, 360), 960: (960, 540),
    }  # fmt: skip


@pytest.mark.parametrize(("degrees", "size"), [(90, (180, 320)), (180, (320, 180)), (270, (180, 320))])
def test_a_turned_video_stands_upright(degrees: int, size: tuple[int, int]):
    made = thumbnails.make(clips.turned(clips.clip(), degrees))
    assert (made.width, made.height) == size
    assert Image.open(BytesIO(made.tiles[320])).size == size


def test_a_single_picture_is_a_video_too():
    assert thumbnails.make(clips.clip(seconds=0.1)).milliseconds == 100


def test_only_videos_are_told_to_be_videos():
    assert video.sniff(clips.clip()[:64]) == "video/mp4"
    assert video.sniff(clips.clip("webm")[:64]) == "video/webm"
    assert [pixels.sniff(clips.clip(form)[:64]) for form in ("mp4", "webm")] == ["", ""]
    others = [corpus.png(), corpus.jpeg(), corpus.gif(), corpus.saved(corpus.picture(), "AVIF"), corpus.HTML, b""]
    assert [video.sniff(data) for data in others] == [""] * len(others)
    assert thumbnails.sniff(corpus.png()) == "image/png"
    assert thumbnails.sniff(clips.clip()) == "video/mp4"


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9, 0.99])
@pytest.mark.parametrize("flags", ["", "frag_keyframe+empty_moov"])
def test_refuses_a_video_that_is_cut_short(share: float, flags: str):
    data = clips.clip(sound=True, flags=flags)
    with pytest.raises(UnreadableImageError):
        thumbnails.make(data[: int(len(data) * share)])


def test_refuses_half_a_webm():
    data = clips.clip("webm", sound=True)
    with pytest.raises(UnreadableImageError, match=r"of 2\.0 seconds"):
        thumbnails.make(data[: len(data) // 2])


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (clips.bomb(), "Invalid argument"),
        (clips.clip(size=(5000, 16), seconds=0.2), "5000x16"),
        (clips.clip(size=(64, 64), seconds=700, rate=1), "700 seconds"),
        (clips.clip(codec="mpeg4"), "no video that browsers play"),
        (clips.voice(), "no video that browsers play"),
        (clips.clip()[:64], "End of file|Invalid data"),
    ],
    ids=["bomb", "wide", "long", "codec", "voice", "head"],
)
def test_refuses_what_asks_for_too_much_or_is_no_video(data: bytes, why: str):
    with pytest.raises(UnreadableImageError, match=why):
        thumbnails.make(data)


def test_refuses_too_many_bytes_before_a_process_is_started(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(video, "BYTES_MAX", 1000)
    monkeypatch.setattr(run, "read", pytest.fail)
    with pytest.raises(UnreadableImageError, match="too many bytes"):
        thumbnails.make(clips.clip())


def test_a_reader_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(run, "SECONDS_MAX", 0.001)
    with pytest.raises(UnreadableImageError, match="TimeoutExpired"):
        thumbnails.make(clips.clip())


def test_this_process_never_loads_the_libraries_that_read_videos():
    import subprocess
    import sys

    words = (
        "import sys\n"
        "from gpt_image_ui.gallery import images, provenance, thumbnails, video\n"
        "print([name for name in ('av', 'c2pa') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.usefixtures("database")
def test_a_video_on_the_wall_keeps_its_kind_length_and_sound():
    derived = thumbnails.make(clips.clip(sound=True))
    image_id = pictures.add("job0", derived=derived)
    image = db.look(images.get, pictures.ANNA, image_id)
    assert (image.kind, image.milliseconds, image.sound) == ("video", derived.milliseconds, True)
    still = db.look(images.get, pictures.ANNA, pictures.add("job1"))
    assert (still.kind, still.milliseconds, still.sound) == ("image", 0, False)
