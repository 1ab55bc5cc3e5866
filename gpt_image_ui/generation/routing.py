"""Which models a person may use, and which provider serves them: rules by tier, kind and model.

Model ids are each provider's own. Providers that serve the same model are found by its *group*: the model's id without
the name of its provider in front ('kie/gpt-image-2' and 'gpt-image-2' are one group), or what `routing.groups` says.
"""

from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from gpt_image_ui.accounts.tables import GUEST
from gpt_image_ui.core import config
from gpt_image_ui.core.errors import UserFacingError
from gpt_image_ui.generation import failures, health
from gpt_image_ui.providers import registry
from gpt_image_ui.providers.interface import ModelSpec

GUESTS, MEMBERS, PAID, ANY = "guest", "member", "paid", "any"
OFF, SAME_DESTINATION, TOLD = "off", "same_destination", "told"


class Rule(BaseModel):
    """Requests of this tier and kind for a model whose id or group fits the pattern go to these providers alone, the
    first that offers it before the others."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    tier: Literal["guest", "member", "paid", "any"] = ANY
    kind: Literal["image", "video", "any"] = ANY
    model: str = "*"
    providers: tuple[str, ...] = Field(min_length=1)


class RoutingSettings(config.Section):
    """Who is served by which provider. The first of the `rules` that fits decides (`tier` guest, member, paid or any;
    `kind` image, video or any; `model` a pattern; `providers` in order); without one, every provider serves its own
    models. `groups` names what is one model at several providers. `fallback`: when a provider fails, another may
    draw at the same price or less: never, only where the data goes to the same place, or where the person was told."""

    model_config = config.section("routing")
    rules: tuple[Rule, ...] = ()
    groups: dict[str, str] = Field(default_factory=dict)
    fallback: str = Field(TOLD, pattern="^(off|same_destination|told)$")


async def offered(tier: str) -> list[ModelSpec]:
    """What the screens list for a tier. A model that cannot be used now stays, with the reason in `unavailable`."""
    refusals = await health.find_refusals()
    return [_marked(model, tier, refusals) for model in allowed(tier)]


def allowed(tier: str) -> list[ModelSpec]:
    """The models of a tier, healthy or not; every id once, and every group once for each rule that chose it."""
    chosen: dict[object, ModelSpec] = {}
    ids: set[str] = set()
    for model in _candidates(tier):
        rule = _rule(model, tier)
        key = (rule, group_of(model), model.kind) if rule else model.id
        if key not in chosen and model.id not in ids:
            chosen[key] = model
            ids.add(model.id)
    return list(chosen.values())


def get_allowed(model_id: str, tier: str) -> ModelSpec:
    """The model of that id, or the one of its group that this tier's rules chose. Raises UserFacingError."""
    models = allowed(tier)
    found = next((model for model in models if model.id == model_id), None)
    if found is None and (known := registry.find_model(model_id)):
        group = (group_of(known), known.kind)
        found = next((model for model in models if (group_of(model), model.kind) == group), None)
    if found is None:
        raise UserFacingError(
            "That model is not offered here now. Nothing was charged. Choose another model.", "model_unavailable"
        )
    return found


def peers(model: ModelSpec, tier: str) -> list[ModelSpec]:
    """The same model at other providers that this tier's rules let serve it, in the order in which they are tried,
    and as far as `routing.fallback` lets the data go elsewhere."""
    mode = config.get(RoutingSettings).fallback
    if mode == OFF:
        return []
    return [
        other
        for other in _candidates(tier)
        if other.provider != model.provider
        and (group_of(other), other.kind) == (group_of(model), model.kind)
        and not other.unavailable
        and (mode == TOLD or other.destination == model.destination)
    ]


def reason(model: ModelSpec, tier: str) -> str:
    """Why requests of a tier for a model go to its provider."""
    rule = _rule(model, tier)
    number = config.get(RoutingSettings).rules.index(rule) + 1 if rule else 0
    return f"rule {number} ({tier})" if rule else f"default ({tier})"


def find(provider: str, model_id: str) -> ModelSpec | None:
    """A provider's own model of that id, unless it is not offered any more."""
    return next((model for model in registry.models_of(provider) if model.id == model_id), None)


def group_of(model: ModelSpec) -> str:
    """The name that one model has at all providers."""
    groups = config.get(RoutingSettings).groups
    own = next((model.id[len(model.provider) + 1 :] for c in ":/" if model.id.startswith(model.provider + c)), model.id)
    return groups.get(f"{model.provider}:{model.id}") or groups.get(model.id) or own


def tier_of(kind: str) -> str:
    """The tier of an account of this kind."""
    return GUESTS if kind == GUEST else MEMBERS


def list_unknown() -> list[str]:
    """Providers that the rules name and nobody has: typing errors that would leave a tier without models."""
    named = {name for rule in config.get(RoutingSettings).rules for name in rule.providers}
    return sorted(named - registry.providers().keys())


def _candidates(tier: str) -> list[ModelSpec]:
    """All that a tier's rules permit. Where a rule decides, its order of providers, else the registry's."""
    order = list(registry.providers())

    def place(model: ModelSpec) -> int:
        rule = _rule(model, tier)
        return rule.providers.index(model.provider) if rule else order.index(model.provider)

    permitted = [
        model for model in registry.models() if (rule := _rule(model, tier)) is None or model.provider in rule.providers
    ]
    return sorted(permitted, key=place)


def _rule(model: ModelSpec, tier: str) -> Rule | None:
    for rule in config.get(RoutingSettings).rules:
        fits = rule.tier in (ANY, tier) and rule.kind in (ANY, model.kind)
        if fits and any(fnmatchcase(name, rule.model) for name in (model.id, group_of(model))):
            return rule
    return None


def _marked(model: ModelSpec, tier: str, refusals: dict[str, health.Refusal]) -> ModelSpec:
    refusal = refusals.get(model.provider)
    if refusal is None or model.unavailable or any(other.provider not in refusals for other in peers(model, tier)):
        return model
    return replace(model, unavailable=failures.reason(refusal))
