"""Comparing a picture with what it came from, or two that were chosen (assets/lazy/compare.jsx)."""

from dataclasses import dataclass
from typing import Any

import reflex as rx
from sqlmodel import Session

from gpt_image_ui.core import db
from gpt_image_ui.core.errors import NotFoundError, UserFacingError
from gpt_image_ui.gallery import images, uploads
from gpt_image_ui.gallery.tables import Image
from gpt_image_ui.web.components.picture_state import whole_number
from gpt_image_ui.web.components.selection_state import SelectionState
from gpt_image_ui.web.edge_events import require_account, say


@dataclass(frozen=True)
class Side:
    """One of two pictures."""

    src: str = ""
    name: str = ""
    width: int = 1
    height: int = 1


@dataclass(frozen=True)
class Pair:
    """A picture on the right and those it can be compared with on the left; without any, nothing is compared."""

    left: tuple[Side, ...] = ()
    right: Side = Side()


class CompareState(SelectionState):
    """What one tab compares."""

    pair: rx.Field[Pair] = rx.field(default_factory=Pair)

    @rx.event
    async def compare(self, image_id: int):
        """A picture with its references, and with the one before it of the same prompt."""
        account = await require_account(self)
        self.pair = await db.read(_with_sources, account.id, whole_number(image_id))
        if not self.pair.left:
            return say("What this picture came from is not kept any more.")

    @rx.event
    async def compare_chosen(self):
        """The two pictures of the selection, the older one on the left."""
        account = await require_account(self)
        ids = sorted(await self._ids(account.id))
        if len(ids) != 2:
            return say("Choose two pictures to compare them.")
        rows = [await db.read(images.get, account.id, image_id) for image_id in ids]
        if any(row.kind != "image" for row in rows):
            return say("Videos cannot be compared.")
        older, newer = map(_side, rows)
        self.pair = Pair((older,), newer)

    @rx.event
    def leave_compare(self):
        """Nothing is compared any more."""
        self.pair = Pair()


class Compare(rx.NoSSRComponent):
    """Opens over everything as soon as it is there."""

    library = "$/public/lazy/compare.jsx"
    tag = "Compare"

    left: rx.Var[Any]
    right: rx.Var[Any]

    on_leave: rx.EventHandler[rx.event.no_args_event_spec]


def compare_view() -> rx.Component:
    """The comparison, or nothing."""
    pair = CompareState.pair
    shown = Compare.create(left=pair.left, right=pair.right, on_leave=CompareState.leave_compare)
    return rx.cond(pair.left.length() > 0, shown)


def _with_sources(session: Session, account_id: str, image_id: int) -> Pair:
    image = images.get(session, account_id, image_id)
    left = []
    for number, name in enumerate(image.recipe.get("references", ()), 1):
        try:
            row = uploads.get(session, account_id, name)
        except UserFacingError:
            continue
        left.append(Side(f"/media/uploads/{row.id}?full=1", f"Reference {number}: {row.name}", row.width, row.height))
    if earlier := images.find_earlier(session, image):
        left.append(_side(earlier, "Before: "))
    if image.kind != "image":
        raise NotFoundError("A video cannot be compared.")
    return Pair(tuple(left), _side(image))


def _side(image: Image, before: str = "") -> Side:
    name = f"{before}{image.title or 'Untitled picture'}"
    return Side(f"/media/{image.id}/original", name, image.width, image.height)
