"""The third tab of the large view: what the file itself says of where it comes from, and what this studio knows."""

import reflex as rx

from gpt_image_ui.web.components.icons import icon
from gpt_image_ui.web.components.picture_state import PictureState
from gpt_image_ui.web.components.small import copy

_FOUND = PictureState.provenance


def provenance() -> rx.Component:
    """Blank while the file is read, which takes a moment."""
    return rx.cond(
        _FOUND.id == PictureState.picture.id,
        rx.fragment(
            rx.el.div(
                rx.match(
                    _FOUND.state, ("valid", icon("shield")), ("trusted", icon("shield")), ("invalid", icon("warning")),
                    icon("info"),
                ),
                rx.el.div(
                    rx.el.strong(_FOUND.line),
                    rx.cond(_FOUND.detail != "", rx.el.span(_FOUND.detail)),
                    class_name="col g1",
                ),
                class_name=rx.cond(_FOUND.state == "invalid", "note warn", "note"),
            ),
            rx.el.p(_FOUND.made_by, class_name="ink2 words"),
            rx.el.dl(
                rx.foreach(_FOUND.facts, lambda fact: rx.fragment(rx.el.dt(fact.name), rx.el.dd(fact.value))),
                rx.el.dt("SHA-256"),
                rx.el.dd(_FOUND.sha256, class_name="mono"),
                class_name="facts",
            ),
            copy(icon("copy"), text=_FOUND.sha256, label="Copy SHA-256", class_name="btn btn-2 btn-s fitted"),
        ),
        rx.el.p("Reading the file", class_name="ink3", role="status"),
    )  # fmt: skip
