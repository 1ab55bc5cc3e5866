"""What the composer may offer for the chosen model, and what each choice costs. Pure; it draws declared options."""

from dataclasses import dataclass, replace

from gpt_image_ui.core.errors import UserFacingError
from gpt_image_ui.generation import pricing
from gpt_image_ui.providers.interface import ImageRequest, ModelSpec

BACKGROUNDS = {"auto": "Auto", "opaque": "Opaque", "transparent": "Transparent"}
SEED_MAX = 2**31 - 1


@dataclass(frozen=True)
class Settings:
    """What is set beside the prompt. `seed` is what stands in the field: digits or nothing."""

    model: str = ""
    size: str = ""
    quality: str = ""
    count: int = 1
    seed: str = ""
    background: str = "auto"
    format: str = "png"


@dataclass(frozen=True)
class ModelChoice:
    """A row of the model picker; `price` is for one picture with the present settings, or the nearest it takes."""

    id: str
    label: str
    good_for: str
    goes_to: str
    price: str
    limits: str


@dataclass(frozen=True)
class Choice:
    """A value with its label and a second line: pixels or price."""

    value: str
    label: str
    line: str = ""


@dataclass(frozen=True)
class SizeChoice:
    """A shape, drawn to scale: `ratio` is CSS, `scale` makes shapes of one area look so."""

    value: str
    label: str
    pixels: str
    ratio: str
    scale: str


@dataclass(frozen=True)
class Offer:
    """Everything the composer draws. Prices are in credits; `total` is the most that Create may cost."""

    models: tuple[ModelChoice, ...] = ()
    sizes: tuple[SizeChoice, ...] = ()
    qualities: tuple[Choice, ...] = ()
    formats: tuple[Choice, ...] = ()
    backgrounds: tuple[Choice, ...] = ()
    model_label: str = ""
    size_label: str = ""
    pixels: str = ""
    quality_label: str = ""
    count_max: int = 1
    references_max: int = 0
    prompt_max: int = 0
    seed: bool = False
    destination: str = ""
    total: int = 0
    each: int = 0
    extra: int = 0
    breakdown: str = ""


def fit(wanted: Settings, models: list[ModelSpec]) -> Settings:
    """The nearest settings that the chosen model takes; an unknown model becomes the first."""
    model = _chosen(wanted, models)
    quality = wanted.quality if model.quality(wanted.quality) else model.default_quality
    return Settings(
        model=model.id,
        size=wanted.size if model.size(wanted.size) else _nearest_size(wanted.size, model),
        quality=quality if model.quality(quality) else model.qualities[0].value,
        count=max(1, min(model.count_max, wanted.count)),
        seed=_seed(wanted.seed) if model.seed else "",
        background=wanted.background if wanted.background in _backgrounds(model) else "auto",
        format=wanted.format if wanted.format in model.formats else model.formats[0],
    )


def build(chosen: Settings, references: tuple[str, ...], models: list[ModelSpec]) -> Offer:
    """The choices around settings that fit."""
    model = _chosen(chosen, models)
    size, quality = model.size(chosen.size), model.quality(chosen.quality)
    assert size, "a size that fits"
    assert quality, "a quality that fits"
    quote = pricing.quote(model, request_of(chosen, "", references))
    return Offer(
        models=tuple(_model(other, chosen, models) for other in models),
        sizes=tuple(_size(s.value, s.label, s.width, s.height) for s in model.sizes),
        qualities=tuple(
            Choice(q.value, q.label, f"{_price(model, replace(chosen, quality=q.value))} each") for q in model.qualities
        ),
        formats=tuple(Choice(name, name.upper()) for name in model.formats),
        backgrounds=tuple(Choice(name, BACKGROUNDS[name]) for name in _backgrounds(model)),
        model_label=model.label,
        size_label=size.label,
        pixels=f"{size.width} × {size.height} pixels",
        quality_label=quality.label,
        count_max=model.count_max,
        references_max=model.references_max,
        prompt_max=model.prompt_chars_max,
        seed=model.seed,
        destination=destination_line(model, len(references)),
        total=quote.total,
        each=quote.each,
        extra=quote.total - quote.each * chosen.count,
        breakdown=" + ".join(line.label.replace(" x ", " × ") for line in quote.lines),
    )


def request_of(chosen: Settings, prompt: str, references: tuple[str, ...]) -> ImageRequest:
    """The request that Create sends."""
    return ImageRequest(
        model=chosen.model,
        prompt=prompt,
        size=chosen.size,
        quality=chosen.quality,
        count=chosen.count,
        seed=int(chosen.seed) if chosen.seed else None,
        background=chosen.background,
        format=chosen.format,
        references=references,
    )


def check_price(chosen: Settings, references: tuple[str, ...], shown: str, models: list[ModelSpec]) -> None:
    """Raises UserFacingError when the press would cost more than its button said."""
    now = pricing.quote(_chosen(chosen, models), request_of(chosen, "", references)).total
    if shown.isdecimal() and len(shown) < 12 and now > int(shown):
        raise UserFacingError(
            f"The price has changed: this costs at most {now:,} now, not {int(shown):,}. Nothing was charged. "
            "Press Create once more if you want it.",
            "price_changed",
        )


def settings_of(request: ImageRequest) -> Settings:
    """The settings that a stored request had."""
    return Settings(
        request.model,
        request.size,
        request.quality,
        request.count,
        "" if request.seed is None else str(request.seed),
        request.background,
        request.format,
    )


def destination_line(model: ModelSpec, references: int) -> str:
    """Where the prompt goes, as the line under it says."""
    if not model.destination:
        return f"{model.note or 'Drawn by this server'}. Nothing leaves it."
    with_references = "" if not references else f" and {references} reference{'' if references == 1 else 's'}"
    return f"Goes to {model.destination}: prompt{with_references or ' only'}."


def _chosen(wanted: Settings, models: list[ModelSpec]) -> ModelSpec:
    return next((model for model in models if model.id == wanted.model), models[0])


def _nearest_size(wanted: str, model: ModelSpec) -> str:
    """Of the same shape if the model has it; what cannot be read becomes the model's default."""
    try:
        width, height = (int(part) for part in wanted.split("x"))
        ratio = width / height
    except (ValueError, ZeroDivisionError):
        return model.sizes[0].value
    return min(model.sizes, key=lambda size: abs(size.width / size.height - ratio)).value


def _seed(text: str) -> str:
    digits = text.strip()
    return digits if digits.isascii() and digits.isdigit() and len(digits) < 11 and int(digits) <= SEED_MAX else ""


def _backgrounds(model: ModelSpec) -> list[str]:
    return ["auto", "opaque", "transparent"] if model.transparency else ["auto"]


def _model(model: ModelSpec, chosen: Settings, models: list[ModelSpec]) -> ModelChoice:
    nearest = fit(replace(chosen, model=model.id), models)
    limits = [f"up to {model.count_max} at once"]
    if model.references_max:
        limits.append(f"{model.references_max} references")
    return ModelChoice(
        model.id,
        model.label,
        model.good_for,
        model.destination or "This server",
        f"{_price(model, nearest)} each",
        ", ".join(limits),
    )


def _price(model: ModelSpec, settings: Settings) -> str:
    each = pricing.quote(model, request_of(settings, "", ())).each
    return f"{each:,}" if each else "0"


def _size(value: str, label: str, width: int, height: int) -> SizeChoice:
    ratio = width / height
    return SizeChoice(value, label, f"{width} × {height}", f"{width} / {height}", f"{max(1, 1.15 * ratio**0.3):.2f}")
