"""The one transaction that ends a job: picture rows, the settlement or the release, and the job's last word."""

import sqlalchemy as sa
from sqlmodel import Session, col

from gpt_image_ui.core import clock
from gpt_image_ui.credits import ledger
from gpt_image_ui.gallery import images
from gpt_image_ui.gallery.thumbnails import Derived
from gpt_image_ui.generation import failures, landing, pricing, routing, submit
from gpt_image_ui.generation.tables import Job
from gpt_image_ui.jobs import engine, lifecycle
from gpt_image_ui.providers.interface import VIDEO


def end(session: Session, job_id: str, landed: list[landing.Landed], result: engine.Result) -> None:
    """Delivers what landed and charges for that alone. Does nothing to a job that has already ended."""
    job = session.get_one(Job, job_id, with_for_update=True)
    if job.status in lifecycle.CLOSED:
        return
    request = submit.from_json(job.request)
    # One picture for each position, whichever try landed it.
    kept = {picture.position: picture for picture in landed if picture.position < job.asked}
    pictures = [kept[position] for position in sorted(kept)]
    got = [_measures(picture.derived) for picture in pictures]
    charged = pricing.charge(routing.find(job.provider, job.model), request, got, job.quote) if pictures else 0
    details = result.get("pictures", {})
    for picture, cost in zip(pictures, pricing.share(charged, len(pictures)), strict=True):
        _add(session, job, picture, cost, details.get(str(picture.position), {}))
    if charged:
        ledger.settle(session, job_id, charged)
    else:
        ledger.release(session, job_id, "Nothing was delivered")
    _close(job, len(pictures), charged, result)
    session.add(job)


def _measures(derived: Derived) -> tuple[int, ...]:
    size = (derived.width, derived.height)
    # Begun seconds count whole, as they were quoted.
    return (*size, -(-derived.milliseconds // 1000)) if derived.kind == VIDEO else size


def set_stage(session: Session, job_id: str, stage: str, note: str | None = None) -> None:
    """What a job under way shows, and the sentence beside it."""
    values = {"stage": stage} if note is None else {"stage": stage, "note": note}
    at_work = col(Job.status).in_((lifecycle.QUEUED, lifecycle.RUNNING))
    session.execute(sa.update(Job).where(col(Job.id) == job_id, at_work).values(**values))


def _add(session: Session, job: Job, picture: landing.Landed, cost: int, said: dict) -> None:
    images.add(
        session,
        account_id=job.account_id,
        job_id=job.id,
        position=picture.position,
        key=picture.key,
        derived=picture.derived,
        size_bytes=picture.size_bytes,
        sha256=picture.sha256,
        request=job.request,
        prompt=job.prompt,
        provider=job.provider,
        model=job.model,
        seed=said.get("seed", picture.seed),
        revised_prompt=said.get("revised_prompt", picture.revised_prompt),
        charged=cost,
    )


def _close(job: Job, delivered: int, charged: int, result: engine.Result) -> None:
    cancelled = result.get("cancelled") or job.cancel_requested
    if delivered == 0 and cancelled:
        status = lifecycle.CANCELLED
    elif delivered == 0 and result.get("unknown"):
        status = lifecycle.UNKNOWN
        result = {**failures.interrupted(), **result}
    else:
        status = lifecycle.closing(job.asked, delivered)
    assert lifecycle.may_move(job.status, status) or job.status == lifecycle.QUEUED
    job.status, job.stage, job.delivered, job.charged = status, "", delivered, charged
    job.error, job.error_code = result.get("message", ""), result.get("code", "")
    job.error_reference = result.get("reference", "")
    job.provider_request_id = result.get("request_id", "")[:128]
    job.finished_at = clock.now()
