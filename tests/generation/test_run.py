"""The whole path of a job on the real engine, both databases, every way a provider can answer."""

import asyncio

import pytest
import sqlalchemy as sa
from sqlmodel import col

from gpt_image_ui import worker
from gpt_image_ui.core import config, db, ids
from gpt_image_ui.gallery import feed, images, uploads
from gpt_image_ui.gallery.tables import Image
from gpt_image_ui.generation import calls, cancel, recover, run, submit
from gpt_image_ui.generation.tables import Job, ProviderCall
from gpt_image_ui.jobs import engine, lifecycle, notices
from gpt_image_ui.providers import interface as errors
from gpt_image_ui.storage import store
from gpt_image_ui.storage.interface import StorageError
from tests.generation.scripted import ended, failing, png, position, reached, send, whole

WELCOME = 100


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch):
    """Waits between attempts are short here; how long they are is decided in test_failures."""
    monkeypatch.setattr("gpt_image_ui.generation.failures._WAIT_MAX_SECONDS", 0.05)
    monkeypatch.setenv("GPT_IMAGE_UI_JOBS_SAVE_PAUSES_SECONDS", "[0.05, 0.05, 0.05]")
    config.forget()
    yield
    notices.forget()


@pytest.fixture
async def working(account):
    async with worker.running(execute=True):
        yield


def pictures(account_id: str) -> list[Image]:
    query = sa.select(Image).where(col(Image.account_id) == account_id).order_by(col(Image.id))
    return db.look(lambda session: list(session.execute(query).scalars()))


async def test_pictures_are_delivered_and_charged_once(account, provider, working):
    heard = []

    async def hear(account_id: str) -> None:
        heard.append(account_id)

    notices.listen(hear)
    job = await ended(await send(account, count=2))
    assert (job.status, job.delivered, job.charged) == (lifecycle.DONE, 2, job.quoted)
    assert position(account) == (WELCOME - job.charged, 0)
    assert [picture.position for picture in pictures(account)] == [0, 1]
    assert sum(picture.charged for picture in pictures(account)) == job.charged
    assert await store.get().get(pictures(account)[0].key) == png()
    assert len(db.look(feed.list_newest, account)) == 2
    assert set(heard) == {account}
    assert len(heard) >= 2


async def test_what_did_not_arrive_comes_back(account, provider, working):
    provider.script = [lambda call: provider.draw(call, 3)]
    job = await ended(await send(account, count=4))
    assert (job.status, job.delivered) == (lifecycle.PARTIAL, 3)
    assert 0 < job.charged < job.quoted
    assert position(account) == (WELCOME - job.charged, 0)


async def test_a_smaller_picture_costs_no_more_than_it_is(account, provider, working):
    provider.script = [lambda call: provider.draw(call, 1, png(128, 128))]
    job = await ended(await send(account, size="384x256"))
    assert job.status == lifecycle.DONE
    assert 0 < job.charged <= job.quoted
    assert position(account) == (WELCOME - job.charged, 0)


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (errors.RefusedError("no"), lifecycle.FAILED, "refused"),
        (errors.BadRequestError("no"), lifecycle.FAILED, "bad_request"),
        (errors.CredentialsError("no"), lifecycle.FAILED, "credentials"),
        (errors.OutOfFundsError("no"), lifecycle.FAILED, "provider_funds"),
        (errors.ModelUnavailableError("no"), lifecycle.FAILED, "model_unavailable"),
        (errors.BadAnswerError("no"), lifecycle.FAILED, "bad_answer"),
        (errors.OutcomeUnknownError("no"), lifecycle.UNKNOWN, "unknown"),
        (ZeroDivisionError("a defect"), lifecycle.FAILED, "internal"),
    ],
)
async def test_a_failure_returns_every_credit(account, provider, working, error, status, code):
    provider.script = [failing(error)]
    job = await ended(await send(account))
    assert (job.status, job.error_code, job.charged) == (status, code, 0)
    assert job.error
    assert position(account) == (WELCOME, 0)
    assert len(provider.calls) == 1


async def test_bytes_that_are_no_picture_are_not_charged(account, provider, working):
    provider.script = [lambda call: provider.draw(call, 1, b"hello, I am a text file")]
    job = await ended(await send(account))
    assert (job.status, job.error_code) == (lifecycle.FAILED, "bad_answer")
    assert position(account) == (WELCOME, 0)


async def test_a_busy_provider_is_asked_again_and_the_reservation_stays(account, provider, working):
    provider.script = [failing(errors.OverloadedError()), failing(errors.UnavailableError())]
    job = await ended(await send(account))
    assert job.status == lifecycle.DONE
    assert len(provider.calls) == 3
    assert position(account) == (WELCOME - job.charged, 0)
    calls = db.look(lambda session: session.execute(sa.select(ProviderCall)).scalars().all())
    assert [call.attempt for call in calls] == [0, 1, 2]


async def test_a_provider_that_stays_down_gives_up_after_three(account, provider, working):
    provider.script = [failing(errors.UnavailableError()) for _ in range(3)]
    job = await ended(await send(account))
    assert job.status == lifecycle.FAILED
    assert "3 times" in job.error
    assert len(provider.calls) == 3
    assert position(account) == (WELCOME, 0)


async def test_an_attempt_is_never_made_twice(account, provider, working):
    job = await ended(await send(account))
    again = await run.attempt(job.id, 0)
    assert again == {"gone": True}
    await run.finish(job.id, {"delivered": 1})
    assert len(provider.calls) == 1
    assert position(account) == (WELCOME - job.charged, 0)


async def test_cancel_before_and_during_the_drawing(account, provider, working):
    async def never(_call):
        await asyncio.sleep(3600)

    provider.script = [never, never]
    first, second, third = [await send(account, prompt=f"picture {n}") for n in range(3)]
    await reached(first, lifecycle.RUNNING)
    await reached(second, lifecycle.RUNNING)
    assert await cancel.cancel(account, third) == lifecycle.CANCELLED
    await cancel.cancel(account, first)
    await cancel.cancel(account, second)
    for job_id in (first, second, third):
        job = await ended(job_id)
        assert (job.status, job.charged) == (lifecycle.CANCELLED, 0)
    assert position(account) == (WELCOME, 0)
    assert await cancel.cancel(account, first) == lifecycle.CANCELLED


async def test_a_cancellation_right_after_the_claim_asks_nobody(account, provider, working):
    heard = []

    async def cancels(_account: str) -> None:
        running = sa.select(Job).where(col(Job.account_id) == account, col(Job.status) == lifecycle.RUNNING)
        job = await db.read(lambda session: session.execute(running).scalar_one_or_none())
        if job and not heard:
            heard.append(job.id)
            await cancel.cancel(account, job.id)

    notices.listen(cancels)
    job = await ended(await send(account))
    assert (job.status, provider.calls) == (lifecycle.CANCELLED, [])
    assert position(account) == (WELCOME, 0)


async def test_a_reference_deleted_before_the_call_says_so(account, provider, working):
    async def never(_call):
        await asyncio.sleep(3600)

    upload = await uploads.accept(account, "shore.png", whole(png()))
    provider.script = [never, never]
    first, second = await send(account), await send(account)
    for job_id in (first, second):
        await reached(job_id, lifecycle.RUNNING)
    third = await send(account, references=(upload.id,))
    await uploads.discard(account, upload.id)
    await cancel.cancel(account, first)
    job = await ended(third)
    assert job.status == lifecycle.FAILED
    assert "reference picture is not here" in job.error
    assert len(provider.calls) == 2
    await cancel.cancel(account, second)
    await ended(second)
    assert position(account) == (WELCOME, 0)


async def test_retry_sends_the_same_snapshot(account, provider, working):
    provider.script = [failing(errors.RefusedError())]
    failed = await ended(await send(account, seed=7, size="384x256"))
    again = await ended(await submit.retry(account, failed.id, ids.new_id()))
    assert again.status == lifecycle.DONE
    assert again.request == failed.request
    assert provider.calls[0] == provider.calls[1]
    assert (await db.read(submit.get, account, failed.id)).hidden


async def test_a_retry_of_a_partial_job_asks_only_for_what_is_missing(account, provider, working):
    provider.script = [lambda call: provider.draw(call, 1)]
    partial = await ended(await send(account, count=3, seed=7))
    again = await ended(await submit.retry(account, partial.id, ids.new_id()))
    assert again.asked == 2
    assert submit.from_json(again.request).seed == 8, "from the first seed again it would be the picture that arrived"


def spooled() -> list[str]:
    """The names of the files that wait on this disk for the store."""
    return [path.name for path in (config.data_directory() / "spool").rglob("*") if path.is_file()]


class _Broken:
    """A store that fails so many times, then works."""

    def __init__(self, failures: int) -> None:
        self.failures, self.real = failures, store.get()

    def __getattr__(self, name):
        return getattr(self.real, name)

    async def put(self, key, data, media_type):
        if self.failures > 0:
            self.failures -= 1
            raise StorageError("unreachable")
        await self.real.put(key, data, media_type)


async def test_an_unreachable_store_delays_but_loses_nothing(account, provider, working, monkeypatch):
    broken = _Broken(2)
    monkeypatch.setattr(store, "get", lambda: broken)
    job = await ended(await send(account))
    assert job.status == lifecycle.DONE
    assert await store.get().get(pictures(account)[0].key) == png()
    assert spooled() == []
    assert position(account) == (WELCOME - job.charged, 0)


async def test_what_could_never_be_saved_is_not_charged(account, provider, working, monkeypatch):
    broken = _Broken(10_000)
    monkeypatch.setattr(store, "get", lambda: broken)
    job = await ended(await send(account))
    assert (job.status, job.error_code) == (lifecycle.FAILED, "unsaved")
    assert position(account) == (WELCOME, 0)
    assert "0" in spooled()


async def test_accounts_take_turns(account, provider, working):
    from gpt_image_ui.accounts import guests

    other = await db.transaction(guests.create_guest, ids.new_secret())

    async def slow(call):
        await asyncio.sleep(0.05)
        return await provider.draw(call, 1)

    provider.script = [slow for _ in range(30)]
    jobs = [await send(account, prompt=f"many {n}") for n in range(12)]
    jobs.append(await send(other, prompt="the one"))
    for job_id in jobs:
        await ended(job_id)
    assert provider.order.index("the one") < 8


async def test_the_sweep_hands_over_what_was_lost_between_commit_and_engine(account, provider, monkeypatch):
    async def lost(_job_id: str) -> None:
        """The process died here."""

    with monkeypatch.context() as patch:
        patch.setattr(submit, "hand_over", lost)
        job_id = await send(account)
    async with worker.running(execute=True):
        assert (await ended(job_id)).status == lifecycle.DONE
    assert len(provider.calls) == 1


async def test_the_sweep_closes_what_the_engine_gave_up(account, provider, working, monkeypatch):
    with monkeypatch.context() as patch:

        async def broken(_job_id: str, _result) -> None:
            raise RuntimeError("a defect in settling")

        plan = run.plan()
        patch.setattr(engine, "_plan", engine.Plan(plan.attempt, plan.follow, plan.save, broken))
        job_id = await send(account)
        for _ in range(1000):
            if await engine.outcome(job_id) == "stuck":
                break
            await asyncio.sleep(0.05)
    assert (await db.read(submit.get, account, job_id)).status == lifecycle.RUNNING
    monkeypatch.setattr(recover, "_SETTLING", recover.timedelta())
    assert await recover.sweep() == 1
    job = await ended(job_id)
    assert job.status == lifecycle.DONE, "the picture was kept, so it is delivered and charged"
    assert position(account) == (WELCOME - job.charged, 0)


async def test_a_crash_between_intent_and_answer_is_released_not_repeated(account, provider, working):
    job_id = await _interrupted(account)
    await run.finish(job_id, await run.attempt(job_id, 0))
    job = await ended(job_id)
    assert (job.status, job.charged) == (lifecycle.UNKNOWN, 0)
    assert provider.calls == []
    assert position(account) == (WELCOME, 0)


async def test_a_free_provider_is_simply_asked_again_after_a_crash(account, provider, working):
    provider.repeatable = True
    job_id = await _interrupted(account)
    await run.finish(job_id, await run.attempt(job_id, 0))
    job = await ended(job_id)
    assert (job.status, job.delivered) == (lifecycle.DONE, 1)
    assert position(account) == (WELCOME - job.charged, 0)


async def _interrupted(account_id: str) -> str:
    """A job as a kill leaves it: claimed, provider asked, nothing kept, unknown to the engine."""

    def record(session) -> str:
        from gpt_image_ui.generation import validate
        from gpt_image_ui.moderation.check import Decision
        from tests.generation.scripted import REQUEST

        model, request = validate.check(REQUEST)
        decision = Decision("allow", "", "", "rules", "", {})
        return submit._record(session, account_id, ids.new_id(), model, request, None, decision, False)

    job_id = db.run(record)
    assert db.run(calls.claim, job_id, 0).go
    return job_id


async def test_deleted_pictures_do_not_come_back(account, provider, working):
    await ended(await send(account))
    picture = pictures(account)[0]
    db.run(images.delete, account, [picture.id])
    assert db.look(feed.list_newest, account) == []
    db.run(images.restore, account, [picture.id])
    assert [card.id for card in db.look(feed.list_newest, account)] == [picture.id]


async def test_another_accounts_job_is_not_there(account, provider, working):
    from gpt_image_ui.accounts import guests
    from gpt_image_ui.core.errors import NotFoundError

    other = await db.transaction(guests.create_guest, ids.new_secret())
    job = await ended(await send(account))
    for act in (cancel.cancel(other, job.id), submit.retry(other, job.id, ids.new_id())):
        with pytest.raises(NotFoundError):
            await act
    with pytest.raises(NotFoundError):
        await db.transaction(submit.dismiss, other, job.id)


async def test_one_row_that_cannot_be_read_keeps_no_other_waiting(account, provider, monkeypatch):
    async def lost(_job_id: str) -> None:
        """The process died here."""

    with monkeypatch.context() as patch:
        patch.setattr(submit, "hand_over", lost)
        broken, whole = await send(account), await send(account)
    real = submit.hand_over

    async def refuses_one(job_id: str) -> None:
        if job_id == broken:
            raise KeyError("a row that an older version wrote")
        await real(job_id)

    monkeypatch.setattr(submit, "hand_over", refuses_one)
    async with worker.running(execute=True):
        assert (await ended(whole)).status == lifecycle.DONE
