"""Jobs that wait at a provider: followed to their end, across crashes, callbacks and cancellation; paid for once."""

import asyncio

import pytest
import sqlalchemy as sa
from sqlmodel import col

from gpt_image_ui import worker
from gpt_image_ui.accounts import guests
from gpt_image_ui.core import clock, config, db, ids
from gpt_image_ui.gallery import uploads
from gpt_image_ui.generation import calls, cancel, follow, run
from gpt_image_ui.generation.tables import Job
from gpt_image_ui.jobs import lifecycle
from gpt_image_ui.providers import interface as errors
from gpt_image_ui.providers import registry
from tests.generation.scripted import Tasks, ended, failing, png, position, reached, send, whole

WELCOME = 100


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Tasks:
    made = Tasks()
    monkeypatch.setattr(registry, "providers", lambda: {made.name: made})
    return made


@pytest.fixture
def account(database: str, provider: Tasks) -> str:
    return db.run(guests.create_guest, ids.new_secret())


@pytest.fixture
async def working(account):
    async with worker.running(execute=True):
        yield


async def test_tasks_are_followed_until_each_has_landed(account, provider, working):
    seen: dict[str, int] = {}

    def ready(task: str) -> bool:
        seen[task] = seen.get(task, 0) + 1
        return seen[task] > 3

    provider.ready = ready
    job = await ended(await send(account, count=2))
    assert (job.status, job.delivered) == (lifecycle.DONE, 2)
    assert provider.created == ["task-0", "task-1"]
    assert position(account) == (WELCOME - job.charged, 0)


async def test_one_failed_task_is_a_partial_job(account, provider, working):
    provider.ready = lambda task: errors.RefusedError("no") if task == "task-1" else True
    job = await ended(await send(account, count=3))
    assert (job.status, job.delivered, job.error_code) == (lifecycle.PARTIAL, 2, "refused")
    assert position(account) == (WELCOME - job.charged, 0)


async def test_a_task_that_vanished_returns_the_credits(account, provider, working):
    provider.ready = lambda _task: errors.BadAnswerError("unknown task")
    job = await ended(await send(account))
    assert (job.status, job.charged) == (lifecycle.FAILED, 0)
    assert position(account) == (WELCOME, 0)


async def test_storms_while_asking_say_nothing_of_the_task(account, provider, working, monkeypatch):
    monkeypatch.setattr(follow, "_PACE", ((float("inf"), 0.02),))
    storm = iter([errors.OverloadedError(), errors.UnavailableError(), errors.OverloadedError()])
    provider.ready = lambda _task: next(storm, True)
    job = await ended(await send(account))
    assert job.status == lifecycle.DONE
    assert len(provider.created) == 1


async def test_past_the_deadline_it_is_given_up_and_released(account, provider, working, monkeypatch):
    monkeypatch.setattr(follow, "_DEADLINE_IMAGE_SECONDS", 0.05)
    provider.ready = lambda _task: False
    job = await ended(await send(account))
    assert (job.status, job.error_code) == (lifecycle.UNKNOWN, "late")
    assert position(account) == (WELCOME, 0)


async def test_cancelling_stops_the_task_at_the_provider(account, provider, working):
    provider.ready = lambda _task: False
    job_id = await send(account)
    await reached(job_id, lifecycle.RUNNING)
    while not provider.polled:
        await asyncio.sleep(0.01)
    await cancel.cancel(account, job_id)
    job = await ended(job_id)
    assert (job.status, provider.stopped) == (lifecycle.CANCELLED, ["task-0"])
    assert position(account) == (WELCOME, 0)


async def test_a_cancellation_that_nobody_heard_is_found_when_the_task_is_followed(account, provider, working):
    async def unheard(_call):
        asked = sa.update(Job).where(col(Job.account_id) == account).values(cancel_requested=True)
        await db.transaction(lambda session: session.execute(asked))

    provider.script, provider.ready = [unheard], lambda _task: False
    job = await ended(await send(account))
    assert (job.status, provider.stopped) == (lifecycle.CANCELLED, ["task-0"])
    assert position(account) == (WELCOME, 0)


async def test_a_reference_deleted_under_way_loses_no_task(account, provider, working):
    upload = await uploads.accept(account, "shore.png", whole(png()))
    seen = []

    async def discarded(call):
        seen.append(call.references[0].data)
        await uploads.discard(account, upload.id)

    provider.script = [discarded]
    job = await ended(await send(account, references=(upload.id,)))
    assert (job.status, len(provider.created)) == (lifecycle.DONE, 1)
    assert seen[0]


async def test_a_callback_wakes_and_a_forged_one_does_not(account, provider, working, monkeypatch):
    monkeypatch.setenv("GPT_IMAGE_UI_SERVER_PUBLIC_URL", "https://studio.example")
    config.forget()
    monkeypatch.setattr(follow, "_PACE", ((float("inf"), 3600.0),))
    done = False

    async def patient(call, task, place):
        provider.polled.append(task)
        return await real(call, task, place) if done else errors.Pending((task,))

    real = Tasks.poll.__get__(provider)
    monkeypatch.setattr(provider, "poll", patient)
    job_id = await send(account)
    while not provider.polled:
        await asyncio.sleep(0.01)
    done = True
    assert follow.wake(job_id, "0" * 32) is False
    await asyncio.sleep(0.1)
    assert len(provider.polled) == 1
    address = calls.callback_url(job_id)
    assert address.startswith(f"https://studio.example/callbacks/{job_id}/")
    for _ in range(3):
        assert follow.wake(job_id, address.rsplit("/", 1)[1]) is True
    job = await ended(job_id)
    assert (job.status, job.delivered) == (lifecycle.DONE, 1)
    assert follow.wake(job_id, address.rsplit("/", 1)[1]) is True, "late callbacks are welcome and do nothing"
    assert position(account) == (WELCOME - job.charged, 0)


async def test_a_crash_while_tasks_run_loses_nothing_and_creates_nothing(account, provider):
    provider.ready = lambda _task: False
    async with worker.running(execute=True):
        job_id = await send(account, count=2)
        while len(set(provider.polled)) < 2:
            await asyncio.sleep(0.01)
        monkey = config.get(worker.engine.JobSettings)
        config.override(monkey.model_copy(update={"drain_seconds": 0}))
    run._landed.clear()
    provider.ready = lambda _task: True
    async with worker.running(execute=True):
        job = await ended(job_id)
    assert (job.status, job.delivered) == (lifecycle.DONE, 2)
    assert provider.created == ["task-0", "task-1"]
    assert position(account) == (WELCOME - job.charged, 0)


async def test_a_crash_between_two_creations_keeps_the_first(account, provider, working):
    provider.script = [failing(errors.OutcomeUnknownError("the line broke"))]
    job = await ended(await send(account, count=3))
    assert provider.created == ["task-0"]
    assert (job.status, job.delivered) == (lifecycle.PARTIAL, 1)
    assert position(account) == (WELCOME - job.charged, 0)


def test_the_pace_slows_and_videos_have_longer(held_clock, database, provider):
    class Aged:
        id, model, created_at = "j", "scripted", clock.now()
        started_at = clock.now()

    paces = []
    for _ in range(4):
        paces.append(follow._pace(Aged()))  # type: ignore[arg-type]
        held_clock.advance(minutes=1)
    assert paces == sorted(paces)
    assert follow.DEADLINE_SECONDS[errors.VIDEO] == 7200
