"""Every screen: its path, its title, and what fills it when it opens."""

import reflex as rx

from gpt_image_ui.web.pages.studio import page as studio
from gpt_image_ui.web.pages.studio.state import StudioState

STYLESHEETS = ["/tokens.css", "/components.css"]


def add_pages(app: rx.App) -> None:
    """Gives the app its screens."""
    app.add_page(studio.page, route="/studio", title="Studio", on_load=StudioState.on_load)
