"""The Images API as tasks, as sub2api adds them: made at /async, asked after, their pictures given by address."""

import json
from typing import Any
from urllib.parse import quote

import httpx

from gpt_image_ui.providers import interface as provider
from gpt_image_ui.providers import line
from gpt_image_ui.providers.images_api import answers, exchange
from gpt_image_ui.providers.interface import Call, Completed, GeneratedImage, Pending

POLL_AFTER_SECONDS = 3.0
_ASK_SECONDS = 30
_WORKING = ("processing", "queued", "pending", "running", "in_progress")


async def create(client: httpx.AsyncClient, server: exchange.Server, call: Call, fields: dict[str, Any]) -> str | None:
    """Makes one task and gives its id; None, and nothing was made, where the server keeps no tasks."""
    request = await exchange.build(client, server, call, fields, ending="/async")
    async with line.paid(server.timeout_seconds):
        response = await client.send(request, stream=True)
        if response.status_code in (404, 405):
            await response.aclose()
            return None
        if response.status_code not in (200, 201, 202):
            try:
                raise answers.failure(response.status_code, response.headers, await exchange.error_body(response))
            finally:
                await response.aclose()
        said = await line.answer(response)
    made = said.json if isinstance(said.json, dict) else {}
    task = made.get("task_id") or made.get("id")
    if isinstance(task, str) and task:
        return task
    if "error" in made or "code" in made:
        raise answers.complaint_of(made)
    raise provider.OutcomeUnknownError("a task was made, and its id cannot be read")


async def ask(client: httpx.AsyncClient, server: exchange.Server, task: str) -> tuple[Pending, dict[str, Any] | None]:
    """How a task stands, and what it made once it has. Raises ProviderError: retryable ones say nothing of the task."""
    async with line.free(_ASK_SECONDS):
        request = client.build_request("GET", _address(server, task), headers=server.headers())
        said = await line.answer(await client.send(request, stream=True))
    pending = Pending((task,), line.retry_after(said.headers) or POLL_AFTER_SECONDS)
    if said.status == 404:
        raise provider.OutcomeUnknownError("the server does not know this task any more")
    if said.status in (401, 403):
        raise provider.CredentialsError(str(said.status))
    if said.status != 200 or not isinstance(said.json, dict):
        raise provider.UnavailableError(f"asking after a task: {said.status}")
    status = str(said.json.get("status", "")).lower()
    if status == "failed":
        raise answers.ended(_failure(said.json))
    if status == "completed":
        return pending, said.json
    if status not in _WORKING:
        raise provider.UnavailableError(f"a task in a state that we do not know: {status[:40]}")
    return pending, None


async def land(
    client: httpx.AsyncClient,
    server: exchange.Server,
    call: Call,
    ended: dict[str, Any],
    position: int,
    price: answers.TokenPrice,
) -> Completed:
    """Lands the one picture of a task that has ended. Raises FetchError while it cannot be fetched."""
    given = ended.get("result")
    result: dict[str, Any] = given if isinstance(given, dict) else {}
    items = result.get("data")
    if not isinstance(items, list) or not items:
        items = [{"url": ended.get("image_url")}]
    try:
        found = answers.sort(items[:1])
    except provider.ProviderError as error:
        raise answers.ended(error) from error

    async def read() -> list[GeneratedImage]:
        if found.pictures:
            picture = found.pictures[0]
            return [GeneratedImage(position, picture.data, None, picture.revised_prompt)]
        _, address, words = found.addresses[0]
        return [GeneratedImage(position, await exchange.fetch(client, server, address), None, words)]

    await call.land(read)
    return Completed(1, str(ended.get("id", ""))[:128], answers.cost_micros(result.get("usage"), price))


async def are_kept(client: httpx.AsyncClient, server: exchange.Server) -> bool:
    """Whether the server keeps tasks: one that does says only that it does not know this one."""
    async with line.free(_ASK_SECONDS):
        request = client.build_request("GET", _address(server, "imgtask_check"), headers=server.headers())
        said = await line.answer(await client.send(request, stream=True))
    words = str(said.json).lower()
    return said.status == 404 and isinstance(said.json, dict) and "not enabled" not in words


def _address(server: exchange.Server, task: str) -> str:
    return f"{server.base_url}/images/tasks/{quote(task, safe='')}"


def _failure(ended: dict[str, Any]) -> provider.ProviderError:
    status = ended.get("http_status")
    status = status if isinstance(status, int) and status >= 400 else 502
    error = ended.get("error")
    inner = error if isinstance(error, dict) else {"message": str(error or "")}
    body = json.dumps(inner if "error" in inner else {"error": inner})
    return answers.failure(status, httpx.Headers(), body.encode())
