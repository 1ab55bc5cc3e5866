"""The line to a vendor: what becomes of a call when it fails, answers that are read with a bound, and the fetching of
what a task made. Shared by the providers that work in tasks."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from gpt_image_ui.core import clock, http
from gpt_image_ui.providers.interface import BadAnswerError, BadRequestError, OutcomeUnknownError, UnavailableError

_ANSWER_BYTES_MAX = 1024 * 1024
_RETRY_AFTER_MAX_SECONDS = 3600.0
_GONE = (401, 403, 404, 410)
_FETCHES_MAX = 3
_TASKS_MAX = 20_000


@dataclass(frozen=True)
class Said:
    """A whole answer. `json` is None where the body is not JSON."""

    status: int
    headers: httpx.Headers
    json: Any


def plain_address(value: str, default: str) -> str:
    """The base address that an operator set, without a trailing slash; empty means the vendor's own."""
    url = httpx.URL(value.strip() or default)
    if url.scheme not in ("http", "https") or not url.host or url.userinfo or url.query or url.fragment:
        raise ValueError("must be a plain http or https address, such as http://127.0.0.1:1234")
    return str(url).rstrip("/")


@asynccontextmanager
async def paid(seconds: float) -> AsyncIterator[None]:
    """Around a create: tells a call that never left from one whose outcome nobody knows."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        raise UnavailableError(type(error).__name__) from error
    except (httpx.UnsupportedProtocol, httpx.LocalProtocolError, httpx.InvalidURL) as error:
        raise BadRequestError(type(error).__name__) from error
    except (httpx.HTTPError, TimeoutError) as error:
        raise OutcomeUnknownError(type(error).__name__) from error


@asynccontextmanager
async def free(seconds: float) -> AsyncIterator[None]:
    """Around a call that costs nothing: whatever breaks, it can be made again."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
        raise UnavailableError(type(error).__name__) from error


async def answer(response: httpx.Response) -> Said:
    """Reads a small answer to its end and lets the line go. A longer one counts as no JSON."""
    try:
        body = await http.read_capped(response.aiter_bytes(), _ANSWER_BYTES_MAX)
    except ValueError:
        body = bytearray()
    finally:
        await response.aclose()
    return Said(response.status_code, response.headers, parse(bytes(body)))


async def complaint(response: httpx.Response) -> Said:
    """Reads the words of a failure, as far as they come."""
    try:
        async with asyncio.timeout(10):
            return await answer(response)
    except (httpx.HTTPError, TimeoutError):
        return Said(response.status_code, response.headers, None)


def parse(body: bytes | str) -> Any:
    """What the JSON says, None if it is none."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def retry_after(headers: httpx.Headers) -> float | None:
    """The seconds to wait that a server asks for, as a number or as a date; at most an hour."""
    given = headers.get("retry-after", "")
    try:
        seconds = float(given)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(given) - clock.now()).total_seconds()
        except (TypeError, ValueError):
            return None
    return min(max(seconds, 0.0), _RETRY_AFTER_MAX_SECONDS) if seconds == seconds else None


async def fetch(
    client: httpx.AsyncClient, address: str, homes: Iterable[str], *, size_bytes_max: int, seconds: float
) -> bytes:
    """What lies at an address that a vendor gave, without credentials: on the public internet, or on one of the
    `homes` if the operator's own base address is private. Raises http.FetchError."""
    try:
        target = httpx.URL(address)
    except httpx.InvalidURL as error:
        raise http.FetchError from error
    if not any(_same_private(target, httpx.URL(home)) for home in homes):
        data, _ = await http.fetch(address, size_bytes_max=size_bytes_max, deadline_seconds=seconds)
        return data
    try:
        async with asyncio.timeout(seconds), client.stream("GET", target) as response:
            if response.is_redirect:
                raise ValueError("a redirect")
            response.raise_for_status()
            return bytes(await http.read_capped(response.aiter_bytes(), size_bytes_max))
    except (httpx.HTTPError, ValueError, OSError) as error:
        raise http.FetchError from error


def is_gone(error: http.FetchError) -> bool:
    """Whether the address was good once and is not any more."""
    cause = error.__cause__
    return isinstance(cause, httpx.HTTPStatusError) and cause.response.status_code in _GONE


class Watch:
    """What one process remembers of the tasks it asks after: since when, and how often the fetching of one failed.

    Lost with the process, which only makes it more patient.
    """

    def __init__(self) -> None:
        self._since: dict[str, float] = {}
        self._failed: dict[str, int] = {}

    def age(self, task: str) -> float:
        """Seconds since this task was first heard of."""
        while len(self._since) >= _TASKS_MAX:
            self.forget(next(iter(self._since)))
        now = time.monotonic()
        return now - self._since.setdefault(task, now)

    def not_fetched(self, task: str, error: http.FetchError) -> BadAnswerError | UnavailableError:
        """What a failed fetch means: to be tried at the next question, or nothing that can ever be had."""
        self._failed[task] = self._failed.get(task, 0) + 1
        hopeless = isinstance(error.__cause__, ValueError | httpx.InvalidURL | httpx.UnsupportedProtocol)
        if hopeless or self._failed[task] >= _FETCHES_MAX:
            return BadAnswerError("what the task made cannot be fetched")
        return UnavailableError("what the task made cannot be fetched yet")

    def forget(self, task: str) -> None:
        """For a task that has ended."""
        self._since.pop(task, None)
        self._failed.pop(task, None)


def _same_private(target: httpx.URL, home: httpx.URL) -> bool:
    return http.is_private_host(home.host) and (target.host, target.port) == (home.host, home.port)
