"""OpenAI's models as data, whoever serves them: options, limits, prices. Read from its documentation on 2026-11-20."""

import math
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache

from gpt_image_ui.providers.images_api import fields
from gpt_image_ui.providers.images_api.answers import TokenPrice
from gpt_image_ui.providers.images_api.sizes import CLASSIC, FREE, SERVER
from gpt_image_ui.providers.interface import ModelSpec, Quality, Size

PRICE = TokenPrice()
# An unfinished picture that is shown costs this many output tokens more.
_PREVIEW_TOKENS = 100
_LABELS = {"low": "Low", "medium": "Medium", "high": "High", "xhigh": "Extra high", "max": "Maximum"}
Tariff = Callable[[int, int, str], int]


def tokens(grid: int, width: int, height: int) -> int:
    """How many output tokens a picture takes; `grid` stands for the quality.

    Gives the published 196, 1,756 and 7,024 tokens of gpt-image-2 at 1024 x 1024 for low, medium and high, and the
    published prices at 3:2 (community topic 1382699, checked by arithmetic).
    """
    short, long = sorted((width, height))
    return math.ceil(grid * round(grid * short / long) * (2_000_000 + width * height) / 4_000_000)


def _by_tokens(grids: dict[str, int], factors: dict[str, float]) -> Tariff:
    def micros(width: int, height: int, quality: str) -> int:
        return math.ceil(tokens(grids[quality], width, height) * factors.get(quality, 1) * PRICE.image_out)

    return micros


def _by_table(square: dict[str, int], long: dict[str, int]) -> Tariff:
    def micros(width: int, height: int, quality: str) -> int:
        return (square if width == height else long)[quality]

    return micros


def _model(
    model_id: str, label: str, good_for: str, qualities: tuple[str, ...], tariff: Tariff, sizes: tuple[Size, ...] = FREE
) -> ModelSpec:
    return ModelSpec(
        id=model_id,
        provider="openai",
        label=label,
        good_for=good_for,
        sizes=sizes,
        qualities=_qualities(qualities, sizes, tariff),
        destination="OpenAI",
        count_max=4,
        references_max=16,
        micros_per_reference=15_000,  # some 1,900 input tokens each at 8 micro-USD: an estimate, no figure is published
        prompt_chars_max=32_000,
        transparency=True,
        formats=("png", "jpeg", "webp"),
        tariff=tariff,
        mask=True,
    )


def _qualities(values: tuple[str, ...], sizes: tuple[Size, ...], tariff: Tariff) -> tuple[Quality, ...]:
    """Each with the dearest of the sizes offered, for whoever wants one figure."""
    return tuple(
        Quality(q, _LABELS[q], max(-(-tariff(s.width, s.height, q) * 1_000_000 // (s.width * s.height)) for s in sizes))
        for q in values
    )


_GRIDS_2 = {"low": 16, "medium": 48, "high": 96}
_GRIDS_25 = {"low": 16, "medium": 24, "high": 48, "xhigh": 64, "max": 96}
# 2.6 takes 3 to 4 times the tokens of 2.5 at low and medium, and about as many above (measured by a reseller).
_FACTORS_26 = {"low": 4.3, "medium": 4.0, "high": 1.05, "xhigh": 1.05, "max": 1.05}
_2, _25 = tuple(_GRIDS_2), tuple(_GRIDS_25)
_tariff_2, _tariff_25, _tariff_26 = (
    _by_tokens(_GRIDS_2, {}),
    _by_tokens(_GRIDS_25, {}),
    _by_tokens(_GRIDS_25, _FACTORS_26),
)

# What is offered, in this order.
MODELS = {
    model.id: model
    for model in (
        _model("gpt-image-2", "GPT Image 2", "Exact instructions, readable lettering, careful edits", _2, _tariff_2),
        _model("gpt-image-2.6-sunburst", "GPT Image 2.6 Sunburst", "The finest detail and edits", _25, _tariff_26),
        _model("gpt-image-2.6-flare", "GPT Image 2.6 Flare", "Good pictures within seconds", _25, _tariff_26),
        _model("gpt-image-2.5-sunburst", "GPT Image 2.5 Sunburst", "Fine detail for less", _25, _tariff_25),
        _model("gpt-image-2.5-flare", "GPT Image 2.5 Flare", "Quick, inexpensive drafts", _25, _tariff_25),
    )
}
_LAST_DAY_1 = date(2026, 11, 30)
_table_15 = _by_table(
    {"low": 9_000, "medium": 34_000, "high": 133_000}, {"low": 13_000, "medium": 50_000, "high": 200_000}
)
_table_mini = _by_table(
    {"low": 5_000, "medium": 11_000, "high": 36_000}, {"low": 6_000, "medium": 15_000, "high": 52_000}
)
# Known, and offered only where the operator names them: they go.
_RETIRING = {
    model.id: replace(model, retires=_LAST_DAY_1)
    for model in (
        _model("gpt-image-1.5", "GPT Image 1.5", "Pictures as last year's drafts had them", _2, _table_15, CLASSIC),
        _model("gpt-image-1-mini", "GPT Image 1 mini", "The lowest price", _2, _table_mini, CLASSIC),
    )
}
_PRICES = {"gpt-image-1.5": TokenPrice(5, 8, 32), "gpt-image-1-mini": TokenPrice(2, 3, 8)}
KNOWN = MODELS | _RETIRING
DEFAULT = "gpt-image-2"


def price_of(model_id: str) -> TokenPrice:
    """What a model's tokens cost, whatever provider's name stands before its id."""
    return _PRICES.get(model_id.rpartition("/")[2], PRICE)


@cache
def find(model_id: str, *, previews: int = 0) -> ModelSpec:
    """A model's declaration; what we do not know is taken for a newer one of the family."""
    like = replace(MODELS[DEFAULT], id=model_id, label=model_id, note=f"Priced like {MODELS[DEFAULT].label}")
    return _with_previews(KNOWN.get(model_id, like), previews)


@cache
def find_served(model_id: str, *, previews: int = 0) -> ModelSpec:
    """The declaration of a model of a server of which nothing is known but that it speaks this API."""
    return find(model_id, previews=previews) if model_id in KNOWN else _on_a_server(model_id)


def _with_previews(model: ModelSpec, count: int) -> ModelSpec:
    """The model as it shows unfinished pictures, at what that adds to a picture's price."""
    if not count or model.tariff is None:
        return model
    plain, each = model.tariff, count * _PREVIEW_TOKENS * price_of(model.id).image_out

    def micros(width: int, height: int, quality: str) -> int:
        return plain(width, height, quality) + (0 if quality in fields.NO_PREVIEWS_AT else each)

    values = tuple(quality.value for quality in model.qualities)
    return replace(model, previews=True, tariff=micros, qualities=_qualities(values, model.sizes, micros))


def _on_a_server(model_id: str) -> ModelSpec:
    """A model of an OpenAI-compatible server, of which only the size is certain to be understood."""
    return ModelSpec(
        id=model_id,
        provider="openai",
        label=model_id,
        good_for="What this server's operator chose it for",
        sizes=SERVER,
        qualities=(Quality("standard", "Standard", 9_500),),
        references_max=4,
        default_quality="standard",
    )
