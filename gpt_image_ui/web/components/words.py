"""What helps with the words and brings pictures (assets/lazy/): loaded after the screen stands, each in a file of its
own. `target` is the id of the prompt's field."""

from typing import Any

import reflex as rx
from reflex.components.component import NoSSRComponent


def _nothing() -> list[rx.Var]:
    return []


def _text(text: rx.Var[str]) -> list[rx.Var]:
    return [text]


def _two_texts(first: rx.Var[str], second: rx.Var[str]) -> list[rx.Var]:
    return [first, second]


def _number(number: rx.Var[int]) -> list[rx.Var]:
    return [number]


def _numbers(numbers: rx.Var[list[int]]) -> list[rx.Var]:
    return [numbers]


def _pin(entry_id: rx.Var[int], pinned: rx.Var[bool]) -> list[rx.Var]:
    return [entry_id, pinned]


def _upload(upload: rx.Var[dict[str, Any]]) -> list[rx.Var]:
    return [upload]


class Models(NoSSRComponent):
    """The table of models; it closes the popover it lies in when one is chosen."""

    library = "$/public/lazy/models.jsx"
    tag = "Models"

    rows: rx.Var[Any]
    chosen: rx.Var[str]
    popover: rx.Var[str]

    on_choose: rx.EventHandler[_text]


class Suggestion(NoSSRComponent):
    """A text with its changes marked, each to be accepted or not. Writes into the field only when asked to."""

    library = "$/public/lazy/words.jsx"
    tag = "Suggestion"

    # {stamp, parts: [{kind, old, new}], remark, cost}; an empty stamp shows nothing.
    value: rx.Var[Any]
    target: rx.Var[str]

    on_done: rx.EventHandler[_nothing]


class Slash(NoSSRComponent):
    """The list that "/" opens in the field, and the form for a template's {placeholders}."""

    library = "$/public/lazy/words.jsx"
    tag = "Slash"

    templates: rx.Var[Any]
    target: rx.Var[str]
    # {stamp, id, name, text}: a template that was chosen elsewhere.
    use: rx.Var[Any]

    on_open: rx.EventHandler[_nothing]


class Pick(NoSSRComponent):
    """A dialog to choose up to `limit` of one's own pictures; one is passed on at once."""

    library = "$/public/lazy/pick.jsx"
    tag = "Pick"

    label: rx.Var[str]
    action: rx.Var[str]
    limit: rx.Var[int]

    on_pick: rx.EventHandler[_numbers]


class Prompts(NoSSRComponent):
    """The dialog of sent prompts and templates."""

    library = "$/public/lazy/prompts.jsx"
    tag = "Prompts"

    entries: rx.Var[Any]
    templates: rx.Var[Any]
    problem: rx.Var[str]
    target: rx.Var[str]

    on_open: rx.EventHandler[_nothing]
    on_search: rx.EventHandler[_text]
    on_use: rx.EventHandler[_number]
    on_pin: rx.EventHandler[_pin]
    on_delete: rx.EventHandler[_number]
    on_template: rx.EventHandler[_text]
    # The name, and the field's present words.
    on_save: rx.EventHandler[_two_texts]
    on_remove: rx.EventHandler[_text]


class FetchedAddress(NoSSRComponent):
    """A field for the address of a picture, which becomes an upload."""

    library = "$/public/lazy/bring.jsx"
    tag = "Address"
    alias = "FetchedAddress"

    label: rx.Var[str]
    action: rx.Var[str]
    popover: rx.Var[str]

    on_added: rx.EventHandler[_upload]


class Address(NoSSRComponent):
    """A field for the address of a picture, which is passed on as it is."""

    library = "$/public/lazy/bring.jsx"
    tag = "Address"

    label: rx.Var[str]
    action: rx.Var[str]
    popover: rx.Var[str]

    on_address: rx.EventHandler[_text]


class ToolFile(NoSSRComponent):
    """A file for a prompt tool; its upload's id is passed on."""

    library = "$/public/lazy/bring.jsx"
    tag = "ToolFile"

    label: rx.Var[str]
    popover: rx.Var[str]

    on_added: rx.EventHandler[_text]


class Pasted(NoSSRComponent):
    """Asks whether an address that was pasted into the field is meant as a reference."""

    library = "$/public/lazy/bring.jsx"
    tag = "Pasted"

    target: rx.Var[str]

    on_added: rx.EventHandler[_upload]


address = Address.create
fetched_address = FetchedAddress.create
models = Models.create
pasted = Pasted.create
pick = Pick.create
prompts = Prompts.create
slash = Slash.create
suggestion = Suggestion.create
tool_file = ToolFile.create
