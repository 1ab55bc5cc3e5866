"""The wall before its first picture: what will come here, and six ways to start."""

import reflex as rx

from gpt_image_ui.examples import catalogue
from gpt_image_ui.web.pages.studio.state import StudioState

_COUNT = 6
_GHOSTS = (("4rem", "5rem"), ("6rem", "4rem"), ("4.5rem", "4.5rem"))


def empty_wall() -> rx.Component:
    """Three ghost tiles, a sentence, and examples that fill the composer."""
    starts = catalogue.load().examples[:: max(1, len(catalogue.load().examples) // _COUNT)][:_COUNT]
    return rx.el.div(
        rx.el.div(
            rx.el.div(
                *[
                    rx.el.span(class_name="ghost", style={"width": width, "height": height})
                    for width, height in _GHOSTS
                ],
                class_name="ghosts",
                custom_attrs={"aria-hidden": "true"},
            ),
            rx.el.div(
                rx.el.h2("Your pictures appear here", class_name="t26"),
                rx.el.p("Start with an example, or write your own below.", class_name="t16 ink2"),
                class_name="col g1",
            ),
            class_name="opening",
        ),
        rx.el.div(
            *[
                rx.el.button(
                    rx.el.img(
                        src=f"/examples/{example.file}-320.webp",
                        alt="",
                        width=str(example.width),
                        height=str(example.height),
                        style={"background": example.colour},
                    ),
                    rx.el.span(example.title),
                    type="button",
                    class_name="start",
                    on_click=StudioState.start_with(example.slug),
                    aria_label=f"Start with: {example.title}",
                )
                for example in starts
            ],
            class_name="starts",
        ),
        class_name="first",
    )
