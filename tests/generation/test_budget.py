"""What providers may cost the operator: never more than the budget, whoever asks at the same time."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from gpt_image_ui import worker
from gpt_image_ui.core import clock, config, db
from gpt_image_ui.core.errors import UserFacingError
from gpt_image_ui.generation import budget, calls, health, limits, submit, switch
from gpt_image_ui.generation.budget import Allowance, BudgetSettings
from gpt_image_ui.generation.limits import Limit, LimitSettings
from gpt_image_ui.generation.tables import ProviderCall
from gpt_image_ui.jobs import lifecycle
from gpt_image_ui.providers import interface as errors
from gpt_image_ui.providers.interface import Completed
from tests.generation.scripted import REQUEST, SPEC, ended, failing, position, send

WELCOME = 100
EACH = budget.estimate(SPEC, REQUEST)


@pytest.fixture(autouse=True)
def _fresh():
    health.forget()


@pytest.fixture
async def working(account):
    async with worker.running(execute=True):
        yield


def allow(day: int | None = None, month: int | None = None, **paused: str) -> None:
    config.override(
        BudgetSettings(providers={"scripted": Allowance(day_micros=day, month_micros=month)}, paused=paused)
    )


def spent() -> tuple[int, int]:
    (found,) = db.look(budget.list_spend, ["scripted"])
    return found.day, found.month


def test_an_estimate_counts_pictures_references_and_seconds():
    dear = errors.ModelSpec(**{**vars(SPEC), "micros_per_reference": 500, "seconds": (5,)})
    assert budget.estimate(dear, REQUEST) == EACH
    more = errors.ImageRequest(**{**vars(REQUEST), "count": 3, "references": ("a", "b"), "seconds": 5})
    assert budget.estimate(dear, more) == EACH * 15 + 1000


def test_days_and_months_end_by_themselves(database, held_clock):
    allow(day=100, month=250)
    assert db.run(budget.take, "scripted", 100) == ""
    assert db.run(budget.take, "scripted", 1) == "day"
    assert spent() == (100, 100)
    for expected in ("", "month"):
        held_clock.advance(days=1)
        assert db.run(budget.take, "scripted", 100) == expected
    assert spent() == (0, 200)
    assert db.look(budget.exceeded, ["scripted"], 50) == {}
    assert db.look(budget.exceeded, ["scripted"], 51) == {"scripted": "month"}
    held_clock.advance(days=20)
    assert db.run(budget.take, "scripted", 100) == ""
    assert spent() == (100, 100)


def test_what_is_corrected_counts_on_its_own_day(database, held_clock):
    allow(month=1000)
    began = clock.now()
    db.run(budget.take, "scripted", 100)
    held_clock.advance(days=1)
    db.run(budget.correct, "scripted", began, -40)
    assert spent() == (0, 60)


def test_any_number_of_askers_never_spend_more_than_there_is(database, provider):
    allow(day=10_000, month=9_000)
    draw = random.Random(7)
    amounts = [draw.randint(1, 400) for _ in range(120)]
    with ThreadPoolExecutor(8) as threads:
        taken = [
            amount
            for amount, refused in zip(
                amounts, threads.map(lambda a: db.run(budget.take, "scripted", a), amounts), strict=True
            )
            if not refused
        ]
    assert spent() == (sum(taken), sum(taken))
    assert sum(taken) <= 9_000
    assert sum(taken) > 9_000 - 400, "nobody was refused who had room"


async def test_a_spent_budget_refuses_before_anything_is_reserved(account, provider, working):
    allow(day=EACH * 2)
    assert (await ended(await send(account, count=2))).status == lifecycle.DONE
    with pytest.raises(UserFacingError, match=r"spend at Scripted today is spent\. Nothing was charged") as refused:
        await send(account)
    assert refused.value.code == "over_budget"
    assert len(provider.calls) == 1
    assert spent() == (EACH * 2, EACH * 2)


async def test_a_budget_that_ends_while_jobs_wait_gives_their_credits_back(account, provider):
    allow(day=EACH * 2)
    waiting = [await _queued(account) for _ in range(5)]
    async with worker.running(execute=True):
        jobs = [await ended(job_id) for job_id in waiting]
    assert sorted(job.status for job in jobs) == [lifecycle.DONE] * 2 + [lifecycle.FAILED] * 3
    assert {job.error_code for job in jobs} == {"", "over_budget"}
    assert len(provider.calls) == 2
    assert position(account) == (WELCOME - sum(job.charged for job in jobs), 0)


async def _queued(account_id: str) -> str:
    with pytest.MonkeyPatch.context() as patch:

        async def nobody(_job_id: str) -> None:
            """The engine is not running."""

        patch.setattr(submit, "hand_over", nobody)
        return await send(account_id)


@pytest.mark.parametrize(
    ("script", "counted"),
    [
        (failing(errors.RefusedError()), 0),
        (failing(errors.CredentialsError()), 0),
        (failing(errors.OutcomeUnknownError()), EACH),
        (failing(errors.BadAnswerError()), EACH),
    ],
    ids=["refused", "key", "unknown", "bad answer"],
)
async def test_what_was_not_made_is_not_counted_and_what_may_have_been_is(account, provider, working, script, counted):
    provider.script = [script]
    await ended(await send(account))
    assert spent() == (counted, counted)


async def test_the_providers_own_figure_replaces_the_estimate(account, provider, working):
    async def dear(call):
        await provider.draw(call, 1)
        return Completed(1, cost_micros=EACH * 3)

    provider.script = [dear]
    job = await ended(await send(account))
    assert spent() == (EACH * 3, EACH * 3)
    call = db.look(lambda session: session.get_one(ProviderCall, (job.id, 0)))
    db.run(calls.note_end, job.id, 0, {"cost_micros": EACH * 3})
    assert spent() == (EACH * 3, EACH * 3), "the same end, told twice, counts once"
    assert call.counted_micros == EACH * 3


async def test_what_costs_nothing_is_not_counted(account, provider, working):
    provider.repeatable = True
    allow(day=1)
    assert (await ended(await send(account))).status == lifecycle.DONE
    assert spent() == (0, 0)


async def test_the_switch_stops_all_at_once_and_is_taken_back(account, provider):
    db.run(switch.pause, "scripted", "Bill dispute.")
    with pytest.raises(UserFacingError, match=r"Scripted is switched off here: Bill dispute\. Nothing was charged"):
        await send(account)
    assert db.run(switch.resume, "scripted") is True
    assert db.run(switch.resume, "scripted") is False
    waiting = await _queued(account)
    db.run(switch.pause, "scripted", "")
    async with worker.running(execute=True):
        job = await ended(waiting)
    assert (job.status, job.error_code, provider.calls) == (lifecycle.FAILED, "provider_paused", [])
    assert position(account) == (WELCOME, 0)


async def test_the_switch_in_the_settings_is_ended_by_them_alone(account, provider):
    allow(scripted="Not this month")
    assert db.run(switch.resume, "scripted") is False
    with pytest.raises(UserFacingError, match="Not this month"):
        await send(account)


def test_turns_come_at_the_rate_and_a_burst_at_once(database, provider, held_clock):
    config.override(LimitSettings(providers={"scripted": Limit(requests_per_minute=60, burst=3)}))
    assert [db.run(limits.take_turn, "scripted") for _ in range(5)] == [0, 0, 0, 1, 2]
    held_clock.advance(seconds=2)
    assert db.run(limits.take_turn, "scripted") == 1
    held_clock.advance(seconds=3600)
    assert [db.run(limits.take_turn, "scripted") for _ in range(4)] == [0, 0, 0, 1]
    assert db.run(limits.take_turn, "unlimited") == 0


def test_askers_of_one_moment_get_moments_of_their_own(database, provider, held_clock):
    config.override(LimitSettings(providers={"scripted": Limit(requests_per_minute=60)}))
    with ThreadPoolExecutor(6) as threads:
        waits = sorted(threads.map(lambda _: db.run(limits.take_turn, "scripted"), range(20)))
    assert waits == list(range(20))


async def test_what_comes_too_soon_waits_and_nothing_fails(account, provider):
    config.override(LimitSettings(providers={"scripted": Limit(requests_per_minute=1200, concurrency=1)}))
    assert limits.width("scripted") == 1
    async with worker.running(execute=True):
        jobs = [await ended(job_id) for job_id in [await send(account) for _ in range(6)]]
    assert {job.status for job in jobs} == {lifecycle.DONE}
    starts = sorted(job.started_at for job in jobs)
    assert starts[-1] - starts[0] >= timedelta(seconds=60 / 1200) * 5 - timedelta(milliseconds=20)
