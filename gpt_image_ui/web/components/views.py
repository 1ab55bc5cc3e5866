"""How a wall is laid out: wall, even grid or list, and how large. The browser remembers it."""

import reflex as rx

from gpt_image_ui.web.components.icons import icon

VIEWS = (("list", "List", "queue"), ("wall", "Wall", "library"), ("grid", "Even grid", "grid"))


class ViewState(rx.State):
    """The two choices of one browser."""

    kind: str = rx.LocalStorage("wall", name="view", sync=True)
    size: str = rx.LocalStorage("2", name="density", sync=True)

    @rx.var
    def density(self) -> int:
        """1 larger, 2 usual, 3 smaller."""
        return int(self.size) if self.size in ("1", "2", "3") else 2

    @rx.var
    def shown(self) -> str:
        """A kind that exists, whatever the browser kept."""
        return self.kind if self.kind in ("wall", "grid", "list") else "wall"

    @rx.event
    def choose(self, kind: str):
        """One of the three buttons."""
        self.kind = str(kind)

    @rx.event
    def resize(self, by: int):
        """Larger or smaller pictures."""
        self.size = str(max(1, min(3, self.density + (1 if by == 1 else -1))))


def view_switch() -> rx.Component:
    """Two steps of size and three kinds of wall."""
    return rx.el.div(
        rx.el.button(
            icon("minus"), type="button", class_name="btn btn-q btn-icon btn-s", aria_label="Smaller pictures",
            disabled=ViewState.density == 3, on_click=ViewState.resize(1),
        ),
        rx.el.button(
            icon("plus"), type="button", class_name="btn btn-q btn-icon btn-s", aria_label="Larger pictures",
            disabled=ViewState.density == 1, on_click=ViewState.resize(-1),
        ),
        *[
            rx.el.button(
                icon(face),
                type="button",
                class_name="btn btn-q btn-icon btn-s",
                aria_label=label,
                title=label,
                aria_pressed=ViewState.shown == kind,
                on_click=ViewState.choose(kind),
            )
            for kind, label, face in VIEWS
        ],
        class_name="views desk-only",
        role="group",
        aria_label="View",
    )  # fmt: skip
