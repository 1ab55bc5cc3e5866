"""The picture in the large view, and what can be done to a picture wherever it is shown."""

import time
from dataclasses import dataclass, replace
from typing import Any

import reflex as rx
from sqlmodel import Session

from gpt_image_ui.core import db, ids
from gpt_image_ui.core.errors import NotFoundError, UserFacingError
from gpt_image_ui.gallery import images, provenance, uploads
from gpt_image_ui.generation import submit
from gpt_image_ui.generation.tables import Job
from gpt_image_ui.storage.interface import StorageError
from gpt_image_ui.web import live
from gpt_image_ui.web.components import picture_view, provenance_view
from gpt_image_ui.web.components.picture_view import PictureView
from gpt_image_ui.web.components.provenance_view import ProvenanceView
from gpt_image_ui.web.edge_events import require_account, say


@dataclass(frozen=True)
class Deleted:
    """What the undo toast offers to bring back. A new `stamp` shows it anew."""

    text: str = ""
    stamp: int = 0


class PictureState(rx.State):
    """One tab's large view."""

    picture: rx.Field[PictureView] = rx.field(default_factory=PictureView)
    provenance: rx.Field[ProvenanceView] = rx.field(default_factory=ProvenanceView)
    tab: rx.Field[str] = rx.field("info")
    notice: rx.Field[str] = rx.field("")
    deleted: rx.Field[Deleted] = rx.field(default_factory=Deleted)
    _deleted_ids: list[int] = []

    @rx.event
    async def show(self, image_id: int):
        """The person rests on a picture."""
        account = await require_account(self)
        self.notice = ""
        try:
            self.picture = await db.read(_look, account.id, whole_number(image_id))
        except NotFoundError:
            self.picture = PictureView()
        if self.tab == "provenance":
            return PictureState.read_provenance

    @rx.event
    def missing(self, image_id: int):
        """The address named a picture that the wall has not."""
        return say(NotFoundError("This picture is not here. It may have been deleted.").message)

    @rx.event
    def show_tab(self, tab: str):
        """Info, Recipe or Provenance."""
        self.tab = tab if tab in ("recipe", "provenance") else "info"
        if self.tab == "provenance":
            return PictureState.read_provenance

    @rx.event(background=True)
    async def read_provenance(self):
        """Looks into the original for content credentials, which takes a moment; the person may turn on meanwhile."""
        async with self:
            account, image_id = await require_account(self), self.picture.id
            if self.provenance.id == image_id:
                return
            self.provenance = ProvenanceView()
        if not image_id:
            return
        image = await db.read(images.get, account.id, image_id)
        try:
            found = await provenance.find(image.key, image.sha256, image.size_bytes)
        except StorageError:
            found = None
        async with self:
            if self.picture.id == image_id:
                self.provenance = provenance_view.build(image, found)

    @rx.event
    async def rate(self, image_id: int, rating: int):
        """Stars, or the keys 0 to 5."""
        account = await require_account(self)
        image_id, rating = whole_number(image_id), whole_number(rating)
        await db.transaction(images.rate, account.id, image_id, rating)
        if self.picture.id == image_id:
            self.picture = replace(self.picture, rating=rating)
        await live.push(account.id)

    @rx.event
    async def rename(self, form: dict[str, Any]):
        """The title's own form."""
        account = await require_account(self)
        image_id = whole_number(form.get("id"))
        await db.transaction(images.rename, account.id, image_id, str(form.get("title", ""))[:200])
        self.picture = await db.read(_look, account.id, image_id)
        await live.push(account.id)

    @rx.event(background=True)
    async def vary(self, image_id: int):
        """One more picture of the same recipe, with a new seed."""
        async with self:
            account = await require_account(self)
            self.notice = ""
        image = await db.read(images.get, account.id, whole_number(image_id))
        request = replace(submit.from_json(image.recipe), count=1, seed=None)
        try:
            await submit.submit(account.id, ids.new_id(), request, parent_job_id=image.job_id)
            text = "A variation is on its way."
        except UserFacingError as error:
            text = error.message
        async with self:
            self.notice = text
        return say(text)

    @rx.event
    def mask(self, image_id: int):
        """The mask editor belongs to the composer."""
        return rx.redirect(f"/studio?mask={whole_number(image_id)}")

    @rx.event
    async def delete(self, image_id: int):
        """Off the wall at once; the undo toast can bring it back."""
        account = await require_account(self)
        await self._delete(account.id, [whole_number(image_id)])

    @rx.event
    async def restore(self):
        """Undo was pressed."""
        account = await require_account(self)
        back = await db.transaction(images.restore, account.id, self._deleted_ids)
        self._deleted_ids, self.deleted = [], Deleted()
        await live.push(account.id)
        if not back:
            return say("That cannot be brought back any more: its time has passed.")

    @rx.event
    async def key(self, key: str, image_id: int):
        """A key on a tile of the wall."""
        if key in ("0", "1", "2", "3", "4", "5"):
            return PictureState.rate(image_id, int(key))
        if key == "Delete":
            return PictureState.delete(image_id)
        if key == "v":
            return PictureState.vary(image_id)
        if key == "d":
            return rx.call_script(f"location.assign('/media/{whole_number(image_id)}/original?download=1')")
        if key == "r":
            return rx.redirect(f"/studio?from={whole_number(image_id)}")
        if key == "m":
            return PictureState.mask(image_id)

    async def _delete(self, account_id: str, image_ids: list[int]) -> int:
        gone = await db.transaction(images.delete, account_id, image_ids)
        self._deleted_ids = gone
        if gone:
            self.deleted = Deleted(f"Deleted {len(gone):,}.", time.monotonic_ns() // 1_000_000)
        await live.push(account_id)
        return len(gone)


def whole_number(value: Any) -> int:
    """An id from a browser. Raises NotFoundError for anything that cannot be one."""
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        raise NotFoundError()
    try:
        number = int(value)
    except ValueError:
        raise NotFoundError() from None
    if number.bit_length() > 63:  # no database has it
        raise NotFoundError()
    return number


def _look(session: Session, account_id: str, image_id: int) -> PictureView:
    image = images.get(session, account_id, image_id)
    job = session.get(Job, image.job_id)
    kept = {}
    for name in image.recipe.get("references", ()):
        try:
            kept[name] = uploads.get(session, account_id, name).name
        except UserFacingError:
            continue
    earlier = images.find_earlier(session, image) is not None
    return picture_view.build(image, job if job and job.account_id == account_id else None, kept, earlier=earlier)
