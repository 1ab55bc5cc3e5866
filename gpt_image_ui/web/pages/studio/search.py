"""The studio's search field: it goes on in the library."""

from typing import Any
from urllib.parse import quote

import reflex as rx

from gpt_image_ui.web.components.icons import icon
from gpt_image_ui.web.live import Feed


class SearchState(rx.State):
    """Holds nothing: words go into the library's address."""

    @rx.event
    def search(self, form: dict[str, Any]):
        """Enter was pressed."""
        return rx.redirect(f"/library?q={quote(str(form.get('q', ''))[:200])}")


def search_field() -> rx.Component:
    """In the middle of the bar."""
    return rx.el.form(
        rx.el.label(
            icon("search"),
            rx.el.span("Search your pictures", class_name="sr"),
            rx.el.input(
                type="search",
                name="q",
                class_name="input",
                auto_complete="off",
                placeholder=rx.cond(Feed.total > 1, f"Search {Feed.total} pictures", "Search your pictures"),
                custom_attrs={"data-letter": "/"},
            ),
            rx.el.kbd("/", custom_attrs={"aria-hidden": "true"}),
            class_name="search withicon",
        ),
        on_submit=SearchState.search,
        class_name="searchform desk-only",
        role="search",
    )
