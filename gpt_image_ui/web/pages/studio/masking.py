"""The mask where it shows: its chip beside the references, and the editor over the page."""

import reflex as rx

from gpt_image_ui.web.components.icons import icon
from gpt_image_ui.web.components.mask import mask_editor
from gpt_image_ui.web.pages.studio.mask_state import MaskState
from gpt_image_ui.web.pages.studio.state import StudioState

_MASK = StudioState.mask


def mask_chip() -> rx.Component:
    """What the mask covers; pressed, it is painted on. Nothing without a mask."""
    chip = rx.el.span(
        rx.el.button(
            icon("brush", "i-s"),
            _MASK.label,
            type="button",
            class_name="row g1",
            title="Paint on",
            on_click=MaskState.paint_reference(_MASK.over),
        ),
        rx.el.button(
            icon("close", "i-s"),
            type="button",
            class_name="x",
            aria_label="Remove mask",
            on_click=MaskState.take_away,
        ),
        class_name="chip on maskchip",
    )
    return rx.cond(StudioState.mask_id != "", chip)


def paint_choice(upload_id: rx.Var[str]) -> rx.Component:
    """In a reference's menu, where a model takes masks."""
    choice = rx.el.button(icon("brush"), "Paint a mask", type="button", on_click=MaskState.paint_reference(upload_id))
    return rx.cond(MaskState.paintable, choice)


def mask_view() -> rx.Component:
    """The editor, while something is being painted over."""
    return mask_editor(MaskState.easel, problem=MaskState.trouble, on_use=MaskState.use, on_leave=MaskState.leave)
