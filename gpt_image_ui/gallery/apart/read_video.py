"""The program that reads a video: writes its facts as a line of JSON, then the pixels of its first picture.

Every packet is looked at, to know how long it lasts and that it is whole; only the first picture is decoded.
"""

import json
import sys
from dataclasses import dataclass
from typing import Any

from gpt_image_ui.gallery.apart import limits

CODECS = ("h264", "hevc", "av1", "vp8", "vp9")
SECONDS_MAX = 600
SIDE_MAX = 4096
_PACKETS_MAX = 200_000
_BROKEN_MAX = 50
# The widest tile is 960; the longer side of its first picture leaves some to scale from.
_POSTER_SIDE = 1920
# Generators and their containers disagree about the last pictures by a few tenths of a second.
_SLACK_SECONDS = 0.5


class HostileError(Exception):
    """The video asks for more than is allowed, or is not what it says."""


@dataclass
class _Seen:
    """What looking through the packets gave."""

    frame: Any = None
    end: float = 0.0
    broken: int = 0


def main(form: str) -> None:
    """Reads standard input. Any failure ends the program, which is all that its caller needs to know."""
    limits.lower()
    import av
    from av.error import InvalidDataError

    video: Any = av.open(sys.stdin.buffer, format=form, timeout=limits.CPU_SECONDS)
    with video as file:
        stream = next((s for s in file.streams.video if not s.disposition & 0x0400), None)  # not a cover picture
        if stream is None or stream.codec_context.name.replace("libdav1d", "av1") not in CODECS:
            raise HostileError("no video that browsers play")
        _check_size(stream.width, stream.height)
        declared = (file.duration or 0) / av.time_base
        if declared > SECONDS_MAX:
            raise HostileError(f"{declared:.0f} seconds")
        stream.codec_context.thread_count = 1
        # The picture itself may claim another size than the file: the decoder must refuse it before it takes memory.
        stream.codec_context.options = {"max_pixels": str(SIDE_MAX * SIDE_MAX)}
        seen = _look_through(file, stream, InvalidDataError)
        sound = bool(file.streams.audio)
    if seen.frame is None:
        raise HostileError("no picture in it")
    if seen.end < declared * 0.9 - _SLACK_SECONDS:
        raise HostileError(f"ends after {seen.end:.1f} of {declared:.1f} seconds")
    _check_size(seen.frame.width, seen.frame.height)
    _write(seen.frame, max(1, round(1000 * (declared or seen.end))), sound)


def _look_through(file: Any, stream: Any, broken: type[Exception]) -> _Seen:
    seen = _Seen()
    for number, packet in enumerate(file.demux()):
        if number > _PACKETS_MAX or seen.end > SECONDS_MAX:
            raise HostileError("more packets than a real video has")
        if packet.is_corrupt:
            raise HostileError("cut short")
        if packet.pts is not None and packet.time_base is not None:
            seen.end = max(seen.end, float((packet.pts + (packet.duration or 0)) * packet.time_base))
        if seen.frame is None and packet.stream is stream:
            try:
                seen.frame = next(iter(packet.decode()), None)
            except broken:
                seen.broken += 1
                if seen.broken > _BROKEN_MAX:
                    raise
    return seen


def _check_size(width: int, height: int) -> None:
    if not (0 < width <= SIDE_MAX and 0 < height <= SIDE_MAX):
        raise HostileError(f"{width}x{height}")


def _write(frame: Any, milliseconds: int, sound: bool) -> None:
    scale = min(1.0, _POSTER_SIDE / max(frame.width, frame.height))
    width, height = max(2, round(frame.width * scale)), max(2, round(frame.height * scale))
    poster = frame.reformat(width=width, height=height, format="rgb24")
    plane = poster.planes[0]
    facts = {
        "width": frame.width,
        "height": frame.height,
        "rotation": int(frame.rotation),
        "milliseconds": milliseconds,
        "sound": sound,
        "poster": [width, height, plane.line_size],
    }
    sys.stdout.buffer.write(json.dumps(facts).encode() + b"\n" + bytes(plane))


if __name__ == "__main__":
    main(sys.argv[1])
