"""The queue strip as data: one card for each job that is under way or needs an answer, with its money in words."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session, col

from gpt_image_ui.core.money import credits_text
from gpt_image_ui.generation.tables import Job
from gpt_image_ui.jobs import lifecycle

CARDS_MAX = 12
_RECENT = 40
_NEEDS_ANSWER = (lifecycle.FAILED, lifecycle.PARTIAL, lifecycle.BLOCKED, lifecycle.UNKNOWN, lifecycle.CANCELLED)
_STAGE_WORDS = {
    lifecycle.CHECKED: "Checked",
    lifecycle.WAITING: "Waiting",
    lifecycle.DRAWING: "Drawing",
    lifecycle.SAVING: "Saving",
}


@dataclass(frozen=True)
class JobCard:
    """What a card shows. Moments are epoch milliseconds (0: not yet); `typical_seconds` 0 means unknown.

    `state` is the word the card opens with, `line` the rest of the sentence: picture, money, next step.
    """

    id: str
    nonce: str
    prompt: str
    status: str
    stage: str
    state: str
    line: str
    model: str
    asked: int
    delivered: int
    started_ms: int
    created_ms: int
    typical_seconds: int
    preview: str
    can_cancel: bool
    can_retry: bool
    reference: str


def list_open(db: Session, account_id: str) -> list[JobCard]:
    """Unfinished jobs first, oldest first, then ended ones that were not dismissed; at most CARDS_MAX."""
    query = (
        sa.select(Job)
        .where(
            col(Job.account_id) == account_id,
            ~col(Job.hidden),
            col(Job.status).in_((*lifecycle.OPEN, *_NEEDS_ANSWER)),
        )
        .order_by(col(Job.created_at).desc())
        .limit(200)
    )
    jobs = list(db.execute(query).scalars())
    under_way = sorted((j for j in jobs if j.status in lifecycle.OPEN), key=lambda j: j.created_at)
    ended = [j for j in jobs if j.status not in lifecycle.OPEN]
    typical: dict[str, int] = {}
    cards, place = [], 0
    for job in (under_way + ended)[:CARDS_MAX]:
        place += job.status == lifecycle.QUEUED
        if job.model not in typical:
            typical[job.model] = typical_seconds(db, job.model)
        cards.append(_card(job, place, typical[job.model]))
    return cards


def count_open(db: Session, account_id: str) -> int:
    """How many jobs are under way, also those for which the strip has no place."""
    query = (
        sa.select(sa.func.count())
        .select_from(Job)
        .where(col(Job.account_id) == account_id, col(Job.status).in_(lifecycle.OPEN))
    )
    return db.execute(query).scalar_one()


def typical_seconds(db: Session, model: str) -> int:
    """The median time from start to end of this model's latest finished jobs, in whole seconds."""
    query = (
        sa.select(col(Job.started_at), col(Job.finished_at))
        .where(col(Job.model) == model, col(Job.status) == lifecycle.DONE, col(Job.started_at).is_not(None))
        .order_by(col(Job.created_at).desc())
        .limit(_RECENT)
    )
    took = sorted((end - start).total_seconds() for start, end in db.execute(query) if start and end)
    return max(1, round(took[len(took) // 2])) if took else 0


def _card(job: Job, place: int, typical: int) -> JobCard:
    state, line = _words(job, place)
    return JobCard(
        id=job.id,
        nonce=job.nonce,
        prompt=job.prompt[:120],
        status=job.status,
        stage=job.stage,
        state=state,
        line=line,
        model=job.model,
        asked=job.asked,
        delivered=job.delivered,
        started_ms=int(job.started_at.timestamp() * 1000) if job.started_at else 0,
        created_ms=int(job.created_at.timestamp() * 1000),
        typical_seconds=typical,
        preview=f"/media/jobs/{job.id}/preview?{job.previews}" if job.previews and job.status in lifecycle.OPEN else "",
        can_cancel=job.status in lifecycle.OPEN and not job.cancel_requested,
        can_retry=job.status in (lifecycle.FAILED, lifecycle.PARTIAL, lifecycle.UNKNOWN, lifecycle.CANCELLED),
        reference=job.error_reference,
    )


def _words(job: Job, place: int) -> tuple[str, str]:
    pictures = f"{job.asked} picture{'' if job.asked == 1 else 's'}"
    returned = credits_text(job.quoted - job.charged)
    back = f"{returned} returned." if job.quoted > job.charged else "Nothing was charged."
    match job.status:
        case lifecycle.HELD:
            return "Held", "The safety check is not answering. Not charged; it goes on by itself."
        case lifecycle.QUEUED:
            line = f"{pictures}, max {credits_text(job.quoted)}"
            return ("Next" if place == 1 else "Waiting"), f"{line}. {job.note}" if job.note else line
        case lifecycle.RUNNING:
            if job.cancel_requested:
                return "Stopping", "Credits for what is not drawn come back."
            return _STAGE_WORDS.get(job.stage, "Drawing"), job.note
        case lifecycle.PARTIAL:
            return f"{job.delivered} of {job.asked} arrived.", f"{back} {job.error}".strip()
        case lifecycle.CANCELLED:
            return "Cancelled.", back
        case lifecycle.BLOCKED:
            return "Blocked.", job.error
        case lifecycle.UNKNOWN:
            return "Interrupted.", f"{back} {job.error}"
        case _:
            return "Failed.", f"{back} {job.error}"
