"""The model picker's table: what each model is good for, takes, costs at these settings, how it does today. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from gpt_image_ui.generation.health import Figures
from gpt_image_ui.providers.interface import VIDEO, ModelSpec
from gpt_image_ui.web.pages.studio import destination


@dataclass(frozen=True)
class ModelRow:
    """One model. `price` is for the present settings, or the nearest that it takes (`priced` says of what); `seconds`
    and `percent` are today's, -1 unknown. `unavailable` is why it cannot be chosen."""

    id: str
    label: str
    good_for: str
    goes_to: str
    forwards: bool
    limits: str
    price: int
    priced: str
    seconds: float
    percent: int
    edits: bool
    video: bool
    unavailable: str


def row(model: ModelSpec, price: int, priced: str, figures: Mapping[tuple[str, str], Figures]) -> ModelRow:
    """A row of the table."""
    known = figures.get((model.provider, model.id))
    return ModelRow(
        id=model.id,
        label=model.label,
        good_for=model.good_for,
        goes_to=destination.place(model),
        forwards=model.forwards,
        limits=", ".join(limits(model)),
        price=price,
        priced=priced,
        seconds=known.median_seconds if known and known.median_seconds else -1,
        percent=-1 if known is None or known.success_percent is None else known.success_percent,
        edits=model.references_max > 0 and model.kind != VIDEO,
        video=model.kind == VIDEO,
        unavailable=model.unavailable,
    )


def limits(model: ModelSpec) -> list[str]:
    """What it takes and makes, in the fewest words."""
    video = model.kind == VIDEO
    length = f"{model.seconds[0]} to {model.seconds[-1]} s" if len(model.seconds) > 1 else ""
    references = f"{model.references_max} reference{'' if model.references_max == 1 else 's'}"
    return [
        text
        for text, true in (
            (length, video and bool(length)),
            ("sound", model.audio),
            (references if model.references_max else "no references", True),
            ("mask", model.mask),
            (f"{len(model.sizes)} sizes", len(model.sizes) > 1),
            (f"{model.count_max} at once", model.count_max > 1),
            ("seed", model.seed),
            ("transparent", model.transparency),
            (f"until {model.retires:%-d %b %Y}" if model.retires else "", model.retires is not None),
        )
        if true
    ]
