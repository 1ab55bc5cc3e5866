"""The one maker of HTTP clients. `client` is for addresses that the operator set, `guarded_client` and `fetch` for
addresses that people or providers gave: those may only lead to the public internet."""

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable
from functools import cache
from typing import Any

import httpcore
import httpx

USER_AGENT = "GPT-Image-UI/0.1"
REDIRECTS_MAX = 3
# Servers commonly drop idle connections after 5 s. Letting go first avoids the race in which a paid call is written
# to a connection that is just being closed.
_LIMITS = httpx.Limits(max_connections=400, max_keepalive_connections=50, keepalive_expiry=3)
_PORTS = {"http": 80, "https": 443}
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
# Not for the public internet, though older patch releases of Python 3.11 still take them for global.
_RESERVED = tuple(ipaddress.ip_network(n) for n in ("192.0.0.0/24", "192.88.99.0/24", "3fff::/20"))

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Awaitable[list[str]]]


class FetchError(Exception):
    """Says the same for every cause, so that nobody can map our network by asking; the cause is chained for the log."""

    def __init__(self) -> None:
        super().__init__("that address could not be read")


def client(
    *, timeout_seconds: float = 120, connect_seconds: float = 5, transport: httpx.AsyncBaseTransport | None = None
) -> httpx.AsyncClient:
    """A client for addresses the operator set. Ignores proxy variables, follows no redirect, repeats nothing."""
    return httpx.AsyncClient(
        transport=transport,
        verify=_tls(),
        trust_env=False,
        follow_redirects=False,
        limits=_LIMITS,
        timeout=httpx.Timeout(timeout_seconds, connect=connect_seconds, pool=timeout_seconds),
        headers={"User-Agent": USER_AGENT},
    )


def guarded_client(*, timeout_seconds: float = 30, resolve: Resolve | None = None) -> httpx.AsyncClient:
    """A client that connects only to public addresses, on the very address that was checked."""
    return client(timeout_seconds=timeout_seconds, transport=_GuardedTransport(resolve or _resolve))


async def fetch(
    url: str, *, size_bytes_max: int, deadline_seconds: float = 60, resolve: Resolve | None = None
) -> tuple[bytes, str]:
    """The bytes behind an address we were given, and the media type it claims. Raises FetchError."""
    try:
        async with (
            asyncio.timeout(deadline_seconds),
            guarded_client(timeout_seconds=deadline_seconds, resolve=resolve) as opener,
        ):
            return await _follow(opener, url, size_bytes_max)
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, TimeoutError, OSError) as error:
        raise FetchError from error


async def read_capped(chunks: Any, size_bytes_max: int) -> bytearray:
    """Everything a stream gives. Raises ValueError once it gives more than allowed."""
    body = bytearray()
    async for chunk in chunks:
        body += chunk
        if len(body) > size_bytes_max:
            raise ValueError("the answer is larger than allowed")
    return body


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public internet, seen through the notations that wrap one in another."""
    try:
        ip = _unwrap(ipaddress.ip_address(address.partition("%")[0]))
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address) and (ip not in _GLOBAL_UNICAST or ip.teredo is not None):
        return False
    if any(ip.version == network.version and ip in network for network in _RESERVED):
        return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def is_private_host(host: str) -> bool:
    """Whether a host, by its name alone, is this machine or one beside it. Asks no name server."""
    host = host.strip("[]").rstrip(".").lower()
    try:
        return not is_public(str(ipaddress.ip_address(host)))
    except ValueError:
        return "." not in host or host.endswith((".local", ".localhost", ".internal", ".lan", ".home.arpa"))


def check_url(url: str | httpx.URL) -> httpx.URL:
    """Raises ValueError unless it is a plain web address: http or https, the usual port, no name and password."""
    checked = httpx.URL(url)
    if checked.scheme not in _PORTS or not checked.host:
        raise ValueError("not a web address")
    if checked.userinfo:
        raise ValueError("an address with a name or password in it")
    if checked.port not in (None, *_PORTS.values()):
        raise ValueError("an unusual port")
    return checked


async def _follow(opener: httpx.AsyncClient, url: str, size_bytes_max: int) -> tuple[bytes, str]:
    target = check_url(url)
    for _ in range(REDIRECTS_MAX + 1):
        # No compression: a few kilobytes could unpack into gigabytes within a single chunk.
        request = opener.build_request("GET", target, headers={"Accept-Encoding": "identity"})
        response = await opener.send(request, stream=True)
        try:
            if response.is_redirect:
                target = check_url(target.join(response.headers["location"]))
                continue
            response.raise_for_status()
            if response.headers.get("content-encoding", "identity") != "identity":
                raise ValueError("a compressed answer")
            body = await read_capped(response.aiter_raw(), size_bytes_max)
            return bytes(body), response.headers.get("content-type", "").partition(";")[0].strip().lower()
        finally:
            await response.aclose()
    raise ValueError("too many redirects")


class _GuardedTransport(httpx.AsyncHTTPTransport):
    def __init__(self, resolve: Resolve) -> None:
        super().__init__(verify=_tls(), trust_env=False)
        # httpx offers no public way to give its pool a network; httpx is pinned and a test watches this attribute.
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=_tls(), keepalive_expiry=0, network_backend=_GuardedNetwork(resolve)
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        try:
            check_url(request.url)
        except ValueError as error:
            raise httpx.UnsupportedProtocol(str(error), request=request) from error
        return await super().handle_async_request(request)


class _GuardedNetwork(httpcore.AsyncNetworkBackend):
    """Looks a name up once, checks every answer, and connects to a checked one: a second lookup could differ.

    Certificates are still checked against the name.
    """

    def __init__(self, resolve: Resolve) -> None:
        self._look_up = resolve
        self._network: httpcore.AsyncNetworkBackend = httpcore.AnyIOBackend()  # type: ignore[assignment]

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 (httpcore's signature)
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        answers = await self._look_up(host, port)
        if not answers or not all(is_public(answer) for answer in answers):
            raise httpcore.ConnectError("not a public address")
        for answer in answers[:-1]:
            try:
                return await self._network.connect_tcp(answer, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return await self._network.connect_tcp(answers[-1], port, timeout, local_address, socket_options)

    async def sleep(self, seconds: float) -> None:
        await self._network.sleep(seconds)


async def _resolve(host: str, port: int) -> list[str]:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpcore.ConnectError("the name does not resolve") from error
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def _unwrap(ip: Address) -> Address:
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return ip.ipv4_mapped
        if ip.sixtofour is not None:
            return ip.sixtofour
        if ip in _NAT64:
            return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip


@cache
def _tls() -> ssl.SSLContext:
    # Reading the certificate bundle takes some 20 ms, so every client shares one.
    return httpx.create_ssl_context(trust_env=False)
