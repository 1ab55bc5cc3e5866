"""Server-sent events, read so that a large one need not be taken in before there is room for it."""

from collections.abc import AsyncIterator


class Events:
    """One stream of events. The name of an event is known before its data is read.

    Raises ValueError once the stream has given more than `size_bytes_max`.
    """

    def __init__(self, chunks: AsyncIterator[bytes], size_bytes_max: int) -> None:
        self._chunks = chunks
        self._left = size_bytes_max
        self._buffer = bytearray()
        self._name = ""

    async def next(self) -> str | None:
        """The name of the next event that carries data, empty if it has none; None at the end of the stream."""
        self._name = ""
        while await self._has_line_or(b"data:"):
            if self._buffer.startswith(b"data:"):
                return self._name
            field, _, value = (self._line()).partition(b":")
            if field == b"event":
                self._name = value.strip().decode("utf-8", "replace")
            elif not field and not value:
                self._name = ""
        return None

    async def data(self) -> bytearray | None:
        """The data of the event that `next` named; None when the stream was cut in its first line."""
        whole: bytearray | None = None
        while await self._has_line_or():
            line = self._line()
            if not line:
                break
            field, _, value = line.partition(b":")
            if field == b"data":
                value = value.removeprefix(b" ")
                whole = value if whole is None else whole + b"\n" + value
        return whole

    async def _has_line_or(self, start: bytes = b"") -> bool:
        """Reads on until a line, or its beginning if that is `start`, is there. False at the end of the stream."""
        searched = 0
        while True:
            if start and self._buffer.startswith(start):
                return True
            if self._buffer.find(b"\n", searched) >= 0:
                return True
            searched = len(self._buffer)
            chunk = await anext(self._chunks, None)
            if chunk is None:
                return False
            self._left -= len(chunk)
            if self._left < 0:
                raise ValueError("the stream is larger than allowed")
            self._buffer += chunk

    def _line(self) -> bytearray:
        end = self._buffer.index(b"\n")
        line = self._buffer[:end]
        del self._buffer[: end + 1]
        return line.removesuffix(b"\r")
