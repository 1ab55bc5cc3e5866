"""Workers that fall silent, jobs that nobody took, and one bad row among good ones."""

from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError

from gpt_image_ui.core import clock, db
from gpt_image_ui.generation import recover, submit
from gpt_image_ui.generation.tables import Job
from gpt_image_ui.jobs import engine, lifecycle
from gpt_image_ui.jobs.tables import ExecutorLease
from tests.generation.scripted import send

SHARED = pytest.mark.parametrize("database", ["postgres"], indirect=True)


@pytest.fixture
def buried(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The workers whose jobs were taken over."""
    found: list[str] = []

    async def take_over(executor_ids: list[str]) -> int:
        found.extend(executor_ids)
        return 0

    monkeypatch.setattr(engine, "take_over", take_over)
    return found


def another_worker() -> None:
    now = clock.now()
    lease = ExecutorLease(executor_id="other", started_at=now, expires_at=now + timedelta(seconds=15))
    db.run(lambda session: session.add(lease))


@SHARED
async def test_a_worker_that_falls_silent_is_taken_over_once(database, buried, held_clock):
    await recover.announce()
    another_worker()
    for seconds, expected in ((0, []), (10, []), (6, ["other"]), (1, ["other"])):
        held_clock.advance(seconds=seconds)
        await recover.renew_lease()
        assert buried == expected


@SHARED
async def test_after_a_standstill_of_all_nobody_is_buried_at_once(database, buried, held_clock):
    await recover.announce()
    another_worker()
    held_clock.advance(seconds=60)
    await recover.renew_lease()
    assert buried == []
    held_clock.advance(seconds=5)
    await recover.renew_lease()
    assert buried == ["other"]


@SHARED
async def test_a_worker_is_known_before_its_first_job(database, held_clock):
    await recover.announce()
    assert db.look(lambda session: session.query(ExecutorLease).count()) == 1


async def test_a_job_that_the_engine_cannot_take_now_is_still_a_job(account, provider, monkeypatch):
    async def away(*_given, **_named):
        raise OperationalError("INSERT", {}, Exception("away"))

    monkeypatch.setattr(engine, "hand_over", away)
    job_id = await send(account)
    assert db.look(lambda session: session.get_one(Job, job_id)).status == lifecycle.QUEUED


async def test_a_held_job_that_cannot_be_checked_keeps_no_other_waiting(database, monkeypatch):
    checked = []

    async def release_held(job_id: str) -> bool:
        checked.append(job_id)
        if job_id == "bad":
            raise ValueError("unreadable")
        return True

    monkeypatch.setattr(recover, "_held_jobs", lambda _session: ["bad", "good"])
    monkeypatch.setattr(submit, "release_held", release_held)
    await recover.resume_held()
    assert checked == ["bad", "good"]
