"""Token buckets: a burst, then a trickle, each caller on its own."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from gpt_image_ui.core import rate_limit
from gpt_image_ui.core.errors import UserFacingError
from gpt_image_ui.core.rate_limit import Rate

RATE = Rate("sample", burst=3, every_seconds=10)


class Ticks:
    """Stands in for the machine's monotonic clock."""

    now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def ticks(monkeypatch: pytest.MonkeyPatch) -> Ticks:
    made = Ticks()
    monkeypatch.setattr(rate_limit, "time", made)
    return made


def take(count: int, who: str = "a", rate: Rate = RATE) -> int:
    """How many of `count` calls are let through."""
    passed = 0
    for _ in range(count):
        try:
            rate_limit.take(rate, who)
        except UserFacingError:
            continue
        passed += 1
    return passed


def test_burst_then_trickle(ticks: Ticks) -> None:
    assert take(5) == 3
    ticks.now += 10
    assert take(5) == 1
    ticks.now += 1000
    assert take(5) == 3


def test_callers_and_rates_do_not_share(ticks: Ticks) -> None:
    assert take(3) == 3
    assert take(3, "b") == 3
    assert take(2, "a", Rate("other", 2, 10)) == 2


@pytest.mark.parametrize("elapsed", [0.0, 3.4, 8.6, 9.99])
def test_whoever_waits_as_told_is_let_in(ticks: Ticks, elapsed: float) -> None:
    take(3)
    ticks.now += elapsed
    with pytest.raises(UserFacingError) as caught:
        rate_limit.take(RATE, "a")
    assert (caught.value.status, caught.value.code) == (429, "rate_limited")
    assert caught.value.retry_after_seconds is not None
    assert f"in {caught.value.retry_after_seconds} s" in caught.value.message
    ticks.now += caught.value.retry_after_seconds
    assert take(1) == 1


def test_refused_calls_do_not_push_the_next_one_away(ticks: Ticks) -> None:
    take(50)
    ticks.now += 10
    assert take(1) == 1


def test_table_does_not_grow_without_end(ticks: Ticks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate_limit, "_KEYS_MAX", 5)
    take(3, "old")
    for n in range(5):
        take(1, f"new {n}")
    assert len(rate_limit._buckets) == 5
    assert take(3, "new 4") == 2


def test_threads_get_no_more_than_the_burst(ticks: Ticks) -> None:
    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(lambda _: take(20), range(16))) == 3


def test_reset_forgets(ticks: Ticks) -> None:
    take(3)
    rate_limit.reset()
    assert take(5) == 3
