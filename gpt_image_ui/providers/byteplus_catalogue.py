"""The models of BytePlus ModelArk as data: fields, sizes, limits, prices. Read on 2026-11-20 from copies of its
documentation; pictures priced in micro-USD each, videos by the token. A price marked "reseller" is no price of theirs.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from gpt_image_ui.providers import shapes
from gpt_image_ui.providers.interface import (
    FIRST_FRAME,
    LAST_FRAME,
    REFERENCE,
    VIDEO,
    ModelSpec,
    Quality,
)

_ADVISED_CHARS = 4_000  # "about 600 English words"
# A clip has one frame more than 24 for each second: a quarter of one for each second of the shortest, 4 s long.
_FRAMES_PER_SECOND = 24.25
_REGIONS = {
    "ap-southeast": "Asia Pacific (Southeast)",
    "eu-west": "Europe (West)",
    "cn-beijing": "China (Beijing)",
}


@dataclass(frozen=True)
class Model:
    """One model and how it is asked. `sent_as` is the vendor's id. `rates` are micro-USD for a token by resolution;
    `silent` is their factor for a clip without sound. `shapes` gives a video's ratio and resolution for each size."""

    spec: ModelSpec
    sent_as: str
    format_field: bool = False
    rates: Mapping[str, float] = field(default_factory=dict)
    silent: float = 1
    shapes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def video_micros(self, tokens: int, resolution: str, *, audio: bool) -> int:
        """What a clip cost by the tokens that the vendor says it took."""
        rate = self.rates.get(resolution, max(self.rates.values()))
        return math.ceil(tokens * rate * (1 if audio else self.silent))


def _spec(model_id: str, label: str, good_for: str, sizes, tariff: Callable[[int, int, str], int], **more) -> ModelSpec:
    return ModelSpec(
        id=model_id,
        provider="byteplus",
        label=label,
        good_for=good_for,
        sizes=tuple(sizes),
        qualities=(Quality("standard", "Standard", shapes.dearest(tariff, sizes)),),
        default_quality="standard",
        tariff=tariff,
        **{"prompt_chars_max": _ADVISED_CHARS, **more},
    )


def _image(
    model_id: str, label: str, good_for: str, offered: shapes.Shapes, prices: list[int], references: int, **more
) -> Model:
    formats = more.pop("formats", ("jpeg",))
    sizes = [size for size, _, _ in shapes.list_sizes(offered)]
    spec = _spec(
        model_id,
        label,
        good_for,
        sizes,
        shapes.tariff(offered, prices),
        references_max=references,
        formats=formats,
        **more,
    )
    return Model(spec, model_id, format_field=len(formats) > 1)


def _video(
    model_id: str, label: str, good_for: str, rates: dict[str, float], seconds: int, *, silent: float = 1, **more
) -> Model:
    offered = {key: shapes.SEEDANCE[key] for key in rates}

    def tariff(width: int, height: int, quality: str) -> int:
        rate = rates[shapes.nearest(offered, width, height)]
        return math.ceil(width * height * _FRAMES_PER_SECOND / 1024 * rate)

    listed = shapes.list_sizes(offered)
    spec = _spec(
        model_id,
        label,
        good_for,
        [size for size, _, _ in listed],
        tariff,
        kind=VIDEO,
        count_max=1,
        formats=("mp4",),
        seed=True,
        audio=True,
        seconds=tuple(range(4, seconds + 1)),
        **{"references_max": 9, "roles": (REFERENCE, FIRST_FRAME, LAST_FRAME), **more},
    )
    told = {size.value: {"ratio": ratio, "resolution": keyword} for size, ratio, keyword in listed}
    return Model(spec, model_id, rates=rates, silent=silent, shapes=told)


_SMALL = {"1K": shapes.times(shapes.SEEDREAM["2K"], {"1K": 0.5})["1K"]}
# "Up to about 2048 x 2048" is all that is said of it.
_SQUARED = shapes.by_area({"1K": 1024, "1.5K": 1536, "2K": 2032}, "1:1 3:2 2:3 4:3 3:4 16:9 9:16 21:9")
_SQUARED["2K"]["1:1"] = (2048, 2048)
_PNG = ("png", "jpeg")

MODELS: dict[str, Model] = {
    model.spec.id: model
    for model in (
        _image(
            "seedream-5-0-260128", "Seedream 5.0 Lite", "Large pictures at a low price",
            shapes.SEEDREAM, [35_000] * 3, 14, formats=_PNG,
        ),
        _image(
            "dola-seedream-5-0-pro-260628", "Seedream 5.0 Pro", "Fine detail, faithful edits",
            # reseller: KIE.ai's
            shapes.times(shapes.SEEDREAM_PRO, {"1K": 1, "2K": 2}), [35_000, 70_000], 10, formats=_PNG,
        ),
        _image(
            "dola-seedream-5-5-261028", "Seedream 5.5", "The newest: lettering, transparent backgrounds",
            # reseller, quoting a list price
            _SQUARED, [20_000, 20_000, 35_000], 10,
            micros_per_reference=8_000, transparency=True, formats=_PNG,
        ),
        _image(
            "seedream-4-5-251128", "Seedream 4.5", "Posters and portraits in high resolution",
            {key: shapes.SEEDREAM[key] for key in ("2K", "4K")}, [40_000, 40_000], 14,
        ),
        _image(
            "seedream-4-0-250828", "Seedream 4.0", "Quick edits, any size up to 4K",
            _SMALL | {key: shapes.SEEDREAM[key] for key in ("2K", "4K")}, [30_000] * 3, 10,
        ),
        # Prices of videos without video among what is put in, from a table dated 2026-10-02.
        _video(
            "dreamina-seedance-2-0-260128", "Seedance 2.0", "Scenes with sound, from stills or references",
            {"720p": 7.0, "480p": 7.0, "1080p": 7.7, "4k": 4.0}, 15,
        ),
        _video(
            "dreamina-seedance-2-0-fast-260128", "Seedance 2.0 Fast", "The same, sooner and for less",
            {"720p": 5.6, "480p": 5.6}, 15,
        ),
        _video(
            "dreamina-seedance-2-0-mini-260615", "Seedance 2.0 Mini", "Inexpensive drafts of a scene",
            {"720p": 3.5, "480p": 3.5}, 15,
        ),
        _video(
            "dreamina-seedance-2-5-260628", "Seedance 2.5", "Long scenes, many references",
            {"720p": 10.7, "480p": 10.7, "1080p": 11.7}, 30, references_max=30,
        ),
        _video(
            # Quoted with sound, which costs twice as much as without.
            "seedance-1-5-pro-251215", "Seedance 1.5 Pro", "Short clips from one or two stills",
            {"720p": 2.4, "480p": 2.4, "1080p": 2.4}, 12, silent=0.5, references_max=2, roles=(FIRST_FRAME, LAST_FRAME),
        ),
    )
}  # fmt: skip


def find(entry: str, destination: str, host: str) -> Model:
    """The model of one entry of the setting: an id of ours, or `id=ours` for another of the vendor's that takes the
    same fields. Raises ValueError for one that is not known."""
    given, _, name = (part.strip() for part in entry.partition("="))
    known = MODELS.get(name or given)
    if known is None:
        raise ValueError(f"no model {name or given!r}: there are {', '.join(MODELS)}")
    region = next((words for part, words in _REGIONS.items() if part in host), "")
    spec = replace(known.spec, destination=destination, region=region)
    if name:
        spec = replace(spec, id=given, label=given, note=f"Asked and priced like {known.spec.label}")
    return replace(known, spec=spec, sent_as=given)
