"""Many at once: the ledger gives each credit to one of them."""

import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from gpt_image_ui.core import config, db
from gpt_image_ui.core.errors import UserFacingError
from gpt_image_ui.credits import caps, ledger

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def wallet(database: str) -> str:
    db.run(ledger.open_wallet, "a")
    db.run(ledger.grant, "a", 100, "grant:welcome:a")
    return "a"


def at_once(acts: list[Callable[[], object]]) -> list[object]:
    """Starts every act at the same moment, each in a thread of its own; a refusal counts as its code."""
    barrier = Barrier(len(acts))

    def start(act: Callable[[], object]) -> object:
        barrier.wait()
        try:
            return act()
        except UserFacingError as error:
            return error.code

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(start, acts))


def reserves(account_id: str, count: int, amount: int) -> list[Callable[[], object]]:
    return [lambda n=n: db.run(ledger.reserve, account_id, f"{account_id}-{n}", amount) for n in range(count)]


def test_forty_reserve_where_ten_can_pay(wallet: str) -> None:
    assert Counter(at_once(reserves(wallet, 40, 10))) == {True: 10, "too_few_credits": 30}
    position = db.look(ledger.find_position, wallet)
    assert (position.available, position.reserved) == (0, 100)
    assert db.look(ledger.verify) == []


@pytest.mark.parametrize("name", ["cap_day", "cap_month"])
@pytest.mark.parametrize("whose", ["own", "operator"])
def test_caps_cannot_be_outrun(wallet: str, name: str, whose: str) -> None:
    if whose == "own":
        limits = {"job": None, "day": None, "month": None, name.removeprefix("cap_"): 35}
        db.run(caps.set_caps, wallet, **limits)
    else:
        config.override(caps.CreditSettings(**{name: 35}))
    assert Counter(at_once(reserves(wallet, 20, 5))) == {True: 7, name: 13}
    position = db.look(ledger.find_position, wallet)
    assert (position.day_used, position.month_used) == (35, 35)
    assert db.look(ledger.verify) == []


def test_one_job_is_reserved_for_once(wallet: str) -> None:
    twins = [lambda: db.run(ledger.reserve, wallet, "job", 10)] * 20
    assert Counter(at_once([*twins])) == {True: 1, False: 19}
    assert db.look(ledger.find_position, wallet).reserved == 10


def test_one_fact_grants_once(wallet: str) -> None:
    twins = [lambda: db.run(ledger.grant, wallet, 10, "stripe:cs_1")] * 20
    assert Counter(at_once([*twins])) == {True: 1, False: 19}
    assert db.look(ledger.find_position, wallet).available == 110


def test_one_fact_grants_to_one_account(wallet: str) -> None:
    names = [f"other-{n}" for n in range(10)]
    for name in names:
        db.run(ledger.open_wallet, name)
    assert Counter(at_once([lambda n=n: db.run(ledger.grant, n, 10, "stripe:cs_1") for n in names]))[True] == 1
    assert sum(db.look(ledger.find_position, name).available for name in names) == 10
    assert db.look(ledger.verify) == []


def test_one_wallet_is_opened_by_many(database: str) -> None:
    at_once([lambda: db.run(ledger.open_wallet, "new")] * 10)
    assert db.look(ledger.verify) == []


def test_settle_and_release_race_for_each_job(wallet: str) -> None:
    jobs = [f"job-{n}" for n in range(8)]
    for job in jobs:
        db.run(ledger.reserve, wallet, job, 10)
    ends: list[Callable[[], object]] = []
    for job in jobs:
        ends += [lambda j=job: db.run(ledger.settle, j, 7), lambda j=job: db.run(ledger.release, j)] * 2
    assert Counter(at_once(ends)) == {True: 8, False: 24}
    position = db.look(ledger.find_position, wallet)
    assert position.reserved == 0
    assert 100 - position.available == position.day_used
    assert position.day_used % 7 == 0
    assert db.look(ledger.verify) == []


def test_storm_over_several_wallets_leaves_the_books_sound(database: str) -> None:
    wallets = [f"w{n}" for n in range(4)]
    for name in wallets:
        db.run(ledger.open_wallet, name)
        db.run(ledger.grant, name, 40, f"grant:welcome:{name}")

    def wander(seed: int) -> None:
        own = random.Random(seed)
        for step in range(12):
            name, job = own.choice(wallets), f"{seed}-{step}"
            try:
                db.run(ledger.reserve, name, job, own.randint(0, 15))
            except UserFacingError:
                db.run(ledger.grant, name, 5, f"gift:{job}")
                continue
            if own.random() < 0.4:
                db.run(ledger.settle, job, 0)
            elif own.random() < 0.7:
                db.run(ledger.release, job)
            else:
                db.run(ledger.claw_back, name, 3, f"refund:{job}")

    at_once([lambda s=seed: wander(s) for seed in range(12)])
    assert db.look(ledger.verify) == []
