"""The body of a create at KIE.ai: what the model declares, and nothing else."""

from typing import Any

from gpt_image_ui.providers import catalogue_file, frames
from gpt_image_ui.providers.interface import FIRST_FRAME, BadRequestError, Call
from gpt_image_ui.providers.kie_catalogue import Model


def check(model: Model, call: Call) -> None:
    """Raises BadRequestError for what the model cannot be asked, before anything is sent."""
    request = call.request
    frames.roles(model.spec, call.references)
    if request.model not in catalogue_file.ids("kie") and request.size not in model.shapes:
        raise BadRequestError("a size that the model does not have")
    if model.format_field and request.format not in model.formats:
        raise BadRequestError("a format that the model does not have")
    if model.spec.seconds and request.seconds not in model.spec.seconds:
        raise BadRequestError("a length that the model does not have")


def build(model: Model, call: Call, places: list[str], *, checker: bool) -> dict[str, Any]:
    """`places` are the addresses of the uploaded pictures, in their order."""
    request = call.request
    given: dict[str, Any] = {"prompt": request.prompt, **model.shapes.get(request.size, {}), **model.fixed}
    given |= _pictures(model, call, places)
    if model.format_field:
        given[model.format_field] = model.formats[request.format]
    if model.seed and request.seed is not None:
        given["seed"] = request.seed
    if model.spec.seconds:
        given["duration"] = request.seconds
    if model.audio_field:
        given[model.audio_field] = request.audio
    if model.checker:
        given["nsfw_checker"] = checker
    named = (model.edit or model.text) if places else model.text
    given = catalogue_file.complete("kie", {"model": named, **given}, call)
    body: dict[str, Any] = {"model": given.pop("model", named), "input": given}
    return body | ({"callBackUrl": call.callback_url} if call.callback_url else {})


def _pictures(model: Model, call: Call, places: list[str]) -> dict[str, Any]:
    if not places:
        return {}
    roles = frames.roles(model.spec, call.references)
    if FIRST_FRAME not in roles:
        return {model.references: places}
    ordered = [place for _, place in sorted(zip(roles, places, strict=True))]  # "first" sorts before "last"
    return {model.frames[0]: ordered} if len(model.frames) == 1 else dict(zip(model.frames, ordered, strict=False))
