"""One call to an OpenAI-shaped server and the landing of what it answers. Nothing here is ever sent twice."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import httpx

from gpt_image_ui.core import http
from gpt_image_ui.providers import line, masking
from gpt_image_ui.providers.images_api import answers, stream
from gpt_image_ui.providers.interface import BadAnswerError, Call, Completed, GeneratedImage

_FETCH_SECONDS = 60
_ERROR_BYTES_MAX = 256 * 1024
# Finds the pictures in the body of an answer to a request for so many. Runs in a thread.
Understand = Callable[[bytearray, int], answers.Found]


@dataclass(frozen=True)
class Server:
    """Where the calls go. `timeout_seconds` ends the wait for an answer, `body_seconds` the reading of it. Pictures
    that it gives by address are fetched from the public internet, or from itself or `files_url` where these are of the
    operator's own network."""

    base_url: str
    api_key: str
    timeout_seconds: float
    body_seconds: float
    answer_bytes_max: int
    files_url: str = ""

    def headers(self) -> dict[str, str]:
        """Base64 hardly packs, and unpacking it costs more time than it saves."""
        return {"Accept-Encoding": "identity"} | ({"Authorization": f"Bearer {self.api_key}"} if self.api_key else {})


async def submit(
    client: httpx.AsyncClient, server: Server, call: Call, fields: dict[str, Any], price: answers.TokenPrice
) -> Completed:
    """Asks once and lands what comes. Raises ProviderError."""
    request = await build(client, server, call, fields)
    async with line.paid(server.timeout_seconds):
        response = await client.send(request, stream=True)
    try:
        if response.status_code != 200:
            raise answers.failure(response.status_code, response.headers, await error_body(response))
        if response.headers.get("content-type", "").startswith("text/event-stream"):
            found, delivered = await stream.take(response, server, call)
        else:
            found, delivered = await take(response, server, call)
    finally:
        await response.aclose()
    for position, address, said in found.addresses:
        delivered += await _land_from(client, server, call, position, address, said)
    if not delivered:
        raise BadAnswerError("no picture could be fetched from the addresses in the answer")
    return Completed(
        delivered=delivered,
        request_id=response.headers.get("x-request-id", "")[:128],
        cost_micros=answers.cost_micros(found.usage, price),
        refused=found.refused,
    )


async def build(
    client: httpx.AsyncClient, server: Server, call: Call, fields: dict[str, Any], *, ending: str = ""
) -> httpx.Request:
    """A request for new pictures, or a form with the references and the mask. `ending` is added to the path."""
    if not call.references:
        url = f"{server.base_url}/images/generations{ending}"
        return client.build_request("POST", url, json=fields, headers=server.headers())
    files = [
        ("image[]", (f"{number}.{reference.media_type.partition('/')[2]}", reference.data, reference.media_type))
        for number, reference in enumerate(call.references, 1)
    ]
    if call.mask is not None:
        hole = await asyncio.to_thread(masking.as_hole, call.mask.data, call.references[0].data)
        files.append(("mask", ("mask.png", hole, "image/png")))
    data = {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in fields.items()}
    url = f"{server.base_url}/images/edits{ending}"
    return client.build_request("POST", url, data=data, files=files, headers=server.headers())


async def fetch(client: httpx.AsyncClient, server: Server, address: str) -> bytes:
    """The bytes behind an address that the server gave; our key stays here. Raises FetchError."""
    homes = [home for home in (server.base_url, server.files_url) if home]
    return await line.fetch(client, address, homes, size_bytes_max=server.answer_bytes_max, seconds=_FETCH_SECONDS)


async def error_body(response: httpx.Response) -> bytes:
    """The words of a failure, as far as they come."""
    try:
        async with asyncio.timeout(10):
            return bytes(await http.read_capped(response.aiter_bytes(), _ERROR_BYTES_MAX))
    except (httpx.HTTPError, ValueError, TimeoutError):
        return b""


async def take(
    response: httpx.Response, server: Server, call: Call, understand: Understand = answers.read
) -> tuple[answers.Found, int]:
    """Lands the pictures that stand in an answer. Gives what the answer held and how many landed."""
    chunks = stream.unpacked(response)
    async with line.paid(server.timeout_seconds):
        first = await _first_words(chunks)
    found: list[answers.Found] = []
    counted = 0

    async def read() -> list[GeneratedImage]:
        nonlocal counted
        async with line.paid(server.body_seconds):
            try:
                body = await http.read_capped(_joined(first, chunks), server.answer_bytes_max)
            except ValueError as error:
                raise BadAnswerError("the answer is larger than allowed") from error
        found.append(await asyncio.to_thread(understand, body, call.request.count))
        counted = len(found[0].pictures)
        return found[0].pictures

    await call.land(read)
    return found[0], counted


async def _land_from(
    client: httpx.AsyncClient, server: Server, call: Call, position: int, address: str, said: str
) -> int:
    """Lands one picture that the answer gave by address; 0 when it cannot be had."""

    async def fetched() -> list[GeneratedImage]:
        return [GeneratedImage(position, await fetch(client, server, address), None, said)]

    try:
        await call.land(fetched)
    except http.FetchError:
        return 0
    return 1


async def _first_words(chunks: AsyncIterator[bytes]) -> bytes:
    """Waits for the answer proper. Some servers send blanks while they draw; nobody waits at the gate for those."""
    async for chunk in chunks:
        if words := chunk.lstrip():
            return words
    return b""


async def _joined(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for chunk in rest:
        yield chunk
