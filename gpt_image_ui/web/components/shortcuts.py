"""The sheet of keys, opened by ? and by the question mark in the bar."""

import reflex as rx

from gpt_image_ui.web.components.icons import icon
from gpt_image_ui.web.components.small import letters

KEYS = (
    ("Create", "Ctrl", "Enter"),
    ("Write a prompt", "N"),
    ("Search", "/"),
    ("Prompts you sent, templates", "H"),
    ("Templates, while you write", "/"),
    ("Move between pictures", "←", "↑", "↓", "→"),
    ("A screen, to the ends", "PgUp", "PgDn", "Home", "End"),
    ("Open", "Enter"),
    ("Select, extend", "X", "Shift ↓"),
    ("Rate, take the rating back", "1", "to", "5", "0"),
    ("Recall all settings", "R"),
    ("Vary", "V"),
    ("Paint a mask", "M"),
    ("Download", "D"),
    ("Delete, with undo", "Del"),
    ("Zoom", "+", "-", "0", "1"),
    ("Create, library, examples", "G", "then", "C", "L", "E"),
    ("Close, then clear the selection", "Esc"),
    ("This sheet", "?"),
)


def shortcuts() -> rx.Component:
    """What each key does, and the switch for single letters."""
    return rx.el.dialog(
        rx.el.div(
            rx.el.h2("Shortcuts", id="help-title", class_name="t20"),
            rx.el.button(
                icon("close"),
                class_name="btn btn-q btn-icon",
                aria_label="Close",
                type="button",
                custom_attrs={"data-shuts": ""},
            ),
            class_name="row between",
        ),
        rx.el.dl(*[_row(*row) for row in KEYS], class_name="keys"),
        rx.el.div(
            rx.el.p("Single letters never act while you write.", class_name="hint grow"),
            letters(class_name="btn btn-2 btn-s"),
            class_name="row wrap between",
        ),
        id="help",
        class_name="dialog help",
        aria_labelledby="help-title",
        custom_attrs={"closedby": "any"},
    )


def _row(name: str, *keys: str) -> rx.Component:
    shown = [rx.el.span(key, class_name="ink3 t13") if key in ("to", "then") else rx.el.kbd(key) for key in keys]
    return rx.el.div(rx.el.dt(name), rx.el.dd(*shown, class_name="row g1"), class_name="row between")
