"""Servers that speak the JSON of the AUTOMATIC1111 web interface: one call, pictures in base64."""

import asyncio
import base64
import json
from typing import Any

import httpx

from gpt_image_ui.providers import catalogue_file, interface, line, masking
from gpt_image_ui.providers.checking import Findings
from gpt_image_ui.providers.images_api import answers, exchange, fields, listing
from gpt_image_ui.providers.interface import Call, Completed
from gpt_image_ui.providers.local_settings import LocalSettings

_CROP_AND_RESIZE, _KEEP_WHAT_IS_THERE = 1, 1


async def submit(client: httpx.AsyncClient, settings: LocalSettings, call: Call) -> Completed:
    """Asks once and lands what comes. Raises ProviderError."""
    said = _text(settings, call)
    if call.references:
        said |= await asyncio.to_thread(_pictures, settings, call)
    said = catalogue_file.complete("local", said, call)
    url = f"{settings.base_url}/sdapi/v1/{'img2img' if call.references else 'txt2img'}"
    request = client.build_request("POST", url, json=said, headers=headers(settings))
    async with line.paid(settings.timeout_seconds):
        response = await client.send(request, stream=True)
    try:
        if response.status_code != 200:
            raise answers.failure(response.status_code, response.headers, await exchange.error_body(response))
        _, delivered = await exchange.take(response, settings.server(), call, read)
    finally:
        await response.aclose()
    return Completed(delivered=delivered)


async def check(client: httpx.AsyncClient, settings: LocalSettings) -> Findings:
    """Asks for the samplers that the server knows."""
    said = await listing.ask(client, f"{settings.base_url}/sdapi/v1/samplers", headers(settings))
    if not isinstance(said, list):
        raise interface.BadAnswerError("the answer is no list of samplers")
    names = [str(item.get("name")) for item in said if isinstance(item, dict)]
    wrong = settings.sampler and names and settings.sampler not in names
    return Findings(
        (f"{settings.base_url} answers and knows {len(names)} samplers.",),
        (f"There is no sampler {settings.sampler!r}; there are {', '.join(names)}.",) if wrong else (),
    )


def headers(settings: LocalSettings) -> dict[str, str]:
    """A key with a colon in it is a name and password, as `--api-auth` takes them."""
    key = settings.api_key.get_secret_value()
    if ":" not in key:
        return settings.server().headers()
    return {"Authorization": f"Basic {base64.b64encode(key.encode()).decode()}"}


def read(body: bytearray, count: int) -> answers.Found:
    """The pictures in an answer, each with its seed where the server tells it. Raises ProviderError."""
    parsed = answers.parse(body)
    images = parsed.get("images")
    if not isinstance(images, list) or not images:
        raise answers.complaint_of(parsed)
    found = answers.sort([{"b64_json": image} for image in images[:count]])
    seeds = _seeds(parsed.get("info"))
    pictures = [
        interface.GeneratedImage(p.position, p.data, seeds[p.position] if p.position < len(seeds) else None)
        for p in found.pictures
    ]
    return answers.Found(pictures, [], found.refused, None)


def _text(settings: LocalSettings, call: Call) -> dict[str, Any]:
    request = call.request
    said: dict[str, Any] = {
        "prompt": fields.clean(request.prompt),
        "negative_prompt": settings.negative_prompt,
        "width": request.width,
        "height": request.height,
        "batch_size": request.count,
        "seed": -1 if request.seed is None else request.seed,
        "steps": settings.steps,
        "cfg_scale": settings.cfg_scale,
        "sampler_name": settings.sampler or None,
        "scheduler": settings.scheduler or None,
    }
    if settings.model_names():
        said["override_settings"] = {"sd_model_checkpoint": catalogue_file.sent_as("local", request.model)}
    return {name: value for name, value in said.items() if value is not None}


def _pictures(settings: LocalSettings, call: Call) -> dict[str, Any]:
    first = call.references[0].data
    said: dict[str, Any] = {
        "init_images": [base64.b64encode(first).decode()],
        "denoising_strength": settings.denoising_strength,
        "resize_mode": _CROP_AND_RESIZE,
    }
    if call.mask is not None:
        light = masking.as_light(call.mask.data, first)
        said |= {"mask": base64.b64encode(light).decode(), "inpainting_fill": _KEEP_WHAT_IS_THERE}
    return said


def _seeds(info: Any) -> list[int]:
    """From the JSON text that some servers add."""
    try:
        given = json.loads(info).get("all_seeds")
    except (TypeError, ValueError, AttributeError):
        return []
    return [seed for seed in given if isinstance(seed, int)] if isinstance(given, list) else []
