"""BytePlus ModelArk: Seedream draws a picture in one call, Seedance makes a video as a task."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar
from urllib.parse import quote

import httpx

from gpt_image_ui.core import config, http
from gpt_image_ui.providers import byteplus_account as accounts
from gpt_image_ui.providers import byteplus_answers as answers
from gpt_image_ui.providers import byteplus_body as bodies
from gpt_image_ui.providers import byteplus_catalogue as catalogue
from gpt_image_ui.providers import line
from gpt_image_ui.providers.byteplus_account import BytePlusSettings
from gpt_image_ui.providers.checking import Findings
from gpt_image_ui.providers.interface import (
    VIDEO,
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
    RefusedError,
)

_TASKS = "/contents/generations/tasks"
_FETCH_SECONDS = 120
_FETCHES = 2
# The engine starts an attempt over only while it has made nothing, so a refusal of one picture of several, which
# certainly made none, is waited out here.
_PAUSES_SECONDS = (2.0, 8.0)
_PAUSE_MAX_SECONDS = 20.0
_T = TypeVar("_T")


class BytePlusProvider:
    """The provider named `byteplus`."""

    name = "byteplus"
    repeatable = False

    def __init__(self) -> None:
        self._client: httpx.AsyncClient | None = None
        self._watch = line.Watch()

    @property
    def lane(self) -> int:
        return config.get(BytePlusSettings).lane

    def models(self) -> list[ModelSpec]:
        settings = config.get(BytePlusSettings)
        return [model.spec for model in settings.offered()] if settings.configured else []

    def missing(self) -> tuple[str, ...]:
        return () if config.get(BytePlusSettings).configured else ("ARK_API_KEY",)

    async def check(self) -> Findings:
        """Asks for the newest task, of which there may be none."""
        said = await self._ask(config.get(BytePlusSettings), "GET", f"{_TASKS}?page_num=1&page_size=1")
        if said.status != 200:
            raise answers.failure(said)
        return Findings(("The key is accepted. Whether each model is activated shows only when it is used.",))

    async def submit(self, call: Call) -> Completed | Pending:
        settings = config.get(BytePlusSettings)
        model = accounts.find(settings, call.request.model)
        bodies.check(model, call)
        if model.spec.kind == VIDEO:
            return await self._start(settings, model, call)
        return await self._draw_all(settings, model, call)

    async def poll(self, call: Call, task: str, position: int) -> Completed | Pending:
        settings = config.get(BytePlusSettings)
        said = await self._ask(settings, "GET", _at(task))
        if said.status in (400, 404):
            if self._watch.age(task) < settings.grace_seconds:
                return Pending((task,))
            raise self._ended(task, OutcomeUnknownError("the provider does not know the task any more"))
        found = answers.read_task(said)
        if found.error is not None:
            raise self._ended(task, found.error)
        if found.status != "succeeded":
            return Pending((task,))
        if not found.address:
            raise self._ended(task, BadAnswerError("success, but no video"))
        await self._land_video(settings, call, task, position, found)
        self._watch.forget(task)
        return Completed(delivered=1, request_id=task[:128], cost_micros=_cost(settings, call, found))

    async def cancel(self, task: str) -> bool:
        """Takes a task out of the queue. One at work cannot be stopped, and of one that has ended only the record would
        go: both are left alone."""
        settings = config.get(BytePlusSettings)
        self._watch.forget(task)
        if answers.read_task(await self._ask(settings, "GET", _at(task))).status != "queued":
            return False
        return (await self._ask(settings, "DELETE", _at(task))).status in (200, 202, 204)

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()
        self._client = None

    async def _start(self, settings: BytePlusSettings, model: catalogue.Model, call: Call) -> Pending:
        tasks: list[str] = []
        for position in range(call.request.count):
            body = await asyncio.to_thread(bodies.video, model, call, position)

            async def create(body: bytes = body) -> str:
                async with line.paid(settings.task_seconds):
                    said = await line.answer(await self._send(settings, "POST", _TASKS, body))
                return answers.task_id(said)

            task = await _patiently(create) if tasks else await create()
            await call.note(task)
            self._watch.age(task)
            tasks.append(task)
        return Pending(tuple(tasks))

    async def _draw_all(self, settings: BytePlusSettings, model: catalogue.Model, call: Call) -> Completed:
        """Draws all at once, one call each, and waits for every one: each may be paid for, whatever becomes of the
        others. A refusal among pictures is counted, anything worse is told."""
        body = await asyncio.to_thread(bodies.picture, model, call, settings.response_format)

        async def draw(position: int) -> tuple[str, int]:
            async def once() -> tuple[str, int]:
                return await self._draw(settings, call, body, position)

            return await (_patiently(once) if call.request.count > 1 else once())

        ends = await asyncio.gather(*(draw(n) for n in range(call.request.count)), return_exceptions=True)
        made = [end for end in ends if isinstance(end, tuple)]
        failed = [end for end in ends if isinstance(end, BaseException)]
        told = [error for error in failed if not (made and isinstance(error, RefusedError))]
        if told:
            raise min(told, key=_gravity)
        request = call.request
        each = model.spec.picture_micros(request.width, request.height, request.quality)
        each += len(call.references) * model.spec.micros_per_reference
        return Completed(len(made), made[0][0][:128], each * sum(count for _, count in made), refused=len(failed))

    async def _draw(self, settings: BytePlusSettings, call: Call, body: bytes, position: int) -> tuple[str, int]:
        """The vendor's id of the call, and how many pictures it says it made. Lands one."""
        async with line.paid(settings.timeout_seconds):
            response = await self._send(settings, "POST", "/images/generations", body)
        counted = 0

        async def read() -> list[GeneratedImage]:
            nonlocal counted
            async with line.paid(settings.timeout_seconds):
                try:
                    raw = await http.read_capped(response.aiter_bytes(), settings.artifact_bytes_max)
                except ValueError as error:
                    raise BadAnswerError("the answer is larger than allowed") from error
            found = await asyncio.to_thread(answers.read_picture, raw)
            counted = found.count
            return [GeneratedImage(position, found.data or await self._fetch_picture(settings, found.address))]

        try:
            if response.status_code != 200:
                raise answers.failure(await line.complaint(response))
            await call.land(read)
        finally:
            await response.aclose()
        return response.headers.get("x-request-id", ""), counted

    async def _fetch_picture(self, settings: BytePlusSettings, address: str) -> bytes:
        for left in reversed(range(_FETCHES)):
            try:
                return await self._fetch(settings, address)
            except http.FetchError as error:
                if not left:
                    raise BadAnswerError("the picture cannot be fetched") from error
        raise AssertionError("the last try raises or returns")

    async def _land_video(
        self, settings: BytePlusSettings, call: Call, task: str, position: int, found: answers.Task
    ) -> None:
        async def read() -> list[GeneratedImage]:
            try:
                return [GeneratedImage(position, await self._fetch(settings, found.address), found.seed)]
            except http.FetchError as error:
                raise self._watch.not_fetched(task, error) from error

        await call.land(read)

    async def _fetch(self, settings: BytePlusSettings, address: str) -> bytes:
        return await line.fetch(
            self._open(settings),
            address,
            (settings.base_url,),
            size_bytes_max=settings.artifact_bytes_max,
            seconds=_FETCH_SECONDS,
        )

    async def _ask(self, settings: BytePlusSettings, method: str, path: str) -> line.Said:
        async with line.free(settings.task_seconds):
            return await line.answer(await self._send(settings, method, path))

    async def _send(
        self, settings: BytePlusSettings, method: str, path: str, body: bytes | None = None
    ) -> httpx.Response:
        key = settings.api_key.get_secret_value()
        # Base64 hardly packs, and unpacking it costs more time than it saves.
        headers = {"Accept-Encoding": "identity"} | ({"Authorization": f"Bearer {key}"} if key else {})
        headers |= {"Content-Type": "application/json"} if body else {}
        client = self._open(settings)
        request = client.build_request(method, settings.base_url + path, content=body, headers=headers)
        return await client.send(request, stream=True)

    def _open(self, settings: BytePlusSettings) -> httpx.AsyncClient:
        if self._client is None:
            self._client = http.client(timeout_seconds=settings.timeout_seconds)
        return self._client

    def _ended(self, task: str, error: ProviderError) -> ProviderError:
        self._watch.forget(task)
        return error


def _at(task: str) -> str:
    return f"{_TASKS}/{quote(task, safe='')}"


async def _patiently(create: Callable[[], Awaitable[_T]]) -> _T:
    """Makes a create, again after each refusal for want of room."""
    for pause in _PAUSES_SECONDS:
        try:
            return await create()
        except OverloadedError as error:
            wait = max(pause, error.retry_after_seconds or 0)
            if wait > _PAUSE_MAX_SECONDS:
                raise
            await asyncio.sleep(wait)
    return await create()


def _gravity(error: BaseException) -> int:
    """Which of several failures is told: first what is not the vendor's, then what may have been paid, then what ends
    the job, last what may be tried again."""
    if not isinstance(error, ProviderError):
        return 0
    if isinstance(error, OutcomeUnknownError):
        return 1
    return 3 if error.retryable else 2


def _cost(settings: BytePlusSettings, call: Call, found: answers.Task) -> int | None:
    """What the tokens cost; None for a model that was taken out of the settings meanwhile, or when it does not say."""
    try:
        model = accounts.find(settings, call.request.model)
    except BadRequestError:
        return None
    if found.tokens is None or not model.rates:
        return None
    told = model.shapes.get(call.request.size, {}).get("resolution", "")
    return model.video_micros(found.tokens, found.resolution or told, audio=found.audio)
