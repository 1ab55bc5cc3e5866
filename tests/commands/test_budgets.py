"""`providers pause`, `resume` and `spend`, and what `doctor` says of providers that are not used."""

import asyncio
import json

import pytest

from gpt_image_ui import cli
from gpt_image_ui.commands import doctor
from gpt_image_ui.core import config, db
from gpt_image_ui.generation import breaker, budget, health
from gpt_image_ui.generation.routing import RoutingSettings, Rule


@pytest.fixture(autouse=True)
def _fresh():
    health.forget()


def providers(*arguments: str) -> int:
    return cli.main(["providers", *arguments])


def test_a_pause_is_kept_and_taken_back(database, capsys):
    assert providers("pause", "sketch", "--reason", "Too many crayons.") == 0
    assert db.look(health.list_refusals)["sketch"].cause == "Too many crayons."
    assert providers("resume", "sketch") == 0
    assert "used again" in capsys.readouterr().out
    assert db.look(health.list_refusals) == {}
    assert providers("resume", "sketch") == 0
    assert "was not paused" in capsys.readouterr().out


def test_a_pause_of_the_settings_is_named_as_such(database, monkeypatch, capsys):
    monkeypatch.setenv("GPT_IMAGE_UI_BUDGET_PAUSED", '{"sketch": "Closed for summer"}')
    config.forget()
    assert providers("resume", "sketch") == 1
    assert "budget.paused: Closed for summer" in capsys.readouterr().err


@pytest.mark.parametrize("act", ["pause", "resume"])
def test_a_provider_that_nobody_has_is_an_error(database, capsys, act):
    assert providers(act, "nobody") == 2
    assert "no provider 'nobody'" in capsys.readouterr().err


def test_what_was_spent_is_listed_beside_the_budget(database, monkeypatch, capsys):
    monkeypatch.setenv("GPT_IMAGE_UI_BUDGET_PROVIDERS", '{"openai": {"day_micros": 5000000}}')
    config.forget()
    db.run(budget.take, "openai", 1_250_000)
    assert providers("spend", "--json") == 0
    found = {row["provider"]: row for row in json.loads(capsys.readouterr().out)}
    assert (found["openai"]["day"], found["openai"]["day_max"], found["openai"]["month_max"]) == (
        1_250_000,
        5_000_000,
        None,
    )
    assert providers("spend") == 0
    assert "$1.25 of $5.00" in capsys.readouterr().out


def test_doctor_warns_of_a_provider_that_is_left_alone(database):
    db.run(breaker.record, "sketch", "j", "provider_funds")
    (found,) = [check for check in asyncio.run(doctor._kept()) if check.name == "providers"]
    assert found.status == doctor.UNSAFE
    assert "no money left" in found.message


def test_doctor_finds_a_rule_for_a_provider_that_nobody_has(database):
    config.override(RoutingSettings(rules=(Rule(providers=("sub2apl",)),)))
    assert (doctor._providers().status, "sub2apl" in doctor._providers().message) == (doctor.BROKEN, True)
