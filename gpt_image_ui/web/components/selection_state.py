"""Which pictures are chosen on a wall, and what is done to all of them at once."""

import json
from typing import Any
from urllib.parse import parse_qsl

import reflex as rx

from gpt_image_ui.core import db
from gpt_image_ui.gallery import feed, images
from gpt_image_ui.gallery.feed import WallFilter
from gpt_image_ui.web import live
from gpt_image_ui.web.components.picture_state import PictureState, whole_number
from gpt_image_ui.web.edge_events import require_account, say

DOWNLOADS_MAX = 20
_RANGES_MAX = 500


class SelectionState(PictureState):
    """The selection as closed ranges of ids under the wall's filter: one picture and all of them cost the same."""

    query: rx.Field[str] = rx.field("")
    ranges: rx.Field[list[list[int]]] = rx.field(default_factory=list)
    chosen: rx.Field[int] = rx.field(0)

    @rx.event
    async def select(self, add: bool, low: int, high: int):
        """The wall chose the ids low to high, or let them go."""
        account = await require_account(self)
        self.ranges = change(self.ranges, bool(add), whole_number(low), whole_number(high))[:_RANGES_MAX]
        self.chosen = len(await self._ids(account.id))

    @rx.event
    def clear(self):
        """Nothing is chosen any more."""
        self.ranges, self.chosen = [], 0

    @rx.event
    async def delete_chosen(self):
        """Deletes the selection; undo brings all of it back."""
        account = await require_account(self)
        await self._delete(account.id, await self._ids(account.id))
        self.ranges, self.chosen = [], 0

    @rx.event
    async def rate_chosen(self, rating: int):
        """Gives every chosen picture the same rating."""
        account = await require_account(self)
        ids = await self._ids(account.id)
        await db.transaction(_rate_all, account.id, ids, whole_number(rating))
        await live.push(account.id)
        return say(f"Rated {len(ids):,}.")

    @rx.event
    async def download_chosen(self):
        """Downloads the originals one after another."""
        account = await require_account(self)
        ids = await self._ids(account.id)
        if len(ids) > DOWNLOADS_MAX:
            return say(f"At most {DOWNLOADS_MAX} at a time, and {len(ids):,} are selected. Nothing was downloaded.")
        return rx.call_script(_DOWNLOAD % json.dumps(ids))

    async def _ids(self, account_id: str) -> list[int]:
        filters = WallFilter.from_params(dict(parse_qsl(self.query)))
        return await db.read(feed.list_ids, account_id, filters, [(low, high) for low, high in self.ranges])


# Browsers drop downloads that come all at once.
_DOWNLOAD = """%s.forEach((id, i) => setTimeout(() => {
  const link = document.createElement("a");
  link.href = `/media/${id}/original?download=1`;
  link.download = "";
  link.click();
}, i * 400))"""


def change(ranges: list[list[int]], add: bool, low: int, high: int) -> list[list[int]]:
    """Adds or takes away the ids low to high from sorted closed ranges."""
    kept = []
    for first, last in ranges:
        if last < low - 1 or first > high + 1:
            kept.append([first, last])
        elif add:
            low, high = min(low, first), max(high, last)
        else:
            kept += [r for r in ([first, min(last, low - 1)], [max(first, high + 1), last]) if r[0] <= r[1]]
    return sorted([*kept, [low, high]] if add else kept)


def _rate_all(session: Any, account_id: str, image_ids: list[int], rating: int) -> None:
    for image_id in image_ids:
        images.rate(session, account_id, image_id, rating)
