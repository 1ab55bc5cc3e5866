"""Whole credits and whole micro-units, and how they read."""

import pytest

from gpt_image_ui.core import money


@pytest.mark.parametrize(
    ("micros", "worth", "credits"), [(0, 10_000, 0), (1, 10_000, 1), (10_000, 10_000, 1), (10_001, 10_000, 2)]
)
def test_credits_round_up(micros: int, worth: int, credits: int) -> None:
    assert money.credits_for(micros, worth) == credits


def test_large_amounts_are_exact() -> None:
    assert money.credits_for(10**18 + 1, 10) == 10**17 + 1


@pytest.mark.parametrize(("micros", "worth"), [(-1, 10), (1, 0)])
def test_impossible_prices_are_defects(micros: int, worth: int) -> None:
    with pytest.raises(AssertionError):
        money.credits_for(micros, worth)


@pytest.mark.parametrize(
    ("amount", "text"), [(0, "0 credits"), (1, "1 credit"), (-1, "-1 credit"), (1284, "1,284 credits")]
)
def test_credits_text(amount: int, text: str) -> None:
    assert money.credits_text(amount) == text


@pytest.mark.parametrize(
    ("micros", "text"),
    [
        (0, "$0.00"),
        (20, "under $0.0001"),
        (100, "$0.0001"),
        (5_900, "$0.0059"),
        (9_999, "$0.0100"),
        (10_000, "$0.01"),
        (15_000, "$0.02"),
        (50_000, "$0.05"),
        (1_234_567_890, "$1,234.57"),
        (-3_000_000, "-$3.00"),
        (-500, "-$0.0005"),
    ],
)
def test_dollars_text(micros: int, text: str) -> None:
    assert money.dollars_text(micros) == text
