"""One picture's facts and recipe in words, for the panel of the large view. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from gpt_image_ui.accounts.guests import GuestSettings
from gpt_image_ui.core import config
from gpt_image_ui.core.errors import UserFacingError
from gpt_image_ui.core.money import credits_text
from gpt_image_ui.gallery.tables import Image
from gpt_image_ui.generation import pricing, validate
from gpt_image_ui.generation.submit import from_json
from gpt_image_ui.generation.tables import Job
from gpt_image_ui.providers import registry
from gpt_image_ui.providers.interface import IMAGE, ImageRequest
from gpt_image_ui.storage.store import StorageSettings

_KINDS = {
    "image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WebP", "image/avif": "AVIF", "image/gif": "GIF",
    "video/mp4": "MP4", "video/webm": "WebM",
}  # fmt: skip


@dataclass(frozen=True)
class Fact:
    """A name and a value."""

    name: str
    value: str


@dataclass(frozen=True)
class Setting:
    """A row of the recipe. `differs` marks what was asked and not got."""

    name: str
    asked: str
    got: str
    differs: bool


@dataclass(frozen=True)
class Reference:
    """A reference picture, or the place where one was; `src` is empty once it is gone."""

    number: int
    src: str


@dataclass(frozen=True)
class PictureView:
    """What the panel shows. `id` 0 is no picture; `kind` is image or video. `vary`: the most that a variation costs;
    empty when not offered. `mask` and `compare` say whether there is a model for masks and something to compare."""

    id: int = 0
    kind: str = "image"
    title: str = ""
    prompt: str = ""
    revised_prompt: str = ""
    rating: int = 0
    made_at: str = ""
    took: str = ""
    facts: tuple[Fact, ...] = ()
    settings: tuple[Setting, ...] = ()
    references: tuple[Reference, ...] = ()
    difference: str = ""
    vary: str = ""
    mask: bool = False
    compare: bool = False


def build(image: Image, job: Job | None, uploads: Mapping[str, str], *, earlier: bool = False) -> PictureView:
    """`uploads` are the picture's references that are still kept, with their names; `earlier`, whether there is one
    before it of the same prompt."""
    assert image.id is not None
    asked = from_json(image.recipe)
    model = registry.find_model(image.model)
    made_by = model.label if model else image.model
    price = variation_price(asked)
    return PictureView(
        id=image.id,
        kind=image.kind,
        title=image.title or ("Untitled video" if image.kind == "video" else "Untitled picture"),
        prompt=image.prompt,
        revised_prompt=image.revised_prompt if image.revised_prompt != image.prompt else "",
        rating=image.rating,
        made_at=image.made_at.isoformat(),
        took=_took(job),
        facts=(
            Fact("Who can see", "Only you"),
            Fact("Model", f"{made_by}, {model.destination}" if model and model.destination else made_by),
            Fact(
                "Size", f"{image.width} × {image.height}, {size_text(image.size_bytes)} {kind_text(image.media_type)}"
            ),
            *([Fact("Length", _length(image))] if image.kind == "video" else []),
            *([Fact("Made from", _sources(asked, uploads))] if asked.references else []),
            *([Fact("Seed", str(image.seed))] if image.seed is not None else []),
            Fact("Cost", credits_text(image.charged) if image.charged else "Nothing"),
            Fact("Stored", _place()),
            Fact("Kept until", _kept()),
        ),
        settings=tuple(_settings(image, asked, made_by)),
        references=tuple(
            Reference(number, f"/media/uploads/{name}" if name in uploads else "")
            for number, name in enumerate(asked.references, 1)
        ),
        difference=difference_of(image, job),
        vary="" if price is None else f"max {credits_text(price)}",
        mask=image.kind == IMAGE and any(m.mask and m.kind == IMAGE and not m.unavailable for m in registry.models()),
        compare=image.kind == IMAGE and (earlier or any(name in uploads for name in asked.references)),
    )


def variation_price(asked: ImageRequest) -> int | None:
    """The most that one more picture of this recipe costs; None when its model no longer takes it."""
    try:
        model, request = validate.check(replace(asked, count=1))
    except UserFacingError:
        return None
    return pricing.quote(model, request).total


def size_text(size_bytes: int) -> str:
    """'840 kB', '3.4 MB'."""
    return f"{size_bytes / 1e6:.1f} MB" if size_bytes >= 1_000_000 else f"{max(1, round(size_bytes / 1000))} kB"


def kind_text(media_type: str) -> str:
    """'PNG'."""
    return _KINDS.get(media_type, media_type)


def _settings(image: Image, asked: ImageRequest, made_by: str) -> list[Setting]:
    def row(name: str, wanted: Any, got: Any) -> Setting:
        return Setting(name, str(wanted), str(got), str(wanted) != str(got))

    quality = asked.quality.capitalize()
    seed = "Not given" if image.seed is None else str(image.seed)
    return [
        row("Model", made_by, made_by),
        row("Size", f"{asked.width} × {asked.height}", f"{image.width} × {image.height}"),
        row("Quality", quality, quality),
        *_of_kind(image, asked, row),
        Setting("Seed", "Any" if asked.seed is None else str(asked.seed), seed, False),
        *(
            [row("Background", asked.background.capitalize(), asked.background.capitalize())]
            if asked.background != "auto"
            else []
        ),
    ]


def _of_kind(image: Image, asked: ImageRequest, row: Callable[..., Setting]) -> list[Setting]:
    """The rows that pictures and videos do not share."""
    if image.kind != "video":
        return [row("Format", kind_text(f"image/{asked.format}"), kind_text(image.media_type))]
    sound = "Yes" if image.sound else "No"
    return [
        row("Length", f"{asked.seconds} s", f"{_seconds(image, asked):g} s"),
        row("Sound", "Yes" if asked.audio else "No", sound),
        Setting("Format", "Any", kind_text(image.media_type), False),
    ]


def difference_of(image: Image, job: Job | None = None) -> str:
    """What was asked and what came, where they are not the same; else nothing. With the job, what came back too."""
    asked = from_json(image.recipe)
    said = []
    if (asked.width, asked.height) != (image.width, image.height):
        size = f"{asked.width} × {asked.height}, got {image.width} × {image.height}"
        said.append(f"Asked for {size}. It was charged by the size that came.")
    if image.kind == "video" and asked.seconds and _seconds(image, asked) != asked.seconds:
        said.append(f"Asked for {asked.seconds} s, got {_seconds(image, asked):g} s.")
    if said and (returned := _returned(image, job)):
        said.append(f"{credits_text(returned)} returned.")
    return " ".join(said)


def _returned(image: Image, job: Job | None) -> int:
    """How much less it cost than one picture of the job was to cost."""
    each = (job.quote or {}).get("each") if job else None
    return max(0, int(each) - image.charged) if each is not None else 0


def _seconds(image: Image, asked: ImageRequest) -> float:
    """How long it lasts; a few pictures more or less than asked are no difference."""
    seconds = image.milliseconds / 1000
    return asked.seconds if abs(seconds - asked.seconds) < 0.25 else round(seconds, 1)


def _length(image: Image) -> str:
    seconds = max(1, round(image.milliseconds / 1000))
    return f"{seconds // 60}:{seconds % 60:02}, {'with sound' if image.sound else 'no sound'}"


def _sources(asked: ImageRequest, uploads: Mapping[str, str]) -> str:
    """What the picture was made from: 'Two robins, within a mask, and 2 more'."""
    first = uploads.get(asked.references[0], "a reference no longer kept")
    more = len(asked.references) - 1
    return f"{first}{', within a mask' if asked.mask else ''}{f', and {more} more' if more else ''}"


def _took(job: Job | None) -> str:
    if job is None or job.started_at is None or job.finished_at is None:
        return ""
    seconds = max(1, round((job.finished_at - job.started_at).total_seconds()))
    return f"in {seconds // 60}:{seconds % 60:02}"


def _place() -> str:
    storage = config.get(StorageSettings)
    return f"Private bucket {storage.s3_bucket}" if storage.kind == "s3" else "This server, private"


def _kept() -> str:
    hours = config.get(GuestSettings).keep_hours
    span = f"{hours} h" if hours < 48 else f"{hours // 24} days"
    return f"You delete it, or {span} after your last visit"
