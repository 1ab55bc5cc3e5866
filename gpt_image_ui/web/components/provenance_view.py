"""Where a picture comes from, in words, for the panel of the large view. Pure."""

from dataclasses import dataclass

from gpt_image_ui.gallery.provenance import Provenance
from gpt_image_ui.gallery.tables import Image
from gpt_image_ui.providers import registry
from gpt_image_ui.web.components.picture_view import Fact, difference_of, kind_text, size_text


@dataclass(frozen=True)
class ProvenanceView:
    """What the tab shows; `id` is the picture it is about, 0 while its file is read."""

    id: int = 0
    state: str = ""
    line: str = ""
    detail: str = ""
    made_by: str = ""
    facts: tuple[Fact, ...] = ()
    sha256: str = ""


def build(image: Image, found: Provenance | None) -> ProvenanceView:
    """`found` is None when the store did not give the file."""
    assert image.id is not None
    return ProvenanceView(
        id=image.id,
        state=found.state if found else "unread",
        line=found.line if found else "The file cannot be read now.",
        detail=found.detail if found else "The place where pictures are kept does not answer. Try again in a minute.",
        made_by=_made_by(image),
        facts=(
            *_signed(found),
            Fact("Asked and got", difference_of(image) or "As asked"),
            Fact("File", f"{size_text(image.size_bytes)} {kind_text(image.media_type)}, every byte as it came"),
        ),
        sha256=image.sha256,
    )


def _made_by(image: Image) -> str:
    """Who made it, as this studio knows by having asked for it. What leaves nothing here may be no AI model at all."""
    kind = "video" if image.kind == "video" else "picture"
    model = registry.find_model(image.model)
    if model and model.note and not model.destination:
        return f"{model.label}: {model.note[0].lower()}{model.note[1:]}."
    where = f", {model.destination}" if model and model.destination else ""
    return f"An AI model made this {kind}: {model.label if model else image.model}{where}."


def _signed(found: Provenance | None) -> list[Fact]:
    if found is None or not found.signer:
        return []
    named = [("Signed by", found.signer), ("Signed at", found.signed_at), ("Made with", found.tool)]
    said = [Fact(name, value) for name, value in named if value]
    return [*said, *([Fact("It says", "Made by an AI model")] if found.ai else [])]
