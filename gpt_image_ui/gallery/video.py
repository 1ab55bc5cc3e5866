"""Videos: told by their first bytes, and opened in a process apart for one picture and a few facts."""

import json
from dataclasses import dataclass
from typing import Any

from PIL import Image

from gpt_image_ui.gallery.apart import run
from gpt_image_ui.gallery.pixels import UnreadableImageError

BYTES_MAX = 256 * 1024 * 1024
_FORMATS = {"video/mp4": "mp4", "video/webm": "matroska"}
_MP4_BRANDS = {b"isom", b"avc1", b"mp41", b"mp42", b"M4V ", b"dash", *(b"iso%d" % n for n in range(2, 10))}
_EBML = b"\x1a\x45\xdf\xa3"
# Degrees against the clock, which the file says it is to be turned by when shown.
_TURNS = {90: Image.Transpose.ROTATE_90, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_270}


@dataclass(frozen=True)
class Clip:
    """A video's facts and its first picture, upright; the picture may be smaller than the video."""

    poster: Image.Image
    width: int
    height: int
    media_type: str
    milliseconds: int
    sound: bool


def sniff(data: bytes) -> str:
    """The media type that the first 64 bytes claim, or "" for anything that is no video we open."""
    if data[4:8] == b"ftyp" and data[8:12] in _MP4_BRANDS:
        return "video/mp4"
    return "video/webm" if data[:4] == _EBML and b"webm" in data[:64] else ""


def read(data: bytes) -> Clip:
    """Opens a whole video in a process apart. Slow: for a worker thread. Raises UnreadableImageError."""
    media_type = sniff(data)
    if not media_type or len(data) > BYTES_MAX:
        raise UnreadableImageError("no video, or too many bytes")
    try:
        facts, _, pixels = run.read("read_video", data, _FORMATS[media_type]).partition(b"\n")
        return _clip(json.loads(facts), pixels, media_type)
    except (run.FailedError, ValueError, KeyError, TypeError) as error:
        raise UnreadableImageError(f"video: {error}"[:200]) from error


def _clip(facts: dict[str, Any], pixels: bytes, media_type: str) -> Clip:
    width, height, stride = facts["poster"]
    poster = Image.frombuffer("RGB", (width, height), pixels, "raw", "RGB", stride, 1)
    if turn := _TURNS.get(facts["rotation"] % 360):
        poster = poster.transpose(turn)
    wide, high = facts["width"], facts["height"]
    if facts["rotation"] % 180:
        wide, high = high, wide
    return Clip(poster, wide, high, media_type, facts["milliseconds"], facts["sound"])
