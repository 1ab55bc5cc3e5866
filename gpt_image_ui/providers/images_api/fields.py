"""What a request says to a server: every field that the family of GPT Image models knows, or only what all know."""

import re
from collections.abc import Mapping
from typing import Any

from gpt_image_ui.providers.interface import Call

# Servers built on stable-diffusion.cpp take options out of the prompt; a person's prompt must not set them.
_SERVER_TAG = re.compile(r"<(?=/?\s*sd_cpp_extra_args)", re.IGNORECASE)
_NAME = re.compile(r"\{(\w+)\}")
# Drawn within seconds, and a preview would cost half as much as the picture.
NO_PREVIEWS_AT = ("low",)


def full(call: Call, *, end_user_field: str) -> dict[str, Any]:
    """For a model of the GPT Image family. Quality is always sent: the server's own choice may cost many times more."""
    request = call.request
    fields = plain(call) | {"prompt": request.prompt, "quality": request.quality, "output_format": request.format}
    if request.background != "auto":
        fields["background"] = request.background
    return fields | {end_user_field: call.end_user}


def plain(call: Call) -> dict[str, Any]:
    """For a model of which nothing is known."""
    request = call.request
    return {"model": request.model, "prompt": clean(request.prompt), "n": request.count, "size": request.size}


def clean(prompt: str) -> str:
    """A prompt without the means to set options of the operator's own server."""
    return _SERVER_TAG.sub("< ", prompt)


def with_previews(fields: dict[str, Any], call: Call, count: int) -> dict[str, Any]:
    """The same request, answered as a stream that shows `count` unfinished pictures where that is possible and worth
    it: servers refuse to stream several pictures."""
    if not count or call.request.count > 1 or call.request.quality in NO_PREVIEWS_AT:
        return fields
    return fields | {"stream": True, "partial_images": count}


def fill(template: Mapping[str, Any], call: Call) -> dict[str, Any]:
    """An operator's own fields, with what stands in braces taken from the request. A field of null is left out."""
    request = call.request
    known: dict[str, Any] = {
        "prompt": clean(request.prompt),
        "model": request.model,
        "size": request.size,
        "width": request.width,
        "height": request.height,
        "n": request.count,
        "quality": request.quality,
        "format": request.format,
        "background": request.background,
        "seed": request.seed,
        "end_user": call.end_user,
    }
    filled = {name: place(value, known) for name, value in template.items()}
    return {name: value for name, value in filled.items() if value is not None}


def place(value: Any, known: Mapping[str, Any]) -> Any:
    """`value` with each `{name}` replaced, once. A text that is nothing but one name becomes the thing itself, so that
    numbers stay numbers; names that are not known stay as they stand."""
    if isinstance(value, dict):
        return {key: place(inner, known) for key, inner in value.items()}
    if isinstance(value, list):
        return [place(inner, known) for inner in value]
    if not isinstance(value, str):
        return value
    if (whole := _NAME.fullmatch(value)) and whole[1] in known:
        return known[whole[1]]
    return _NAME.sub(lambda found: str(known.get(found[1], found[0])), value)
