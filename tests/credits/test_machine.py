"""The ledger against a model of it in plain Python, over every order of acts that hypothesis can think of."""

from datetime import UTC, date, datetime, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from gpt_image_ui.core import clock, db
from gpt_image_ui.core.errors import UserFacingError
from gpt_image_ui.credits import caps, ledger

_names = count()
amounts = st.integers(0, 60)
limits = st.none() | st.integers(0, 90)
jobs = st.integers(0, 9).map(lambda n: f"job-{n}")


class LedgerMachine(RuleBasedStateMachine):
    """One account. The model knows balances, counters, holds and facts, and nothing of SQL."""

    @initialize()
    def open(self) -> None:
        self.name = f"account-{next(_names)}"
        self.now = datetime(2026, 1, 30, 22, tzinfo=UTC)
        clock.set_source(lambda: self.now)
        self.available = self.reserved = self.day_used = self.month_used = 0
        self.day = self.now.date()
        self.caps: tuple[int | None, int | None, int | None] = (None, None, None)
        self.holds: dict[str, int] = {}
        self.days: dict[str, date] = {}
        self.closed: set[str] = set()
        self.facts: set[str] = set()
        db.run(ledger.open_wallet, self.name)

    @rule(amount=amounts, fact=st.integers(0, 12))
    def grant(self, amount: int, fact: int) -> None:
        done = db.run(ledger.grant, self.name, amount, f"{self.name}:{fact}")
        assert done == (amount > 0 and f"{fact}" not in self.facts)
        if done:
            self.facts.add(f"{fact}")
            self.available += amount

    @rule(amount=amounts, fact=st.integers(0, 12))
    def claw_back(self, amount: int, fact: int) -> None:
        done = db.run(ledger.claw_back, self.name, amount, f"{self.name}:{fact}")
        assert done == (amount > 0 and f"{fact}" not in self.facts)
        if done:
            self.facts.add(f"{fact}")
            self.available -= amount

    @rule(job=jobs, amount=amounts)
    def reserve(self, job: str, amount: int) -> None:
        if job in self.days:
            amount = self.holds[job]
        expected = self._expect(job, amount)
        try:
            outcome = str(db.run(ledger.reserve, self.name, f"{self.name}-{job}", amount))
        except UserFacingError as error:
            outcome = error.code
        assert outcome == expected
        if outcome == "True":
            self._turn_day()
            self.available -= amount
            self.reserved += amount
            self.day_used += amount
            self.month_used += amount
            self.holds[job], self.days[job] = amount, self.day

    @rule(job=jobs, part=st.integers(0, 100))
    def settle(self, job: str, part: int) -> None:
        amount = self.holds.get(job, 0) * part // 100
        assert db.run(ledger.settle, f"{self.name}-{job}", amount) == self._is_open(job)
        self._end(job, amount)

    @rule(job=jobs)
    def release(self, job: str) -> None:
        assert db.run(ledger.release, f"{self.name}-{job}") == self._is_open(job)
        self._end(job, 0)

    @rule(job=limits, day=limits, month=limits)
    def set_caps(self, job: int | None, day: int | None, month: int | None) -> None:
        db.run(caps.set_caps, self.name, job, day, month)
        self.caps = (job, day, month)

    @rule(hours=st.sampled_from([-3, 1, 5, 24, 24 * 15]))
    def pass_time(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @invariant()
    def agrees(self) -> None:
        position = db.look(ledger.find_position, self.name)
        assert (position.available, position.reserved) == (self.available, self.reserved)
        assert (position.day_used, position.month_used) == self._used()
        assert (position.cap_job, position.cap_day, position.cap_month) == self.caps
        assert self.reserved == sum(amount for job, amount in self.holds.items() if self._is_open(job))

    @invariant()
    def is_sound(self) -> None:
        assert db.look(ledger.verify, self.name) == []

    def _expect(self, job: str, amount: int) -> str:
        if amount == 0 or job in self.days:
            return "False"
        used = (0, *self._used())
        over = [cap is not None and amount + before > cap for cap, before in zip(self.caps, used, strict=True)]
        for code, is_over in (("cap_job", over[0]), ("cap_month", over[2]), ("cap_day", over[1])):
            if is_over:
                return code
        return "True" if amount <= self.available else "too_few_credits"

    def _used(self) -> tuple[int, int]:
        today = self.now.date()
        this_month = (self.day.year, self.day.month) >= (today.year, today.month)
        return self.day_used if self.day >= today else 0, self.month_used if this_month else 0

    def _turn_day(self) -> None:
        today = self.now.date()
        if today > self.day:
            self.day_used = 0
            if (today.year, today.month) != (self.day.year, self.day.month):
                self.month_used = 0
            self.day = today

    def _is_open(self, job: str) -> bool:
        return job in self.days and job not in self.closed

    def _end(self, job: str, settled: int) -> None:
        if not self._is_open(job):
            return
        self.closed.add(job)
        rest = self.holds[job] - settled
        self.reserved -= self.holds[job]
        self.available += rest
        self.day_used -= rest if self.days[job] == self.day else 0
        same_month = (self.days[job].year, self.days[job].month) == (self.day.year, self.day.month)
        self.month_used -= rest if same_month else 0


@pytest.mark.usefixtures("held_clock")
def test_ledger_agrees_with_the_model(database: str) -> None:
    examples = 40 if database == "sqlite" else 15
    run_state_machine_as_test(
        LedgerMachine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=40,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
    assert db.look(ledger.verify) == []
