"""Addresses we were given lead to the public internet or nowhere; nothing is read without a limit."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import httpcore
import httpx
import pytest

from gpt_image_ui.core import http

PUBLIC = "93.184.216.34"
NOT_PUBLIC = [
    "127.0.0.1",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "192.0.0.8",
    "192.88.99.1",
    "198.18.0.1",
    "203.0.113.7",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:0:7f00:1",
    "::ffff:a9fe:a9fe",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::808:808",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:a9fe:a9fe::1",
    "3fff::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "not an address",
]
REFUSED_URLS = [
    "http://127.0.0.1/",
    "http://localhost/",
    "http://localhost./",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://017700000001/",
    "http://0177.0.0.1/",
    "http://127.1/",
    "http://0/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://169.254.169.254/latest/meta-data/",
    "http://10.0.0.1/",
    "http://100.64.0.1/",
    "http://[fd00::1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://①②⑦.0.0.1/",
    "ftp://example.com/",
    "file:///etc/passwd",
    "gopher://127.0.0.1/",
    "http://example.com:22/",
    "https://example.com:8443/",
    "http://name@example.com/",
    "http://name:secret@example.com/",
    "http:///nowhere",
    "//example.com/",
    "",
    "http://[::1",
]

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], object]


@asynccontextmanager
async def listening(handler: Handler) -> AsyncIterator[int]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await handler(reader, writer)  # type: ignore[misc]
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


def answering(*answers: bytes) -> Handler:
    """Gives one prepared answer to each connection in turn."""
    left = list(answers)

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(left.pop(0))
        await writer.drain()

    return handler


def page(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch):
    """Leads connections to public addresses to a local port instead, and keeps what was dialled."""
    dialled: list[tuple[str, int]] = []
    real = httpcore.AnyIOBackend.connect_tcp

    def to(port: int) -> list[tuple[str, int]]:
        async def connect(self, host, wanted, timeout=None, local_address=None, socket_options=None):  # noqa: ASYNC109
            dialled.append((host, wanted))
            return await real(self, "127.0.0.1", port, timeout, local_address, socket_options)

        monkeypatch.setattr(httpcore.AnyIOBackend, "connect_tcp", connect)
        return dialled

    return to


async def public(host: str, port: int) -> list[str]:
    return [PUBLIC]


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_addresses_inside_are_not_public(address: str) -> None:
    assert not http.is_public(address)


@pytest.mark.parametrize("address", [PUBLIC, "8.8.8.8", "2606:4700::1111", "64:ff9b::808:808", "2002:808:808::1"])
def test_addresses_outside_are_public(address: str) -> None:
    assert http.is_public(address)


@pytest.mark.parametrize("url", REFUSED_URLS)
async def test_every_notation_of_an_inner_address_is_refused_in_the_same_words(url: str, wire) -> None:
    dialled = wire(1)
    with pytest.raises(http.FetchError) as caught:
        await http.fetch(url, size_bytes_max=100, deadline_seconds=5)
    assert str(caught.value) == "that address could not be read"
    assert dialled == []


async def test_a_public_address_is_read_on_the_address_that_was_checked(wire) -> None:
    async with listening(answering(page(b"picture", "Content-Type: image/PNG; charset=binary"))) as port:
        dialled = wire(port)
        got = await http.fetch("http://pictures.example/a.png", size_bytes_max=100, resolve=public)
    assert got == (b"picture", "image/png")
    assert dialled == [(PUBLIC, 80)]


async def test_one_inner_address_among_the_answers_is_enough_to_refuse(wire) -> None:
    async def mixed(host: str, port: int) -> list[str]:
        return [PUBLIC, "10.0.0.7"]

    dialled = wire(1)
    with pytest.raises(http.FetchError):
        await http.fetch("http://mixed.example/", size_bytes_max=100, resolve=mixed)
    assert dialled == []


async def test_a_name_that_changes_its_answer_is_looked_up_once_for_each_connection(wire) -> None:
    answers = [[PUBLIC], ["127.0.0.1"]]

    async def rebinding(host: str, port: int) -> list[str]:
        return answers.pop(0)

    async with listening(answering(page(b"", "Location: /again", status="302 Found"), page(b"inside"))) as port:
        dialled = wire(port)
        with pytest.raises(http.FetchError):
            await http.fetch("http://rebinding.example/", size_bytes_max=100, resolve=rebinding)
    assert dialled == [(PUBLIC, 80)], "the first lookup was used as it was checked, the second was checked too"


@pytest.mark.parametrize(
    "target",
    ["http://127.0.0.1/", "http://pictures.example:8080/", "file:///etc/passwd", "http://u:p@pictures.example/"],
)
async def test_a_redirect_is_held_to_the_same_rules(wire, target: str) -> None:
    async def by_literal(host: str, port: int) -> list[str]:
        return [host if host == "127.0.0.1" else PUBLIC]

    async with listening(answering(page(b"", f"Location: {target}", status="302 Found"), page(b"x"))) as port:
        dialled = wire(port)
        with pytest.raises(http.FetchError):
            await http.fetch("http://pictures.example/", size_bytes_max=100, resolve=by_literal)
    assert len(dialled) == 1


async def test_three_redirects_are_followed_and_a_fourth_is_not(wire) -> None:
    hop = page(b"", "Location: /next", status="302 Found")
    async with listening(answering(hop, hop, hop, page(b"there"), hop, hop, hop, hop, page(b"too far"))) as port:
        wire(port)
        assert (await http.fetch("http://a.example/", size_bytes_max=100, resolve=public))[0] == b"there"
        with pytest.raises(http.FetchError):
            await http.fetch("http://a.example/", size_bytes_max=100, resolve=public)


async def test_reading_stops_at_the_limit(wire) -> None:
    sent = 0

    async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
        while sent < 200_000_000:
            writer.write(b"x" * 65536)
            await writer.drain()
            sent += 65536

    async with listening(endless) as port:
        wire(port)
        with pytest.raises(http.FetchError):
            await http.fetch("http://a.example/", size_bytes_max=1_000_000, resolve=public)
    assert sent < 50_000_000


async def test_a_packed_answer_is_refused_unread(wire) -> None:
    async with listening(answering(page(b"\x1f\x8b", "Content-Encoding: gzip"))) as port:
        wire(port)
        with pytest.raises(http.FetchError):
            await http.fetch("http://a.example/", size_bytes_max=100, resolve=public)


async def test_an_answer_that_never_comes_ends_at_the_deadline(wire) -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with listening(silent) as port:
        wire(port)
        with pytest.raises(http.FetchError):
            await http.fetch("http://a.example/", size_bytes_max=100, deadline_seconds=0.2, resolve=public)


async def test_an_error_page_is_not_an_answer(wire) -> None:
    async with listening(answering(page(b"no", status="404 Not Found"))) as port:
        wire(port)
        with pytest.raises(http.FetchError):
            await http.fetch("http://a.example/", size_bytes_max=100, resolve=public)


async def test_the_guarded_client_itself_refuses_ports_and_inner_addresses() -> None:
    async with http.guarded_client() as guarded:
        with pytest.raises(httpx.UnsupportedProtocol):
            await guarded.get("http://example.com:8000/")
        with pytest.raises(httpx.ConnectError):
            await guarded.get("http://127.0.0.1/")


async def test_the_guard_sits_where_httpx_takes_its_connections_from() -> None:
    plain = httpx.AsyncHTTPTransport()
    assert isinstance(plain._pool, httpcore.AsyncConnectionPool), "httpx moved its pool: the guard must move too"
    async with http.guarded_client() as guarded:
        backend = guarded._transport._pool._network_backend  # type: ignore[attr-defined]
    assert isinstance(backend, http._GuardedNetwork)


async def test_proxy_variables_do_not_lead_calls_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setitem(os.environ, name, "http://127.0.0.1:9")
    async with listening(answering(page(b"direct"))) as port, http.client() as opener:
        assert (await opener.get(f"http://127.0.0.1:{port}/")).content == b"direct"


async def test_a_plain_client_follows_no_redirect_and_says_who_calls() -> None:
    asked: list[bytes] = []

    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(page(b"", "Location: /elsewhere", status="307 Temporary Redirect"))
        await writer.drain()

    async with listening(handler) as port, http.client() as opener:
        assert (await opener.post(f"http://127.0.0.1:{port}/", content=b"")).status_code == 307
    assert len(asked) == 1
    assert f"user-agent: {http.USER_AGENT}".lower().encode() in asked[0].lower()


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1", "[::1]", "192.168.0.9", "sd-server", "box.local", "gpu.lan"]
)
def test_hosts_beside_us_are_known_by_name(host: str) -> None:
    assert http.is_private_host(host)


@pytest.mark.parametrize("host", ["api.openai.com", "8.8.8.8", "localhost.example.com"])
def test_hosts_outside_are_known_by_name(host: str) -> None:
    assert not http.is_private_host(host)
