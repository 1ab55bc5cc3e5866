"""The one list of providers. Only this file names a vendor's module."""

from functools import cache

from gpt_image_ui.core.errors import UserFacingError
from gpt_image_ui.providers.interface import ModelSpec, Provider
from gpt_image_ui.providers.openai import OpenAIProvider
from gpt_image_ui.providers.sketch import SketchProvider


@cache
def providers() -> dict[str, Provider]:
    """Every provider by name, configured or not, in the order in which their models are offered."""
    made: tuple[Provider, ...] = (OpenAIProvider(), SketchProvider())
    return {provider.name: provider for provider in made}


def models() -> list[ModelSpec]:
    """Every model that can be chosen now; the first is the default."""
    return [model for provider in providers().values() for model in provider.models()]


def get_model(model_id: str) -> ModelSpec:
    """Raises UserFacingError for a model that is not offered."""
    if model := find_model(model_id):
        return model
    raise UserFacingError(
        "That model is not offered here now. Nothing was charged. Choose another model.", "model_unavailable"
    )


def find_model(model_id: str) -> ModelSpec | None:
    """The model, unless it is not offered any more."""
    return next((model for model in models() if model.id == model_id), None)


def provider_of(model: ModelSpec) -> Provider:
    """The maker behind a model."""
    return providers()[model.provider]
