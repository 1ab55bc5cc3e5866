"""sub2api: a relay of the operator's choice that passes OpenAI-shaped calls on to pooled accounts. Off by default.

Pictures are tasks where the relay keeps tasks, found out by asking; else each is one streamed call of its own, because
the relay draws several one after another and gateways before it cut long calls.
"""

import time
from dataclasses import replace
from typing import Any

import httpx
from pydantic import AliasChoices, Field, SecretStr, field_validator

from gpt_image_ui.core import config, http
from gpt_image_ui.providers import catalogue_file, line
from gpt_image_ui.providers.checking import Findings
from gpt_image_ui.providers.images_api import catalogue, exchange, fields, listing, tasks
from gpt_image_ui.providers.interface import Call, Completed, GeneratedImage, ModelSpec, Pending

_NOTICE = "A relay: it passes prompts and pictures on to other services and accounts"
# How long a relay's word that it keeps no tasks is believed.
_ASK_AGAIN_SECONDS = 3600.0


class Sub2ApiSettings(config.Section):
    """A sub2api relay. Offered once both its address and a key are set; it passes prompts and pictures on to others.
    `tasks`: 'auto' uses the relay's tasks where it keeps them, 'off' never asks. `files_url` is where its tasks keep
    their pictures, if that is another address of your own network."""

    model_config = config.section("sub2api")
    base_url: str = Field("", validation_alias=AliasChoices("GPT_IMAGE_UI_SUB2API_BASE_URL", "SUB2API_BASE_URL"))
    api_key: SecretStr = Field(
        SecretStr(""), validation_alias=AliasChoices("GPT_IMAGE_UI_SUB2API_API_KEY", "SUB2API_API_KEY")
    )
    models: str = Field(
        catalogue.DEFAULT, validation_alias=AliasChoices("GPT_IMAGE_UI_SUB2API_MODELS", "SUB2API_MODELS")
    )
    tasks: str = Field("auto", pattern="^(auto|off)$")
    files_url: str = ""
    previews: int = Field(1, ge=0, le=3)
    lane: int = Field(4, ge=1, le=200)
    timeout_seconds: float = Field(600, gt=0)
    body_seconds: float = Field(120, gt=0)
    answer_bytes_max: int = Field(128 * 1024 * 1024, ge=1024)

    @field_validator("base_url", "files_url")
    @classmethod
    def _address(cls, value: str) -> str:
        return line.plain_address(value, "") if value.strip() else ""

    @property
    def configured(self) -> bool:
        return bool(self.base_url and self.api_key.get_secret_value())

    def server(self) -> exchange.Server:
        return exchange.Server(
            self.base_url,
            self.api_key.get_secret_value(),
            self.timeout_seconds,
            self.body_seconds,
            self.answer_bytes_max,
            self.files_url,
        )


class Sub2ApiProvider:
    """The provider named `sub2api`."""

    name = "sub2api"
    repeatable = False

    def __init__(self) -> None:
        self._client: httpx.AsyncClient | None = None
        self._watch = line.Watch()
        self._no_tasks_until = 0.0

    @property
    def lane(self) -> int:
        return config.get(Sub2ApiSettings).lane

    def models(self) -> list[ModelSpec]:
        settings = config.get(Sub2ApiSettings)
        if not settings.configured:
            return []
        names = dict.fromkeys(name.strip() for name in settings.models.split(",") if name.strip())
        return [_declared(settings, name) for name in names]

    async def submit(self, call: Call) -> Completed | Pending:
        settings = config.get(Sub2ApiSettings)
        if settings.tasks == "auto" and time.monotonic() >= self._no_tasks_until:
            if pending := await self._create(settings, call):
                return pending
            self._no_tasks_until = time.monotonic() + _ASK_AGAIN_SECONDS
        return await self._draw(settings, call)

    async def poll(self, call: Call, task: str, position: int) -> Completed | Pending:
        settings = config.get(Sub2ApiSettings)
        status, found = await tasks.ask(self._open(settings), settings.server(), task)
        if found is None:
            return status
        price = catalogue.price_of(call.request.model)
        try:
            done = await tasks.land(self._open(settings), settings.server(), call, found, position, price)
        except http.FetchError as error:
            raise self._watch.not_fetched(task, error) from error
        self._watch.forget(task)
        return done

    async def cancel(self, task: str) -> bool:
        return False

    def missing(self) -> tuple[str, ...]:
        settings = config.get(Sub2ApiSettings)
        given = {"SUB2API_BASE_URL": settings.base_url, "SUB2API_API_KEY": settings.api_key.get_secret_value()}
        return tuple(name for name, value in given.items() if not value)

    async def check(self) -> Findings:
        """Asks for the models list, which need not name models for pictures, and whether tasks are kept."""
        settings = config.get(Sub2ApiSettings)
        client, server = self._open(settings), settings.server()
        listed = await listing.read(client, server)
        kept = "keeps tasks" if await tasks.are_kept(client, server) else "keeps no tasks: pictures are streamed"
        return Findings((f"{settings.base_url} takes the key and lists {len(listed.ids)} models.", f"It {kept}."))

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()
        self._client = None

    async def _create(self, settings: Sub2ApiSettings, call: Call) -> Pending | None:
        """One task for each picture, each noted before the next; None where the relay keeps no tasks."""
        made: list[str] = []
        for position in range(call.request.count):
            said = _fields(_single(call, position))
            task = await tasks.create(self._open(settings), settings.server(), call, said)
            if task is None and not made:
                return None
            if task is None:
                break
            await call.note(task)
            made.append(task)
        return Pending(tuple(made), tasks.POLL_AFTER_SECONDS)

    async def _draw(self, settings: Sub2ApiSettings, call: Call) -> Completed:
        """The pictures one by one; an error ends it, and what had landed before stays."""
        done: list[Completed] = []
        price = catalogue.price_of(call.request.model)
        for position in range(call.request.count):
            single = _single(call, position)
            said = fields.with_previews(_fields(single), single, settings.previews)
            done.append(await exchange.submit(self._open(settings), settings.server(), single, said, price))
        costs = [one.cost_micros for one in done if one.cost_micros is not None]
        return Completed(
            delivered=sum(one.delivered for one in done),
            request_id=done[-1].request_id,
            cost_micros=sum(costs) if costs else None,
        )

    def _open(self, settings: Sub2ApiSettings) -> httpx.AsyncClient:
        if self._client is None:
            self._client = http.client(timeout_seconds=settings.timeout_seconds)
        return self._client


def _declared(settings: Sub2ApiSettings, model_id: str) -> ModelSpec:
    found = catalogue.find(model_id, previews=settings.previews)
    host = httpx.URL(settings.base_url).host
    return replace(found, id=f"sub2api/{model_id}", provider="sub2api", destination=host, note=_NOTICE, forwards=True)


def _fields(call: Call) -> dict[str, Any]:
    named = {"model": catalogue_file.sent_as("sub2api", call.request.model)}
    return catalogue_file.complete("sub2api", fields.full(call, end_user_field="user") | named, call)


def _single(call: Call, position: int) -> Call:
    """The same call for one of its pictures."""

    async def land(read: Any) -> None:
        async def moved() -> list[GeneratedImage]:
            return [replace(picture, position=position) for picture in await read()]

        await call.land(moved)

    return replace(call, request=replace(call.request, count=1), land=land)
