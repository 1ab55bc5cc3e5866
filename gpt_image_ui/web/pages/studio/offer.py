"""What the composer may offer for the chosen model, and what each choice costs. Pure; it draws declared options."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from gpt_image_ui.core.errors import UserFacingError
from gpt_image_ui.generation import pricing
from gpt_image_ui.generation.health import Figures
from gpt_image_ui.providers.interface import REFERENCE, VIDEO, ImageRequest, ModelSpec
from gpt_image_ui.web.pages.studio import comparison, destination, sizes
from gpt_image_ui.web.pages.studio.comparison import ModelRow
from gpt_image_ui.web.pages.studio.sizes import SizeChoice

BACKGROUNDS = {"auto": "Auto", "opaque": "Opaque", "transparent": "Transparent"}
SEED_MAX = 2**31 - 1
_SECONDS = 5


@dataclass(frozen=True)
class Settings:
    """What is set beside the prompt. `seed` is what stands in the field: digits or nothing. `seconds` (digits) and
    `audio` ("on") are a video's."""

    model: str = ""
    size: str = ""
    quality: str = ""
    count: int = 1
    seed: str = ""
    background: str = "auto"
    format: str = "png"
    seconds: str = ""
    audio: str = ""


@dataclass(frozen=True)
class Choice:
    """A value with its label and a second line: pixels or price."""

    value: str
    label: str
    line: str = ""


@dataclass(frozen=True)
class Offer:
    """Everything the composer draws. Prices are in credits; `total` is the most that Create may cost."""

    sizes: tuple[SizeChoice, ...] = ()
    steps: tuple[Choice, ...] = ()
    qualities: tuple[Choice, ...] = ()
    formats: tuple[Choice, ...] = ()
    backgrounds: tuple[Choice, ...] = ()
    seconds: tuple[Choice, ...] = ()
    model_label: str = ""
    size_label: str = ""
    pixels: str = ""
    quality_label: str = ""
    count_max: int = 1
    references_max: int = 0
    prompt_max: int = 0
    seed: bool = False
    audio: bool = False
    video: bool = False
    destination: str = ""
    told: str = ""
    unavailable: str = ""
    total: int = 0
    each: int = 0
    extra: int = 0
    breakdown: str = ""


def fit(wanted: Settings, models: list[ModelSpec]) -> Settings:
    """The nearest settings that the chosen model takes; an unknown model becomes the first that can be used."""
    model = find(wanted, models)
    quality = wanted.quality if model.quality(wanted.quality) else model.default_quality
    return Settings(
        model=model.id,
        size=wanted.size if model.size(wanted.size) else sizes.nearest(wanted.size, model),
        quality=quality if model.quality(quality) else model.qualities[0].value,
        count=max(1, min(model.count_max, wanted.count)),
        seed=_seed(wanted.seed) if model.seed else "",
        background=wanted.background if wanted.background in _backgrounds(model) else "auto",
        format=wanted.format if wanted.format in model.formats else model.formats[0],
        seconds=_seconds(wanted.seconds, model),
        audio="on" if model.audio and wanted.audio == "on" else "",
    )


def build(chosen: Settings, references: tuple[str, ...], models: list[ModelSpec], others: Sequence[str] = ()) -> Offer:
    """The choices around settings that fit. `others` are the destinations that may take over."""
    model = find(chosen, models)
    size, quality = model.size(chosen.size), model.quality(chosen.quality)
    assert size, "a size that fits"
    assert quality, "a quality that fits"
    quote = pricing.quote(model, request_of(chosen, "", references))
    return Offer(
        sizes=sizes.shapes(model, size),
        steps=tuple(
            Choice(s.value, sizes.step_label(model, s), f"{_price(model, replace(chosen, size=s.value))} each")
            for s in sizes.steps(model, size)
        ),
        qualities=tuple(
            Choice(q.value, q.label, f"{_price(model, replace(chosen, quality=q.value))} each") for q in model.qualities
        ),
        formats=tuple(Choice(name, name.upper()) for name in model.formats),
        backgrounds=tuple(Choice(name, BACKGROUNDS[name]) for name in _backgrounds(model)),
        seconds=tuple(
            Choice(str(s), f"{s} s, {_price(model, replace(chosen, seconds=str(s)))} credits") for s in model.seconds
        ),
        model_label=model.label,
        size_label=size.label,
        pixels=f"{size.width} × {size.height} pixels",
        quality_label=quality.label,
        count_max=model.count_max,
        references_max=model.references_max,
        prompt_max=model.prompt_chars_max,
        seed=model.seed,
        audio=model.audio,
        video=model.kind == VIDEO,
        destination=destination.line(model, len(references), others),
        told="\n".join(others),
        unavailable=f"{model.label} cannot be used now: {model.unavailable}" if model.unavailable else "",
        total=quote.total,
        each=quote.each,
        extra=quote.total - quote.each * chosen.count,
        breakdown=_breakdown(quote, model),
    )


def compare(
    chosen: Settings, models: list[ModelSpec], figures: Mapping[tuple[str, str], Figures]
) -> tuple[ModelRow, ...]:
    """Every model beside the others, at the present settings or the nearest that it takes."""
    rows = []
    for model in models:
        nearest = fit(replace(chosen, model=model.id), models)
        price = pricing.quote(model, request_of(nearest, "", ())).total
        rows.append(comparison.row(model, price, _amount(model, nearest), figures))
    return tuple(rows)


def request_of(chosen: Settings, prompt: str, references: tuple[str, ...], roles: tuple[str, ...] = ()) -> ImageRequest:
    """The request that Create sends. Roles that say nothing are not sent."""
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
        roles=roles if len(roles) == len(references) and set(roles) - {REFERENCE} else (),
        seconds=int(chosen.seconds) if chosen.seconds else 0,
        audio=chosen.audio == "on",
    )


def check_price(chosen: Settings, references: tuple[str, ...], shown: str, models: list[ModelSpec]) -> None:
    """Raises UserFacingError when the press would cost more than its button said."""
    now = pricing.quote(find(chosen, models), request_of(chosen, "", references)).total
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
        str(request.seconds) if request.seconds else "",
        "on" if request.audio else "",
    )


def find(wanted: Settings, models: list[ModelSpec]) -> ModelSpec:
    """The chosen model. One that is not listed becomes the first that can be used."""
    usable = next((model for model in models if not model.unavailable), models[0])
    return next((model for model in models if model.id == wanted.model), usable)


def _seconds(wanted: str, model: ModelSpec) -> str:
    """The nearest length; a person who asked for none gets a short one."""
    if not model.seconds:
        return ""
    asked = int(wanted) if wanted.isdecimal() and len(wanted) < 5 else _SECONDS
    return str(min(model.seconds, key=lambda length: abs(length - asked)))


def _seed(text: str) -> str:
    digits = text.strip()
    return digits if digits.isascii() and digits.isdigit() and len(digits) < 11 and int(digits) <= SEED_MAX else ""


def _backgrounds(model: ModelSpec) -> list[str]:
    return ["auto", "opaque", "transparent"] if model.transparency else ["auto"]


def _amount(model: ModelSpec, nearest: Settings) -> str:
    if model.kind == VIDEO:
        return f"{nearest.seconds} s video" if nearest.seconds else "1 video"
    return "1 picture" if nearest.count == 1 else f"{nearest.count} pictures"


def _breakdown(quote: pricing.Quote, model: ModelSpec) -> str:
    text = " + ".join(line.label.replace(" x ", " × ") for line in quote.lines)
    return text.replace("picture", "video") if model.kind == VIDEO else text


def _price(model: ModelSpec, settings: Settings) -> str:
    return f"{pricing.quote(model, request_of(settings, '', ())).each:,}"
