"""A server of the operator's own network, of one of three kinds. Its address is the operator's word, so it may be
private; what it costs is the operator's own, so an interrupted call is made again."""

from typing import Any

import httpx

from gpt_image_ui.core import config, http
from gpt_image_ui.providers import catalogue_file, line, local_a1111, local_comfy, local_workflow
from gpt_image_ui.providers.checking import Findings
from gpt_image_ui.providers.images_api import answers, exchange, fields, listing, sizes
from gpt_image_ui.providers.interface import BadAnswerError, Call, Completed, ModelSpec, Pending, Quality
from gpt_image_ui.providers.local_settings import A1111, COMFYUI, LocalSettings

_NO_PRICE = answers.TokenPrice(0, 0, 0)
# What stands for the server's own choice where no model is named.
_UNNAMED = "default"


class LocalProvider:
    """The provider named `local`."""

    name = "local"

    def __init__(self) -> None:
        self._client: httpx.AsyncClient | None = None
        self._watch = line.Watch()

    @property
    def lane(self) -> int:
        return config.get(LocalSettings).lane

    @property
    def repeatable(self) -> bool:
        settings = config.get(LocalSettings)
        return settings.configured and settings.is_private

    def models(self) -> list[ModelSpec]:
        settings = config.get(LocalSettings)
        if not settings.configured:
            return []
        return [_declared(settings, name) for name in settings.model_names() or [_UNNAMED]]

    async def submit(self, call: Call) -> Completed | Pending:
        settings = config.get(LocalSettings)
        client = self._open(settings)
        if settings.kind == COMFYUI:
            return await local_comfy.create(client, settings, call)
        if settings.kind == A1111:
            return await local_a1111.submit(client, settings, call)
        return await exchange.submit(client, settings.server(), call, _fields(settings, call), _NO_PRICE)

    async def poll(self, call: Call, task: str, position: int) -> Completed | Pending:
        settings = config.get(LocalSettings)
        if settings.kind != COMFYUI:
            raise BadAnswerError("the server that had this task is not set any more")
        try:
            done = await local_comfy.poll(self._open(settings), settings, call, task, position)
        except http.FetchError as error:
            raise self._watch.not_fetched(task, error) from error
        if isinstance(done, Completed):
            self._watch.forget(task)
        return done

    async def cancel(self, task: str) -> bool:
        settings = config.get(LocalSettings)
        return settings.kind == COMFYUI and await local_comfy.cancel(self._open(settings), settings, task)

    def missing(self) -> tuple[str, ...]:
        return config.get(LocalSettings).missing()

    async def check(self) -> Findings:
        """Asks a question that costs nothing, of the kind that the settings say the server is."""
        settings = config.get(LocalSettings)
        client = self._open(settings)
        if settings.kind == COMFYUI:
            return await local_comfy.check(client, settings)
        if settings.kind == A1111:
            return await local_a1111.check(client, settings)
        listed = await listing.read(client, settings.server())
        return Findings(
            (f"{settings.base_url} lists {', '.join(listed.ids) or 'no models'}.",),
            tuple(f"{name} is not in the list." for name in settings.model_names() if name not in listed.ids),
        )

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()
        self._client = None

    def _open(self, settings: LocalSettings) -> httpx.AsyncClient:
        if self._client is None:
            self._client = http.client(timeout_seconds=settings.timeout_seconds)
        return self._client


def _declared(settings: LocalSettings, name: str) -> ModelSpec:
    unnamed = name == _UNNAMED and not settings.model_names()
    return ModelSpec(
        id=f"local/{name}",
        provider="local",
        label="Own server" if unnamed else name,
        good_for="What this server's operator chose it for",
        qualities=(Quality("standard", "Standard", settings.micros_per_megapixel),),
        default_quality="standard",
        destination="" if settings.is_private else httpx.URL(settings.base_url).host,
        note="Drawn by a server of this studio's own network" if settings.is_private else "",
        **_abilities(settings),
    )


def _abilities(settings: LocalSettings) -> dict[str, Any]:
    """What the kind of server makes possible, or the workflow files do."""
    if settings.kind == A1111:
        return {"sizes": sizes.SERVER, "references_max": 1, "mask": True, "seed": True}
    if settings.kind != COMFYUI:
        mask = settings.mask and settings.references_max > 0
        return {"sizes": sizes.SERVER, "references_max": settings.references_max, "mask": mask}
    draws = local_workflow.read(settings.workflow)
    found: dict[str, Any] = {"seed": True}
    found["sizes"] = sizes.SERVER if {"width", "height"} <= draws.names else sizes.SERVER[:1]
    if settings.edit_workflow:
        edits = local_workflow.read(settings.edit_workflow)
        found |= {"references_max": len(edits.images), "mask": "mask" in edits.names}
    return found


def _fields(settings: LocalSettings, call: Call) -> dict[str, Any]:
    said = fields.plain(call) | {"model": catalogue_file.sent_as("local", call.request.model)}
    if not settings.model_names() and said["model"] == _UNNAMED:
        del said["model"]
    return catalogue_file.complete("local", said, call)
