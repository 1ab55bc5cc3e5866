"""The bar of a selection, and the toast that takes a deletion back."""

import reflex as rx

from gpt_image_ui.web.components.compare import CompareState
from gpt_image_ui.web.components.icons import icon
from gpt_image_ui.web.components.picture_state import PictureState
from gpt_image_ui.web.components.selection_state import SelectionState
from gpt_image_ui.web.components.small import undo


def selection_bar() -> rx.Component:
    """n selected, and what can be done to them; nothing while nothing is chosen."""
    return rx.cond(
        SelectionState.chosen > 0,
        rx.el.div(
            rx.el.span(
                SelectionState.chosen, rx.el.span(" selected", class_name="sel"), class_name="n num", role="status"
            ),
            rx.el.hr(),
            rx.cond(SelectionState.chosen == 2, _act("compare", "Compare", CompareState.compare_chosen)),
            _act("download", "Download", SelectionState.download_chosen),
            rx.el.button(
                icon("star"),
                rx.el.span("Rate", class_name="lab"),
                type="button",
                class_name="btn btn-q",
                aria_label="Rate",
                custom_attrs={"popoverTarget": "rate-chosen"},
            ),
            rx.el.div(
                *[
                    rx.el.button(
                        "No rating" if stars == 0 else f"{stars} of 5",
                        *[icon("star", "i-s fill") for _ in range(stars)],
                        type="button",
                        on_click=SelectionState.rate_chosen(stars),
                        custom_attrs={"popoverTarget": "rate-chosen", "popoverTargetAction": "hide"},
                    )
                    for stars in (5, 4, 3, 2, 1, 0)
                ],
                id="rate-chosen",
                class_name="menu pop above",
                role="group",
                aria_label="Rate",
                custom_attrs={"popover": "auto"},
            ),
            rx.el.hr(),
            _act("trash", "Delete", SelectionState.delete_chosen, "btn btn-q danger"),
            rx.el.button(
                icon("close"),
                type="button",
                class_name="btn btn-q btn-icon",
                aria_label="Clear selection",
                on_click=SelectionState.clear,
            ),
            class_name="selbar",
            role="toolbar",
            aria_label="Selection",
        ),
    )


def undo_toast() -> rx.Component:
    """Ten seconds to bring a deletion back."""
    return undo(
        text=PictureState.deleted.text, stamp=PictureState.deleted.stamp, seconds=10, on_undo=PictureState.restore
    )


def _act(face: str, label: str, event: rx.event.EventCallback, class_name: str = "btn btn-q") -> rx.Component:
    return rx.el.button(
        icon(face),
        rx.el.span(label, class_name="lab"),
        type="button",
        class_name=class_name,
        aria_label=label,
        on_click=event,
    )
