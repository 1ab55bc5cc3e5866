"""The references of the composer: files that were brought, and pictures of one's own that become files."""

from dataclasses import dataclass

from sqlmodel import Session

from gpt_image_ui.core import db
from gpt_image_ui.core.errors import UserFacingError
from gpt_image_ui.gallery import images, uploads
from gpt_image_ui.gallery.tables import Upload
from gpt_image_ui.storage import store


@dataclass(frozen=True)
class Attachment:
    """One reference, in the order in which the prompt calls it @1, @2."""

    id: str
    src: str
    name: str
    colour: str
    role: str = ""


def shown(row: Upload) -> Attachment:
    """An upload as its chip shows it."""
    return Attachment(row.id, f"/media/uploads/{row.id}", row.name, row.colour)


def still_kept(session: Session, account_id: str, upload_ids: tuple[str, ...]) -> list[Attachment]:
    """Those of the uploads that are there, in order; a recalled picture may have outlived its references."""
    kept = []
    for upload_id in upload_ids:
        try:
            kept += [shown(row) for row in uploads.get_many(session, account_id, [upload_id])]
        except UserFacingError:
            continue
    return kept


async def copy_of(account_id: str, image_id: int) -> str:
    """Makes an upload of one of the account's pictures and returns its id. Raises UserFacingError for a video."""
    image = await db.read(images.get, account_id, image_id)
    if image.kind == "video":
        raise UserFacingError("A video cannot be a reference. Nothing was attached.", "no_picture")
    stored = await store.get().open(image.key)
    return (await uploads.accept(account_id, image.title or "Picture", stored.body)).id


def check_room(model_label: str, references_max: int, count: int) -> None:
    """Raises UserFacingError when the model takes fewer references."""
    if count > max(1, references_max):
        raise UserFacingError(
            f"{model_label} takes at most {references_max} references. Remove one first.", "too_many_references"
        )
