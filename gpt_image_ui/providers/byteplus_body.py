"""The bodies of creates at ModelArk: what the model declares, and nothing else. Some models refuse a field that they do
not know even when it says "off", so nothing is sent for what is not asked."""

import base64
import json
from typing import Any

from gpt_image_ui.providers import catalogue_file, frames
from gpt_image_ui.providers.byteplus_catalogue import Model
from gpt_image_ui.providers.interface import REFERENCE, BadRequestError, Call, Reference

# A task that nobody waits for any more shall not be drawn: we give up on a video after two hours.
_EXPIRES_SECONDS = 7200
_NAME_CHARS_MAX = 64


def check(model: Model, call: Call) -> None:
    """Raises BadRequestError for what the model cannot be asked, before anything is sent."""
    request, spec = call.request, model.spec
    frames.roles(spec, call.references)
    if spec.size(request.size) is None or spec.quality(request.quality) is None:
        raise BadRequestError("a size or quality that the model does not have")
    if spec.seconds and request.seconds not in spec.seconds:
        raise BadRequestError("a length that the model does not have")
    if model.format_field and request.format not in spec.formats:
        raise BadRequestError("a format that the model does not have")


def picture(model: Model, call: Call, response_format: str) -> bytes:
    """One picture. Runs in a thread: references are written out in it."""
    request = call.request
    given: dict[str, Any] = {
        "model": model.sent_as,
        "prompt": request.prompt,
        "size": request.size,
        "response_format": response_format,
        "watermark": False,
    }
    if model.format_field:
        given["output_format"] = request.format
    if model.spec.transparency and request.background != "auto":
        given["background"] = request.background
    images = [_data_address(reference) for reference in call.references]
    if images:
        given["image"] = images[0] if len(images) == 1 else images
    return json.dumps(catalogue_file.complete("byteplus", given, call)).encode()


def video(model: Model, call: Call, position: int) -> bytes:
    """One clip. Runs in a thread, as above."""
    request = call.request
    content: list[dict[str, Any]] = [{"type": "text", "text": request.prompt}]
    for reference, role in zip(call.references, frames.roles(model.spec, call.references), strict=True):
        part = "reference_image" if role == REFERENCE else role
        content.append({"type": "image_url", "image_url": {"url": _data_address(reference)}, "role": part})
    given: dict[str, Any] = {
        "model": model.sent_as,
        "content": content,
        **model.shapes.get(request.size, {}),
        "duration": request.seconds,
        "generate_audio": request.audio,
        "watermark": False,
        "execution_expires_after": _EXPIRES_SECONDS,
        "safety_identifier": call.end_user[:_NAME_CHARS_MAX],
    }
    if request.seed is not None:
        given["seed"] = request.seed + position
    if call.callback_url:
        given["callback_url"] = call.callback_url
    return json.dumps(catalogue_file.complete("byteplus", given, call)).encode()


def _data_address(reference: Reference) -> str:
    kind = reference.media_type.lower()
    return f"data:{kind};base64,{base64.b64encode(reference.data).decode()}"
