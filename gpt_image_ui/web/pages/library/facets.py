"""The facets as chips: one that is on says its value and can be taken away, one that is off opens its choices."""

import reflex as rx
from reflex.vars import ObjectVar

from gpt_image_ui.web.components.icons import icon
from gpt_image_ui.web.pages.library.state import LibraryState, ModelName

_NOW = LibraryState.facets
KINDS = (("image", "Pictures"), ("video", "Videos"))
SHAPES = (("landscape", "Landscape"), ("portrait", "Portrait"), ("square", "Square"))


def facets() -> rx.Component:
    """Rating, kind, shape, model, dates, and one button that clears them."""
    return rx.el.div(
        _chip(
            "rating",
            f"Rating {_NOW.rating} or more",
            "Rating",
            _NOW.rating,
            [
                rx.el.button(
                    f"{stars} or more" if stars < 5 else "5",
                    rx.el.span(*[icon("star", "i-s fill") for _ in range(stars)], class_name="row hintr"),
                    **_picks("rating", str(stars)),
                )
                for stars in (5, 4, 3, 2, 1)
            ],
        ),
        _chip(
            "kind",
            rx.cond(_NOW.kind == "video", "Videos", "Pictures"),
            "Kind",
            _NOW.kind,
            [rx.el.button(label, **_picks("kind", value)) for value, label in KINDS],
        ),
        _chip(
            "shape",
            f"Shape: {_NOW.shape}",
            "Shape",
            _NOW.shape,
            [rx.el.button(label, **_picks("shape", value)) for value, label in SHAPES],
        ),
        _chip(
            "model",
            f"Model: {LibraryState.model_label}",
            "Model",
            _NOW.model,
            [rx.foreach(LibraryState.models, _model)],
        ),
        _chip(
            "from_day", f"From {_NOW.from_day}", "From", _NOW.from_day, [_day("from_day", "First day", _NOW.from_day)]
        ),
        _chip("to_day", f"To {_NOW.to_day}", "To", _NOW.to_day, [_day("to_day", "Last day", _NOW.to_day)]),
        rx.cond(
            LibraryState.active > 0,
            rx.el.button("Clear all", type="button", class_name="btn btn-q btn-s", on_click=LibraryState.clear_facets),
        ),
        class_name="row wrap chips",
        role="group",
        aria_label="Filters",
    )


def _chip(
    name: str, text: rx.Var[str] | str, label: str, value: rx.Var[str], choices: list[rx.Component]
) -> rx.Component:
    on = rx.el.button(
        text,
        rx.el.span(icon("close", "i-s"), class_name="x"),
        type="button",
        class_name="chip on",
        aria_label=f"Take away: {text}",
        on_click=LibraryState.set_facet(name, ""),
    )
    off = rx.el.button(
        label, icon("down", "i-s"), type="button", class_name="chip", custom_attrs={"popoverTarget": f"facet-{name}"}
    )
    menu = rx.el.div(
        *choices,
        id=f"facet-{name}",
        class_name="menu pop below under",
        role="group",
        aria_label=label,
        custom_attrs={"popover": "auto"},
    )
    return rx.el.span(rx.cond(value != "", on, rx.fragment(off, menu)), class_name="facet")


def _picks(name: str, value: str | rx.Var[str]) -> dict:
    return {
        "type": "button",
        "on_click": LibraryState.set_facet(name, value),
        "custom_attrs": {"popoverTarget": f"facet-{name}", "popoverTargetAction": "hide"},
    }


def _model(model: ObjectVar[ModelName]) -> rx.Component:
    return rx.el.button(model.label, **_picks("model", model.id))


def _day(name: str, label: str, value: rx.Var[str]) -> rx.Component:
    return rx.el.label(
        rx.el.span(label, class_name="label"),
        rx.el.input(
            type="date",
            name=name,
            class_name="input",
            default_value=value,
            on_change=lambda day: LibraryState.set_facet(name, day).debounce(600),
        ),
        class_name="field",
    )
