"""Checks a request against what its model declares. Every rule is catalogue data; nothing here names a vendor."""

import unicodedata
from dataclasses import replace

from gpt_image_ui.core.errors import UserFacingError
from gpt_image_ui.generation import routing
from gpt_image_ui.providers.interface import ImageRequest, ModelSpec

SEED_MAX = 2**31 - 1
BACKGROUNDS = ("auto", "opaque", "transparent")


def check(request: ImageRequest, tier: str = routing.MEMBERS) -> tuple[ModelSpec, ImageRequest]:
    """The model and the request as it will be kept. Raises UserFacingError that names the field and the way out."""
    model = routing.get_allowed(request.model, tier)
    return model, check_for(model, request)


def accepts(model: ModelSpec, request: ImageRequest) -> bool:
    """Whether a model can do all of what is asked."""
    try:
        check_for(model, request)
    except UserFacingError:
        return False
    return True


def check_for(model: ModelSpec, request: ImageRequest) -> ImageRequest:
    """As `check`, for a model that was found."""
    if model.unavailable:
        raise _refuse(f"{model.label} cannot be used now: {model.unavailable}", "model_unavailable")
    prompt = _clean(request.prompt)
    if not prompt:
        raise _refuse("Write what you want to see first.", "prompt_empty")
    if len(prompt) > model.prompt_chars_max:
        over = len(prompt) - model.prompt_chars_max
        raise _refuse(
            f"The prompt is {over:,} characters too long for {model.label}, which reads {model.prompt_chars_max:,}. "
            "Shorten it and try again; it is kept here.",
            "prompt_too_long",
        )
    if model.size(request.size) is None:
        offered = ", ".join(f"{s.width} × {s.height}" for s in model.sizes)
        raise _refuse(f"{model.label} cannot make that size. Choose one of {offered}.", "size_unsupported")
    if model.quality(request.quality) is None:
        raise _refuse(f"{model.label} does not offer that quality. Choose another.", "quality_unsupported")
    if not 1 <= request.count <= model.count_max:
        raise _refuse(f"{model.label} makes 1 to {model.count_max} pictures at a time.", "count_unsupported")
    _check_extras(model, request)
    return replace(request, model=model.id, prompt=prompt)


def _check_extras(model: ModelSpec, request: ImageRequest) -> None:
    if len(request.references) > model.references_max:
        raise _refuse(
            f"{model.label} takes at most {model.references_max} references and there are {len(request.references)}. "
            "Remove some or choose another model.",
            "too_many_references",
        )
    if request.roles and (len(request.roles) != len(request.references) or not set(request.roles) <= set(model.roles)):
        raise _refuse(f"{model.label} cannot use references that way.", "roles_unsupported")
    if request.mask and not (model.mask and request.references):
        raise _refuse(f"{model.label} cannot edit within a mask.", "mask_unsupported")
    if request.seconds not in (model.seconds or (0,)):
        raise _refuse(f"{model.label} makes {_listed(model.seconds)} seconds.", "seconds_unsupported")
    if request.audio and not model.audio:
        raise _refuse(f"{model.label} makes no sound.", "audio_unsupported")
    if request.seed is not None and not (model.seed and 0 <= request.seed <= SEED_MAX):
        raise _refuse(f"{model.label} takes no such seed. Leave it empty.", "seed_unsupported")
    transparent = request.background == "transparent"
    if request.background not in BACKGROUNDS or (transparent and not model.transparency):
        raise _refuse(f"{model.label} cannot make that background.", "background_unsupported")
    if request.format not in model.formats or (transparent and request.format == "jpeg"):
        raise _refuse(f"{model.label} cannot save that as {request.format.upper()}.", "format_unsupported")


def _clean(prompt: str) -> str:
    # Control characters would travel to providers unseen; NFC makes equal texts equal.
    kept = "".join(c for c in prompt if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))
    return unicodedata.normalize("NFC", kept).strip()


def _listed(numbers: tuple[int, ...]) -> str:
    return ", ".join(map(str, numbers)) or "no"


def _refuse(message: str, code: str) -> UserFacingError:
    return UserFacingError(f"{message} Nothing was charged.", code)
