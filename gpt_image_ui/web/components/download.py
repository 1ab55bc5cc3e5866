"""The Download action: the original first, then copies, each saying what it loses."""

import reflex as rx

from gpt_image_ui.web.components.icons import icon
from gpt_image_ui.web.components.links import document
from gpt_image_ui.web.components.picture_state import PictureState

_SHOWN = PictureState.picture
_COPIES = (("png", "PNG"), ("jpeg", "JPEG"), ("webp", "WebP"))


def download() -> rx.Component:
    """A button with a menu above it; of a video there is only the original."""
    return rx.cond(
        _SHOWN.kind == "video",
        document(
            icon("download"),
            rx.el.span("Download"),
            href=_address("original"),
            custom_attrs={"data-letter": "d", "download": ""},
            class_name="act",
        ),
        rx.fragment(_button(), _menu()),
    )


def _button() -> rx.Component:
    return rx.el.button(
        icon("download"),
        rx.el.span("Download"),
        type="button",
        class_name="act",
        custom_attrs={"data-letter": "d", "popoverTarget": "download"},
    )


def _menu() -> rx.Component:
    return rx.el.div(
        _choice("original", "Original", "As it came, content credentials kept"),
        rx.el.hr(),
        *[_choice(form, label, "Made anew, no credentials") for form, label in _COPIES],
        rx.el.hr(),
        _choice("bare", "Original without metadata", "Removing content credentials may break labelling duties"),
        id="download",
        class_name="menu pop above downloads",
        role="group",
        aria_label="Download",
        custom_attrs={"popover": "auto"},
    )


def _choice(form: str, label: str, line: str) -> rx.Component:
    return document(
        rx.el.span(rx.el.span(label, class_name="medium"), rx.el.span(line, class_name="t13 ink3"), class_name="col"),
        href=_address(form),
        custom_attrs={"download": ""},
    )


def _address(form: str) -> rx.Var[str] | str:
    return f"/media/{_SHOWN.id}/original?download=1" + ("" if form == "original" else f"&as={form}")
