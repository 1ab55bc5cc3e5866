"""OpenAI's moderation endpoint. It takes one picture a call, so each reference is sent with the prompt; the highest
score counts. Minors are judged from text alone there: a clean result says nothing about a picture."""

import asyncio
import base64
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import httpx
from PIL import Image

from gpt_image_ui.core import http
from gpt_image_ui.moderation import policy
from gpt_image_ui.moderation.policy import ModerationSettings

NAME = "openai"
_ANSWER_BYTES_MAX = 1024 * 1024
_AT_ONCE = 4
# Larger pictures are judged from a small copy: the endpoint takes 20 MB at most and looks no closer than this.
_AS_IT_IS_BYTES_MAX = 2 * 1024 * 1024
_EDGE_MAX = 1536
_client: httpx.AsyncClient | None = None


class OutageError(Exception):
    """The endpoint did not answer, or not in a way that can be relied on."""


class MissingEndpointError(Exception):
    """The server at this address has no such endpoint."""


class UnreadableError(Exception):
    """The endpoint, or our own eyes, cannot make anything of this prompt or picture; waiting would not help."""


@dataclass(frozen=True)
class Judged:
    """The categories that count, the highest score of each, and the model that gave them."""

    categories: set[str]
    scores: dict[str, float]
    model: str


async def judge(settings: ModerationSettings, prompt: str, references: Sequence[Any]) -> Judged:
    """Raises OutageError, MissingEndpointError or UnreadableError unless every part was judged."""
    places = asyncio.Semaphore(_AT_ONCE)

    async def one(reference: Any) -> Judged:
        async with places:
            address = await asyncio.to_thread(_data_address, reference.data, reference.media_type)
            parts = [{"type": "text", "text": prompt}, {"type": "image_url", "image_url": {"url": address}}]
            return _read(settings, await _ask(settings, parts))

    if not references:
        return _read(settings, await _ask(settings, prompt))
    return _merge(await asyncio.gather(*(one(reference) for reference in references)))


async def close() -> None:
    """Gives back connections."""
    global _client
    if _client is not None:
        await _client.aclose()
    _client = None


async def _ask(settings: ModerationSettings, given: Any) -> Any:
    """Asks, and once more if the connection broke: a check costs nothing and changes nothing."""
    try:
        async with asyncio.timeout(settings.timeout_seconds):
            try:
                return await _ask_once(settings, given)
            except (httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError):
                return await _ask_once(settings, given)
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, ValueError) as error:
        raise OutageError(type(error).__name__) from error


async def _ask_once(settings: ModerationSettings, given: Any) -> Any:
    global _client
    _client = _client or http.client(timeout_seconds=settings.timeout_seconds)
    key = settings.api_key.get_secret_value()
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    body = {"model": settings.model, "input": given}
    async with _client.stream("POST", f"{settings.base_url}/moderations", json=body, headers=headers) as response:
        if response.status_code in (404, 405, 501) and settings.base_url != policy.OPENAI:
            raise MissingEndpointError
        if response.status_code in (400, 413, 415, 422):
            raise UnreadableError(f"status {response.status_code}")
        if response.status_code != 200:
            raise OutageError(f"status {response.status_code}")
        return json.loads(await http.read_capped(response.aiter_bytes(), _ANSWER_BYTES_MAX))


def _read(settings: ModerationSettings, answer: Any) -> Judged:
    try:
        results = answer["results"]
        model = str(answer.get("model") or settings.model)
        read = [_result(settings, result, model) for result in results]
    except (TypeError, KeyError, AttributeError, ValueError) as error:
        raise OutageError("an answer of another shape") from error
    if not read:
        raise OutageError("an answer without a result")
    return _merge(read)


def _result(settings: ModerationSettings, result: Any, model: str) -> Judged:
    flagged, flags = result["flagged"], result["categories"]
    if not isinstance(flagged, bool) or not isinstance(flags, dict):
        raise ValueError("a result without a verdict")
    scores = {str(c): round(float(s), 4) for c, s in (result.get("category_scores") or {}).items()}
    counting = {c for c in flags.keys() | scores.keys() if _counts(settings, c, flags, scores)}
    if flagged and not any(flags.values()):
        counting.add(policy.UNNAMED)
    return Judged(counting, scores, model)


def _counts(settings: ModerationSettings, category: str, flags: dict[str, Any], scores: dict[str, float]) -> bool:
    threshold = settings.threshold(category)
    if threshold is not None and category in scores:
        return scores[category] >= threshold
    return flags.get(category) is True


def _merge(parts: Sequence[Judged]) -> Judged:
    scores: dict[str, float] = {}
    for part in parts:
        for category, score in part.scores.items():
            scores[category] = max(score, scores.get(category, 0.0))
    return Judged(set().union(*(part.categories for part in parts)), scores, parts[0].model)


def _data_address(data: bytes, media_type: str) -> str:
    if len(data) > _AS_IT_IS_BYTES_MAX:
        data, media_type = _small_copy(data), "image/jpeg"
    return f"data:{media_type};base64,{base64.b64encode(data).decode()}"


def _small_copy(data: bytes) -> bytes:
    try:
        with Image.open(io.BytesIO(data)) as opened:
            opened.draft("RGB", (_EDGE_MAX, _EDGE_MAX))
            small = opened.convert("RGB")
            small.thumbnail((_EDGE_MAX, _EDGE_MAX))
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        raise UnreadableError("a reference that cannot be opened") from error
    packed = io.BytesIO()
    small.save(packed, "JPEG", quality=85)
    return packed.getvalue()
