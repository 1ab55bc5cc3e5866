"""The prompt's field (assets/prompt.jsx): a textarea named "prompt" whose draft stays in the browser."""

from typing import Any

import reflex as rx


class Prompt(rx.Component):
    """Grows to ten lines; Ctrl or Cmd with Enter submits its form. Also owns the page's keys n, c, / and ?."""

    library = "$/public/prompt.jsx"
    tag = "Prompt"

    # Where the draft is kept in local storage.
    storage_key: rx.Var[str]
    # {text, stamp}: replaces what is typed whenever the stamp is a new one. 0 means nothing.
    fill: rx.Var[dict[str, Any]]
    # Characters allowed; 0 means no limit.
    limit: rx.Var[int]
    # Whether single letters do anything outside fields.
    shortcuts: rx.Var[bool]
    # The dialog that ? opens and the field that / goes to.
    help_id: rx.Var[str]
    search_id: rx.Var[str]
    label: rx.Var[str]
    placeholder: rx.Var[str]


prompt = Prompt.create
