"""Who may use which model, which provider serves it, and who takes over when that one fails."""

import json
from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlmodel import col

from gpt_image_ui import invariants, worker
from gpt_image_ui.accounts import guests
from gpt_image_ui.accounts.tables import MEMBER, Account
from gpt_image_ui.core import config, db, ids
from gpt_image_ui.core.errors import UserFacingError
from gpt_image_ui.generation import breaker, fallback, health, queue_view, routing, submit
from gpt_image_ui.generation.tables import Job, ProviderCall
from gpt_image_ui.jobs import lifecycle
from gpt_image_ui.providers import interface as errors
from tests.generation.scripted import ended, failing, position, request
from tests.generation.several import Named, install, rules

WELCOME = 100
DOWN = errors.UnavailableError("down")


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("gpt_image_ui.generation.failures._WAIT_MAX_SECONDS", 0.02)
    health.forget()


@pytest.fixture
def first() -> Named:
    return Named("first")


@pytest.fixture
def second() -> Named:
    return Named("second")


@pytest.fixture
def account(database: str, first: Named, second: Named, monkeypatch: pytest.MonkeyPatch) -> str:
    install(monkeypatch, first, second)
    return db.run(guests.create_guest, ids.new_secret())


@pytest.fixture
async def working(account):
    async with worker.running(execute=True):
        yield


async def send(account_id: str, model: str = "first/draw", told: tuple[str, ...] = (), **changes) -> str:
    return await submit.submit(account_id, ids.new_id(), request(model=model, **changes), told=told)


def calls_of(job_id: str) -> list[tuple[int, str, str, str]]:
    query = sa.select(ProviderCall).where(col(ProviderCall.job_id) == job_id).order_by(col(ProviderCall.attempt))
    rows = db.look(lambda session: list(session.execute(query).scalars()))
    return [(row.attempt, row.provider, row.model, row.outcome) for row in rows]


def listed(tier: str) -> list[str]:
    return [model.id for model in routing.allowed(tier)]


def make_member(account_id: str) -> None:
    change = sa.update(Account).where(col(Account.id) == account_id).values(kind=MEMBER)
    db.run(lambda session: session.execute(change))


def test_without_rules_every_provider_offers_its_own(first, second, monkeypatch):
    install(monkeypatch, first, second)
    assert listed("guest") == listed("paid") == ["first/draw", "second/draw"]
    assert routing.reason(first.spec, "guest") == "default (guest)"


def test_one_id_stands_once_on_the_screen(monkeypatch):
    one, two = Named("one"), Named("two")
    one.spec, two.spec = replace(one.spec, id="draw"), replace(two.spec, id="draw")
    install(monkeypatch, one, two)
    assert [(model.id, model.provider) for model in routing.allowed("guest")] == [("draw", "one")]
    assert routing.peers(one.spec, "guest") == [two.spec]
    rules({"tier": "guest", "providers": ["two"]})
    assert routing.get_allowed("draw", "guest").provider == "two"


def test_a_rule_picks_the_providers_and_one_of_them_stands_for_the_model(first, second, monkeypatch):
    third = Named("third")
    install(monkeypatch, first, second, third)
    rules({"tier": "guest", "providers": ["third", "second"]}, {"tier": "paid", "providers": ["first"]})
    assert listed("guest") == ["third/draw"]
    assert [peer.provider for peer in routing.peers(third.spec, "guest")] == ["second"]
    assert listed("paid") == ["first/draw"]
    assert routing.peers(first.spec, "paid") == []
    assert listed("member") == ["first/draw", "second/draw", "third/draw"]


def test_patterns_and_kinds_narrow_a_rule(monkeypatch):
    stills, film = Named("stills"), Named("film", kind=errors.VIDEO)
    install(monkeypatch, stills, film)
    rules({"kind": "video", "providers": ["nobody"]})
    assert listed("member") == ["stills/draw"]
    rules({"model": "dr?w", "providers": ["film"]})
    assert listed("member") == ["film/draw"]
    rules({"model": "other-*", "providers": ["film"]})
    assert listed("member") == ["stills/draw", "film/draw"]


def test_rules_come_from_the_environment_and_from_a_profile(monkeypatch, tmp_path):
    monkeypatch.setenv("GPT_IMAGE_UI_ROUTING_RULES", json.dumps([{"tier": "guest", "providers": ["sub2api"]}]))
    config.forget()
    (rule,) = config.get(routing.RoutingSettings).rules
    assert (rule.tier, rule.kind, rule.model, rule.providers) == ("guest", "any", "*", ("sub2api",))
    monkeypatch.delenv("GPT_IMAGE_UI_ROUTING_RULES")
    profile = tmp_path / "own.toml"
    profile.write_text('[[routing.rules]]\ntier = "paid"\nproviders = ["kie", "nobody"]\n', encoding="utf-8")
    monkeypatch.setenv("GPT_IMAGE_UI_PROFILE", str(profile))
    config.forget()
    assert config.get(routing.RoutingSettings).rules[0].providers == ("kie", "nobody")
    assert "nobody" in routing.list_unknown()


@pytest.mark.parametrize("rule", [{"tier": "vip", "providers": ["a"]}, {"providers": []}, {"provider": "a"}])
def test_a_rule_that_cannot_be_meant_is_an_error_at_start(monkeypatch, rule):
    monkeypatch.setenv("GPT_IMAGE_UI_ROUTING_RULES", json.dumps([rule]))
    config.forget()
    with pytest.raises(ValueError, match="rules"):
        config.get(routing.RoutingSettings)


def test_equal_models_are_found_by_name_or_by_setting(first, second, monkeypatch):
    install(monkeypatch, first, second)
    assert routing.group_of(first.spec) == routing.group_of(second.spec) == "draw"
    rules(groups=[("second/draw", "else"), ("first:first/draw", "own")])
    assert (routing.group_of(first.spec), routing.group_of(second.spec)) == ("own", "else")
    assert routing.peers(first.spec, "guest") == []


async def test_the_same_request_goes_where_the_tier_says(account, first, second, working):
    rules({"tier": "guest", "providers": ["second"]}, {"tier": "member", "providers": ["first"]})
    job = await ended(await send(account))
    assert (job.status, job.provider, job.model) == (lifecycle.DONE, "second", "second/draw")
    assert job.route == "rule 1 (guest)"
    make_member(account)
    job = await ended(await send(account))
    assert (job.provider, job.route) == ("first", "rule 2 (member)")
    assert (len(first.calls), len(second.calls)) == (1, 1)
    assert (first.calls[0].model, second.calls[0].model) == ("first/draw", "second/draw")


async def test_what_a_tier_may_not_use_is_not_there(account, first, second):
    rules({"tier": "guest", "model": "draw", "providers": ["nobody"]})
    assert await routing.offered("guest") == []
    with pytest.raises(UserFacingError, match="not offered") as refused:
        await send(account)
    assert refused.value.code == "model_unavailable"
    assert position(account) == (WELCOME, 0)


async def test_another_provider_takes_over_at_the_same_price_and_it_is_said(account, first, second, working):
    first.script = [failing(DOWN) for _ in range(3)]
    seen = []

    async def look(call):
        seen.extend(db.look(queue_view.list_open, account))
        return await second.draw(call, 1)

    second.script = [look]
    job = await ended(await send(account, told=("Second",)))
    assert (job.status, job.provider, job.model) == (lifecycle.DONE, "second", "second/draw")
    assert job.route == "fallback from first: provider_down"
    assert [call[1:] for call in calls_of(job.id)] == [
        *[("first", "first/draw", "provider_down")] * 3,
        ("second", "second/draw", "answered"),
    ]
    assert seen[0].line == "First failed; Second is drawing, at no higher price."
    assert 0 < job.charged <= job.quoted
    assert position(account) == (WELCOME - job.charged, 0)
    assert db.look(invariants.check_tables) == []
    assert second.calls[0].model == "second/draw"
    assert first.people[0] != second.people[0]


async def test_a_cheaper_one_is_charged_by_its_own_price(account, first, monkeypatch, working):
    cheap = Named("cheap", micros=100_000)
    install(monkeypatch, first, cheap)
    first.script = [failing(errors.OutOfFundsError())]
    job = await ended(await send(account, told=("Cheap",)))
    assert (job.status, job.provider) == (lifecycle.DONE, "cheap")
    assert job.charged < job.quoted
    assert position(account) == (WELCOME - job.charged, 0)


@pytest.mark.parametrize(
    ("mode", "told", "switched"),
    [
        ("told", ("Second",), True),
        ("told", (), False),
        ("told", ("Third",), False),
        ("same_destination", ("Second",), False),
        ("off", ("Second",), False),
    ],
)
async def test_data_goes_only_where_the_person_was_told(account, first, second, working, mode, told, switched):
    rules(fallback=mode)
    first.script = [failing(errors.CredentialsError())]
    job = await ended(await send(account, told=told))
    assert (job.status == lifecycle.DONE) is switched
    assert len(second.calls) == switched
    if not switched:
        assert position(account) == (WELCOME, 0)


async def test_the_same_destination_needs_no_telling(account, first, second, working):
    rules(fallback="same_destination")
    second.spec = replace(second.spec, destination="First")
    first.script = [failing(errors.CredentialsError())]
    job = await ended(await send(account))
    assert (job.status, job.provider) == (lifecycle.DONE, "second")


@pytest.mark.parametrize(
    ("other", "asked"),
    [
        (Named("dear", micros=600_000), {}),
        (Named("small", references_max=0, count_max=1), {"count": 2}),
        (Named("seedless", seed=False), {"seed": 7}),
        (Named("retired", unavailable="gone"), {}),
        (Named("film", kind=errors.VIDEO), {}),
    ],
    ids=lambda value: value.name if isinstance(value, Named) else "",
)
async def test_nobody_takes_over_who_is_dearer_or_cannot_do_it_all(account, first, monkeypatch, working, other, asked):
    install(monkeypatch, first, other)
    destination = other.spec.destination
    assert fallback.list_destinations(first.spec, request(**{**asked, "model": "first/draw"}), "guest") == []
    first.script = [failing(errors.CredentialsError())]
    job = await ended(await send(account, told=(destination,), **asked))
    assert (job.status, job.provider, other.calls) == (lifecycle.FAILED, "first", [])


def test_the_screen_says_where_else_it_may_go(first, second, monkeypatch):
    here = Named("here")
    here.spec = replace(here.spec, destination="")
    install(monkeypatch, first, second, here)
    asked = request(model="first/draw")
    assert fallback.list_destinations(first.spec, asked, "guest") == ["Second"]
    rules(fallback="off")
    assert fallback.list_destinations(first.spec, asked, "guest") == []


@pytest.mark.parametrize("error", [errors.OutcomeUnknownError(), errors.RefusedError(), errors.BadAnswerError()])
async def test_what_may_have_been_made_or_was_refused_goes_nowhere_else(account, first, second, working, error):
    first.script = [failing(error)]
    job = await ended(await send(account, told=("Second",)))
    assert job.charged == 0
    assert (len(first.calls), second.calls) == (1, [])


async def test_all_fail_and_every_credit_comes_back(account, first, second, working):
    first.script = [failing(DOWN) for _ in range(3)]
    second.script = [failing(DOWN) for _ in range(3)]
    job = await ended(await send(account, told=("Second",)))
    assert (job.status, len(first.calls), len(second.calls)) == (lifecycle.FAILED, 3, 3)
    assert "3 times" in job.error
    assert position(account) == (WELCOME, 0)
    assert db.look(invariants.check_tables) == []


async def test_an_open_breaker_at_submit_turns_to_the_other_or_away(account, first, second, working):
    db.run(breaker.record, "first", "some-job", "credentials")
    with pytest.raises(
        UserFacingError, match=r"First does not accept .* tried again at .* Nothing was charged"
    ) as said:
        await send(account)
    assert (said.value.code, said.value.status) == ("provider_open", 503)
    assert said.value.retry_after_seconds
    assert db.look(lambda session: session.execute(sa.select(Job)).all()) == []
    job = await ended(await send(account, told=("Second",)))
    assert (job.status, job.provider) == (lifecycle.DONE, "second")
    assert job.route == "fallback from first: provider_open"
    assert "Second is drawing" in job.note
    assert first.calls == []


async def test_an_unusable_model_stays_listed_with_the_reason(account, first, second):
    rules(fallback="off")
    db.run(breaker.record, "first", "some-job", "provider_funds")
    health.forget()
    here, there = await routing.offered("guest")
    assert "no money left" in here.unavailable
    assert "tried again at" in here.unavailable
    assert there.unavailable == ""
    rules()
    assert [model.unavailable for model in await routing.offered("guest")] == ["", ""], "another may draw it"


async def test_a_retry_keeps_what_the_person_was_told(account, first, second, working):
    first.script = [failing(errors.RefusedError())]
    failed = await ended(await send(account, told=("Second",)))
    first.script = [failing(errors.CredentialsError())]
    again = await ended(await submit.retry(account, failed.id, ids.new_id()))
    assert (again.status, again.provider) == (lifecycle.DONE, "second")
