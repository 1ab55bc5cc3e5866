"""The parts that files are made of, walked without decoding: PNG chunks, JPEG segments, RIFF chunks, MP4 boxes.

A broken file ends its walk early; nothing here raises on bytes.
"""

from collections.abc import Iterator
from typing import NamedTuple

_SCAN = b"\xff\xda"
_END = b"\xff\xd9"


class Part(NamedTuple):
    """One part, which lies from `start` to `end`; what it holds begins at `body`."""

    name: bytes
    start: int
    body: int
    end: int


def png_chunks(data: bytes) -> Iterator[Part]:
    """Every chunk up to and with IEND; what a file has after that is no part of the picture."""
    at, name = 8, b""
    while at + 12 <= len(data) and name != b"IEND":
        size, name = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        if at + 12 + size > len(data):
            return
        yield Part(name, at, at + 8, at + 12 + size)
        at += 12 + size


def jpeg_segments(data: bytes) -> Iterator[Part]:
    """Every segment after the first two bytes up to and with the end of the picture; a scan holds its pixels."""
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        name = data[at : at + 2]
        size = int.from_bytes(data[at + 2 : at + 4], "big")
        end = at + 2 + size
        if size < 2 or end > len(data):
            return
        if name == _SCAN:
            end = _end_of_scan(data, end)
        yield Part(name, at, at + 4, end)
        at = end
        if data[at : at + 2] == _END:
            yield Part(_END, at, at + 2, at + 2)
            return


def riff_chunks(data: bytes) -> Iterator[Part]:
    """The chunks of a WebP file, each with its byte of padding."""
    at = 12
    while at + 8 <= len(data):
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        end = at + 8 + size + size % 2
        if at + 8 + size > len(data):
            return
        yield Part(data[at : at + 4], at, at + 8, min(end, len(data)))
        at = end


def boxes(data: bytes) -> Iterator[Part]:
    """The boxes on the first level of an MP4 or AVIF file."""
    at = 0
    while at + 8 <= len(data):
        size, name, body = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8], at + 8
        if size == 1:
            size, body = int.from_bytes(data[at + 8 : at + 16], "big"), at + 16
        end = at + size if size else len(data)
        if end < body or end > len(data):
            return
        yield Part(name, at, body, end)
        at = end


def _end_of_scan(data: bytes, at: int) -> int:
    """Where the next marker stands; zeros and restarts after 0xFF belong to the pixels."""
    while (at := data.find(b"\xff", at)) >= 0:
        after = data[at + 1 : at + 2]
        if after and after != b"\0" and not b"\xd0" <= after <= b"\xd7" and after != b"\xff":
            return at
        at += 1 if after == b"\xff" else 2
    return len(data)
