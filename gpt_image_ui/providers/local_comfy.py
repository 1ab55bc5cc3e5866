"""ComfyUI: each picture is a workflow in its queue, filled in from a file, asked after until its files are there."""

import asyncio
import hashlib
from typing import Any
from urllib.parse import quote

import httpx

from gpt_image_ui.core import http
from gpt_image_ui.providers import catalogue_file, interface, line, local_workflow, masking
from gpt_image_ui.providers.checking import Findings
from gpt_image_ui.providers.images_api import answers, fields, listing
from gpt_image_ui.providers.interface import Call, Completed, GeneratedImage, Pending
from gpt_image_ui.providers.local_settings import LocalSettings

POLL_AFTER_SECONDS = 1.0
_ASK_SECONDS, _FETCH_SECONDS = 30, 60
_FOLDER = "gpt-image-ui"


async def create(client: httpx.AsyncClient, settings: LocalSettings, call: Call) -> Pending:
    """Queues one workflow for each picture, each noted before the next. Raises ProviderError."""
    workflow = local_workflow.read(settings.edit_workflow if call.references else settings.workflow)
    files = await _upload_all(client, settings, call, workflow) if call.references else {}
    made: list[str] = []
    for position in range(call.request.count):
        filled = local_workflow.fill(workflow, _values(call, position) | files)
        made.append(await _queue(client, settings, catalogue_file.complete("local", {"prompt": filled}, call)))
        await call.note(made[-1])
    return Pending(tuple(made), POLL_AFTER_SECONDS)


async def poll(
    client: httpx.AsyncClient, settings: LocalSettings, call: Call, task: str, position: int
) -> Completed | Pending:
    """Asks after one workflow and lands its picture. Raises FetchError while that cannot be fetched."""
    entry = await _entry(client, settings, task)
    if entry is None:
        if any(task in ids for ids in await _queued(client, settings)):
            return Pending((task,), POLL_AFTER_SECONDS)
        # It may have ended between the two questions.
        entry = await _entry(client, settings, task)
    if entry is None:
        raise interface.OutcomeUnknownError("ComfyUI does not know this workflow any more: was it started anew?")
    place = _picture(entry)
    seed = None if call.request.seed is None else call.request.seed + position

    async def read() -> list[GeneratedImage]:
        return [GeneratedImage(position, await _view(client, settings, place), seed)]

    await call.land(read)
    return Completed(1, task)


async def cancel(client: httpx.AsyncClient, settings: LocalSettings, task: str) -> bool:
    """Takes a workflow out of the queue, or interrupts it if it is the one that runs."""
    running, waiting = await _queued(client, settings)
    if task in waiting:
        await _tell(client, settings, "queue", {"delete": [task]})
    elif task in running:
        await _tell(client, settings, "interrupt", {"prompt_id": task})
    return task in waiting or task in running


async def check(client: httpx.AsyncClient, settings: LocalSettings) -> Findings:
    """Asks for the server's version and for every kind of node that the workflows need."""
    headers = settings.server().headers()
    said = await listing.ask(client, f"{settings.base_url}/system_stats", headers)
    system = said.get("system") if isinstance(said, dict) else None
    if not isinstance(system, dict):
        raise interface.BadAnswerError("the answer is not ComfyUI's")
    faults = []
    for path in filter(None, (settings.workflow, settings.edit_workflow)):
        for name in local_workflow.read(path).classes:
            known = await listing.ask(client, f"{settings.base_url}/object_info/{quote(name, safe='')}", headers)
            if not known:
                faults.append(f"{path} needs the node {name}, which this ComfyUI does not have.")
    seen = f"{settings.base_url} is ComfyUI {system.get('comfyui_version', 'of an unknown version')}."
    return Findings((seen,), tuple(faults))


def _values(call: Call, position: int) -> dict[str, Any]:
    request = call.request
    return {
        "prompt": fields.clean(request.prompt),
        "seed": (request.seed or 0) + position,
        "width": request.width,
        "height": request.height,
        "model": catalogue_file.sent_as("local", request.model),
    }


async def _upload_all(
    client: httpx.AsyncClient, settings: LocalSettings, call: Call, workflow: local_workflow.Workflow
) -> dict[str, str]:
    """The names that ComfyUI gives to the references and the mask. A workflow with more pictures than there are
    references has the last one again."""
    first = call.references[0].data
    files: dict[str, str] = {}
    for number, name in enumerate(workflow.images):
        reference = call.references[min(number, len(call.references) - 1)]
        files[name] = await _upload(client, settings, reference.data, reference.media_type)
    if "mask" in workflow.names:
        painted = call.mask.data if call.mask else None
        hole = await asyncio.to_thread(masking.as_hole, painted, first)
        files["mask"] = await _upload(client, settings, hole, "image/png")
    return files


async def _upload(client: httpx.AsyncClient, settings: LocalSettings, data: bytes, media_type: str) -> str:
    name = f"{hashlib.sha256(data).hexdigest()[:32]}.{media_type.partition('/')[2]}"
    said = await _tell(
        client,
        settings,
        "upload/image",
        data={"type": "input", "subfolder": _FOLDER, "overwrite": "true"},
        files={"image": (name, data, media_type)},
    )
    if not isinstance(said, dict) or not isinstance(said.get("name"), str):
        raise interface.BadAnswerError("ComfyUI did not name the picture that was uploaded")
    return "/".join(filter(None, (str(said.get("subfolder") or ""), said["name"])))


async def _queue(client: httpx.AsyncClient, settings: LocalSettings, said: dict[str, Any]) -> str:
    url = f"{settings.base_url}/prompt"
    request = client.build_request("POST", url, json=said, headers=settings.server().headers())
    async with line.paid(_ASK_SECONDS):
        answer = await line.answer(await client.send(request, stream=True))
    given = answer.json if isinstance(answer.json, dict) else {}
    if answer.status == 400:
        raise interface.BadRequestError(_complaint(given))
    if answer.status != 200:
        raise answers.failure(answer.status, answer.headers, b"")
    task = given.get("prompt_id")
    if not isinstance(task, str) or not task:
        raise interface.OutcomeUnknownError("a workflow was queued, and its id cannot be read")
    return task


async def _tell(
    client: httpx.AsyncClient, settings: LocalSettings, path: str, json: dict[str, Any] | None = None, **form: Any
) -> Any:
    """Something that may be said again. Raises ProviderError."""
    url = f"{settings.base_url}/{path}"
    request = client.build_request("POST", url, json=json, headers=settings.server().headers(), **form)
    async with line.free(_ASK_SECONDS):
        answer = await line.answer(await client.send(request, stream=True))
    if answer.status != 200:
        raise answers.failure(answer.status, answer.headers, b"")
    return answer.json


async def _entry(client: httpx.AsyncClient, settings: LocalSettings, task: str) -> dict[str, Any] | None:
    """What became of a workflow, once something has."""
    said = await _ask(client, settings, f"history/{quote(task, safe='')}")
    entry = said.get(task) if isinstance(said, dict) else None
    return entry if isinstance(entry, dict) else None


async def _queued(client: httpx.AsyncClient, settings: LocalSettings) -> tuple[set[str], set[str]]:
    """The ids of the workflows that run and that wait."""
    said = await _ask(client, settings, "queue")
    rows = [said.get(name) if isinstance(said, dict) else None for name in ("queue_running", "queue_pending")]
    running, waiting = ({str(row[1]) for row in part or () if isinstance(row, list) and len(row) > 1} for part in rows)
    return running, waiting


async def _ask(client: httpx.AsyncClient, settings: LocalSettings, path: str) -> Any:
    """A question about tasks: an answer that cannot be used says nothing of them."""
    try:
        return await listing.ask(client, f"{settings.base_url}/{path}", settings.server().headers())
    except interface.ProviderError as error:
        raise interface.UnavailableError(str(error)) from error


def _picture(entry: dict[str, Any]) -> dict[str, str]:
    """Where the picture of a workflow that has ended lies. Raises ProviderError where it made none."""
    status = entry.get("status")
    if isinstance(status, dict) and status.get("status_str") == "error":
        raise answers.ended(interface.UnavailableError(_failure(status)))
    outputs = entry.get("outputs")
    nodes = outputs.values() if isinstance(outputs, dict) else ()
    images = [image for node in nodes if isinstance(node, dict) for image in node.get("images") or ()]
    images = [image for image in images if isinstance(image, dict) and image.get("filename")]
    # What is saved comes before what is only shown on ComfyUI's own screen.
    for image in sorted(images, key=lambda image: image.get("type") != "output"):
        return {name: str(image.get(name) or "") for name in ("filename", "subfolder", "type")}
    raise interface.BadAnswerError("the workflow ended without a picture: does it save one?")


async def _view(client: httpx.AsyncClient, settings: LocalSettings, place: dict[str, str]) -> bytes:
    url, headers = f"{settings.base_url}/view", settings.server().headers()
    try:
        async with (
            asyncio.timeout(_FETCH_SECONDS),
            client.stream("GET", url, params=place, headers=headers) as response,
        ):
            response.raise_for_status()
            return bytes(await http.read_capped(response.aiter_bytes(), settings.answer_bytes_max))
    except (httpx.HTTPError, ValueError, TimeoutError) as error:
        raise http.FetchError from error


def _complaint(given: dict[str, Any]) -> str:
    """Which node refused what, without the values that it was given."""
    nodes = given.get("node_errors")
    said = [
        f"{node.get('class_type', '')} {error.get('type', '')}"
        for node in (nodes.values() if isinstance(nodes, dict) else ())
        if isinstance(node, dict)
        for error in node.get("errors") or ()
        if isinstance(error, dict)
    ]
    error = given.get("error")
    kind = str(error.get("type", "")) if isinstance(error, dict) else ""
    return "; ".join(["400 " + kind, *said])[:300]


def _failure(status: dict[str, Any]) -> str:
    for message in status.get("messages") or ():
        if isinstance(message, list) and len(message) == 2 and isinstance(message[1], dict):
            kind, about = message
            if kind in ("execution_error", "execution_interrupted"):
                return f"{kind} {about.get('node_type', '')} {about.get('exception_type', '')}"[:200].strip()
    return "the workflow failed"
