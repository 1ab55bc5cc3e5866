"""The large view (assets/lightbox.jsx). It shows what the wall's book knows, under the address /a/<id>."""

import reflex as rx


def _id(image_id: rx.Var[int]) -> list[rx.Var]:
    return [image_id]


def _key_and_id(key: rx.Var[str], image_id: rx.Var[int]) -> list[rx.Var]:
    return [key, image_id]


class Lightbox(rx.Component):
    """A dialog that tiles of the wall open. Use `lightbox`, which puts its parts where the style sheet expects them."""

    library = "$/public/lightbox.jsx"
    tag = "Lightbox"

    # Opens on this picture: the page's address was a link to it.
    open_id: rx.Var[int]
    # Whose facts the panel holds. While it is not the shown picture's id, the panel is blank.
    panel_id: rx.Var[int]
    path: rx.Var[str]
    # The address after closing a picture that was opened by a link.
    home: rx.Var[str]

    # The person has rested on this picture.
    on_show: rx.EventHandler[_id]
    on_shut: rx.EventHandler[rx.event.no_args_event_spec]
    on_key: rx.EventHandler[_key_and_id]
    # `open_id` is not in the wall: deleted, another account's, or outside the filter.
    on_missing: rx.EventHandler[_id]


def lightbox(actions: rx.Component, panel: rx.Component, **props: object) -> rx.Component:
    """The large view with a row of actions under the picture and a panel beside it (below it on a phone)."""
    return Lightbox.create(
        rx.el.div(actions, class_name="acts", role="toolbar", aria_label="Actions"),
        rx.el.aside(panel, aria_label="About this picture"),
        **props,
    )
