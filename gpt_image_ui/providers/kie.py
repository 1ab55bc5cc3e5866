"""KIE.ai's unified jobs API: references are uploaded, each picture is a task of its own, and what it made is fetched
at once."""

import asyncio
import secrets
from dataclasses import replace
from typing import Any

import httpx
from pydantic import AliasChoices, Field, SecretStr, field_validator

from gpt_image_ui.core import config, http
from gpt_image_ui.providers import catalogue_file, kie_body, line
from gpt_image_ui.providers import kie_answers as answers
from gpt_image_ui.providers import kie_catalogue as catalogue
from gpt_image_ui.providers.checking import Findings
from gpt_image_ui.providers.interface import (
    BadAnswerError,
    BadRequestError,
    Call,
    Completed,
    GeneratedImage,
    ModelSpec,
    OutcomeUnknownError,
    OverloadedError,
    Pending,
    ProviderError,
    Reference,
)

KIE = "https://api.kie.ai"
UPLOADS = "https://kieai.redpandaai.co"
_FETCH_SECONDS = 120
# It takes 20 creates in 10 s from an account and refuses the rest. The engine starts an attempt over only while it has
# made nothing, so a refusal between two pictures is waited out here.
_PAUSES_SECONDS = (3.0, 6.0, 12.0)
_PAUSE_MAX_SECONDS = 20.0


class KieSettings(config.Section):
    """The KIE.ai account, or the address of a server that speaks its jobs API. Offered once a key or another address
    is set. `models` lists what to offer, by our names, or as `id=name` for another id that takes the same fields."""

    model_config = config.section("kie")
    api_key: SecretStr = Field(SecretStr(""), validation_alias=AliasChoices("GPT_IMAGE_UI_KIE_API_KEY", "KIE_API_KEY"))
    base_url: str = Field(KIE, validation_alias=AliasChoices("GPT_IMAGE_UI_KIE_BASE_URL", "KIE_BASE_URL"))
    upload_url: str = Field(UPLOADS, validation_alias=AliasChoices("GPT_IMAGE_UI_KIE_UPLOAD_URL", "KIE_UPLOAD_URL"))
    models: str = ""
    lane: int = Field(8, ge=1, le=200)
    timeout_seconds: float = Field(60, gt=0)
    grace_seconds: float = Field(30, ge=0)
    artifact_bytes_max: int = Field(128 * 1024 * 1024, ge=1024)
    nsfw_checker: bool = True

    @field_validator("base_url")
    @classmethod
    def _plain_base(cls, value: str) -> str:
        return line.plain_address(value, KIE)

    @field_validator("upload_url")
    @classmethod
    def _plain_upload(cls, value: str) -> str:
        return line.plain_address(value, UPLOADS)

    @field_validator("models")
    @classmethod
    def _known(cls, value: str) -> str:
        for entry in _entries(value):
            catalogue.find(entry, "")
        return value

    @property
    def configured(self) -> bool:
        return bool(self.api_key.get_secret_value()) or self.base_url != KIE

    @property
    def destination(self) -> str:
        host = httpx.URL(self.base_url).host
        return "KIE.ai" if self.base_url == KIE else "" if http.is_private_host(host) else host

    @property
    def upload_base(self) -> str:
        """A server of one's own takes uploads itself unless told otherwise: pictures go where the prompts go."""
        return self.base_url if self.upload_url == UPLOADS and self.base_url != KIE else self.upload_url

    def offered(self) -> list[catalogue.Model]:
        entries = _entries(self.models) or [key.removeprefix("kie/") for key in catalogue.MODELS]
        return [catalogue.find(entry, self.destination) for entry in entries]


class KieProvider:
    """The provider named `kie`."""

    name = "kie"
    repeatable = False

    def __init__(self) -> None:
        self._client: httpx.AsyncClient | None = None
        self._watch = line.Watch()

    @property
    def lane(self) -> int:
        return config.get(KieSettings).lane

    def models(self) -> list[ModelSpec]:
        settings = config.get(KieSettings)
        return [model.spec for model in settings.offered()] if settings.configured else []

    def missing(self) -> tuple[str, ...]:
        return () if config.get(KieSettings).configured else ("KIE_API_KEY",)

    async def check(self) -> Findings:
        said = await self._ask(config.get(KieSettings), "GET", "/api/v1/chat/credit")
        if answers.code_of(said) != 200:
            raise answers.refusal(said)
        left = said.json.get("data") if isinstance(said.json, dict) else None
        if isinstance(left, bool) or not isinstance(left, int | float):
            raise BadAnswerError("the answer does not say how many credits are left")
        faults = () if left > 0 else ("No credits are left there.",)
        return Findings((f"The key is accepted; {left:,g} credits are left there.",), faults)

    async def submit(self, call: Call) -> Pending:
        settings = config.get(KieSettings)
        model = _find(settings, call.request.model)
        kie_body.check(model, call)
        places = await asyncio.gather(*(self._upload(settings, reference) for reference in call.references))
        body = kie_body.build(model, call, places, checker=settings.nsfw_checker)
        tasks: list[str] = []
        for _ in range(call.request.count):
            task = await self._create(settings, body, patient=bool(tasks))
            await call.note(task)
            self._watch.age(task)
            tasks.append(task)
        return Pending(tuple(tasks))

    async def poll(self, call: Call, task: str, position: int) -> Completed | Pending:
        settings = config.get(KieSettings)
        said = await self._ask(settings, "GET", "/api/v1/jobs/recordInfo", params={"taskId": task})
        if answers.is_unknown(said):
            if self._watch.age(task) < settings.grace_seconds:
                return Pending((task,))
            raise self._ended(task, OutcomeUnknownError("the provider does not know the task any more"))
        try:
            record = answers.read(said)
        except ProviderError as error:
            raise error if error.retryable else self._ended(task, error) from None
        if record.ended == "":
            return Pending((task,), progress=record.progress)
        if record.ended == "fail":
            raise self._ended(task, record.error)
        if not record.addresses:
            raise self._ended(task, BadAnswerError("success, but no picture"))
        await self._land(settings, call, task, position, record.addresses[0])
        self._watch.forget(task)
        return Completed(delivered=1, request_id=task[:128], cost_micros=record.cost_micros)

    async def cancel(self, task: str) -> bool:
        """It knows no cancelling: the task runs to its end there, and is not asked after here."""
        self._watch.forget(task)
        return False

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()
        self._client = None

    def _open(self, settings: KieSettings) -> httpx.AsyncClient:
        if self._client is None:
            self._client = http.client(timeout_seconds=settings.timeout_seconds)
        return self._client

    def _ended(self, task: str, error: ProviderError) -> ProviderError:
        self._watch.forget(task)
        return error

    async def _create(self, settings: KieSettings, body: dict[str, Any], *, patient: bool) -> str:
        for pause in (*(_PAUSES_SECONDS if patient else ()), None):
            async with line.paid(settings.timeout_seconds):
                said = await self._send(settings, "POST", f"{settings.base_url}/api/v1/jobs/createTask", json=body)
            try:
                return answers.task_id(said)
            except OverloadedError as error:
                if pause is None or (error.retry_after_seconds or 0) > _PAUSE_MAX_SECONDS:
                    raise
                await asyncio.sleep(max(pause, error.retry_after_seconds or 0))
        raise AssertionError("the last try raises or returns")

    async def _upload(self, settings: KieSettings, reference: Reference) -> str:
        # A name of chance: the same one would overwrite another's, and theirs says something of the person.
        kind = reference.media_type.partition("/")[2]
        name = f"{secrets.token_hex(16)}.{kind}"
        url = f"{settings.upload_base}/api/file-stream-upload"
        async with line.free(settings.timeout_seconds):
            said = await self._send(
                settings,
                "POST",
                url,
                data={"uploadPath": "references", "fileName": name},
                files={"file": (name, reference.data, reference.media_type)},
            )
        return answers.upload_address(said)

    async def _ask(self, settings: KieSettings, method: str, path: str, **parts: Any) -> line.Said:
        async with line.free(settings.timeout_seconds):
            return await self._send(settings, method, settings.base_url + path, **parts)

    async def _send(self, settings: KieSettings, method: str, url: str, **parts: Any) -> line.Said:
        key = settings.api_key.get_secret_value()
        client = self._open(settings)
        request = client.build_request(method, url, headers={"Authorization": f"Bearer {key}"} if key else {}, **parts)
        return await line.answer(await client.send(request, stream=True))

    async def _land(self, settings: KieSettings, call: Call, task: str, position: int, address: str) -> None:
        async def read() -> list[GeneratedImage]:
            return [GeneratedImage(position, await self._fetch(settings, task, address), call.request.seed)]

        await call.land(read)

    async def _fetch(self, settings: KieSettings, task: str, address: str) -> bytes:
        async def get(where: str) -> bytes:
            return await line.fetch(
                self._open(settings),
                where,
                (settings.base_url, settings.upload_base),
                size_bytes_max=settings.artifact_bytes_max,
                seconds=_FETCH_SECONDS,
            )

        try:
            try:
                return await get(address)
            except http.FetchError as error:
                # Links last a day and files two weeks: after a long stop a new link may be had.
                if not line.is_gone(error) or not (fresh := await self._renew(settings, address)):
                    raise
                return await get(fresh)
        except http.FetchError as error:
            raise self._watch.not_fetched(task, error) from error

    async def _renew(self, settings: KieSettings, address: str) -> str:
        said = await self._ask(settings, "POST", "/api/v1/common/download-url", json={"url": address})
        given = said.json.get("data") if isinstance(said.json, dict) and answers.code_of(said) == 200 else None
        return given if isinstance(given, str) else ""


def _find(settings: KieSettings, model_id: str) -> catalogue.Model:
    """The model as the operator's catalogue file has it: changed, or asked like another."""
    known = {model.spec.id: model for model in settings.offered()}
    specs = catalogue_file.apply("kie", [model.spec for model in known.values()])
    spec = next((spec for spec in specs if spec.id == model_id), None)
    model = known.get(model_id) or known.get(catalogue_file.like("kie", model_id))
    if spec is None or model is None:
        raise BadRequestError("a model that is not in the catalogue")
    return replace(model, spec=spec)


def _entries(models: str) -> list[str]:
    return list(dict.fromkeys(name.strip() for name in models.split(",") if name.strip()))
