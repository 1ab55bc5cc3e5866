"""Every screen: its path, its title, and what fills it when it opens."""

import reflex as rx

from gpt_image_ui.web import edge_events
from gpt_image_ui.web.pages.library import page as library
from gpt_image_ui.web.pages.library.state import LibraryState
from gpt_image_ui.web.pages.studio import page as studio
from gpt_image_ui.web.pages.studio.mask_state import MaskState
from gpt_image_ui.web.pages.studio.state import StudioState

STYLESHEETS = ["/tokens.css", "/components.css", "/wall.css", "/studio.css"]
_SITE = "GPT Image UI"


def add_pages(app: rx.App) -> None:
    """Gives the app its screens, and our words in place of what Reflex would say when something fails."""
    app.backend_exception_handler = edge_events.answer
    app.app_wraps = {at: wrap for at, wrap in app.app_wraps.items() if at[1] not in ("Overlay", "ExtraOverlay")}
    app.toaster = rx.toast.provider(
        position="bottom-left",
        rich_colors=False,
        expand=True,
        visible_toasts=3,
        toast_options=rx.toast.options(unstyled=True, class_name="toast"),  # pyright: ignore[reportCallIssue]
    )
    in_studio = [StudioState.on_load, MaskState.on_load]
    app.add_page(studio.page, route="/studio", title=f"Studio · {_SITE}", on_load=in_studio)
    app.add_page(library.page, route="/library", title=f"Library · {_SITE}", on_load=LibraryState.on_load)
    app.add_page(studio.page, route="/a/[image_id]", title=f"Picture · {_SITE}", on_load=in_studio)
