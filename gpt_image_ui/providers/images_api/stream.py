"""An answer that comes as events: unfinished pictures are shown, the finished one lands.

A stream that ends before its last event leaves open what was made and paid for.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any, Protocol

import httpx

from gpt_image_ui.providers import line
from gpt_image_ui.providers.images_api import answers
from gpt_image_ui.providers.images_api.events import Events
from gpt_image_ui.providers.interface import BadAnswerError, Call, GeneratedImage, OutcomeUnknownError, ProviderError


class Limits(Protocol):
    """How long a stream may take and how much it may give."""

    @property
    def timeout_seconds(self) -> float: ...

    @property
    def body_seconds(self) -> float: ...

    @property
    def answer_bytes_max(self) -> int: ...


async def take(response: httpx.Response, limits: Limits, call: Call) -> tuple[answers.Found, int]:
    """Reads to the finished picture. Gives what its event held and how many landed. Raises ProviderError."""
    events = Events(unpacked(response), limits.answer_bytes_max)
    ends_at = time.monotonic() + limits.timeout_seconds
    shown = False
    while True:
        name = await _read(events.next(), ends_at - time.monotonic())
        if name is None:
            raise OutcomeUnknownError("the stream ended before its last event")
        if name.endswith(".completed"):
            return await _land(events, limits, call)
        event = await _parsed(events, ends_at - time.monotonic())
        kind = str(event.get("type") or name)
        if kind.endswith(".completed"):
            return await _land_known(event, call)
        if kind.endswith(".partial_image"):
            shown = True
            await _show(event, call)
        elif kind == "error" or event.get("error"):
            error = answers.complaint_of(event)
            raise answers.ended(error) if shown else error


async def unpacked(response: httpx.Response) -> AsyncIterator[bytes]:
    """The bytes of an answer. Raises BadAnswerError where they are packed in a way that cannot be undone."""
    try:
        async for chunk in response.aiter_bytes():
            yield chunk
    except httpx.DecodingError as error:
        raise BadAnswerError("the answer cannot be unpacked") from error


async def _land(events: Events, limits: Limits, call: Call) -> tuple[answers.Found, int]:
    """Reads the finished picture at the landing gate, not before: it is the largest event by far."""
    found: list[answers.Found] = []
    counted = 0

    async def read() -> list[GeneratedImage]:
        nonlocal counted
        event = await _parsed(events, limits.body_seconds)
        found.append(await asyncio.to_thread(_find, event))
        counted = len(found[0].pictures)
        return found[0].pictures

    await call.land(read)
    return found[0], counted


async def _land_known(event: dict[str, Any], call: Call) -> tuple[answers.Found, int]:
    """For a server that names its events only within their data."""
    found = await asyncio.to_thread(_find, event)
    counted = len(found.pictures)

    async def read() -> list[GeneratedImage]:
        return found.pictures

    if counted:
        await call.land(read)
    return found, counted


def _find(event: dict[str, Any]) -> answers.Found:
    return answers.sort([event], event.get("usage"))


async def _show(event: dict[str, Any], call: Call) -> None:
    try:
        unfinished = (await asyncio.to_thread(_find, event)).pictures
    except ProviderError:
        return
    for picture in unfinished:
        await call.preview(picture.data)


async def _parsed(events: Events, seconds: float) -> dict[str, Any]:
    """One event's data. `[DONE]` and other words that are no object say nothing."""
    data = await _read(events.data(), seconds)
    if data is None:
        raise OutcomeUnknownError("the stream was cut within an event")
    if not data.lstrip().startswith(b"{"):
        return {}
    return await asyncio.to_thread(answers.parse, data)


async def _read(reading: Any, seconds: float) -> Any:
    async with line.paid(seconds):
        try:
            return await reading
        except ValueError as error:
            raise BadAnswerError("the stream is larger than allowed") from error
