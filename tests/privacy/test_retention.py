"""What is past its time goes, whole; what is not stays."""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from gpt_image_ui import worker
from gpt_image_ui.accounts import guests, sessions
from gpt_image_ui.accounts.tables import Account, LoginSession
from gpt_image_ui.core import clock, config, db, ids
from gpt_image_ui.credits import ledger
from gpt_image_ui.gallery.tables import Image, Upload, Wall
from gpt_image_ui.generation import landing
from gpt_image_ui.generation.tables import Job, ProviderCall
from gpt_image_ui.moderation.tables import Verdict
from gpt_image_ui.privacy import retention
from gpt_image_ui.storage import store
from gpt_image_ui.storage.interface import StorageError
from tests.generation.conftest import account, provider  # noqa: F401
from tests.generation.scripted import ended, send


def rows() -> dict[str, int]:
    tables = (Account, LoginSession, Image, Upload, Wall, Job, ProviderCall, Verdict)

    def count(session) -> dict[str, int]:
        return {
            str(table.__tablename__): session.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
            for table in tables
        }

    return db.look(count)


async def test_an_idle_guest_goes_with_every_file_and_row(account):  # noqa: F811
    async with worker.running(execute=True):
        await ended(await send(account, count=2))
        assert await retention.sweep() == dict.fromkeys((rule.name for rule in retention.RULES), 0)
        media = config.data_directory() / "media"
        assert [path for path in media.rglob("*") if path.is_file()]
        clock.set_source(lambda: _later(days=31))
        try:
            assert (await retention.sweep())["guests"] == 1
        finally:
            clock.set_source(None)
        assert set(rows().values()) == {0}
        assert [path for path in media.rglob("*") if path.is_file()] == []
        assert db.look(ledger.verify) == []
        assert (await retention.sweep())["guests"] == 0


async def test_what_landed_of_a_job_that_delivered_less_goes_too(account, provider):  # noqa: F811
    provider.script = [lambda call: provider.draw(call, 1)]
    async with worker.running(execute=True):
        job = await ended(await send(account, count=2))
        left = landing.key_of(account, job.id, 1)
        for key in (left, f"{left}.320"):
            await store.get().put(key, b"bytes", "image/png")
        clock.set_source(lambda: _later(days=31))
        try:
            assert await retention.expire_guests() == 1
        finally:
            clock.set_source(None)
        assert [path for path in (config.data_directory() / "media").rglob("*") if path.is_file()] == []


async def test_more_idle_guests_than_one_round_takes_all_go(database, monkeypatch):
    monkeypatch.setattr(retention, "_BATCH", 2)
    for _ in range(5):
        db.run(guests.create_guest, ids.new_secret())
    clock.set_source(lambda: _later(days=31))
    try:
        assert await retention.expire_guests() == 5
    finally:
        clock.set_source(None)


async def test_a_silent_store_stops_no_other_rule(monkeypatch):
    async def silent() -> int:
        raise StorageError("away")

    async def other() -> int:
        return 3

    monkeypatch.setattr(retention, "RULES", (retention.Rule("first", silent), retention.Rule("second", other)))
    assert await retention.sweep() == {"second": 3}


async def test_a_visit_starts_the_time_anew(account):  # noqa: F811
    clock.set_source(lambda: _later(days=29))
    db.run(sessions.touch, account)
    clock.set_source(lambda: _later(days=50))
    try:
        assert await retention.expire_guests() == 0
        clock.set_source(lambda: _later(days=60))
        assert await retention.expire_guests() == 1
    finally:
        clock.set_source(None)


async def test_a_guest_with_work_under_way_stays(account, monkeypatch):  # noqa: F811
    from gpt_image_ui.generation import submit

    async def later(_job_id: str) -> None:
        """Not handed over yet."""

    monkeypatch.setattr(submit, "hand_over", later)
    await send(account)
    clock.set_source(lambda: _later(days=60))
    try:
        assert await retention.expire_guests() == 0
    finally:
        clock.set_source(None)


async def test_verdicts_and_ended_sessions_go_by_their_own_days(database):
    token = ids.new_secret()
    owner = db.run(guests.create_guest, token)
    from gpt_image_ui.moderation import check
    from gpt_image_ui.moderation.check import Decision

    db.run(check.record, owner, None, Decision("block", "sexual"))
    clock.set_source(lambda: _later(days=91))
    try:
        assert await retention.expire_verdicts() == 1
        assert await retention.expire_sessions() == 0
        clock.set_source(lambda: _later(days=121))
        assert await retention.expire_sessions() == 1
    finally:
        clock.set_source(None)


def _later(**span: float) -> datetime:
    return datetime.now(UTC) + timedelta(**span)
