"""Nothing is written unless everything holds: the request, the check, the caps, the balance."""

import asyncio
from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlmodel import col

from gpt_image_ui.accounts import guests
from gpt_image_ui.accounts.tables import Account
from gpt_image_ui.core import db, ids
from gpt_image_ui.core.errors import NotFoundError, UserFacingError
from gpt_image_ui.credits import caps
from gpt_image_ui.gallery import uploads
from gpt_image_ui.generation import submit
from gpt_image_ui.generation.tables import Job
from gpt_image_ui.jobs import lifecycle
from gpt_image_ui.moderation import check
from gpt_image_ui.moderation.check import Decision
from gpt_image_ui.moderation.tables import Verdict
from tests.generation.scripted import REQUEST, SPEC, png, position, request, send

WELCOME = 100


@pytest.fixture(autouse=True)
def handed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The engine's door: what was handed over, and nothing is executed."""
    given: list[str] = []

    async def hand_over(job_id: str) -> None:
        given.append(job_id)

    monkeypatch.setattr(submit, "hand_over", hand_over)
    return given


def decide(monkeypatch: pytest.MonkeyPatch, action: str) -> None:
    """Makes every check come out so."""

    async def answer(_prompt, _references) -> Decision:
        return Decision(action, "sexual", "Blocked by our rule on sexual content.", "rules", "", {"sexual": 0.9})

    monkeypatch.setattr(check, "check", answer)


def restrict(account_id: str) -> None:
    """As its owner would in the data settings."""
    change = sa.update(Account).where(col(Account.id) == account_id).values(restricted=True)
    db.run(lambda session: session.execute(change))


def jobs() -> list[Job]:
    return db.look(lambda session: list(session.execute(sa.select(Job)).scalars()))


async def test_one_press_is_one_job(account, handed):
    nonce = ids.new_id()
    made = await asyncio.gather(*(submit.submit(account, nonce, REQUEST) for _ in range(20)))
    assert len(set(made)) == 1
    assert len(jobs()) == 1
    assert position(account) == (WELCOME - jobs()[0].quoted, jobs()[0].quoted)


async def test_the_snapshot_is_complete_and_the_seed_is_fixed(account, handed):
    await send(account, count=2)
    job = jobs()[0]
    kept = submit.from_json(job.request)
    assert kept == replace(REQUEST, count=2, seed=kept.seed)
    assert kept.seed is not None
    assert (job.status, job.asked, job.provider) == (lifecycle.QUEUED, 2, "scripted")
    assert handed == [job.id]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"prompt": "  \n\t "}, "prompt_empty"),
        ({"prompt": "\x00\x07"}, "prompt_empty"),
        ({"prompt": "a" * 4001}, "prompt_too_long"),
        ({"size": "17x9000"}, "size_unsupported"),
        ({"size": "nonsense"}, "size_unsupported"),
        ({"quality": "ultra"}, "quality_unsupported"),
        ({"count": 0}, "count_unsupported"),
        ({"count": 5}, "count_unsupported"),
        ({"count": -3}, "count_unsupported"),
        ({"seed": -1}, "seed_unsupported"),
        ({"seed": 2**40}, "seed_unsupported"),
        ({"background": "transparent"}, "background_unsupported"),
        ({"background": "plaid"}, "background_unsupported"),
        ({"format": "exe"}, "format_unsupported"),
        ({"model": "someone-elses"}, "model_unavailable"),
        ({"references": ("a", "b", "c")}, "too_many_references"),
    ],
)
async def test_bad_requests_write_nothing_and_say_so(account, handed, changes, code):
    with pytest.raises(UserFacingError, match="Nothing was charged") as refused:
        await send(account, **changes)
    assert refused.value.code == code
    assert jobs() == []
    assert handed == []
    assert position(account) == (WELCOME, 0)


async def test_a_reference_that_is_not_ones_own_is_not_there(account, handed):
    with pytest.raises(NotFoundError):
        await send(account, references=(ids.new_id(),))
    assert jobs() == []


async def test_a_mask_that_is_not_ones_own_is_not_there(account, provider, handed, monkeypatch):
    async def stream():
        yield png()

    own = (await uploads.accept(account, "own.png", stream())).id
    monkeypatch.setattr(provider, "models", lambda: [replace(SPEC, mask=True)])
    with pytest.raises(NotFoundError):
        await send(account, references=(own,), mask=ids.new_id())
    assert jobs() == []
    assert position(account) == (WELCOME, 0)
    await send(account, references=(own,), mask=own)
    assert len(jobs()) == 1


async def test_a_held_job_of_an_account_that_was_restricted_meanwhile_ends(account, handed, monkeypatch):
    decide(monkeypatch, "hold")
    job_id = await send(account)
    restrict(account)
    decide(monkeypatch, "allow")
    assert await submit.release_held(job_id) is True
    assert (jobs()[0].status, jobs()[0].error_code) == (lifecycle.FAILED, "restricted")
    assert position(account) == (WELCOME, 0)
    assert handed == []


async def test_a_blocked_prompt_leaves_a_verdict_and_nothing_else(account, handed, monkeypatch):
    decide(monkeypatch, "block")
    with pytest.raises(UserFacingError, match="rule on sexual content"):
        await send(account)
    assert jobs() == []
    assert position(account) == (WELCOME, 0)
    verdict = db.look(lambda session: session.execute(sa.select(Verdict)).scalar_one())
    assert (verdict.action, verdict.category, verdict.job_id) == ("block", "sexual", None)
    assert REQUEST.prompt not in str(verdict.model_dump())


async def test_an_outage_of_the_check_holds_without_charging_and_goes_on_by_itself(account, handed, monkeypatch):
    decide(monkeypatch, "hold")
    job_id = await send(account)
    assert jobs()[0].status == lifecycle.HELD
    assert position(account) == (WELCOME, 0)
    assert await submit.release_held(job_id) is False
    decide(monkeypatch, "allow")
    assert await submit.release_held(job_id) is True
    assert jobs()[0].status == lifecycle.QUEUED
    assert position(account) == (WELCOME - jobs()[0].quoted, jobs()[0].quoted)
    assert handed == [job_id]


async def test_a_held_job_that_turns_out_blocked_is_not_charged(account, handed, monkeypatch):
    decide(monkeypatch, "hold")
    job_id = await send(account)
    decide(monkeypatch, "block")
    assert await submit.release_held(job_id) is True
    assert (jobs()[0].status, jobs()[0].error_code) == (lifecycle.BLOCKED, "blocked")
    assert position(account) == (WELCOME, 0)
    assert handed == []


async def test_too_few_credits_and_caps_refuse_in_the_same_transaction(account, handed):
    db.run(caps.set_caps, account, 1, None, None)
    with pytest.raises(UserFacingError) as refused:
        await send(account, count=4)
    assert refused.value.code == "cap_job"
    assert jobs() == []
    assert position(account) == (WELCOME, 0)


async def test_parallel_presses_never_spend_more_than_there_is(account, handed):
    results = await asyncio.gather(*(send(account, count=4) for _ in range(40)), return_exceptions=True)
    taken = sum(job.quoted for job in jobs())
    assert position(account) == (WELCOME - taken, taken)
    assert {getattr(r, "code", "made") for r in results} == {"made", "too_few_credits"}


async def test_a_restricted_account_is_told_so(account, handed):
    restrict(account)
    with pytest.raises(UserFacingError) as refused:
        await send(account)
    assert refused.value.code == "restricted"
    assert jobs() == []


async def test_an_account_that_is_gone_is_asked_to_come_back(database, provider, handed):
    with pytest.raises(UserFacingError) as refused:
        await send(ids.new_id())
    assert refused.value.status == 401


async def test_another_accounts_nonce_is_no_key_to_its_job(account, handed):
    nonce = ids.new_id()
    first = await submit.submit(account, nonce, request())
    other = await db.transaction(guests.create_guest, ids.new_secret())
    assert await submit.submit(other, nonce, request()) != first
