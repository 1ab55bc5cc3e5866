"""OpenAI's Images API, and any server that speaks it. One call for each submit: nothing here is ever sent again."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from pydantic import AliasChoices, Field, SecretStr, field_validator

from gpt_image_ui.core import config, http
from gpt_image_ui.providers import openai_answers as answers
from gpt_image_ui.providers import openai_catalogue as catalogue
from gpt_image_ui.providers.interface import (
    AtOnce,
    BadAnswerError,
    BadRequestError,
    Call,
    Completed,
    GeneratedImage,
    ModelSpec,
    OutcomeUnknownError,
    UnavailableError,
)

OPENAI = "https://api.openai.com/v1"
_ERROR_BYTES_MAX = 256 * 1024
_FETCH_SECONDS = 60
# Servers built on stable-diffusion.cpp take options out of the prompt; a person's prompt must not set them.
_SERVER_TAG = re.compile(r"<(?=/?\s*sd_cpp_extra_args)", re.IGNORECASE)


class OpenAISettings(config.Section):
    """The OpenAI account, or the address of a server of one's own. Offered once a key or another address is set."""

    model_config = config.section("openai")
    api_key: SecretStr = Field(
        SecretStr(""), validation_alias=AliasChoices("GPT_IMAGE_UI_OPENAI_API_KEY", "OPENAI_API_KEY")
    )
    base_url: str = Field(OPENAI, validation_alias=AliasChoices("GPT_IMAGE_UI_OPENAI_BASE_URL", "OPENAI_BASE_URL"))
    models: str = ""
    lane: int = Field(8, ge=1, le=200)
    timeout_seconds: float = Field(300, gt=0)
    body_seconds: float = Field(120, gt=0)
    answer_bytes_max: int = Field(128 * 1024 * 1024, ge=1024)

    @field_validator("base_url")
    @classmethod
    def _plain_address(cls, value: str) -> str:
        url = httpx.URL(value.strip() or OPENAI)
        if url.scheme not in ("http", "https") or not url.host or url.userinfo or url.query or url.fragment:
            raise ValueError("must be a plain http or https address, such as http://127.0.0.1:1234/v1")
        return str(url).rstrip("/")

    @property
    def at_openai(self) -> bool:
        return self.base_url == OPENAI

    @property
    def configured(self) -> bool:
        return bool(self.api_key.get_secret_value()) or not self.at_openai

    @property
    def destination(self) -> str:
        host = httpx.URL(self.base_url).host
        return "OpenAI" if self.at_openai else "" if http.is_private_host(host) else host

    def model_ids(self) -> list[str]:
        given = [name.strip() for name in self.models.split(",") if name.strip()]
        return list(dict.fromkeys(given)) or (
            list(catalogue.MODELS) if self.at_openai else [catalogue.DEFAULT_ELSEWHERE]
        )


class OpenAIProvider(AtOnce):
    """The provider named `openai`."""

    name = "openai"
    repeatable = False

    def __init__(self) -> None:
        self._client: httpx.AsyncClient | None = None

    @property
    def lane(self) -> int:
        return config.get(OpenAISettings).lane

    def models(self) -> list[ModelSpec]:
        settings = config.get(OpenAISettings)
        if not settings.configured:
            return []
        return [_find(settings, model_id) for model_id in settings.model_ids()]

    async def submit(self, call: Call) -> Completed:
        settings = config.get(OpenAISettings)
        async with _on_the_line(settings.timeout_seconds):
            response = await self._open(settings).send(self._build(settings, call), stream=True)
        try:
            found, delivered = await _take(response, settings, call)
        finally:
            await response.aclose()
        for position, address, said in found.addresses:
            delivered += await self._land_from(settings, call, position, address, said)
        if not delivered:
            raise BadAnswerError("no picture could be fetched from the addresses in the answer")
        return Completed(
            delivered=delivered,
            request_id=response.headers.get("x-request-id", "")[:128],
            cost_micros=answers.cost_micros(found.usage, catalogue.PRICE),
            refused=found.refused,
        )

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()
        self._client = None

    def _open(self, settings: OpenAISettings) -> httpx.AsyncClient:
        if self._client is None:
            self._client = http.client(timeout_seconds=settings.timeout_seconds)
        return self._client

    def _build(self, settings: OpenAISettings, call: Call) -> httpx.Request:
        key = settings.api_key.get_secret_value()
        # Base64 hardly packs, and unpacking it costs more time than it saves.
        headers = {"Accept-Encoding": "identity"} | ({"Authorization": f"Bearer {key}"} if key else {})
        fields = _fields(settings, call)
        if not call.references:
            url = f"{settings.base_url}/images/generations"
            return self._open(settings).build_request("POST", url, json=fields, headers=headers)
        files = [
            ("image[]", (f"{number}.{reference.media_type.partition('/')[2]}", reference.data, reference.media_type))
            for number, reference in enumerate(call.references, 1)
        ]
        url = f"{settings.base_url}/images/edits"
        data = {name: str(value) for name, value in fields.items()}
        return self._open(settings).build_request("POST", url, data=data, files=files, headers=headers)

    async def _land_from(self, settings: OpenAISettings, call: Call, position: int, address: str, said: str) -> int:
        """Lands one picture that the answer gave by address; 0 when it cannot be had."""

        async def fetched() -> list[GeneratedImage]:
            data = await self._fetch(settings, address)
            return [GeneratedImage(position, data, None, said)]

        try:
            await call.land(fetched)
        except http.FetchError:
            return 0
        return 1

    async def _fetch(self, settings: OpenAISettings, address: str) -> bytes:
        ours, theirs = httpx.URL(settings.base_url), httpx.URL(address)
        if not (http.is_private_host(ours.host) and (ours.host, ours.port) == (theirs.host, theirs.port)):
            data, _ = await http.fetch(
                address, size_bytes_max=settings.answer_bytes_max, deadline_seconds=_FETCH_SECONDS
            )
            return data
        try:
            async with asyncio.timeout(_FETCH_SECONDS), self._open(settings).stream("GET", theirs) as response:
                response.raise_for_status()
                return bytes(await http.read_capped(response.aiter_bytes(), settings.answer_bytes_max))
        except (httpx.HTTPError, ValueError, TimeoutError) as error:
            raise http.FetchError from error


def _find(settings: OpenAISettings, model_id: str) -> ModelSpec:
    return catalogue.find(model_id, settings.destination, at_openai=settings.at_openai)


def _fields(settings: OpenAISettings, call: Call) -> dict[str, Any]:
    """The request without its pictures. A model we do not know is only told what every server understands."""
    request = call.request
    prompt = request.prompt if settings.at_openai else _SERVER_TAG.sub("< ", request.prompt)
    fields: dict[str, Any] = {"model": request.model, "prompt": prompt, "n": request.count, "size": request.size}
    if not settings.at_openai and request.model not in catalogue.MODELS:
        return fields
    fields |= {"quality": request.quality, "output_format": request.format}
    if request.background != "auto":
        fields["background"] = request.background
    # `user` is the older name of the same thing, which compatible servers know.
    fields["safety_identifier" if settings.at_openai else "user"] = call.end_user
    return fields


async def _take(response: httpx.Response, settings: OpenAISettings, call: Call) -> tuple[answers.Found, int]:
    """Lands the pictures that stand in the answer. Gives what the answer held and how many landed."""
    if response.status_code != 200:
        raise answers.failure(response.status_code, response.headers, await _error_body(response))
    chunks = response.aiter_bytes()
    async with _on_the_line(settings.timeout_seconds):
        first = await _first_words(chunks)
    found: list[answers.Found] = []
    counted = 0

    async def read() -> list[GeneratedImage]:
        nonlocal counted
        async with _on_the_line(settings.body_seconds):
            try:
                body = await http.read_capped(_joined(first, chunks), settings.answer_bytes_max)
            except ValueError as error:
                raise BadAnswerError("the answer is larger than allowed") from error
        found.append(await asyncio.to_thread(answers.read, body, call.request.count))
        counted = len(found[0].pictures)
        return found[0].pictures

    await call.land(read)
    return found[0], counted


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


async def _error_body(response: httpx.Response) -> bytes:
    try:
        async with asyncio.timeout(10):
            return bytes(await http.read_capped(response.aiter_bytes(), _ERROR_BYTES_MAX))
    except (httpx.HTTPError, ValueError, TimeoutError):
        return b""


@asynccontextmanager
async def _on_the_line(seconds: float) -> AsyncIterator[None]:
    """Tells a call that never left from one whose outcome nobody knows."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        raise UnavailableError(type(error).__name__) from error
    except (httpx.UnsupportedProtocol, httpx.LocalProtocolError, httpx.InvalidURL) as error:
        raise BadRequestError(type(error).__name__) from error
    except httpx.DecodingError as error:
        raise BadAnswerError("the answer cannot be unpacked") from error
    except (httpx.HTTPError, TimeoutError) as error:
        raise OutcomeUnknownError(type(error).__name__) from error
