"""The large view with its actions and its panel: Info, Recipe and Provenance."""

import reflex as rx
from reflex.vars import ObjectVar

from gpt_image_ui.web.components.compare import CompareState
from gpt_image_ui.web.components.download import download
from gpt_image_ui.web.components.icons import icon
from gpt_image_ui.web.components.lightbox import lightbox
from gpt_image_ui.web.components.picture_state import PictureState
from gpt_image_ui.web.components.picture_view import Fact, Reference, Setting
from gpt_image_ui.web.components.provenance_tab import provenance
from gpt_image_ui.web.components.small import copy, when

_SHOWN = PictureState.picture


def large_view(
    recall: rx.event.EventCallback,
    use: rx.event.EventCallback | None = None,
    mask: rx.event.EventCallback = PictureState.mask,
    describe: rx.Component | None = None,
    **props: object,
) -> rx.Component:
    """`recall`, `use` and `mask` take the picture's id; `use` makes it a reference where there is a composer, and
    `describe` is the action that reads it back into words there."""
    return lightbox(
        _actions(recall, use, mask, describe),
        rx.fragment(
            rx.el.div(
                _tab("info", "Info"),
                _tab("recipe", "Recipe"),
                _tab("provenance", "Provenance"),
                class_name="tabs",
                role="tablist",
                aria_label="About",
            ),
            rx.match(
                PictureState.tab,
                ("recipe", _recipe(recall)),
                ("provenance", _panel(provenance())),
                _info(recall),
            ),
        ),
        id="large",
        panel_id=_SHOWN.id,
        on_show=PictureState.show,
        on_missing=PictureState.missing,
        on_key=PictureState.key,
        **props,
    )


def _actions(
    recall: rx.event.EventCallback,
    use: rx.event.EventCallback | None,
    mask: rx.event.EventCallback,
    describe: rx.Component | None,
) -> rx.Component:
    return rx.fragment(
        action(
            "vary",
            "Vary",
            "v",
            on_click=PictureState.vary(_SHOWN.id).throttle(800),
            disabled=_SHOWN.vary == "",
            title=rx.cond(
                _SHOWN.vary == "", "Its model is not offered here now", f"One more with a new seed, {_SHOWN.vary}"
            ),
            note=_SHOWN.vary,
        ),
        action("undo", "Recall", "r", on_click=recall(_SHOWN.id), custom_attrs={"data-shuts": ""}),
        rx.cond(
            _SHOWN.kind == "image",
            action(
                "image",
                "Reference",
                "e",
                on_click=use(_SHOWN.id),
                custom_attrs={"data-shuts": ""},
                title="Use as reference",
            ),
        )
        if use
        else rx.fragment(),
        describe or rx.fragment(),
        rx.cond(
            _SHOWN.mask,
            action(
                "brush",
                "Mask",
                "m",
                on_click=mask(_SHOWN.id),
                title="Change a part of it",
                custom_attrs={} if use else {"data-shuts": ""},
            ),
        ),
        rx.cond(
            _SHOWN.compare,
            action("compare", "Compare", "", on_click=CompareState.compare(_SHOWN.id), title="With what it came from"),
        ),
        download(),
        copy(icon("copy"), text=_SHOWN.prompt, label="Copy prompt", class_name="act"),
        action(
            "trash", "Delete", "", on_click=PictureState.delete(_SHOWN.id), custom_attrs={"data-shuts": ""}, danger=True
        ),
    )


def action(
    face: str, label: str, letter: str, *, danger: bool = False, note: rx.Var[str] | None = None, **props
) -> rx.Component:
    """A button of the row under the picture; `note` is its price."""
    attrs = {**props.pop("custom_attrs", {}), **({"data-letter": letter} if letter else {})}
    return rx.el.button(
        icon(face),
        rx.el.span(label, *([rx.el.small(note)] if note is not None else [])),
        type="button",
        class_name="act danger" if danger else "act",
        custom_attrs=attrs,
        **props,
    )


def _tab(value: str, label: str) -> rx.Component:
    return rx.el.button(
        label,
        role="tab",
        type="button",
        aria_selected=PictureState.tab == value,
        custom_attrs={"aria-controls": "panel"},
        on_click=PictureState.show_tab(value),
    )


def _info(recall: rx.event.EventCallback) -> rx.Component:
    return _panel(
        _notice(),
        rx.el.div(
            rx.el.form(
                rx.el.input(type="hidden", name="id", value=_SHOWN.id),
                rx.el.textarea(
                    name="title",
                    default_value=_SHOWN.title,
                    key=f"{_SHOWN.id}-{_SHOWN.title}",
                    aria_label="Title",
                    class_name="title t20",
                    max_length=200,
                    rows="1",
                    enter_key_submit=True,
                ),
                on_submit=PictureState.rename,
                class_name="titleform",
            ),
            rx.cond(_SHOWN.title != _SHOWN.prompt, rx.el.p(_SHOWN.prompt, class_name="ink2 words")),
            class_name="col g3",
        ),
        rx.el.div(
            _rating(),
            rx.el.button(
                icon("undo"),
                "Recall all",
                type="button",
                class_name="btn btn-2 btn-s",
                on_click=recall(_SHOWN.id),
                custom_attrs={"data-shuts": ""},
            ),
            class_name="row between",
        ),
        rx.el.dl(
            rx.el.dt("Made"),
            rx.el.dd(when(iso=_SHOWN.made_at), rx.cond(_SHOWN.took != "", f", {_SHOWN.took}", "")),
            rx.foreach(_SHOWN.facts, _fact),
            class_name="facts",
        ),
    )


def _recipe(recall: rx.event.EventCallback) -> rx.Component:
    return _panel(
        _notice(),
        rx.el.div(
            rx.el.div(
                rx.el.h2("Prompt", class_name="strong"),
                copy(icon("copy"), text=_SHOWN.prompt, class_name="btn btn-q btn-s"),
                class_name="row between",
            ),
            rx.el.p(_SHOWN.prompt, class_name="ink2 words"),
            class_name="col",
        ),
        rx.cond(
            _SHOWN.revised_prompt != "",
            rx.el.details(
                rx.el.summary(
                    icon("info"), "The model rewrote this prompt", icon("down", "i-s end"), class_name="row medium"
                ),
                rx.el.p(_SHOWN.revised_prompt, class_name="words"),
                class_name="note rewritten",
            ),
        ),
        rx.el.table(
            rx.el.thead(rx.el.tr(rx.el.th("Setting"), rx.el.th("Asked"), rx.el.th("Got"))),
            rx.el.tbody(rx.foreach(_SHOWN.settings, _setting)),
            class_name="table ask num",
        ),
        rx.cond(
            _SHOWN.difference != "", rx.el.div(icon("warning"), rx.el.span(_SHOWN.difference), class_name="note warn")
        ),
        rx.cond(
            _SHOWN.references.length() > 0,
            rx.el.div(
                rx.el.h2("References", class_name="strong"),
                rx.el.div(rx.foreach(_SHOWN.references, _reference), class_name="atts"),
                class_name="col",
            ),
        ),
        rx.el.button(
            icon("undo"),
            "Recall all",
            type="button",
            class_name="btn btn-2 fitted",
            on_click=recall(_SHOWN.id),
            custom_attrs={"data-shuts": ""},
        ),
    )


def _panel(*parts: rx.Component) -> rx.Component:
    return rx.el.div(*parts, class_name="panels", id="panel", role="tabpanel", aria_label="Facts")


def _notice() -> rx.Component:
    return rx.cond(
        PictureState.notice != "",
        rx.el.div(icon("info"), rx.el.span(PictureState.notice), class_name="note", role="alert"),
    )


def _rating() -> rx.Component:
    return rx.el.div(
        *[
            rx.el.button(
                icon("star"),
                type="button",
                class_name=rx.cond(_SHOWN.rating.to(int) >= star, "on", ""),
                aria_label=f"{star} of 5",
                aria_pressed=_SHOWN.rating == star,
                custom_attrs={"data-letter": str(star)} if star > 1 else {},
                on_click=PictureState.rate(_SHOWN.id, rx.cond(_SHOWN.rating == star, 0, star)),
            )
            for star in range(1, 6)
        ],
        class_name="rating",
        role="group",
        aria_label="Rating",
    )


def _fact(fact: ObjectVar[Fact]) -> rx.Component:
    return rx.fragment(rx.el.dt(fact.name), rx.el.dd(fact.value))


def _setting(setting: ObjectVar[Setting]) -> rx.Component:
    return rx.el.tr(
        rx.el.td(setting.name),
        rx.el.td(setting.asked),
        rx.el.td(setting.got, rx.cond(setting.differs, rx.el.span(", not as asked", class_name="sr"), "")),
        class_name=rx.cond(setting.differs, "diff", ""),
    )


def _reference(reference: ObjectVar[Reference]) -> rx.Component:
    return rx.el.span(
        rx.cond(
            reference.src != "",
            rx.el.img(src=reference.src, alt=f"Reference {reference.number}", loading="lazy"),
            rx.el.span(icon("clock"), rx.el.span("Reference no longer kept", class_name="sr"), class_name="missing"),
        ),
        rx.el.span("@", reference.number, class_name="n"),
        class_name="att",
    )
