"""What the landing page's composer may offer: the choices of the models that can really be picked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gpt_image_ui.providers.interface import ModelSpec


@dataclass(frozen=True)
class ModelChoice:
    """One model. `line` says where the words go; `sizes` are the values it accepts."""

    id: str
    label: str
    line: str
    sizes: str
    count_max: int


@dataclass(frozen=True)
class Offer:
    """The composer's choices and what is filled in. Sizes are those of all models, in the first model's order."""

    models: list[ModelChoice]
    sizes: dict[str, str]
    counts: list[int]
    prompt_chars_max: int
    prompt: str
    model: str
    size: str
    count: int

    @property
    def line(self) -> str:
        return next(choice.line for choice in self.models if choice.id == self.model)


def build(models: Sequence[ModelSpec], asked: Mapping[str, str], checker: str = "") -> Offer:
    """`asked` comes from the address, so anything in it that is not offered falls back to the default. `checker` is
    whom the safety check sends prompts to, if anybody."""
    chosen = next((model for model in models if model.id == asked.get("model")), models[0])
    sizes = {size.value: size.label for model in models for size in model.sizes}
    counts = list(range(1, max(model.count_max for model in models) + 1))
    size = asked.get("size", "")
    count = asked.get("count", "1")
    limit = max(model.prompt_chars_max for model in models)
    return Offer(
        models=[_choice(model, models, checker) for model in models],
        sizes=sizes,
        counts=counts,
        prompt_chars_max=limit,
        prompt=asked.get("prompt", "")[:limit],
        model=chosen.id,
        size=size if chosen.size(size) else chosen.sizes[0].value,
        count=int(count) if count.isdecimal() and int(count) in range(1, chosen.count_max + 1) else 1,
    )


def _choice(model: ModelSpec, models: Sequence[ModelSpec], checker: str) -> ModelChoice:
    if model.destination:
        line = f"Goes to {model.destination}."
    elif checker:
        line = f"Drawn by this server, after a safety check by {checker}."
    elif any(other.destination for other in models):
        line = "Drawn by this server. Nothing leaves it until you choose another model."
    else:
        line = "Drawn by this server. Nothing leaves it."
    return ModelChoice(model.id, model.label, line, " ".join(size.value for size in model.sizes), model.count_max)
