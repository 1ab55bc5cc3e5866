"""The models of OpenAI's Images API as data: options, limits, prices. Read from its documentation on 2026-11-20."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from gpt_image_ui.providers.interface import ModelSpec, Quality, Size

# Edges are multiples of 16, at most 3:1, 655,360 to 8,294,400 pixels, no edge over 3840.
SIZES = (
    Size("1:1", 1024, 1024),
    Size("3:2", 1536, 1024),
    Size("2:3", 1024, 1536),
    Size("16:9", 1280, 720),
    Size("9:16", 720, 1280),
    Size("1:1 large", 2048, 2048),
    Size("16:9 large", 2048, 1152),
    Size("9:16 large", 1152, 2048),
)
_SERVER_SIZES = (*SIZES[:3], Size("1:1 small", 512, 512), Size("1:1 medium", 768, 768))
_LABELS = {"low": "Low", "medium": "Medium", "high": "High", "xhigh": "Extra high", "max": "Maximum"}


@dataclass(frozen=True)
class TokenPrice:
    """Micro-USD for each token, which is USD for each million."""

    text_in: int = 5
    image_in: int = 8
    image_out: int = 30


PRICE = TokenPrice()


def tokens(grid: int, width: int, height: int) -> int:
    """How many output tokens a picture takes; `grid` stands for the quality.

    Gives the published 196, 1,756 and 7,024 tokens of gpt-image-2 at 1024 x 1024 for low, medium and high, and the
    published prices at 3:2 (community topic 1382699, checked by arithmetic).
    """
    short, long = sorted((width, height))
    return math.ceil(grid * round(grid * short / long) * (2_000_000 + width * height) / 4_000_000)


def _tariff(grids: dict[str, int], factors: dict[str, float]) -> Callable[[int, int, str], int]:
    def micros(width: int, height: int, quality: str) -> int:
        return math.ceil(tokens(grids[quality], width, height) * factors.get(quality, 1) * PRICE.image_out)

    return micros


def _model(
    model_id: str, label: str, good_for: str, grids: dict[str, int], factors: dict[str, float] | None = None
) -> ModelSpec:
    tariff = _tariff(grids, factors or {})
    # The dearest of the sizes offered, for whoever wants one figure: a square, since the tariff favours long shapes.
    dearest = {
        q: max(-(-tariff(s.width, s.height, q) * 1_000_000 // (s.width * s.height)) for s in SIZES) for q in grids
    }
    return ModelSpec(
        id=model_id,
        provider="openai",
        label=label,
        good_for=good_for,
        sizes=SIZES,
        qualities=tuple(Quality(q, _LABELS[q], dearest[q]) for q in grids),
        destination="OpenAI",
        count_max=4,
        references_max=16,
        micros_per_reference=15_000,  # some 1,900 input tokens each at 8 micro-USD: an estimate, no figure is published
        prompt_chars_max=32_000,
        transparency=True,
        formats=("png", "jpeg", "webp"),
        tariff=tariff,
    )


_GRIDS_2 = {"low": 16, "medium": 48, "high": 96}
_GRIDS_25 = {"low": 16, "medium": 24, "high": 48, "xhigh": 64, "max": 96}
# 2.6 takes 3 to 4 times the tokens of 2.5 at low and medium, and about as many above (measured by a reseller).
_FACTORS_26 = {"low": 4.3, "medium": 4.0, "high": 1.05, "xhigh": 1.05, "max": 1.05}

MODELS = {
    model.id: model
    for model in (
        _model("gpt-image-2", "GPT Image 2", "Exact instructions, readable lettering, careful edits", _GRIDS_2),
        _model(
            "gpt-image-2.6-sunburst", "GPT Image 2.6 Sunburst", "The finest detail and edits", _GRIDS_25, _FACTORS_26
        ),
        _model("gpt-image-2.6-flare", "GPT Image 2.6 Flare", "Good pictures within seconds", _GRIDS_25, _FACTORS_26),
        _model("gpt-image-2.5-flare", "GPT Image 2.5 Flare", "Quick, inexpensive drafts", _GRIDS_25),
    )
}
DEFAULT_ELSEWHERE = "gpt-image-2"


def find(model_id: str, destination: str, *, at_openai: bool) -> ModelSpec:
    """A model's declaration: ours if we know it, else what its host lets us assume."""
    if model_id in MODELS:
        return replace(MODELS[model_id], destination=destination)
    if at_openai:
        return replace(MODELS["gpt-image-2"], id=model_id, label=model_id, note="Priced like GPT Image 2")
    return _on_a_server(model_id, destination)


def _on_a_server(model_id: str, destination: str) -> ModelSpec:
    """A model of an OpenAI-compatible server, of which only the size is certain to be understood."""
    return ModelSpec(
        id=model_id,
        provider="openai",
        label=model_id,
        good_for="What this server's operator chose it for",
        sizes=_SERVER_SIZES,
        qualities=(Quality("standard", "Standard", 9_500),),
        destination=destination,
        references_max=4,
        default_quality="standard",
    )
