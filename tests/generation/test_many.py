"""A thousand jobs that wait at a provider, and two workers on one database."""

import asyncio
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlmodel import col

from gpt_image_ui import invariants, worker
from gpt_image_ui.accounts import guests
from gpt_image_ui.core import config, db, ids
from gpt_image_ui.credits import ledger
from gpt_image_ui.generation import follow, submit, validate
from gpt_image_ui.generation.tables import Job
from gpt_image_ui.jobs import lifecycle
from gpt_image_ui.moderation.check import Decision
from gpt_image_ui.providers.interface import Pending
from tests.generation.scripted import REQUEST, Tasks
from tests.generation.several import install

ROOT = Path(__file__).resolve().parents[2]
PENDING_JOBS = 1000
SHARED_JOBS = 24


class Patient(Tasks):
    """Tasks that are ready all at once, when the test says so."""

    lane = 16
    done = False

    async def poll(self, call, task, position):
        self.polled.append(task)
        return await super().poll(call, task, position) if self.done else Pending((task,))


def queue(jobs: int, accounts: int) -> None:
    """Queued jobs that no engine knows yet, as after a restart."""

    def record(session) -> None:
        allow = Decision("allow", "", "", "rules", "", {})
        model, request = validate.check(REQUEST)
        for _ in range(accounts):
            account = guests.create_guest(session, ids.new_secret())
            ledger.grant(session, account, 10_000, f"grant:test:{account}")
            for _ in range(jobs // accounts):
                submit._record(session, account, ids.new_id(), model, request, None, allow, False)

    db.run(record)


def count(*statuses: str) -> int:
    query = sa.select(sa.func.count()).select_from(Job).where(col(Job.status).in_(statuses))
    return db.look(lambda session: session.execute(query).scalar_one())


async def until(true, seconds: float) -> None:
    for _ in range(int(seconds / 0.1)):
        if true():
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"not within {seconds} s: {count(*lifecycle.OPEN)} jobs open")


def resident_bytes() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_a_thousand_waiting_jobs_cost_no_threads_and_little_memory(database, monkeypatch):
    provider = Patient()
    install(monkeypatch, provider)
    monkeypatch.setattr(follow, "_PACE", ((float("inf"), 5.0),))
    queue(PENDING_JOBS, 10)
    async with worker.running(execute=True):
        await until(lambda: len(provider.created) >= 50, 30)
        threads, memory = threading.active_count(), resident_bytes()
        await until(lambda: len(set(provider.polled)) == PENDING_JOBS, 120)
        assert count(lifecycle.RUNNING) == PENDING_JOBS
        assert threading.active_count() <= threads + 8
        assert resident_bytes() - memory < 60 * 1024**2
        provider.done = True
        await until(lambda: count(*lifecycle.OPEN) == 0, 120)
    assert count(lifecycle.DONE) == PENDING_JOBS
    assert len(provider.created) == PENDING_JOBS
    assert db.look(invariants.check_tables) == []


@pytest.mark.parametrize("database", ["postgres"], indirect=True)
def test_two_workers_on_one_database_never_run_one_job_twice(database, tmp_path, monkeypatch):
    provider = Tasks()
    install(monkeypatch, provider)
    queue(SHARED_JOBS, 3)
    journal = tmp_path / "calls"
    url = config.get(config.DatabaseSettings).resolved_url().replace("postgresql+psycopg", "postgresql")
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "GPT_IMAGE_UI_SERVER_PUBLIC_URL": "https://studio.example",
        "JOURNAL": str(journal),
    }
    command = [sys.executable, "-m", "tests.generation.shared_work"]
    workers = [subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE) for _ in range(2)]
    for process in workers:
        _, said = process.communicate(timeout=100)
        assert process.returncode == 0, said.decode()
    lines = journal.read_text().split("\n")[:-1]
    created = [line.split()[1] for line in lines]
    assert len(created) == len(set(created)) == SHARED_JOBS
    assert len({line.split()[0] for line in lines}) == 2, "both took part"
    assert count(lifecycle.DONE) == SHARED_JOBS
    assert db.look(invariants.check_tables) == []
