"""A visitor without a browser: a cookie, one socket in the studio's own event protocol, one connection for tiles.

Light enough that a hundred of them leave the processor to the studio that is being measured.
"""

import asyncio
import json
import os
import re
import struct
import time
import uuid
from urllib.parse import urlsplit

_NAMESPACE = "/_event"
_CREATE = "reflex___state____state.gpt_image_ui___web___pages___studio___state____studio_state.create"
_HYDRATE = "reflex___state____state.hydrate_and_load"
_READY = re.compile(rb'"nonce_rx_state_":"[0-9a-f]{8}')
_NEWEST = re.compile(rb'"newest_rx_state_":\[\{"id":(\d+)')
_SECONDS = 90


class Person:
    """One tab of one guest. `received` counts the bytes that its socket brought, `largest` the longest message."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.host, self.port = parts.hostname or "localhost", parts.port or 80
        self.cookie, self.newest, self.largest = "", 0, 0
        self._changed = asyncio.Event()
        self._ready = asyncio.Event()
        self._listening: asyncio.Task[None] | None = None

    async def enter(self) -> None:
        """Opens the studio: the document, which makes a guest, and the socket, until the page is filled."""
        self._http = await self._connect()
        await self.get("/studio")
        self._reader, self._writer = await self._connect()
        token = str(uuid.uuid4())
        self._writer.write(
            self._request(
                f"{_NAMESPACE}/?token={token}&EIO=4&transport=websocket",
                "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
            )
        )
        head = await self._reader.readuntil(b"\r\n\r\n")
        assert b" 101 " in head, head
        self._listening = asyncio.ensure_future(self._listen())
        page = {"pathname": "/studio", "asPath": "/studio"}
        event = {"name": _HYDRATE, "payload": {}, "router_data": page}
        self._send(f"40{_NAMESPACE},{json.dumps({'event': event})}")
        async with asyncio.timeout(_SECONDS):
            await self._ready.wait()

    def press_create(self, prompt: str) -> None:
        """Sends what the form sends."""
        form = {"__reflex_form_data__": [["prompt", prompt], ["nonce", uuid.uuid4().hex]]}
        page = {"pathname": "/studio", "asPath": "/studio"}
        event = {"name": _CREATE, "payload": {"form": form}, "router_data": page}
        self._send(f"42{_NAMESPACE},{json.dumps(['event', event])}")

    async def create(self, prompt: str, width: int = 320) -> tuple[float, int]:
        """From Create to the new tile's last byte: seconds, and how many bytes the tile has."""
        before, began = self.newest, time.perf_counter()
        self.press_create(prompt)
        async with asyncio.timeout(_SECONDS):
            while self.newest == before:
                self._changed.clear()
                await self._changed.wait()
            tile = await self.get(f"/media/{self.newest}/{width}")
        return time.perf_counter() - began, len(tile)

    async def get(self, path: str) -> bytes:
        """The body behind a path, by the connection that is kept. Raises AssertionError unless it is 200."""
        for again in (True, False):
            try:
                self._http[1].write(self._request(path))
                head = (await self._http[0].readuntil(b"\r\n\r\n")).decode("latin-1")
                break
            except (ConnectionError, asyncio.IncompleteReadError):
                assert again, "the connection was dropped twice"
                self._http = await self._connect()
        assert " 200 " in head.split("\r\n", 1)[0], head
        if found := re.search(r"set-cookie: (session=[^;]+)", head, re.IGNORECASE):
            self.cookie = found[1]
        length = re.search(r"content-length: (\d+)", head, re.IGNORECASE)
        assert length, "an answer without a length"
        return await self._http[0].readexactly(int(length[1]))

    async def leave(self) -> None:
        """Closes the tab."""
        if self._listening:
            self._listening.cancel()
        for writer in (self._writer, self._http[1]):
            writer.close()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 20)

    def _request(self, path: str, more: str = "") -> bytes:
        cookie = f"Cookie: {self.cookie}\r\n" if self.cookie else ""
        origin = f"http://{self.host}:{self.port}"
        return (
            f"GET {path} HTTP/1.1\r\nHost: {self.host}:{self.port}\r\nOrigin: {origin}\r\n{cookie}{more}\r\n".encode()
        )

    def _send(self, text: str) -> None:
        data, mask = text.encode(), os.urandom(4)
        size = len(data)
        head = bytes([0x81, 0x80 | size]) if size < 126 else bytes([0x81, 0x80 | 126]) + struct.pack(">H", size)
        repeated = (mask * (size // 4 + 1))[:size]
        covered = (int.from_bytes(data, "big") ^ int.from_bytes(repeated, "big")).to_bytes(size, "big")
        self._writer.write(head + mask + covered)

    async def _listen(self) -> None:
        while True:
            first, size = await self._reader.readexactly(2)
            if size >= 126:
                size = int.from_bytes(await self._reader.readexactly(2 if size == 126 else 8), "big")
            message = await self._reader.readexactly(size)
            if first & 0x0F != 1:
                continue
            self.largest = max(self.largest, size)
            if message == b"2":
                self._send("3")
            if _READY.search(message):
                self._ready.set()
            if found := _NEWEST.search(message):
                self.newest = int(found[1])
                self._changed.set()
