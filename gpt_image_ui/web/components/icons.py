"""Icons of the sprite and the studio's mark. Decorative: the words beside them carry the meaning."""

import reflex as rx


def icon(name: str | rx.Var[str], extra: str = "") -> rx.Component:
    """One icon by its name in assets/icons.svg; `extra` as in "i-s" (small) or "fill"."""
    return rx.el.svg(
        rx.el.svg.use(href=f"/icons.svg#i-{name}"),
        class_name=f"i {extra}".strip(),
        custom_attrs={"aria-hidden": "true"},
    )


def mark() -> rx.Component:
    """The studio's mark, a leaf in a frame."""
    return rx.el.svg(
        rx.el.svg.rect(x="3.25", y="3.25", width="17.5", height="17.5", rx="3.5"),
        rx.el.svg.path(d="M7 17v-4.5A5.5 5.5 0 0 1 12.5 7H17v4.5a5.5 5.5 0 0 1-5.5 5.5z"),
        view_box="0 0 24 24",
        class_name="i leaf",
        custom_attrs={"aria-hidden": "true"},
    )
