"""Another provider for a job whose own made nothing: the same model, at the same price or less, and never unsaid."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session

from gpt_image_ui.core import config, db
from gpt_image_ui.generation import budget, failures, health, pricing, routing, validate
from gpt_image_ui.generation.tables import Job
from gpt_image_ui.jobs import lifecycle
from gpt_image_ui.providers import registry
from gpt_image_ui.providers.interface import ImageRequest, ModelSpec

# How `Job.route` begins once another provider than the usual one draws.
REASON = "fallback from "


@dataclass(frozen=True)
class Route:
    """Who draws a request, why, and who may take over. `note` tells the person of a change."""

    model: ModelSpec
    reason: str
    fallbacks: tuple[ModelSpec, ...] = ()
    note: str = ""


async def choose(model: ModelSpec, request: ImageRequest, tier: str, told: Sequence[str]) -> Route:
    """The route of a request that validate.py let through. Raises UserFacingError when nobody can be asked now.

    `told` are the destinations that the person saw beside Create.
    """
    others = list_agreed(model, request, tier, told)
    refusals = await db.read(health.list_refusals, _dearest(request, model, *others))
    if model.provider not in refusals:
        return Route(model, routing.reason(model, tier), tuple(others))
    refusal = refusals[model.provider]
    for number, other in enumerate(others):
        if other.provider not in refusals:
            why = f"{REASON}{model.provider}: {refusal.code}"
            return Route(other, why, tuple(others[number + 1 :]), failures.taken_over(model, other))
    raise failures.turned_away(refusal)


def list_agreed(model: ModelSpec, request: ImageRequest, tier: str, told: Sequence[str]) -> list[ModelSpec]:
    """Who else may draw this request: able to do all of it, no dearer, and no news to the person."""
    quoted = pricing.quote(model, request)
    agreed = []
    for other in routing.peers(model, tier):
        same = other.destination in ("", model.destination)
        if (same or other.destination in told) and validate.accepts(other, request):
            price = pricing.quote(other, request)
            if price.total <= quoted.total and price.each <= quoted.each:
                agreed.append(other)
    return agreed


def list_destinations(model: ModelSpec, request: ImageRequest, tier: str) -> list[str]:
    """Where else this request may go if its provider fails: what the line beside Create must say, and what the screen
    then gives `submit` as `told`."""
    if config.get(routing.RoutingSettings).fallback != routing.TOLD:
        return []
    everywhere = [other.destination for other in routing.peers(model, tier)]
    agreed = list_agreed(model, request, tier, everywhere)
    return list(dict.fromkeys(m.destination for m in agreed if m.destination not in ("", model.destination)))


def told_before(job: Job) -> list[str]:
    """The destinations that the person of this job was told."""
    models = [routing.find(*pair) for pair in [[job.provider, job.model], *job.fallbacks]]
    return [model.destination for model in models if model]


def switch(session: Session, job_id: str, why: str) -> bool:
    """Gives the job to the next provider that was agreed on and can be asked. False when there is none.

    Only for a job of which it is certain that nothing was made.
    """
    job = session.get_one(Job, job_id, with_for_update=True)
    if job.status in lifecycle.CLOSED or job.cancel_requested:
        return False
    here = [job.provider, job.model]
    rest = job.fallbacks[job.fallbacks.index(here) + 1 :] if here in job.fallbacks else job.fallbacks
    before = routing.find(*here)
    refusals = health.list_refusals(session)
    for provider, model_id in rest:
        model = routing.find(provider, model_id)
        if model and not model.unavailable and provider not in refusals:
            job.route = f"{REASON}{job.provider}: {why}"
            job.note = failures.taken_over(before, model)
            job.provider, job.model = provider, model_id
            session.add(job)
            return True
    return False


def request_for(request: ImageRequest, model: ModelSpec | None) -> ImageRequest:
    """The request as the provider at work is given it: by its own name of the model, without a seed it cannot take."""
    if model is None or request.model == model.id:
        return request
    return replace(request, model=model.id, seed=request.seed if model.seed else None)


def _dearest(request: ImageRequest, *models: ModelSpec) -> int:
    paid = [model for model in models if not registry.provider_of(model).repeatable]
    return max((budget.estimate(model, request) for model in paid), default=0)
