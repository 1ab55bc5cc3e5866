"""The composer's settings, each a button with its choices and their prices; on a phone they lie open in the sheet."""

import reflex as rx
from reflex.vars import ObjectVar

from gpt_image_ui.web.components.icons import icon
from gpt_image_ui.web.components.words import fetched_address, models
from gpt_image_ui.web.pages.studio.helps import helps
from gpt_image_ui.web.pages.studio.offer import Choice
from gpt_image_ui.web.pages.studio.sizes import SizeChoice
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
        rx.cond(_ROOM > 0, _option("bring", "folder", "More references", "More references", _bring(), arrow=False)),
        _option("model", "image", "Model", _OFFER.model_label, _models(), on_click=StudioState.compare),
        _option("shape", "aspect", "Shape", _OFFER.size_label, _shapes()),
        rx.cond(
            _OFFER.qualities.length() > 1,
            _option("quality", "quality", "Quality", _OFFER.quality_label, _segments_of("quality")),
        ),
        rx.cond(_OFFER.seconds.length() > 0, _option("length", "clock", "Length", f"{_SET.seconds} s", _length())),
        rx.cond(_COUNT_MAX > 1, _option("count", "count", "How many", _COUNT, _count())),
        _option("more", "sliders", "More", "More", _more(), arrow=False),
        helps(),
        class_name="tools",
    )


def _option(
    name: str, face: str, label: str, value: rx.Var | str, content: rx.Component, *, arrow: bool = True, **props
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
            **props,
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
    return rx.fragment(
        rx.el.button(
            icon("close"),
            type="button",
            class_name=f"{_TIGHT} phone-only leave",
            aria_label="Close",
            custom_attrs={"popoverTarget": "choose-model", "popoverTargetAction": "hide"},
        ),
        models(
            rows=StudioState.rows,
            chosen=_SET.model,
            popover="choose-model",
            on_choose=lambda name: StudioState.choose("model", name),
        ),
    )


def _bring() -> rx.Component:
    return rx.fragment(
        rx.el.button(
            icon("library"),
            "From your library",
            type="button",
            class_name="btn btn-2",
            disabled=StudioState.references.length() >= _ROOM,
            custom_attrs={
                "data-opens": "pick-references",
                "popoverTarget": "choose-bring",
                "popoverTargetAction": "hide",
            },
        ),
        fetched_address(popover="choose-bring", on_added=StudioState.attach),
        rx.el.span("The server fetches it and keeps a working copy with your references.", class_name="hint"),
    )


def _shapes() -> rx.Component:
    def tile(size: ObjectVar[SizeChoice]) -> rx.Component:
        return rx.el.button(
            size.label,
            type="button",
            class_name="ratio",
            style={"--r": size.ratio, "--m": size.scale},
            title=size.pixels,
            aria_pressed=size.chosen,
            on_click=StudioState.choose("size", size.value),
        )

    return rx.fragment(
        rx.el.div(rx.foreach(_OFFER.sizes, tile), class_name="ratios"),
        rx.cond(_OFFER.steps.length() > 1, _segments("size", _OFFER.steps, _SET.size, "seg full tall steps")),
        rx.el.span(_OFFER.pixels, class_name="hint num"),
    )


def _length() -> rx.Component:
    return rx.fragment(
        rx.el.select(
            rx.foreach(_OFFER.seconds, lambda choice: rx.el.option(choice.label, value=choice.value)),
            value=_SET.seconds,
            class_name="input select",
            aria_label="Length in seconds",
            on_change=lambda value: StudioState.choose("seconds", value),
        ),
        rx.cond(
            _OFFER.audio,
            rx.el.label(
                rx.el.input(
                    type="checkbox",
                    class_name="switch",
                    role="switch",
                    checked=_SET.audio == "on",
                    on_change=StudioState.choose("audio", rx.cond(_SET.audio == "on", "", "on")),
                ),
                "Sound",
                class_name="row",
            ),
        ),
    )


def _segments_of(name: str) -> rx.Component:
    return _segments(name, _OFFER.qualities, _SET.quality, "seg full tall")


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
