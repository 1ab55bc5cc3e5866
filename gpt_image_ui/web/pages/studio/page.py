"""The studio's page."""

import reflex as rx

from gpt_image_ui.web.live import Feed
from gpt_image_ui.web.pages.studio.state import StudioState


def page() -> rx.Component:
    return rx.el.main(
        rx.el.span(Feed.available, " credits", role="status"),
        rx.el.form(
            rx.el.textarea(name="prompt", aria_label="Prompt"),
            rx.el.button("Create", type="submit"),
            on_submit=StudioState.create,
        ),
        rx.el.p(StudioState.problem),
        rx.foreach(Feed.jobs, lambda job: rx.el.article(job.state, job.line)),
        rx.foreach(Feed.newest, lambda card: rx.el.article(rx.el.img(src=card.src, alt=card.title))),
    )
