"""The queue strip: one card for each job that is under way or needs an answer. Hidden when there is none."""

import reflex as rx
from reflex.vars import ObjectVar

from gpt_image_ui.generation.queue_view import JobCard
from gpt_image_ui.web.components.icons import icon
from gpt_image_ui.web.components.small import copy, elapsed
from gpt_image_ui.web.live import Feed
from gpt_image_ui.web.pages.studio.queue_state import QueueState
from gpt_image_ui.web.pages.studio.state import StudioState

_STAGES = ("checked", "waiting", "drawing", "saving")
_ALERT = ("failed", "blocked")
_CARE = ("partial", "unknown")
_FACES = {
    "running": "brush",
    "held": "pause",
    "failed": "warning",
    "blocked": "shield",
    "unknown": "help",
    "partial": "warning",
    "cancelled": "close",
}


def queue() -> rx.Component:
    """A region that is there only while it says something."""
    return rx.cond(
        (Feed.jobs.length() > 0) | (StudioState.checking != ""),
        rx.el.section(
            rx.el.div(
                rx.cond(StudioState.checking != "", _checking()), rx.foreach(Feed.jobs, _card), class_name="qstrip grow"
            ),
            class_name="qzone",
            aria_label="Queue",
        ),
    )


def _checking() -> rx.Component:
    return rx.el.article(
        rx.el.span(icon("shield"), class_name="qthumb"),
        rx.el.div(
            rx.el.span(StudioState.checking, class_name="what trunc"),
            rx.el.span(rx.el.b("Checking"), _marks(0), class_name="state"),
            class_name="col",
        ),
        class_name="qcard",
        aria_label="Checking a new picture",
    )


def _card(job: ObjectVar[JobCard]) -> rx.Component:
    running = job.status == "running"
    return rx.el.article(
        rx.cond(
            job.preview != "",
            rx.el.span(rx.el.img(src=job.preview, alt=""), class_name="qthumb partial"),
            rx.el.span(_face(job), class_name="qthumb"),
        ),
        rx.el.div(
            rx.el.span(job.prompt, class_name="what trunc", title=job.prompt),
            rx.el.span(
                rx.el.span(
                    rx.el.b(job.state),
                    rx.match(job.status, ("queued", ", "), ("held", ". "), " "),
                    rx.cond(
                        running & (job.line == ""),
                        elapsed(since=job.started_ms, typical=job.typical_seconds, class_name="num"),
                        job.line,
                    ),
                    class_name="line",
                ),
                rx.cond(running | (job.status == "queued"), rx.fragment(_running_marks(job))),
                class_name="state",
            ),
            class_name="col",
        ),
        _acts(job),
        class_name=rx.match(
            job.status,
            *[(status, "qcard alert") for status in _ALERT],
            *[(status, "qcard care") for status in _CARE],
            ("cancelled", "qcard ended"),
            "qcard",
        ),
        aria_label=job.prompt,
        key=job.id,
    )


def _face(job: ObjectVar[JobCard]) -> rx.Component | rx.Var:
    return rx.match(job.status, *[(status, icon(name)) for status, name in _FACES.items()], icon("clock"))


def _running_marks(job: ObjectVar[JobCard]) -> rx.Component | rx.Var:
    stage = rx.cond(job.status == "queued", "waiting", job.stage)
    return rx.match(stage, *[(name, _marks(at)) for at, name in enumerate(_STAGES)], _marks(2))


def _marks(now: int) -> rx.Component:
    return rx.el.span(
        *[rx.el.i(class_name="on" if at < now else "now" if at == now else "") for at in range(len(_STAGES))],
        class_name="stages",
        custom_attrs={"aria-hidden": "true"},
    )


def _acts(job: ObjectVar[JobCard]) -> rx.Component:
    under_way = (job.status == "running") | (job.status == "queued") | (job.status == "held")
    return rx.el.div(
        rx.cond(
            job.can_retry,
            rx.el.button(
                rx.cond(job.status == "partial", f"Retry {job.asked.to(int) - job.delivered.to(int)}", "Retry"),
                type="button",
                class_name="btn btn-2 btn-s",
                on_click=QueueState.retry(job.id).throttle(1000),
            ),
        ),
        rx.cond(
            job.can_retry & (job.status == "failed"),
            rx.el.button(
                "Another model",
                type="button",
                class_name="btn btn-q btn-s",
                on_click=StudioState.elsewhere(job.id),
            ),
        ),
        rx.cond(
            (job.status == "failed") | (job.status == "blocked"),
            rx.el.button(
                "Edit prompt",
                type="button",
                class_name=rx.cond(job.can_retry, "btn btn-q btn-s", "btn btn-2 btn-s"),
                on_click=StudioState.edit(job.id),
            ),
        ),
        rx.cond(
            job.reference != "",
            copy(text=job.reference, label="Copy reference", class_name="btn btn-q btn-s ref"),
        ),
        rx.cond(
            job.can_cancel,
            rx.el.button("Cancel", type="button", class_name="btn btn-q btn-s", on_click=QueueState.cancel(job.id)),
        ),
        rx.cond(
            under_way,
            rx.fragment(),
            rx.el.button(
                icon("close"),
                type="button",
                class_name="btn btn-q btn-icon btn-s",
                aria_label="Dismiss",
                on_click=QueueState.dismiss(job.id),
            ),
        ),
        class_name="acts",
    )
