"""Bringing references by paste, drop or choice (assets/drop.jsx). The bytes go to /api/uploads, never the socket."""

from typing import Any

import reflex as rx


def _upload(upload: rx.Var[dict[str, Any]]) -> list[rx.Var]:
    return [upload]


class Drop(rx.Component):
    """Shows files on their way and those refused; a ready one leaves it by `on_added`. One per page: it listens to the
    whole page. Children become the face of its "add" tile; any button with `data-pick-files` opens the choice as well.
    """

    library = "$/public/drop.jsx"
    tag = "Drop"

    url: rx.Var[str]
    # Media types, comma-separated without spaces.
    accept: rx.Var[str]
    max_bytes: rx.Var[int]
    # How many more there is room for.
    limit: rx.Var[int]
    hint: rx.Var[str]
    label: rx.Var[str]
    # Whether it shows its own tile for adding.
    tile: rx.Var[bool]

    # {id, name, width, height, colour, src}, in the order in which the files were given.
    on_added: rx.EventHandler[_upload]


drop = Drop.create
