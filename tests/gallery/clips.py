"""Small videos, made here: a red first picture, then blue ones."""

import subprocess
import sys
from fractions import Fraction
from io import BytesIO
from pathlib import Path

import av
import numpy as np

ROOT = Path(__file__).parents[2]
FORMS = {"mp4": ("libx264", "aac", 44_100), "webm": ("libvpx-vp9", "libopus", 48_000)}


def clip(
    form: str = "mp4",
    size: tuple[int, int] = (320, 180),
    seconds: float = 2.0,
    *,
    sound: bool = False,
    codec: str = "",
    rate: int = 10,
    flags: str = "",
) -> bytes:
    """`flags` are the mp4 writer's: "frag_keyframe+empty_moov" puts the index before what it speaks of."""
    out = BytesIO()
    with av.open(out, "w", format=form, options={"movflags": flags} if flags else {}) as file:
        name, voice, hertz = FORMS[form]
        stream = file.add_stream(codec or name, rate=rate)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        audio = file.add_stream(voice, rate=hertz) if sound else None
        for number in range(round(seconds * rate)):
            pixels = np.zeros((size[1], size[0], 3), np.uint8)
            pixels[:, :, 2 if number else 0] = 255
            for packet in stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")):
                file.mux(packet)
        if audio:
            _hum(file, audio, round(seconds * hertz), hertz)
        for packet in stream.encode():
            file.mux(packet)
    return out.getvalue()


def clip_made_apart(form: str, codec: str) -> bytes:
    """A clip from an encoder that must not run in this process: as root, SVT-AV1 makes the process that calls it
    real-time, and every browser that a later test starts would inherit that and keep the machine to itself."""
    program = (
        "import sys; from tests.gallery.clips import clip; "
        "sys.stdout.buffer.write(clip(sys.argv[1], codec=sys.argv[2]))"
    )
    made = subprocess.run([sys.executable, "-c", program, form, codec], cwd=ROOT, capture_output=True, check=True)
    return made.stdout


def _hum(file, audio, samples: int, hertz: int) -> None:
    for start in range(0, samples, 960):
        tone = np.sin(np.arange(start, start + 960) * 0.05).astype(np.float32)
        frame = av.AudioFrame.from_ndarray(np.stack([tone, tone]), format="fltp", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = hertz, start, Fraction(1, hertz)
        for packet in audio.encode(frame):
            file.mux(packet)
    for packet in audio.encode():
        file.mux(packet)


def turned(data: bytes, degrees: int) -> bytes:
    """The same mp4, said to be shown turned by so many degrees with the clock."""
    matrix = {
        90: (0, 1, 0, -1, 0, 0, 0, 0, 0x4000),
        180: (-1, 0, 0, 0, -1, 0, 0, 0, 0x4000),
        270: (0, -1, 0, 1, 0, 0, 0, 0, 0x4000),
    }[degrees]
    at = data.index(b"tkhd") + 4 + 4 + 4 * 5 + 8 + 8  # version and flags, five numbers, reserved, layer to volume
    words = b"".join((value * 0x10000).to_bytes(4, "big", signed=True) for value in matrix)
    return data[:at] + words + data[at + 36 :]


def bomb() -> bytes:
    """A small webm whose first picture, as its decoder reads it, has 16,383 pixels on each side."""
    data = clip("webm", codec="libvpx")
    at = data.index(b"\x9d\x01\x2a") + 3
    return data[:at] + b"\xff\x3f\xff\x3f" + data[at + 4 :]


def voice() -> bytes:
    """An mp4 of sound alone."""
    out = BytesIO()
    with av.open(out, "w", format="mp4") as file:
        _hum(file, file.add_stream("aac", rate=44_100), 44_100, 44_100)
    return out.getvalue()
