"""The studio: the wall, the composer under it, the queue above it."""

import reflex as rx

from gpt_image_ui.web.components.compare import compare_view
from gpt_image_ui.web.components.frame import frame, guest_line
from gpt_image_ui.web.components.panel import large_view
from gpt_image_ui.web.components.picture_state import PictureState
from gpt_image_ui.web.components.selection import selection_bar, undo_toast
from gpt_image_ui.web.components.selection_state import SelectionState
from gpt_image_ui.web.components.views import ViewState, view_switch
from gpt_image_ui.web.components.wall import wall
from gpt_image_ui.web.live import Feed
from gpt_image_ui.web.pages.studio.composer import composer
from gpt_image_ui.web.pages.studio.empty import empty_wall
from gpt_image_ui.web.pages.studio.helps import describe_action
from gpt_image_ui.web.pages.studio.mask_state import MaskState
from gpt_image_ui.web.pages.studio.masking import mask_view
from gpt_image_ui.web.pages.studio.queue import queue
from gpt_image_ui.web.pages.studio.search import search_field
from gpt_image_ui.web.pages.studio.state import StudioState


def page() -> rx.Component:
    """Also what a link to one picture opens, with the large view over it."""
    return frame(
        "Create",
        "Studio",
        search_field(),
        rx.el.main(
            queue(),
            rx.el.div(
                rx.el.div(guest_line(), view_switch(), class_name="stagehead"),
                wall(
                    empty_wall(),
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
                composer(),
                class_name="stage",
            ),
            large_view(
                StudioState.recall,
                StudioState.refer_to,
                MaskState.paint_picture,
                describe_action(),
                open_id=StudioState.open_id,
                home="/studio",
            ),
            mask_view(),
            compare_view(),
            undo_toast(),
            id="content",
            class_name="studio main",
            tab_index=-1,
        ),
    )
