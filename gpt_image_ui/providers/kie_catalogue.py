"""The models of KIE.ai's jobs API as data: fields, sizes, limits, prices. Fields read on 2026-11-20 from a registry of
docs.kie.ai dated 2026-08-19; prices in micro-USD from public readings of kie.ai dated 2026-08-06 to 2026-10-03. Where
two readings differ the dearer one stands: what a task really cost is in its record."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from gpt_image_ui.providers import shapes
from gpt_image_ui.providers.interface import (
    FIRST_FRAME,
    IMAGE,
    LAST_FRAME,
    REFERENCE,
    VIDEO,
    ModelSpec,
    Quality,
)


@dataclass(frozen=True)
class Model:
    """One model and how it is asked. `text` and `edit` are the vendor's ids without and with pictures; `text` empty
    means that it needs one. `shapes` gives for each size the fields that ask for it. Only fields named here are sent.
    """

    spec: ModelSpec
    text: str
    edit: str = ""
    references: str = ""
    frames: tuple[str, ...] = ()
    shapes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    format_field: str = ""
    formats: Mapping[str, str] = field(default_factory=dict)
    seed: bool = False
    checker: bool = False
    audio_field: str = ""
    fixed: Mapping[str, object] = field(default_factory=dict)


_WIDE = "1:1 3:2 2:3 4:3 3:4 16:9 9:16"
_K: dict[str, float] = {"1K": 1, "2K": 2, "4K": 4}


def _model(
    name: str,
    label: str,
    good_for: str,
    offered: shapes.Shapes,
    prices: list[int],
    fields: tuple[str, ...],
    *,
    names: dict[str, str] | None = None,
    prompt_chars_max: int = 5000,
    references_max: int = 0,
    formats: Mapping[str, str] | None = None,
    per_reference: int = 0,
    kind: str = IMAGE,
    roles: tuple[str, ...] = (REFERENCE,),
    seconds: tuple[int, ...] = (),
    **asked: object,
) -> Model:
    """`fields` are the field of the ratio and that of the keyword, if there is one; `names` the keywords' own words."""
    sizes, told = [], {}
    for size, ratio, keyword in shapes.list_sizes(offered):
        sizes.append(size)
        told[size.value] = dict(zip(fields, (ratio, (names or {}).get(keyword, keyword)), strict=False))
    tariff = shapes.tariff(offered, prices)
    spec = ModelSpec(
        id=f"kie/{name}",
        provider="kie",
        label=label,
        good_for=good_for,
        sizes=tuple(sizes),
        qualities=(Quality("standard", "Standard", shapes.dearest(tariff, sizes)),),
        destination="KIE.ai",
        count_max=1 if kind == VIDEO else 4,
        references_max=references_max,
        micros_per_reference=per_reference,
        prompt_chars_max=prompt_chars_max,
        seed=bool(asked.get("seed")),
        formats=tuple(formats or (("mp4",) if kind == VIDEO else ("png",))),
        default_quality="standard",
        tariff=tariff,
        kind=kind,
        roles=roles,
        seconds=seconds,
        audio=bool(asked.get("audio_field")),
        region="not stated",
        forwards=True,
    )
    return Model(spec, shapes=told, formats=formats or {}, **asked)  # type: ignore[arg-type]


def _seedance(name: str, label: str, good_for: str, vendor_id: str, prices: list[int], seconds: int, **more) -> Model:
    """Prices are for one second without video among what is put in, which we never send."""
    return _model(
        name,
        label,
        good_for,
        dict(list(shapes.SEEDANCE.items())[: len(prices)]),
        prices,
        ("aspect_ratio", "resolution"),
        kind=VIDEO,
        seconds=tuple(range(4, seconds + 1)),
        text=vendor_id,
        audio_field="generate_audio",
        **{
            "references_max": 9,
            "prompt_chars_max": 20_000,
            "roles": (REFERENCE, FIRST_FRAME, LAST_FRAME),
            "references": "reference_image_urls",
            "frames": ("first_frame_url", "last_frame_url"),
            **more,
        },
    )


_JPG = {"png": "png", "jpeg": "jpg"}
_JPEG = {"png": "png", "jpeg": "jpeg"}
_RATIO, _RESOLUTION = ("aspect_ratio",), ("aspect_ratio", "resolution")
_GPT = f"{_WIDE} 5:4 4:5 2:1 1:2 3:1 1:3 21:9 9:21"
_NOT_GPT = {"2K": "5:4 4:5 3:1 1:3 9:21", "4K": "1:1 5:4 4:5 3:1 1:3 9:21"}

MODELS: dict[str, Model] = {
    model.spec.id: model
    for model in (
        _model(
            "gpt-image-2", "GPT Image 2", "Exact instructions, readable lettering, careful edits",
            # At most 3840 on an edge and 8.3 megapixels, as at OpenAI.
            shapes.without(shapes.by_area({"1K": 1024, "2K": 2048, "4K": 2880}, _GPT, 3840), _NOT_GPT),
            [30_000, 50_000, 80_000], _RESOLUTION, prompt_chars_max=20_000, references_max=16,
            text="gpt-image-2-text-to-image", edit="gpt-image-2-image-to-image", references="input_urls",
        ),
        _model(
            "nano-banana-2", "Nano Banana 2", "Quick edits, many references, odd shapes",
            shapes.times(shapes.BANANA | shapes.BANANA_LONG, _K), [40_000, 60_000, 90_000], _RESOLUTION,
            prompt_chars_max=20_000, references_max=14, formats=_JPG, text="nano-banana-2", references="image_input",
            format_field="output_format",
        ),
        _model(
            "nano-banana-pro", "Nano Banana Pro", "Diagrams, lettering, consistent people",
            shapes.times(shapes.BANANA, _K), [90_000, 90_000, 120_000], _RESOLUTION, prompt_chars_max=10_000,
            references_max=8, formats=_JPG, text="nano-banana-pro", references="image_input",
            format_field="output_format",
        ),
        _model(
            "seedream-4.5", "Seedream 4.5", "Posters and portraits in high resolution",
            {key: shapes.SEEDREAM[key] for key in ("2K", "4K")}, [32_500, 32_500], ("aspect_ratio", "quality"),
            names={"2K": "basic", "4K": "high"}, prompt_chars_max=3000, references_max=14, checker=True,
            text="seedream/4.5-text-to-image", edit="seedream/4.5-edit", references="image_urls",
        ),
        _model(
            "seedream-5-lite", "Seedream 5.0 Lite", "Large pictures at a low price",
            shapes.SEEDREAM, [27_500] * 3, ("aspect_ratio", "quality"),
            names={"2K": "basic", "3K": "high", "4K": "ultra"}, prompt_chars_max=3000, references_max=14,
            formats=_JPEG, format_field="output_format", checker=True,
            text="seedream/5-lite-text-to-image", edit="seedream/5-lite-image-to-image", references="image_urls",
        ),
        _model(
            "seedream-5-pro", "Seedream 5.0 Pro", "Fine detail, faithful edits",
            shapes.times(shapes.SEEDREAM_PRO, {"1K": 1, "2K": 2}), [35_000, 70_000], ("aspect_ratio", "quality"),
            names={"1K": "basic", "2K": "high"}, references_max=10, formats=_JPEG, format_field="output_format",
            per_reference=2_500, checker=True,
            text="seedream/5-pro-text-to-image", edit="seedream/5-pro-image-to-image", references="image_urls",
        ),
        _model(
            "flux-2-pro", "FLUX.2 Pro", "Photographs, natural light",
            shapes.by_area({"1K": 1024, "2K": 2048}, _WIDE), [25_000, 35_000], _RESOLUTION,
            references_max=8, checker=True,
            text="flux-2/pro-text-to-image", edit="flux-2/pro-image-to-image", references="input_urls",
        ),
        _model(
            "flux-2-flex", "FLUX.2 Flex", "Typography and small print",
            shapes.by_area({"1K": 1024, "2K": 2048}, _WIDE), [70_000, 120_000], _RESOLUTION,
            references_max=8, checker=True,
            text="flux-2/flex-text-to-image", edit="flux-2/flex-image-to-image", references="input_urls",
        ),
        _model(
            "z-image", "Z-Image", "Drafts for almost nothing",
            shapes.by_area({"1K": 1024}, "1:1 4:3 3:4 16:9 9:16"), [4_000], _RATIO, prompt_chars_max=1000, checker=True,
            text="z-image",
        ),
        _model(
            "qwen3", "Qwen Image 3", "Lettering in Chinese and English, repeatable by seed",
            shapes.by_area({"1K": 1024, "2K": 2048}, f"{_WIDE} 21:9"), [24_000, 24_000], ("image_size", "resolution"),
            references_max=3, formats=_JPEG, format_field="output_format", seed=True, checker=True,
            # Off, so that what is drawn is what was written; rewriting is a tool of its own here.
            fixed={"prompt_extend": False},
            text="qwen3/text-to-image", edit="qwen3/image-to-image", references="image_urls",
        ),
        _model(
            "qwen3-pro", "Qwen Image 3 Pro", "Dense layouts with much lettering",
            shapes.by_area({"1K": 1024, "2K": 2048}, f"{_WIDE} 21:9"), [32_000, 60_000], ("image_size", "resolution"),
            references_max=3, formats=_JPEG, format_field="output_format", seed=True, checker=True,
            fixed={"prompt_extend": False},
            text="qwen3/pro-text-to-image", edit="qwen3/pro-image-to-image", references="image_urls",
        ),
        _seedance(
            "seedance-2", "Seedance 2.0", "Scenes with sound, from stills or references",
            "bytedance/seedance-2", [205_000, 95_000, 510_000, 1_040_000], 15,
        ),
        _seedance(
            "seedance-2-fast", "Seedance 2.0 Fast", "The same, sooner and for less",
            "bytedance/seedance-2-fast", [124_000, 59_000], 15, checker=True,
        ),
        _seedance(
            "seedance-2-mini", "Seedance 2.0 Mini", "Inexpensive drafts of a scene",
            "bytedance/seedance-2-mini", [41_000, 19_000], 15, checker=True,
        ),
        _seedance(
            "seedance-2.5", "Seedance 2.5", "Long scenes, many references",
            "bytedance/seedance-2-5", [315_000, 140_000, 790_000], 30, checker=True,
            references_max=30, prompt_chars_max=30_000,
        ),
        _seedance(
            "seedance-1.5-pro", "Seedance 1.5 Pro", "Short clips from one or two stills",
            # With sound, which costs twice as much as without.
            "bytedance/seedance-1.5-pro", [35_000, 17_500, 75_000], 12, checker=True,
            references_max=2, roles=(FIRST_FRAME, LAST_FRAME), references="", frames=("input_urls",),
        ),
    )
}  # fmt: skip


def find(entry: str, destination: str) -> Model:
    """The model of one entry of the setting: a name of ours, or `id=name` or `id|edit-id=name` for another of the
    vendor's ids that takes the same fields. Raises ValueError for a name that is not known."""
    given, _, name = (part.strip() for part in entry.partition("="))
    known = MODELS.get(f"kie/{(name or given).removeprefix('kie/')}")
    if known is None:
        raise ValueError(f"no model {name or given!r}: there are {', '.join(key[4:] for key in MODELS)}")
    # Of a server beside this one nothing is known to leave.
    place = {"destination": destination, "forwards": bool(destination), "region": "not stated" if destination else ""}
    if not name:
        return replace(known, spec=replace(known.spec, **place))
    text, _, edit = given.partition("|")
    note = f"Asked and priced like {known.spec.label}"
    spec = replace(known.spec, id=f"kie/{text}", label=text, note=note, **place)
    # A model with one id for both keeps it so; without an id for edits it takes no pictures.
    takes = edit or not known.edit
    spec = spec if takes else replace(spec, references_max=0)
    return replace(known, spec=spec, text=text, edit=edit)
