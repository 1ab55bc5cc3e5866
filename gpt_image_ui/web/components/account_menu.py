"""The balance and the account, each a button in the bar with a popover below it."""

import reflex as rx

from gpt_image_ui.web.components.frame_state import FrameState
from gpt_image_ui.web.components.icons import icon
from gpt_image_ui.web.live import Feed

_CREDITS = rx.cond(Feed.available == 1, " credit", " credits")
THEMES = (("system", "System", "settings"), ("light", "Light", "sun"), ("dark", "Dark", "moon"))


def balance() -> rx.Component:
    """What can be spent, always in the bar; the rest of the account's money behind it."""
    return rx.fragment(
        rx.el.button(
            icon("credit"),
            rx.el.span(rx.el.span(Feed.available, class_name="amount"), _CREDITS, role="status", class_name="num"),
            class_name="btn btn-q balance",
            custom_attrs={"popoverTarget": "balance"},
            on_click=FrameState.read_balance,
            type="button",
        ),
        rx.el.div(
            rx.el.h2("Balance", class_name="t16 strong"),
            rx.el.dl(
                *_fact("Available", rx.el.span(Feed.available, _CREDITS)),
                *_fact("Reserved now", rx.el.span(Feed.reserved, " for jobs under way")),
                *_fact("Used today", FrameState.spending.day),
                *_fact("Used this month", FrameState.spending.month),
                *_fact("For one job", FrameState.spending.job),
                class_name="facts",
            ),
            rx.el.p(
                "Credits are reserved at Create and charged when a picture is saved. What is not used comes back.",
                class_name="hint",
            ),
            id="balance",
            class_name="menu pop below wide",
            role="group",
            aria_label="Balance",
            custom_attrs={"popover": "auto"},
        ),
    )


def account() -> rx.Component:
    """Who is here: a guest, what that means, the theme, and the way out."""
    return rx.fragment(
        rx.el.button(
            rx.el.span("G", class_name="avatar", custom_attrs={"aria-hidden": "true"}),
            class_name="btn btn-q btn-icon",
            aria_label="Account: guest",
            custom_attrs={"popoverTarget": "account"},
            type="button",
        ),
        rx.el.div(
            rx.el.div(
                rx.el.h2("Guest", class_name="t16 strong"),
                rx.el.p(
                    "Your pictures are kept for ",
                    FrameState.kept,
                    " after your last visit. Only this browser can reach them.",
                    class_name="t13 ink2",
                ),
                class_name="col g1",
            ),
            theme_form(),
            rx.el.button(
                icon("help"),
                "Help and shortcuts",
                type="button",
                class_name="btn btn-2 phone-only",
                custom_attrs={"data-opens": "help", "popoverTarget": "account", "popoverTargetAction": "hide"},
            ),
            rx.el.form(
                rx.el.p(
                    "Signing out leaves your pictures behind: a guest cannot come back to them.", class_name="hint"
                ),
                rx.el.button("Sign out", type="submit", class_name="btn btn-danger"),
                action="/auth/sign-out",
                method="post",
                on_submit=None,
                class_name="col",
            ),
            id="account",
            class_name="menu pop below wide",
            role="group",
            aria_label="Account",
            custom_attrs={"popover": "auto"},
        ),
    )


def theme_form() -> rx.Component:
    """Posted natively: the server keeps the choice in a cookie and writes it into the next document."""
    return rx.el.form(
        rx.el.span("Theme", class_name="label", id="theme-label"),
        rx.el.div(
            *[
                rx.el.button(
                    icon(face, "i-s"), label, type="submit", name="theme", value=value, class_name=f"to-{value}"
                )
                for value, label, face in THEMES
            ],
            class_name="seg full themes",
            role="group",
            aria_labelledby="theme-label",
        ),
        rx.el.input(type="hidden", name="next", value=rx.State.router.page.path),
        action="/auth/theme",
        method="post",
        on_submit=None,
        class_name="col",
    )


def _fact(name: str, value: rx.Component | rx.Var[str]) -> tuple[rx.Component, rx.Component]:
    return rx.el.dt(name), rx.el.dd(value)
