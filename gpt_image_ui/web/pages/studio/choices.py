"""The composer's settings, each a button with its choices and their prices; on a phone they lie open in the sheet."""

import reflex as rx
from reflex.vars import ObjectVar

from gpt_image_ui.web.components.icons import icon
from gpt_image_ui.web.pages.studio.offer import Choice, ModelChoice, SizeChoice
from gpt_image_ui.web.pages.studio.state import StudioState

_OFFER = StudioState.offer
_SET = StudioState.settings

_COUNT, _COUNT_MAX, _ROOM = _SET.count.to(int), _OFFER.count_max.to(int), _OFFER.references_max.to(int)
_TIGHT = "btn btn-q btn-icon"


def tools() -> rx.Component:
    return rx.el.div(
        rx.el.button(
            icon("attach"),
            rx.el.span("Attach pictures", class_name="phone-only"),
            type="button",
            class_name=f"{_TIGHT} attach",
            aria_label="Attach pictures",
            disabled=StudioState.references.length() >= _ROOM,
            custom_attrs={"data-pick-files": ""},
        ),
        _option("model", "image", "Model", _OFFER.model_label, _models()),
        _option("shape", "aspect", "Shape", _OFFER.size_label, _shapes()),
        _option("quality", "quality", "Quality", _OFFER.quality_label, _qualities()),
        _option("count", "count", "How many", _COUNT, _count()),
        _option("more", "sliders", "More", "More", _more(), arrow=False),
        class_name="tools",
    )


def _option(
    name: str, face: str, label: str, value: rx.Var | str, content: rx.Component, *, arrow: bool = True
) -> rx.Component:
    pop = f"choose-{name}"
    return rx.el.div(
        rx.el.button(
            icon(face),
            rx.el.span(label, class_name="label"),
            rx.el.span(value, class_name="value"),
            *([icon("down", "i-s")] if arrow else []),
            type="button",
            class_name="pill",
            aria_label=f"{label}: {value}" if arrow else label,
            custom_attrs={"popoverTarget": pop, "aria-haspopup": "dialog"},
        ),
        rx.el.div(
            rx.el.span(label, class_name="label", id=f"{pop}-label"),
            content,
            id=pop,
            class_name="menu pop above pad",
            role="group",
            aria_labelledby=f"{pop}-label",
            custom_attrs={"popover": "auto"},
        ),
        class_name=f"opt opt-{name}",
    )


def _models() -> rx.Component:
    def row(choice: ObjectVar[ModelChoice]) -> rx.Component:
        return rx.el.button(
            rx.el.span(
                rx.el.span(choice.label, class_name="medium"),
                rx.el.span(choice.good_for, class_name="t13 ink3"),
                rx.el.span(choice.goes_to, ", ", choice.limits, class_name="t13 ink3"),
                class_name="col",
            ),
            rx.el.span(choice.price, class_name="num t13 ink2 nowrap"),
            icon("check", "tick"),
            type="button",
            class_name="modelrow",
            aria_pressed=choice.id == _SET.model,
            on_click=StudioState.choose("model", choice.id),
            custom_attrs={"popoverTarget": "choose-model", "popoverTargetAction": "hide"},
        )

    return rx.el.div(rx.foreach(_OFFER.models, row), class_name="models")


def _shapes() -> rx.Component:
    def tile(size: ObjectVar[SizeChoice]) -> rx.Component:
        return rx.el.button(
            size.label,
            type="button",
            class_name="ratio",
            style={"--r": size.ratio, "--m": size.scale},
            title=size.pixels,
            aria_pressed=size.value == _SET.size,
            on_click=StudioState.choose("size", size.value),
        )

    return rx.fragment(
        rx.el.div(rx.foreach(_OFFER.sizes, tile), class_name="ratios"), rx.el.span(_OFFER.pixels, class_name="hint num")
    )


def _qualities() -> rx.Component:
    return _segments("quality", _OFFER.qualities, _SET.quality, "seg full tall")


def _segments(name: str, choices: rx.Var[tuple[Choice, ...]], chosen: rx.Var[str], class_name: str) -> rx.Component:
    def segment(choice: ObjectVar[Choice]) -> rx.Component:
        return rx.el.button(
            choice.label,
            rx.cond(choice.line != "", rx.el.small(choice.line)),
            type="button",
            aria_pressed=choice.value == chosen,
            on_click=StudioState.choose(name, choice.value),
        )

    return rx.el.div(rx.foreach(choices, segment), class_name=class_name)


def _count() -> rx.Component:
    return rx.el.div(
        rx.el.button(
            icon("minus"),
            type="button",
            aria_label="Fewer",
            disabled=_COUNT <= 1,
            on_click=StudioState.choose_count((_COUNT - 1).to(int)),
        ),
        rx.el.output(_COUNT),
        rx.el.button(
            icon("plus"),
            type="button",
            aria_label="More",
            disabled=_COUNT >= _COUNT_MAX,
            on_click=StudioState.choose_count((_COUNT + 1).to(int)),
        ),
        class_name="stepper",
    )


def _more() -> rx.Component:
    def field(label: str, *parts: rx.Component) -> rx.Component:
        return rx.el.div(
            rx.el.span(label, class_name="label"), *parts, class_name="field", role="group", aria_label=label
        )

    return rx.fragment(
        rx.cond(
            _OFFER.seed,
            rx.el.label(
                rx.el.span("Seed", class_name="label"),
                rx.el.input(
                    name="seed",
                    class_name="input num",
                    input_mode="numeric",
                    placeholder="Any",
                    default_value=_SET.seed,
                    key=_SET.seed,
                    max_length=10,
                    on_blur=lambda text: StudioState.choose("seed", text),
                ),
                rx.el.span("The same seed draws the same picture again.", class_name="hint"),
                class_name="field",
            ),
        ),
        rx.cond(
            _OFFER.backgrounds.length() > 1,
            field("Background", _segments("background", _OFFER.backgrounds, _SET.background, "seg full")),
        ),
        rx.cond(
            _OFFER.formats.length() > 1,
            field("Format", _segments("format", _OFFER.formats, _SET.format, "seg full")),
            rx.el.span("Saved as ", rx.foreach(_OFFER.formats, lambda choice: choice.label), class_name="hint"),
        ),
    )
