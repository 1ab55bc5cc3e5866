"""The virtual wall (assets/wall.jsx). It reads pictures from /api/wall, /api/cards and /media by itself."""

from typing import Any

import reflex as rx


def _range(add: rx.Var[bool], low: rx.Var[int], high: rx.Var[int]) -> list[rx.Var]:
    return [add, low, high]


def _id(image_id: rx.Var[int]) -> list[rx.Var]:
    return [image_id]


def _key_and_id(key: rx.Var[str], image_id: rx.Var[int]) -> list[rx.Var]:
    return [key, image_id]


class Wall(rx.Component):
    """A feed of every picture that `query` leaves. Children are shown when there is none.

    `newest` and `total` are the account's, whatever the filter; `version` is gallery.feed.version, and a change of it
    that new pictures do not explain makes the wall read its index again.
    """

    library = "$/public/wall.jsx"
    tag = "Wall"

    # The filter as an address query, without the question mark.
    query: rx.Var[str]
    newest: rx.Var[list[Any]]
    total: rx.Var[int]
    version: rx.Var[int]
    # Chosen pictures as closed ranges of ids, sorted.
    sel: rx.Var[list[list[int]]]
    # "wall", "grid" or "list".
    view: rx.Var[str]
    # 1 larger, 2 usual, 3 smaller.
    density: rx.Var[int]
    # The picture that a panel shows, which keeps a ring; without it, the one last open in the large view.
    open_id: rx.Var[int]
    label: rx.Var[str]

    # The ids low..high were chosen (or not any more). High is the newest id for "all".
    on_select: rx.EventHandler[_range]
    on_open: rx.EventHandler[_id]
    # A letter, "Delete" or "0" to "5" on a tile; "v" also from its Vary button.
    on_key: rx.EventHandler[_key_and_id]


wall = Wall.create
