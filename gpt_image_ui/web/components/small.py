"""Small parts that run in the browser alone: assets/screen.jsx, moments.jsx, sheet.jsx and undo.jsx."""

from typing import Any

import reflex as rx


class Screen(rx.Component):
    """The title with a count, the keyboard, and what is said aloud. Once on every screen.

    A key clicks (or focuses) the element that names it in `data-letter`; `gl` means g and then l. A button with
    `data-opens` shows the dialog of that id, one with `data-shuts` closes the dialog it is in.
    """

    library = "$/public/screen.jsx"
    tag = "Screen"

    name: rx.Var[str]
    open: rx.Var[int]
    jobs: rx.Var[list[Any]]
    total: rx.Var[int]


class Letters(rx.Component):
    """The button that switches single-letter keys off and on."""

    library = "$/public/screen.jsx"
    tag = "Letters"


class Copy(rx.Component):
    """A button that copies `text` and says so. Children come before its label."""

    library = "$/public/screen.jsx"
    tag = "Copy"

    text: rx.Var[str]
    label: rx.Var[str]


class Elapsed(rx.Component):
    """Time since a moment in epoch milliseconds, and what is usual."""

    library = "$/public/moments.jsx"
    tag = "Elapsed"

    since: rx.Var[int]
    typical: rx.Var[int]


class When(rx.Component):
    """A moment in the reader's own zone."""

    library = "$/public/moments.jsx"
    tag = "When"

    iso: rx.Var[str]


class Sheet(rx.Component):
    """Docked under the wall; on a phone a dialog, opened by `data-opens` and closed when `close_on` changes."""

    library = "$/public/sheet.jsx"
    tag = "Sheet"

    label: rx.Var[str]
    close_on: rx.Var[str]


class Undo(rx.Component):
    """A toast with the one button that takes a deletion back; shown anew for each `stamp`."""

    library = "$/public/undo.jsx"
    tag = "Undo"

    text: rx.Var[str]
    stamp: rx.Var[int]
    seconds: rx.Var[int]

    on_undo: rx.EventHandler[rx.event.no_args_event_spec]


copy = Copy.create
elapsed = Elapsed.create
letters = Letters.create
screen = Screen.create
sheet = Sheet.create
undo = Undo.create
when = When.create
