"""The composer: words, references, settings with their prices, where it goes, what it costs, one button."""

import reflex as rx
from reflex.vars import NumberVar, ObjectVar

from gpt_image_ui.web.components.drop import drop
from gpt_image_ui.web.components.icons import icon
from gpt_image_ui.web.components.prompt import prompt
from gpt_image_ui.web.components.small import sheet
from gpt_image_ui.web.live import Feed
from gpt_image_ui.web.pages.studio.attachments import Attachment
from gpt_image_ui.web.pages.studio.choices import tools
from gpt_image_ui.web.pages.studio.helps import dialogs, receiver, under_field
from gpt_image_ui.web.pages.studio.masking import mask_chip, paint_choice
from gpt_image_ui.web.pages.studio.offer import Choice
from gpt_image_ui.web.pages.studio.state import StudioState

_OFFER = StudioState.offer
_SET = StudioState.settings
_TOTAL, _EACH, _EXTRA = _OFFER.total.to(int), _OFFER.each.to(int), _OFFER.extra.to(int)
_COUNT, _COUNT_MAX, _ROOM = _SET.count.to(int), _OFFER.count_max.to(int), _OFFER.references_max.to(int)
_TIGHT = "btn btn-q btn-icon"


def composer() -> rx.Component:
    """Docked under the wall; on a phone behind the pill, as a sheet."""
    return rx.fragment(
        sheet(_form(), id="composer", label="New picture", close_on=StudioState.nonce), _pill(), dialogs()
    )


def _form() -> rx.Component:
    return rx.el.form(
        rx.el.div(
            rx.el.span(class_name="grab"),
            rx.el.div(
                rx.el.h2("New picture", class_name="t16 strong"),
                rx.el.button(
                    icon("close"), type="button", class_name=_TIGHT, aria_label="Close", custom_attrs={"data-shuts": ""}
                ),
                class_name="row between",
            ),
            class_name="sheethead",
        ),
        rx.el.div(
            rx.el.div(_references(), _words(), class_name="head"),
            rx.cond(StudioState.problem != "", _note("warning", StudioState.problem, kind="danger")),
            _money_note(),
            tools(),
            class_name="bodyrow",
        ),
        rx.el.div(
            rx.el.div(
                rx.el.span(_OFFER.destination, receiver()),
                rx.el.span(_left_after(), class_name="cost"),
                class_name="foot",
            ),
            _create(),
            class_name="footrow",
        ),
        _carried(),
        on_submit=StudioState.create,
        class_name="composer",
        aria_label="New picture",
    )


def _carried() -> rx.Component:
    """What the press stands for: what is on the screen, whatever the server remembers of this tab."""
    values = {
        "nonce": StudioState.nonce,
        "price": _TOTAL,
        "references": StudioState.reference_ids,
        "mask": StudioState.mask_id,
        "roles": StudioState.reference_roles,
        "model": _SET.model,
        "size": _SET.size,
        "quality": _SET.quality,
        "count": _COUNT,
        "background": _SET.background,
        "format": _SET.format,
        "seconds": _SET.seconds,
        "audio": _SET.audio,
        "told": _OFFER.told,
    }
    return rx.fragment(*[rx.el.input(type="hidden", name=name, value=value) for name, value in values.items()])


def _words() -> rx.Component:
    return rx.el.div(
        prompt(
            id="prompt",
            storage_key="draft",
            fill={"text": StudioState.fill.text, "stamp": StudioState.fill.stamp},
            limit=_OFFER.prompt_max,
            shortcuts=False,
            placeholder=rx.cond(_OFFER.video, "Describe the video you want", "Describe the picture you want"),
        ),
        under_field(),
        class_name="words",
        custom_attrs={"data-letter": "n c"},
    )


def _references() -> rx.Component:
    return rx.el.div(
        rx.foreach(StudioState.references, _reference),
        drop(
            on_added=StudioState.attach,
            limit=_ROOM - StudioState.references.length(),
            label="Attach pictures",
        ),
        mask_chip(),
        class_name="atts",
        role="group",
        aria_label="References",
    )


def _reference(ref: ObjectVar[Attachment], at: NumberVar[int]) -> rx.Component:
    return rx.el.span(
        _attached(ref, at),
        rx.cond(StudioState.parts.length() > 0, _part(ref, at)),
        class_name="attached",
        key=ref.id,
    )


def _part(ref: ObjectVar[Attachment], at: NumberVar[int]) -> rx.Component:
    def option(choice: ObjectVar[Choice]) -> rx.Component:
        return rx.el.option(choice.label, value=choice.value)

    return rx.el.select(
        rx.foreach(StudioState.parts, option),
        value=ref.role,
        class_name="input select part",
        aria_label=f"Part of reference {at + 1}",
        on_change=lambda role: StudioState.play(ref.id, role),
    )


def _attached(ref: ObjectVar[Attachment], at: NumberVar[int]) -> rx.Component:
    name = f"@{at + 1}"
    return rx.el.span(
        rx.el.button(
            rx.el.img(src=ref.src, alt=f"Reference {at + 1}: {ref.name}"),
            rx.el.span(name, class_name="n"),
            type="button",
            class_name="face",
            aria_label=f"Reference {at + 1}: {ref.name}",
            custom_attrs={"popoverTarget": f"ref-{ref.id}"},
        ),
        rx.el.button(
            rx.el.span(icon("close")),
            type="button",
            class_name="rm",
            aria_label=f"Remove reference {at + 1}",
            on_click=StudioState.detach(ref.id),
        ),
        rx.el.div(
            rx.el.button(
                icon("left"), "Move left", type="button", disabled=at == 0, on_click=StudioState.move(ref.id, -1)
            ),
            rx.el.button(
                icon("right"),
                "Move right",
                type="button",
                disabled=at == StudioState.references.length() - 1,
                on_click=StudioState.move(ref.id, 1),
            ),
            paint_choice(ref.id),
            rx.el.button(
                icon("trash"), "Remove", type="button", class_name="danger", on_click=StudioState.detach(ref.id)
            ),
            id=f"ref-{ref.id}",
            class_name="menu pop above",
            custom_attrs={"popover": "auto"},
            role="group",
            aria_label=f"Reference {at + 1}",
        ),
        class_name="att",
    )


def _left_after() -> rx.Component:
    left = Feed.available - _TOTAL
    return rx.cond(
        _TOTAL == 0,
        rx.cond(_OFFER.model_label == "", "", "Nothing is charged for this."),
        rx.cond(
            (left < 0) | (StudioState.cap != ""), "", rx.fragment(left, " left after this. Unused part comes back.")
        ),
    )


def _money_note() -> rx.Component:
    affordable = (Feed.available - _EXTRA) // _EACH
    short = _note(
        "credit",
        rx.fragment(
            "You have ",
            Feed.available,
            ". This costs at most ",
            _TOTAL,
            rx.cond(_COUNT > 1, rx.fragment(", one picture costs ", _EACH, "."), "."),
            rx.cond(affordable < 1, " Choose a lower quality or a smaller size.", ""),
        ),
        rx.cond(
            (affordable >= 1) & (affordable < _COUNT),
            rx.el.button(
                "Make ",
                affordable,
                " instead",
                type="button",
                class_name="btn btn-q btn-s",
                on_click=StudioState.choose_count(affordable.to(int)),
            ),
        ),
        kind="warn",
    )
    return rx.cond(
        _OFFER.unavailable != "",
        _note("pause", _OFFER.unavailable, kind="warn"),
        rx.cond(
            StudioState.cap != "",
            _note("clock", StudioState.cap, kind="warn"),
            rx.cond((_TOTAL > 0) & (Feed.available < _TOTAL), short),
        ),
    )


def _note(face: str, text: rx.Var | rx.Component, *more: rx.Component, kind: str) -> rx.Component:
    return rx.el.div(icon(face), rx.el.span(text), *more, class_name=f"note {kind}", role="alert")


def _create() -> rx.Component:
    credits_word = rx.cond(_TOTAL == 1, " credit", " credits")
    return rx.el.button(
        "Create ",
        rx.cond(_TOTAL > 0, rx.el.span("max ", _TOTAL, credits_word, class_name="price")),
        type="submit",
        class_name="btn btn-primary end",
        title=rx.cond(_TOTAL > 0, _OFFER.breakdown, ""),
        disabled=StudioState.cap != "",
    )


def _pill() -> rx.Component:
    return rx.el.button(
        "Describe a picture",
        rx.el.span(icon("plus"), class_name="go"),
        type="button",
        class_name="pillbar phone-only",
        custom_attrs={"data-opens": "composer", "data-letter": "n c"},
    )
