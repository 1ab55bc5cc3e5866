"""When a provider is left alone, who tries it again, and what screens are told of it."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from prometheus_client import REGISTRY

from gpt_image_ui import worker
from gpt_image_ui.core import clock, config, db
from gpt_image_ui.generation import breaker, cancel, health, queue_view, routing
from gpt_image_ui.generation.breaker import HealthSettings
from gpt_image_ui.generation.tables import ProviderCall, ProviderState
from gpt_image_ui.jobs import lifecycle
from gpt_image_ui.providers import interface as errors
from tests.generation.scripted import Tasks, ended, failing, position, send
from tests.generation.several import install

WELCOME = 100
NAME = "scripted"


@pytest.fixture(autouse=True)
def _fresh():
    health.forget()


@pytest.fixture
async def working(account):
    async with worker.running(execute=True):
        yield


def fail(times: int, outcome: str = "provider_down", job: str = "j") -> None:
    for _ in range(times):
        db.run(breaker.record, NAME, job, outcome)


def admit(job: str = "j") -> str:
    refusal = db.run(breaker.admit, NAME, job)
    return refusal.code if refusal else ""


def refusal() -> breaker.Refusal:
    found = db.look(breaker.find_refusal, NAME)
    assert found
    return found


def test_failures_in_a_row_open_it_and_an_answer_between_them_does_not(database, held_clock):
    fail(4)
    assert admit() == ""
    db.run(breaker.record, NAME, "j", "answered")
    fail(4)
    assert admit() == ""
    fail(1)
    assert admit() == breaker.OPEN
    assert refusal().retry_at == clock.now() + timedelta(seconds=30)
    assert admit() == breaker.OPEN, "looking at it does not close it"


@pytest.mark.parametrize("outcome", ["refused", "bad_request", "task"])
def test_every_answer_proves_that_it_is_there(database, held_clock, outcome):
    fail(4)
    db.run(breaker.record, NAME, "j", outcome)
    fail(4)
    assert admit() == ""


@pytest.mark.parametrize("outcome", ["cancelled", "internal", "model_unavailable"])
def test_what_says_nothing_of_the_provider_changes_nothing(database, held_clock, outcome):
    fail(4)
    fail(3, outcome)
    assert admit() == ""
    fail(1)
    assert admit() == breaker.OPEN


@pytest.mark.parametrize("outcome", ["credentials", "provider_funds"])
def test_what_only_the_operator_can_mend_opens_it_at_once_and_is_counted(database, held_clock, outcome):
    labels = {"provider": NAME, "cause": outcome}
    before = REGISTRY.get_sample_value("provider_opened_total", labels) or 0
    fail(1, outcome)
    assert admit() == breaker.OPEN
    assert refusal().retry_at == clock.now() + timedelta(seconds=600)
    assert refusal().wait_seconds == 0, "no job waits for the operator"
    assert REGISTRY.get_sample_value("provider_opened_total", labels) == before + 1


def test_a_failing_majority_opens_it_even_when_answers_come_between(database, held_clock):
    def call(number: int, outcome: str) -> None:
        moment = clock.now()
        row = ProviderCall(job_id=f"{number}", attempt=0, provider=NAME, outcome=outcome, started_at=moment)
        db.run(lambda session: session.add(row))
        db.run(breaker.record, NAME, f"{number}", outcome)

    for number in range(20):
        held_clock.advance(seconds=1)
        call(number, "answered" if number % 3 == 2 else "provider_down")
    assert admit() == breaker.OPEN


def test_after_the_pause_one_job_tries_and_the_others_wait(database, held_clock):
    fail(5)
    held_clock.advance(seconds=30)
    assert db.look(breaker.find_refusal, NAME) is None, "new requests are welcome again"
    assert admit("one") == ""
    assert admit("two") == breaker.PROBING
    assert admit("one") == "", "its own second look is not another job"
    db.run(breaker.record, NAME, "one", "answered")
    assert admit("two") == admit("three") == ""
    assert db.look(lambda session: session.get_one(ProviderState, NAME)).failures == 0


def test_each_failed_try_doubles_the_pause_up_to_a_limit(database, held_clock):
    fail(5)
    pauses = []
    for _ in range(7):
        pauses.append((refusal().retry_at - clock.now()).total_seconds())  # type: ignore[operator]
        held_clock.advance(seconds=pauses[-1])
        assert admit("probe") == ""
        fail(1, job="probe")
    assert pauses == [30, 60, 120, 240, 480, 900, 900]


def test_late_failures_of_others_do_not_prolong_the_pause(database, held_clock):
    fail(5)
    until = refusal().retry_at
    held_clock.advance(seconds=10)
    fail(3, job="straggler")
    assert refusal().retry_at == until


def test_a_try_that_proved_nothing_or_vanished_lets_the_next_one_try(database, held_clock):
    fail(5)
    held_clock.advance(seconds=30)
    assert admit("one") == ""
    db.run(breaker.record, NAME, "one", "cancelled")
    assert admit("two") == ""
    assert admit("three") == breaker.PROBING
    held_clock.advance(seconds=181)
    assert admit("three") == ""


def test_of_many_processes_one_tries(database, held_clock):
    fail(5)
    held_clock.advance(seconds=31)
    with ThreadPoolExecutor(8) as threads:
        codes = list(threads.map(lambda n: admit(f"job {n}"), range(24)))
    assert codes.count("") == 1


def test_first_failures_of_several_processes_do_not_collide(database, held_clock):
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: fail(1), range(4)))
    assert db.look(lambda session: session.get_one(ProviderState, NAME)).failures == 4


@settings(max_examples=25, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.sampled_from(["ok", "down", "cancel"]), st.integers(0, 3), st.integers(0, 40)), max_size=25)
)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_it_never_lets_two_try_and_always_lets_one_in_the_end(database, held_clock, events):
    """Whatever happens in whatever order: while it is open nobody is let in before the pause ends, then one at a time;
    and an answer always opens the way to all."""
    words = {"ok": "answered", "down": "unknown", "cancel": "cancelled"}
    db.run(breaker.record, NAME, "reset", "answered")
    for kind, job, seconds in events:
        held_clock.advance(seconds=seconds)
        state = db.look(lambda session: session.get(ProviderState, NAME))
        shut = state is not None and state.retry_at is not None
        let_in = [n for n in range(4) if admit(str(n)) == ""]
        if shut and state.retry_at > clock.now():
            assert let_in == []
        elif shut:
            assert len(let_in) <= 1
        else:
            assert len(let_in) == 4
        db.run(breaker.record, NAME, str(job), words[kind])
        if kind == "ok":
            assert admit("anyone") == ""
    held_clock.advance(seconds=2000)
    assert admit("last") == ""


async def test_waiting_jobs_are_drawn_when_it_answers_again(account, provider, working, monkeypatch):
    monkeypatch.setattr("gpt_image_ui.generation.failures._WAIT_MAX_SECONDS", 0.02)
    monkeypatch.setattr(breaker, "_PROBE_AGAIN_SECONDS", 0.05)
    config.override(HealthSettings(failures_max=2, pause_seconds=0.4))
    sent = asyncio.Event()

    async def down(_call):
        await sent.wait()
        raise errors.UnavailableError

    provider.script = [down, down]
    jobs = [await send(account) for _ in range(4)]
    sent.set()
    done = [await ended(job_id) for job_id in jobs]
    assert {job.status for job in done} == {lifecycle.DONE}
    assert len(provider.calls) == 6
    assert position(account) == (WELCOME - sum(job.charged for job in done), 0)


async def test_a_waiting_job_says_so_and_can_be_cancelled_at_once(account, provider, working):
    config.override(HealthSettings(failures_max=1, pause_seconds=60))
    provider.script = [failing(errors.OverloadedError(retry_after_seconds=50))]
    job_id = await send(account)
    for _ in range(500):
        (card,) = db.look(queue_view.list_open, account)
        if card.stage == lifecycle.WAITING:
            break
        await asyncio.sleep(0.02)
    assert (card.state, card.line) == ("Waiting", "The provider is too busy. Asked again in 50 s.")
    assert await cancel.cancel(account, job_id) == lifecycle.CANCELLED
    assert position(account) == (WELCOME, 0)


async def test_beyond_all_patience_the_credits_come_back(account, provider, working, monkeypatch):
    monkeypatch.setattr("gpt_image_ui.generation.failures._WAIT_MAX_SECONDS", 0.02)
    config.override(HealthSettings(failures_max=1, pause_seconds=60, patience_seconds=10))
    provider.script = [failing(errors.UnavailableError())]
    job = await ended(await send(account))
    assert (job.status, job.error_code) == (lifecycle.FAILED, breaker.OPEN)
    assert "tried again at" in job.error
    assert position(account) == (WELCOME, 0)


async def test_a_created_task_proves_that_the_provider_answers(account, working, monkeypatch):
    tasks = Tasks()
    install(monkeypatch, tasks)
    fail(4)
    await ended(await send(account))
    assert db.look(lambda session: session.get_one(ProviderState, NAME)).failures == 0


async def test_figures_tell_today_by_provider_and_model(database, provider, held_clock):
    assert await health.find_figures() == {}
    ends = [("answered", 2), ("answered", 4), ("answered", 9), ("overloaded", 1), ("refused", 1), ("cancelled", 1)]
    held_clock.advance(days=-1)
    _calls([("provider_down", 5)] * 3, "yesterday")
    held_clock.advance(days=1)
    _calls(ends, "today")
    health.forget()
    figures = (await health.find_figures())[NAME, "m"]
    assert (figures.calls, figures.success_percent, figures.median_seconds) == (6, 75, 4)
    assert (figures.last_error, figures.last_error_at) == ("overloaded", clock.now() + timedelta(seconds=1))
    _calls([("answered", 1)], "later")
    assert (await health.find_figures())[NAME, "m"].calls == 6, "some seconds old is new enough"
    health.forget()
    assert (await health.find_figures())[NAME, "m"].calls == 7


def _calls(ends: list[tuple[str, int]], name: str) -> None:
    def add(session) -> None:
        start: datetime = clock.now()
        for number, (outcome, seconds) in enumerate(ends):
            session.add(
                ProviderCall(
                    job_id=f"{name}-{number}",
                    attempt=0,
                    provider=NAME,
                    model="m",
                    outcome=outcome,
                    started_at=start,
                    ended_at=start + timedelta(seconds=seconds),
                )
            )

    db.run(add)


async def test_an_open_breaker_is_a_reason_on_the_screen(account, provider):
    fail(5)
    health.forget()
    (model,) = await routing.offered("guest")
    assert model.unavailable.startswith("Scripted does not answer as it should. It is tried again at")
