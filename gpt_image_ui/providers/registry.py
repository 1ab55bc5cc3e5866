"""The one list of providers. Only this file names a vendor's module."""

from functools import cache

from gpt_image_ui.core import clock
from gpt_image_ui.core.errors import UserFacingError
from gpt_image_ui.providers import catalogue_file
from gpt_image_ui.providers.byteplus import BytePlusProvider
from gpt_image_ui.providers.interface import ModelSpec, Provider
from gpt_image_ui.providers.kie import KieProvider
from gpt_image_ui.providers.local import LocalProvider
from gpt_image_ui.providers.openai import OpenAIProvider
from gpt_image_ui.providers.sketch import SketchProvider
from gpt_image_ui.providers.sub2api import Sub2ApiProvider


@cache
def providers() -> dict[str, Provider]:
    """Every provider by name, configured or not, in the order in which their models are offered."""
    made: tuple[Provider, ...] = (
        OpenAIProvider(),
        KieProvider(),
        BytePlusProvider(),
        Sub2ApiProvider(),
        LocalProvider(),
        SketchProvider(),
    )
    return {provider.name: provider for provider in made}


def models() -> list[ModelSpec]:
    """Every model that can be chosen now, as the operator's catalogue file has it; the first is the default."""
    return [model for name in providers() for model in models_of(name)]


def models_of(name: str) -> list[ModelSpec]:
    """The same of one provider; none of a provider that nobody has."""
    provider, today = providers().get(name), clock.now().date()
    offered = catalogue_file.apply(name, provider.models()) if provider else []
    return [model for model in offered if model.retires is None or today <= model.retires]


def catalogue_faults() -> list[str]:
    """What is wrong in the operator's catalogue file beside the providers that there are."""
    return catalogue_file.faults({name: provider.models() for name, provider in providers().items()})


def get_model(model_id: str) -> ModelSpec:
    """Raises UserFacingError for a model that is not offered."""
    if model := find_model(model_id):
        return model
    raise UserFacingError(
        "That model is not offered here now. Nothing was charged. Choose another model.", "model_unavailable"
    )


def find_model(model_id: str) -> ModelSpec | None:
    """The model, unless it is not offered any more."""
    return next((model for name in providers() for model in models_of(name) if model.id == model_id), None)


def provider_of(model: ModelSpec) -> Provider:
    """The maker behind a model."""
    return providers()[model.provider]
