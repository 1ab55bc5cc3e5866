"""The doors to the database: what is kept, what is not, and how writers share it."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from sqlalchemy import exc
from sqlmodel import Session

from gpt_image_ui.accounts.tables import Account
from gpt_image_ui.core import db

pytestmark = pytest.mark.usefixtures("database")
NOW = datetime(2026, 11, 20, 14, 30, 1, 234567, tzinfo=UTC)


def add(session: Session, name: str, moment: datetime = NOW) -> str:
    session.add(Account(id=name, created_at=moment, seen_at=moment))
    return name


def names(session: Session) -> set[str]:
    return {row.id for row in session.connection().execute(sa.text("SELECT id FROM account"))}


def test_run_commits_and_returns() -> None:
    assert db.run(add, "a") == "a"
    assert db.look(names) == {"a"}


def test_run_rolls_back_what_raises() -> None:
    def broken(session: Session) -> None:
        add(session, "a")
        session.flush()
        raise OSError("late")

    with pytest.raises(OSError, match="late"):
        db.run(broken)
    assert db.look(names) == set()


def test_look_keeps_nothing() -> None:
    def write(session: Session) -> None:
        add(session, "a")
        session.flush()

    db.look(write)
    assert db.look(names) == set()


def test_rows_can_be_read_after_the_session_has_ended() -> None:
    db.run(add, "a")
    account = db.look(lambda session: session.get_one(Account, "a"))
    assert account.kind == "guest"


async def test_doors_for_the_event_loop() -> None:
    assert await db.transaction(add, "a") == "a"
    assert await db.read(names) == {"a"}


async def test_work_in_threads_keeps_the_callers_context() -> None:
    reference: ContextVar[str] = ContextVar("reference", default="")
    reference.set("K7Q2")
    assert await db.transaction(lambda _: reference.get()) == "K7Q2"
    assert await db.read(lambda _: reference.get()) == "K7Q2"


async def test_writers_from_the_loop_never_see_a_lock_error() -> None:
    await asyncio.gather(*(db.transaction(add, f"a{n}") for n in range(40)))
    assert len(await db.read(names)) == 40


def test_writers_in_threads_take_turns() -> None:
    with ThreadPoolExecutor(20) as pool:
        list(pool.map(lambda n: db.run(add, f"a{n}"), range(60)))
    assert len(db.look(names)) == 60


def test_reader_is_not_held_up_by_a_writer() -> None:
    writing, read = threading.Event(), threading.Event()

    def slow(session: Session) -> bool:
        add(session, "a")
        session.flush()
        writing.set()
        return read.wait(20)

    with ThreadPoolExecutor(1) as pool:
        writer = pool.submit(db.run, slow)
        assert writing.wait(20)
        assert db.look(names) == set()
        read.set()
        assert writer.result() is True
    assert db.look(names) == {"a"}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_write_transaction_on_sqlite_is_the_only_one_from_its_first_line() -> None:
    inside, go_on = threading.Event(), threading.Event()
    order: list[str] = []

    def first(session: Session) -> None:
        before = names(session)
        inside.set()
        go_on.wait(20)
        add(session, f"first after {len(before)}")
        order.append("first")

    def second(session: Session) -> None:
        before = names(session)
        order.append("second")
        add(session, f"second after {len(before)}")

    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(db.run, first)
        assert inside.wait(20)
        two = pool.submit(db.run, second)
        go_on.set()
        one.result()
        two.result()
    assert order == ["first", "second"]
    assert db.look(names) == {"first after 0", "second after 1"}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_sqlite_is_set_up_for_many_readers_and_keeps_its_promises() -> None:
    def pragma(session: Session, name: str) -> object:
        return session.connection().execute(sa.text(f"pragma {name}")).scalar()

    assert db.look(pragma, "journal_mode") == "wal"
    assert db.look(pragma, "foreign_keys") == 1
    assert db.look(pragma, "busy_timeout") == 10_000
    assert db.look(pragma, "synchronous") == 1


def test_kind_of_database_is_known(database: str) -> None:
    assert db.is_postgres() == (database == "postgres")


def test_one_engine_is_made_however_many_ask_at_once() -> None:
    db.close()
    barrier = threading.Barrier(16)

    def ask() -> sa.Engine:
        barrier.wait()
        return db.engine()

    with ThreadPoolExecutor(16) as pool:
        engines = [pool.submit(ask) for _ in range(16)]
    assert len({id(future.result()) for future in engines}) == 1


async def test_closed_database_opens_again() -> None:
    await db.transaction(add, "a")
    db.close()
    assert await db.read(names) == {"a"}


def test_errors_do_not_quote_what_was_written() -> None:
    def twice(session: Session) -> None:
        for _ in range(2):
            session.connection().execute(
                sa.text(
                    "INSERT INTO account (id, kind, retention, restricted, theme) VALUES (:id, :kind, 'g', NULL, 't')"
                ),
                {"id": "a", "kind": "my prompt"},
            )

    with pytest.raises(exc.IntegrityError) as caught:
        db.run(twice)
    own_words = str(caught.value).partition("DETAIL:")[0] + str(caught.value).partition("[SQL:")[2]
    assert "my prompt" not in own_words


def test_moments_keep_their_zone_and_microseconds() -> None:
    elsewhere = NOW.astimezone(timezone(timedelta(hours=5, minutes=30)))
    db.run(add, "a", elsewhere)
    read = db.look(lambda session: session.get_one(Account, "a")).created_at
    assert read == NOW
    assert read.utcoffset() == timedelta(0)
    assert read.isoformat() == NOW.isoformat()


def test_moment_without_a_zone_is_a_defect() -> None:
    with pytest.raises((AssertionError, exc.StatementError), match="carry their zone"):
        db.run(add, "a", NOW.replace(tzinfo=None))
