"""The frame of every screen: rail, bar, tabs on a phone, and the lines that may lie over the content."""

import reflex as rx
from reflex_components_core.core.banner import has_connection_errors

from gpt_image_ui.web.components.account_menu import account, balance
from gpt_image_ui.web.components.frame_state import FrameState
from gpt_image_ui.web.components.icons import icon, mark
from gpt_image_ui.web.components.links import document
from gpt_image_ui.web.components.shortcuts import shortcuts
from gpt_image_ui.web.components.small import screen
from gpt_image_ui.web.live import Feed

PLACES = (
    ("Create", "/studio", "plus", "gc"),
    ("Library", "/library", "library", "gl"),
    ("Examples", "/examples", "image", "ge"),
)


def frame(current: str, title: str, search: rx.Component, *content: rx.Component) -> rx.Component:
    """`current` is the place's name in the rail, `search` the field in the middle of the bar."""
    return rx.el.div(
        document("Skip to content", href="#content", class_name="skip btn btn-2"),
        rx.el.div(_rail(current), _bar(title, search), *content, _tabs(current), class_name="shell"),
        _ended(),
        rx.cond(has_connection_errors, _offline()),
        shortcuts(),
        screen(name=title, open=Feed.open_jobs, jobs=Feed.jobs, total=Feed.total),
        class_name="app",
    )


def guest_line() -> rx.Component:
    """What being a guest means for the pictures, where they appear."""
    return rx.el.p(
        "Guest: pictures are kept ",
        FrameState.kept,
        " after your last visit, and only this browser can reach them.",
        class_name="guestline",
    )


def _rail(current: str) -> rx.Component:
    return rx.el.nav(
        document(mark(), href="/", class_name="mark-logo", aria_label="GPT Image UI, home"),
        *[_place(name, path, face, key, name == current) for name, path, face, key in PLACES],
        rx.el.span(class_name="sp"),
        class_name="rail",
        aria_label="Main",
    )


def _place(name: str, path: str, face: str, key: str, here: bool) -> rx.Component:
    extra = {"aria-current": "page"} if here else {}
    link = _link(path)
    return link(
        icon(face),
        *([_count()] if name == "Create" else []),
        href=path,
        title=name,
        aria_label=name,
        custom_attrs={"data-letter": key, **extra},
    )


def _tabs(current: str) -> rx.Component:
    def tab(name: str, path: str, face: str) -> rx.Component:
        extra = {"aria-current": "page"} if name == current else {}
        count = [_count()] if name == "Create" else []
        return _link(path)(icon(face), name, *count, href=path, custom_attrs=extra)

    return rx.el.nav(*[tab(*place[:3]) for place in PLACES], class_name="tabbar", aria_label="Main, below")


def _link(path: str):
    # Examples are documents of the server, which the app's router does not know.
    return document if path == "/examples" else rx.el.a


def _count() -> rx.Component:
    return rx.cond(
        Feed.open_jobs > 0,
        rx.el.span(Feed.open_jobs, rx.el.span(" jobs under way", class_name="sr"), class_name="count"),
    )


def _bar(title: str, search: rx.Component) -> rx.Component:
    return rx.el.header(
        rx.el.h1(title, class_name="where"),
        search,
        rx.el.div(
            *([] if title == "Library" else [_to_search()]),
            balance(),
            rx.el.button(
                icon("help"),
                type="button",
                class_name="btn btn-q btn-icon desk-only",
                aria_label="Help and shortcuts",
                custom_attrs={"data-opens": "help", "data-letter": "?"},
            ),
            account(),
            class_name="row g1 end",
        ),
        class_name="top",
    )


def _to_search() -> rx.Component:
    return rx.el.a(icon("search"), href="/library", class_name="btn btn-q btn-icon phone-only", aria_label="Search")


def _ended() -> rx.Component:
    return rx.el.div(
        icon("lock"),
        rx.el.span("Your session has ended. Your draft is kept.", class_name="grow"),
        document("Open the studio again", href="/studio", class_name="btn btn-2 btn-s"),
        class_name="banner overlay ended",
        role="alert",
    )


def _offline() -> rx.Component:
    return rx.el.div(
        rx.el.span(class_name="spin", custom_attrs={"aria-hidden": "true"}),
        rx.el.span("Reconnecting… Your draft and your jobs are kept.", class_name="grow"),
        class_name="banner plain overlay offline",
        role="alert",
    )
