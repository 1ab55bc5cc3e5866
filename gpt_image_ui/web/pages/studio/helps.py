"""What helps with the words, beside the settings: improve, describe a picture, prompts that were sent, templates."""

import reflex as rx

from gpt_image_ui.web.components.icons import icon
from gpt_image_ui.web.components.panel import action
from gpt_image_ui.web.components.picture_state import PictureState
from gpt_image_ui.web.components.words import address, pasted, pick, prompts, slash, suggestion, tool_file
from gpt_image_ui.web.live import Feed
from gpt_image_ui.web.pages.studio.prompts_state import PromptsState
from gpt_image_ui.web.pages.studio.state import StudioState
from gpt_image_ui.web.pages.studio.words_state import WordsState

_TOOL = WordsState.tool
_RECEIVER = _TOOL.destination
_PRICE = _TOOL.price.to(int)
# What stands in the field when the button is pressed; it is nowhere else.
_FIELD: rx.Var[str] = rx.Var("document.getElementById('prompt').value", _var_type=str)
_PRICE_TEXT = rx.cond(_PRICE == 0, "free", rx.cond(_PRICE == 1, "1 credit", f"{_PRICE} credits"))


def helps() -> rx.Component:
    """Buttons at the end of the tools."""
    return rx.el.div(
        rx.cond(_TOOL.enabled, rx.fragment(_improve(), _describe())),
        rx.el.button(
            icon("queue"),
            "Prompts",
            type="button",
            class_name="pill",
            custom_attrs={"data-opens": "prompts", "data-letter": "h"},
        ),
        class_name="helps",
    )


def under_field() -> rx.Component:
    """What appears under the words: a list for "/", an address that was pasted, a suggestion, why there is none."""
    return rx.fragment(
        slash(templates=PromptsState.templates, target="prompt", use=PromptsState.chosen, on_open=PromptsState.open),
        pasted(target="prompt", on_added=StudioState.attach),
        rx.cond(
            WordsState.doing != "",
            rx.el.p(
                rx.el.span(class_name="spin", custom_attrs={"aria-hidden": "true"}),
                WordsState.doing,
                class_name="row ink2 t13 asking",
                role="status",
            ),
        ),
        rx.cond(
            WordsState.problem != "",
            rx.el.div(
                icon("warning"),
                rx.el.span(WordsState.problem),
                rx.el.button("Close", type="button", class_name="btn btn-q btn-s", on_click=WordsState.discard),
                class_name="note danger",
                role="alert",
            ),
        ),
        suggestion(value=WordsState.shown, target="prompt", on_done=WordsState.discard),
    )


def dialogs() -> rx.Component:
    """Outside the composer's form, because they have fields of their own."""
    room = StudioState.offer.references_max.to(int) - StudioState.references.length()
    return rx.fragment(
        pick(
            id="pick-references",
            label="Choose references",
            action="Use",
            limit=room,
            on_pick=StudioState.refer_to_all,
        ),
        pick(id="pick-described", label="Describe which picture?", on_pick=WordsState.describe_picked),
        prompts(
            id="prompts",
            entries=PromptsState.entries,
            templates=PromptsState.templates,
            problem=PromptsState.problem,
            target="prompt",
            on_open=PromptsState.open,
            on_search=PromptsState.search,
            on_use=StudioState.use_again,
            on_pin=PromptsState.pin,
            on_delete=PromptsState.delete,
            on_template=PromptsState.use,
            on_save=PromptsState.save,
            on_remove=PromptsState.remove,
        ),
    )


def receiver() -> rx.Component:
    """Who gets what a tool is given, where the line about Create does not say it."""
    return rx.cond(
        (_RECEIVER != "") & ~StudioState.offer.destination.contains(_RECEIVER),
        rx.fragment(" Improve and From image go to ", _RECEIVER, "."),
    )


def describe_action() -> rx.Component:
    """In the row under the large view; what it finds appears under the prompt."""
    return rx.cond(
        _TOOL.enabled & (PictureState.picture.kind == "image"),
        action(
            "eye",
            "Describe",
            "",
            on_click=WordsState.describe_picture(PictureState.picture.id),
            custom_attrs={"data-shuts": "", "data-opens": "composer"},
            title="Read it back into words, for the prompt",
            note=_PRICE_TEXT,
        ),
    )


def _improve() -> rx.Component:
    return rx.el.button(
        icon("improve"),
        rx.el.span("Improve", rx.el.span(" · ", _PRICE_TEXT, class_name="num")),
        type="button",
        class_name="pill",
        disabled=(WordsState.doing != "") | (Feed.available < _PRICE),
        title=rx.cond(Feed.available < _PRICE, "Your credits are not enough for this", _TOOL.remark),
        on_click=WordsState.improve(_FIELD),
    )


def _describe() -> rx.Component:
    return rx.el.div(
        rx.el.button(
            icon("eye"),
            "From image",
            icon("down", "i-s"),
            type="button",
            class_name="pill",
            custom_attrs={"popoverTarget": "choose-describe", "aria-haspopup": "dialog"},
        ),
        rx.el.div(
            rx.el.span("Describe a picture · ", _PRICE_TEXT, class_name="label", id="choose-describe-label"),
            tool_file(popover="choose-describe", on_added=WordsState.describe_upload),
            rx.el.button(
                icon("library"),
                "From your library",
                type="button",
                class_name="btn btn-2",
                custom_attrs={
                    "data-opens": "pick-described",
                    "popoverTarget": "choose-describe",
                    "popoverTargetAction": "hide",
                },
            ),
            address(action="Describe", popover="choose-describe", on_address=WordsState.describe_address),
            rx.el.span(
                rx.cond(_RECEIVER != "", rx.fragment("The picture goes to ", _RECEIVER, "."), _TOOL.remark),
                class_name="hint",
            ),
            id="choose-describe",
            class_name="menu pop above pad",
            role="group",
            aria_labelledby="choose-describe-label",
            custom_attrs={"popover": "auto"},
        ),
        class_name="opt opt-describe",
    )
