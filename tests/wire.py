"""A provider of our own on a real socket: it keeps every request and answers as told, however badly."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

Reply = Callable[["Line"], Awaitable[None]]


@dataclass(frozen=True)
class Asked:
    """One request as it arrived."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        return json.loads(self.body)


@dataclass
class Line:
    """One connection, to be answered on."""

    asked: Asked
    writer: asyncio.StreamWriter
    sent: int = 0

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()
        self.sent += len(data)

    def cut(self) -> None:
        """Drops the connection as a crashed machine would."""
        self.writer.transport.abort()


@dataclass
class Wire:
    """Answers with `replies`, one for each request in turn, the last one for ever."""

    replies: list[Reply]
    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)

    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked]


@asynccontextmanager
async def serving(*replies: Reply) -> AsyncIterator[Wire]:
    """Listens on a free port of this machine while the block runs."""
    wire = Wire(list(replies))

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            line = Line(await _read(reader), writer)
            wire.asked.append(line.asked)
            wire.lines.append(line)
            reply = wire.replies.pop(0) if len(wire.replies) > 1 else wire.replies[0]
            await reply(line)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    wire.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    try:
        yield wire
    finally:
        server.close()


def says(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> Reply:
    """A whole answer: JSON, or the bytes given."""
    body = value if isinstance(value, bytes) else json.dumps(value).encode()

    async def reply(line: Line) -> None:
        await line.send(_head(status, {"Content-Length": str(len(body)), **(headers or {})}) + body)

    return reply


async def hangs(line: Line) -> None:
    """Takes the request and never answers."""
    await asyncio.sleep(3600)


async def hangs_up(line: Line) -> None:
    """Takes the request and drops the connection."""
    line.cut()


def stops_after(part: bytes, promised: int) -> Reply:
    """Begins an answer, then drops the connection in its middle."""

    async def reply(line: Line) -> None:
        await line.send(_head(200, {"Content-Length": str(promised)}) + part)
        await asyncio.sleep(0.05)
        line.cut()

    return reply


def pours(size_bytes: int) -> Reply:
    """An answer of that size that is not worth reading."""

    async def reply(line: Line) -> None:
        await line.send(_head(200, {"Content-Length": str(size_bytes)}) + b'{"data":[{"b64_json":"')
        chunk = b"A" * 65536
        while line.sent < size_bytes:
            await line.send(chunk)

    return reply


def drips(blanks: int, value: Any, seconds: float = 0.02) -> Reply:
    """Says 200 at once, sends blanks while it works, then the answer."""

    async def reply(line: Line) -> None:
        await line.send(_head(200, {}))
        for _ in range(blanks):
            await line.send(b" \n")
            await asyncio.sleep(seconds)
        await line.send(json.dumps(value).encode())

    return reply


def _head(status: int, headers: dict[str, str]) -> bytes:
    lines = [f"HTTP/1.1 {status} Said", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in {"Content-Type": "application/json", **headers}.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


async def _read(reader: asyncio.StreamReader) -> Asked:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *rest = head.strip().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)}
    body = bytearray()
    if headers.get("transfer-encoding") == "chunked":
        while size := int((await reader.readuntil(b"\r\n")).strip(), 16):
            body += (await reader.readexactly(size + 2))[:-2]
        await reader.readuntil(b"\r\n")
    else:
        body += await reader.readexactly(int(headers.get("content-length", 0)))
    return Asked(first.split(" ")[1], headers, bytes(body))
