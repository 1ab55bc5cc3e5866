"""The mask editor (assets/lazy/mask.jsx), a script of its own that is fetched when it is first shown."""

from dataclasses import dataclass

import reflex as rx


@dataclass(frozen=True)
class Easel:
    """What the editor lies over; without `src`, it is shut. `start` and `previous` are addresses of masks: the one to
    go on with, and the one with which this picture was made. `note` is what the model makes of masks."""

    src: str = ""
    width: int = 1
    height: int = 1
    name: str = ""
    start: str = ""
    previous: str = ""
    note: str = ""


@dataclass(frozen=True)
class Painted:
    """A mask in the composer: its upload, the reference that it was painted over, and how much it covers in words."""

    id: str = ""
    over: str = ""
    label: str = ""


def _id(upload_id: rx.Var[str]) -> list[rx.Var]:
    return [upload_id]


class MaskEditor(rx.NoSSRComponent):
    """Opens over everything as soon as it is there, and sends its mask by HTTP."""

    library = "$/public/lazy/mask.jsx"
    tag = "MaskEditor"

    src: rx.Var[str]
    width: rx.Var[int]
    height: rx.Var[int]
    name: rx.Var[str]
    start: rx.Var[str]
    previous: rx.Var[str]
    note: rx.Var[str]
    # Why the mask could not be used; the editor stays as it is.
    problem: rx.Var[str]

    # The mask was kept as this upload.
    on_use: rx.EventHandler[_id]
    on_leave: rx.EventHandler[rx.event.no_args_event_spec]


def mask_editor(easel: rx.Var[Easel], **props: object) -> rx.Component:
    """The editor over `easel`, or nothing."""
    names = ("src", "width", "height", "name", "start", "previous", "note")
    given = {name: getattr(easel, name) for name in names}
    return rx.cond(easel.src != "", MaskEditor.create(**given, **props))  # pyright: ignore[reportAttributeAccessIssue]
