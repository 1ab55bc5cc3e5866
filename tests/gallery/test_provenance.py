"""What a file's credentials say, with and without the part that checks them."""

import importlib.util
import struct
import zlib
from collections.abc import AsyncIterator

import pytest

from gpt_image_ui.gallery import containers, provenance, thumbnails
from gpt_image_ui.gallery.apart import run
from gpt_image_ui.storage import store
from tests.gallery import clips, corpus, signing

FILES = {
    "image/png": corpus.png(),
    "image/jpeg": corpus.jpeg(),
    "image/webp": corpus.saved(corpus.picture(), "WEBP"),
    "image/avif": corpus.saved(corpus.picture(), "AVIF"),
    "image/gif": corpus.gif(),
    "video/mp4": clips.clip(),
}
JUMBF = b"\0\0\0\x28jumb\0\0\0\x20jumdc2pa\x00\x11\x00\x10\x80\x00\x00\xaa\x008\x9bq\x03c2pa\0"


def with_chunk(name: bytes, body: bytes) -> bytes:
    """A PNG with one chunk more, before its pixels."""
    data = corpus.png()
    at = data.index(b"IDAT") - 4
    chunk = struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
    return data[:at] + chunk + data[at:]


def with_segment(body: bytes, marker: int = 0xEB) -> bytes:
    data = corpus.jpeg()
    return data[:2] + bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body + data[2:]


@pytest.fixture
def no_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "c2pa" else real(name))


@pytest.mark.parametrize("media_type", FILES)
def test_credentials_that_hold_name_their_signer(media_type: str):
    found = provenance.describe(signing.signed(FILES[media_type], media_type))
    assert (found.state, found.line) == ("valid", "Signed by Harbour Pictures, valid.")
    assert (found.signer, found.tool, found.ai) == (signing.MAKER, "harbour", True)
    assert "no list of known signers" in found.detail


def test_credentials_of_a_camera_do_not_name_a_model():
    camera = "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture"
    assert not provenance.describe(signing.signed(corpus.png(), source=camera)).ai


@pytest.mark.parametrize("media_type", FILES)
def test_a_file_without_credentials_says_so(media_type: str):
    assert provenance.describe(FILES[media_type]) == provenance.NONE


def test_bytes_that_are_no_picture_have_none():
    assert [provenance.describe(data) for data in (b"", corpus.HTML, clips.clip("webm"))] == [provenance.NONE] * 3


@pytest.mark.parametrize("media_type", ["image/png", "image/jpeg", "video/mp4"])
def test_a_file_changed_after_signing_is_invalid_and_names_nobody(media_type: str):
    data = bytearray(signing.signed(FILES[media_type], media_type))
    at = data.rindex({"image/png": b"IDAT", "image/jpeg": b"\xff\xda", "video/mp4": b"mdat"}[media_type]) + 24
    data[at] ^= 1
    found = provenance.describe(bytes(data))
    assert (found.state, found.line) == ("invalid", "Content credentials are present but invalid.")
    assert (found.detail, found.signer) == ("The file was changed after it was signed.", "")


@pytest.mark.usefixtures("no_extra")
@pytest.mark.parametrize("media_type", FILES)
def test_without_the_extra_credentials_are_found_and_not_judged(media_type: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(run, "read", pytest.fail)
    assert provenance.describe(signing.signed(FILES[media_type], media_type)) == provenance.UNCHECKED
    assert provenance.describe(FILES[media_type]) == provenance.NONE


@pytest.mark.parametrize("data", [with_chunk(b"caBX", JUMBF), with_segment(b"JP\0\1\0\0\0\1" + JUMBF)])
def test_credentials_that_are_broken_cannot_be_read(data: bytes):
    assert thumbnails.make(data).width == 240
    assert provenance.describe(data) == provenance.UNREADABLE


@pytest.mark.parametrize(
    "data",
    [
        with_chunk(b"tEXt", b"Comment\0caBX c2pa jumb"),
        with_segment(b"JP\0\1\0\0\0\1\0\0\0\x28jumb another kind of box"),
        with_segment(b"Exif\0\0 jumb c2pa", 0xE1),
        corpus.png() + b"caBX",
    ],
    ids=["text", "other box", "exif", "after the end"],
)
def test_words_alone_are_no_credentials(data: bytes):
    assert provenance.describe(data) == provenance.NONE


def test_what_strangers_wrote_stays_on_one_line():
    from gpt_image_ui.gallery.apart import read_credentials

    assert read_credentials._line("Open\nAI\u202e" + "x" * 999)[:10] == "Open AI xx"
    assert len(read_credentials._line("x" * 999)) == 200


@pytest.mark.parametrize("walk", [containers.png_chunks, containers.jpeg_segments, containers.riff_chunks])
@pytest.mark.parametrize("data", [b"", b"\xff" * 50, b"\0" * 50, corpus.png()[:-7], corpus.jpeg()[:-7]])
def test_a_broken_file_ends_the_walk(walk, data: bytes):
    assert all(part.start < part.end <= len(data) for part in walk(data))
    assert all(part.start < part.end <= len(data) for part in containers.boxes(data))


@pytest.fixture
async def stored(database: None) -> AsyncIterator[str]:
    await store.get().put("images/a/b/0", signing.signed(corpus.png()), "image/png")
    yield "images/a/b/0"
    await store.close()
    provenance._known.clear()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_a_stored_file_is_read_once_for_all(stored: str, monkeypatch: pytest.MonkeyPatch):
    assert (await provenance.find(stored, "5" * 64, 1000)).state == "valid"
    monkeypatch.setattr(provenance, "describe", pytest.fail)
    assert (await provenance.find(stored, "5" * 64, 1000)).state == "valid"
    assert await provenance.find(stored, "6" * 64, 2**40) == provenance.TOO_LARGE
