"""The library: every picture, found by words and facets, chosen and dealt with many at a time."""

import reflex as rx

from gpt_image_ui.web.components.compare import compare_view
from gpt_image_ui.web.components.frame import frame
from gpt_image_ui.web.components.icons import icon
from gpt_image_ui.web.components.panel import large_view
from gpt_image_ui.web.components.picture_state import PictureState
from gpt_image_ui.web.components.selection import selection_bar, undo_toast
from gpt_image_ui.web.components.selection_state import SelectionState
from gpt_image_ui.web.components.views import ViewState, view_switch
from gpt_image_ui.web.components.wall import wall
from gpt_image_ui.web.live import Feed
from gpt_image_ui.web.pages.library.facets import facets
from gpt_image_ui.web.pages.library.state import LibraryState


def page() -> rx.Component:
    """The wall under its facets."""
    return frame(
        "Library",
        "Library",
        _search("searchform desk-only"),
        rx.el.main(
            rx.el.div(
                _search("searchform phone-only"),
                rx.el.div(_found(), view_switch(), class_name="row between"),
                facets(),
                class_name="fac",
            ),
            wall(
                _nothing(),
                query=LibraryState.query,
                newest=Feed.newest,
                total=Feed.total,
                version=Feed.version,
                sel=SelectionState.ranges,
                view=ViewState.shown,
                density=ViewState.density,
                label="Gallery",
                on_select=SelectionState.select,
                on_key=PictureState.key,
            ),
            selection_bar(),
            large_view(LibraryState.recall, open_id=LibraryState.open_id, home="/library"),
            compare_view(),
            undo_toast(),
            id="content",
            class_name="lib main",
            tab_index=-1,
        ),
    )


def _search(class_name: str) -> rx.Component:
    return rx.el.div(
        rx.el.label(
            icon("search"),
            rx.el.span("Search your pictures", class_name="sr"),
            rx.el.input(
                type="search",
                name="q",
                class_name="input",
                auto_complete="off",
                placeholder=rx.cond(Feed.total > 1, f"Search {Feed.total} pictures", "Search your pictures"),
                default_value=LibraryState.facets.q,
                key=LibraryState.opened,
                on_change=lambda text: LibraryState.set_facet("q", text).debounce(150),
                custom_attrs={"data-letter": "/"},
            ),
            rx.el.kbd("/", custom_attrs={"aria-hidden": "true"}),
            class_name="search withicon",
        ),
        class_name=class_name,
        role="search",
    )


def _found() -> rx.Component:
    # The feed counts everything live; a search is counted when it is made.
    found = rx.cond(LibraryState.active == 0, Feed.total, LibraryState.found)
    return rx.el.p(
        rx.el.span(found, rx.cond(found == 1, " picture", " pictures"), class_name="strong"),
        rx.cond(LibraryState.facets.q != "", rx.el.span(f" for “{LibraryState.facets.q}”", class_name="ink3")),
        class_name="found num",
        custom_attrs={"aria-live": "polite"},
    )


def _nothing() -> rx.Component:
    return rx.cond(
        LibraryState.active > 0,
        rx.el.div(
            rx.el.h2(
                rx.cond(LibraryState.active == 1, "No picture matches", "No picture matches all of these"),
                class_name="t16 strong",
            ),
            rx.cond(LibraryState.blame != "", rx.el.p(LibraryState.blame_line)),
            rx.el.button(
                rx.cond(LibraryState.blame == "", "Clear all", LibraryState.blame_action),
                type="button",
                class_name="btn btn-2",
                on_click=rx.cond(LibraryState.blame == "", LibraryState.clear_facets, LibraryState.take_blamed),
            ),
            class_name="empty",
        ),
        rx.el.div(
            rx.el.h2("Your pictures appear here", class_name="t16 strong"),
            rx.el.p("Every picture you make is kept in the library."),
            rx.el.a("Make the first one", href="/studio", class_name="btn btn-2"),
            class_name="empty",
        ),
    )
