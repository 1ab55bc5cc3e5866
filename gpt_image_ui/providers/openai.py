"""OpenAI's Images API, or one server that speaks it in OpenAI's place."""

from dataclasses import replace
from datetime import date
from typing import Any

import httpx
from pydantic import AliasChoices, Field, SecretStr, field_validator

from gpt_image_ui.core import config, http
from gpt_image_ui.providers import catalogue_file, line, openai_dates
from gpt_image_ui.providers.at_once import AtOnce
from gpt_image_ui.providers.checking import Findings
from gpt_image_ui.providers.images_api import catalogue, exchange, fields, listing
from gpt_image_ui.providers.interface import Call, Completed, ModelSpec

OPENAI = "https://api.openai.com/v1"


class OpenAISettings(config.Section):
    """The OpenAI account, or the address of a server of one's own. Offered once a key or another address is set.
    `previews` is how many unfinished pictures a stream shows, which adds to the price; without a value, 1 at OpenAI
    and 0 elsewhere."""

    model_config = config.section("openai")
    api_key: SecretStr = Field(
        SecretStr(""), validation_alias=AliasChoices("GPT_IMAGE_UI_OPENAI_API_KEY", "OPENAI_API_KEY")
    )
    base_url: str = Field(OPENAI, validation_alias=AliasChoices("GPT_IMAGE_UI_OPENAI_BASE_URL", "OPENAI_BASE_URL"))
    models: str = ""
    previews: int | None = Field(None, ge=0, le=3)
    lane: int = Field(8, ge=1, le=200)
    timeout_seconds: float = Field(300, gt=0)
    body_seconds: float = Field(120, gt=0)
    answer_bytes_max: int = Field(128 * 1024 * 1024, ge=1024)

    @field_validator("base_url")
    @classmethod
    def _address(cls, value: str) -> str:
        return line.plain_address(value, OPENAI)

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

    @property
    def previews_shown(self) -> int:
        return int(self.at_openai) if self.previews is None else self.previews

    def model_ids(self) -> list[str]:
        given = [name.strip() for name in self.models.split(",") if name.strip()]
        return list(dict.fromkeys(given)) or (list(catalogue.MODELS) if self.at_openai else [catalogue.DEFAULT])

    def server(self) -> exchange.Server:
        return exchange.Server(
            self.base_url,
            self.api_key.get_secret_value(),
            self.timeout_seconds,
            self.body_seconds,
            self.answer_bytes_max,
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
        shutdowns = openai_dates.read() if settings.at_openai else {}
        return [_find(settings, model_id, shutdowns.get(model_id)) for model_id in settings.model_ids()]

    async def submit(self, call: Call) -> Completed:
        settings = config.get(OpenAISettings)
        price = catalogue.price_of(call.request.model)
        return await exchange.submit(self._open(settings), settings.server(), call, _fields(settings, call), price)

    def missing(self) -> tuple[str, ...]:
        return () if config.get(OpenAISettings).configured else ("OPENAI_API_KEY",)

    async def check(self) -> Findings:
        """Asks for the models list, and keeps the shutdown dates that it names."""
        settings = config.get(OpenAISettings)
        listed = await listing.read(self._open(settings), settings.server())
        if settings.at_openai:
            openai_dates.keep(listed.shutdowns)
        wanted = settings.model_ids()
        return Findings(
            (
                f"{settings.base_url} lists {len(listed.ids)} models.",
                *(f"{name} is shut down on {day}." for name, day in sorted(listed.shutdowns.items()) if name in wanted),
            ),
            tuple(
                f"{name} is not in the list: this key may not use it, or it is gone."
                for name in wanted
                if settings.at_openai and name not in listed.ids
            ),
        )

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()
        self._client = None

    def _open(self, settings: OpenAISettings) -> httpx.AsyncClient:
        if self._client is None:
            self._client = http.client(timeout_seconds=settings.timeout_seconds)
        return self._client


def _find(settings: OpenAISettings, model_id: str, shutdown: date | None) -> ModelSpec:
    find = catalogue.find if settings.at_openai else catalogue.find_served
    model = find(model_id, previews=settings.previews_shown)
    retires = openai_dates.last_day(shutdown, model.retires) if settings.at_openai else None
    return replace(model, destination=settings.destination, retires=retires)


def _fields(settings: OpenAISettings, call: Call) -> dict[str, Any]:
    """The request without its pictures. A model we do not know is only told what every server understands."""
    request = call.request
    if not settings.at_openai and request.model not in catalogue.KNOWN:
        said = fields.plain(call)
    else:
        # `user` is the older name of the same thing, which compatible servers know.
        said = fields.full(call, end_user_field="safety_identifier" if settings.at_openai else "user")
        said = fields.with_previews(said, call, settings.previews_shown)
    return catalogue_file.complete("openai", said, call)
