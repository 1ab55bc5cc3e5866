"""Every rule stays silent on data that real work has made, and speaks when its own thing is broken."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio
import sqlalchemy as sa

from gpt_image_ui import invariants, worker
from gpt_image_ui.core import clock, config, db
from gpt_image_ui.gallery import images
from gpt_image_ui.gallery.tables import Image
from tests.generation.conftest import account, provider  # noqa: F401
from tests.generation.scripted import ended, send


@pytest_asyncio.fixture
async def at_work(account: str) -> AsyncIterator[str]:  # noqa: F811
    """An account whose jobs are executed; gives its id."""
    async with worker.running(execute=True):
        yield account


async def work(account: str, **request) -> str:  # noqa: F811
    """One job from Create to its end; returns its id."""
    job_id = await send(account, **request)
    await ended(job_id)
    return job_id


def change(statement: str, **values: object) -> None:
    """Breaks something, as a defect or a hand in the database would."""
    db.run(lambda session: session.execute(sa.text(statement), values))


async def broken() -> set[str]:
    return {breach.rule for breach in await invariants.check()}


async def test_nothing_is_broken_by_work_and_deletion(at_work):
    await work(at_work, count=2)
    assert await invariants.check() == []
    db.run(images.delete, at_work, [first_image()])
    assert await invariants.check() == []
    later = clock.now() + timedelta(days=1)
    clock.set_source(lambda: later)
    try:
        assert await images.purge() == 1
        assert await invariants.check() == []
    finally:
        clock.set_source(None)


def first_image() -> int:
    return db.look(lambda session: session.execute(sa.select(sa.func.min(Image.id))).scalar_one())


@pytest.mark.parametrize(
    ("rule", "statement"),
    [
        ("holds", "UPDATE job SET status = 'running' WHERE id = :job"),
        ("charges", "UPDATE job SET charged = charged + 1 WHERE id = :job"),
        ("charges", "UPDATE job SET quoted = 0 WHERE id = :job"),
        ("deliveries", "UPDATE job SET status = 'failed' WHERE id = :job"),
        ("deliveries", "UPDATE job SET asked = 9 WHERE id = :job"),
        ("pictures", "DELETE FROM image WHERE job_id = :job AND position = 0"),
        ("pictures", "UPDATE image SET charged = 1000 WHERE job_id = :job"),
        ("pictures", "UPDATE image SET job_id = 'another' WHERE job_id = :job AND position = 1"),
        ("wallets", "UPDATE wallet SET account_id = 'another'"),
        ("ledger", "UPDATE wallet SET available = available + 1"),
    ],
)
async def test_a_rule_speaks_when_its_thing_is_broken(at_work, rule: str, statement: str):
    job_id = await work(at_work, count=2)
    change(statement, **({"job": job_id} if ":job" in statement else {}))
    assert rule in await broken()


async def test_a_hold_that_outlives_its_job_is_found(at_work):
    job_id = await work(at_work)
    change("UPDATE hold SET open = :yes, settled = 0, released = 0 WHERE job_id = :job", yes=True, job=job_id)
    assert "holds" in await broken()


async def test_a_second_call_after_one_that_may_have_been_paid_is_found(at_work):
    job_id = await work(at_work)
    add = (
        "INSERT INTO provider_call (job_id, attempt, provider, outcome, cost_micros, started_at) "
        "SELECT job_id, 1, provider, '', 0, started_at FROM provider_call WHERE job_id = :job"
    )
    change(add, job=job_id)
    assert await broken() == {"calls"}
    change("UPDATE provider_call SET outcome = 'overloaded' WHERE job_id = :job AND attempt = 0", job=job_id)
    assert await broken() == set()


async def test_an_original_that_is_gone_is_found(at_work):
    await work(at_work)
    key = db.look(lambda session: session.execute(sa.select(Image.key)).scalar_one())
    (config.data_directory() / "media" / key).unlink()
    assert [(breach.rule, key in breach.what) for breach in await invariants.check()] == [("originals", True)]


@pytest.mark.parametrize("database", ["postgres"], indirect=True)  # SQLite cannot take the guarding constraint away
async def test_two_jobs_of_one_nonce_are_found(database, at_work):
    for _ in range(2):
        await work(at_work)
    change("ALTER TABLE job DROP CONSTRAINT job_nonce")
    change("UPDATE job SET nonce = 'same'")
    assert await broken() == {"nonces"}


async def test_breaches_reach_the_log_and_the_metrics(at_work, monkeypatch):
    lines: list[dict] = []
    monkeypatch.setattr(invariants, "_logger", type("L", (), {"error": lambda self, event, **kw: lines.append(kw)})())
    job_id = await work(at_work)
    change("UPDATE job SET asked = 9 WHERE id = :job", job=job_id)
    await invariants.watch()
    assert [line["rule"] for line in lines] == ["deliveries"]
    assert job_id in lines[0]["what"]
    assert invariants._broken._value.get() == 1
