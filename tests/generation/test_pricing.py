"""Prices are whole credits, round up, and never grow between the quote and the charge."""

from dataclasses import asdict, replace
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gpt_image_ui.core import config
from gpt_image_ui.credits.caps import CreditSettings
from gpt_image_ui.generation import pricing
from gpt_image_ui.generation.pricing import Line
from gpt_image_ui.providers.interface import VIDEO, ImageRequest, ModelSpec, Quality, Size

MODEL = ModelSpec(
    id="sketch",
    provider="sketch",
    label="Sketch",
    good_for="trying things",
    sizes=(Size("Square", 1000, 1000), Size("Wide", 1500, 1000)),
    qualities=(Quality("low", "Low", 6_000), Quality("medium", "Medium", 42_000), Quality("free", "Free", 0)),
    micros_per_reference=1_000,
    references_max=4,
)


def ask(size: str = "1000x1000", quality: str = "medium", count: int = 1, references: int = 0) -> ImageRequest:
    names = tuple(f"upload-{n}" for n in range(references))
    return ImageRequest("sketch", "a lighthouse", size, quality, count=count, references=names)


def test_one_picture() -> None:
    quoted = pricing.quote(MODEL, ask())
    assert (quoted.total, quoted.each, quoted.lines) == (5, 5, (Line("1 picture x 5", 5),))


def test_several_pictures_and_references_are_told_apart() -> None:
    quoted = pricing.quote(MODEL, ask(count=2, references=2))
    assert quoted.total == 12
    assert quoted.lines == (Line("2 pictures x 5", 10), Line("2 references x 1", 2))


def test_one_reference_is_singular() -> None:
    assert pricing.quote(MODEL, ask(references=1)).lines[1].label == "1 reference x 1"


def test_references_that_cost_nothing_are_not_listed() -> None:
    free = replace(MODEL, micros_per_reference=0)
    assert len(pricing.quote(free, ask(references=2)).lines) == 1


def test_price_follows_pixels_and_rounds_up_for_each_picture() -> None:
    assert pricing.quote(MODEL, ask("1500x1000")).each == 7
    assert pricing.quote(MODEL, ask("1500x1000", count=3)).total == 21
    assert pricing.quote(MODEL, ask("10x10")).each == 1


def test_rounding_up_does_not_overshoot_a_whole_number() -> None:
    exact = replace(MODEL, qualities=(Quality("medium", "Medium", 50_000),))
    assert pricing.quote(exact, ask()).each == 5


def test_free_model_costs_nothing() -> None:
    quoted = pricing.quote(MODEL, ask(quality="free", count=4))
    assert (quoted.total, quoted.each) == (0, 0)
    assert pricing.charge(MODEL, ask(quality="free", count=4), [(1000, 1000)]) == 0


def test_markup_and_worth_of_a_credit_come_from_the_settings() -> None:
    config.override(CreditSettings(markup_percent=20))
    assert pricing.quote(MODEL, ask()).each == 6
    config.override(CreditSettings(markup_percent=20, micros_per_credit=1_000))
    assert pricing.quote(MODEL, ask()).each == 51


def test_quality_that_is_not_offered_has_no_price() -> None:
    with pytest.raises(ValueError, match="no quality 'ultra'"):
        pricing.quote(MODEL, ask(quality="ultra"))


def test_vendors_tariff_takes_the_place_of_area() -> None:
    odd = replace(MODEL, tariff=lambda width, height, quality: 123_000 if (width, height) == (1000, 1000) else 9_000)
    assert pricing.quote(odd, ask(count=2)).total == 26
    assert pricing.charge(odd, ask(count=2), [(1000, 1000), (500, 500)]) == 14


def test_all_delivered_costs_the_quote() -> None:
    request = ask(count=2, references=1)
    assert pricing.charge(MODEL, request, [(1000, 1000)] * 2) == pricing.quote(MODEL, request).total == 11


def test_nothing_delivered_costs_nothing() -> None:
    assert pricing.charge(MODEL, ask(count=2, references=2), []) == 0


def test_part_delivered_costs_its_pictures_and_the_references() -> None:
    assert pricing.charge(MODEL, ask(count=4, references=2), [(1000, 1000)]) == 7


def test_smaller_picture_costs_less() -> None:
    assert pricing.charge(MODEL, ask(), [(500, 500)]) == 2


def test_larger_picture_costs_what_was_quoted_for_it() -> None:
    assert pricing.charge(MODEL, ask(count=2), [(2000, 2000)]) == 5


def test_more_pictures_than_asked_cost_no_more() -> None:
    assert pricing.charge(MODEL, ask(), [(1000, 1000)] * 3) == 5


def test_charge_keeps_to_the_quote_when_prices_rise() -> None:
    request = ask(count=2, references=1)
    kept = asdict(pricing.quote(MODEL, request))
    config.override(CreditSettings(markup_percent=100))
    assert pricing.charge(MODEL, request, [(1000, 1000)], kept) == 6
    assert pricing.charge(MODEL, request, [(1000, 1000)] * 2, kept) == kept["total"]


def test_charge_of_a_model_no_longer_offered_goes_by_the_quote() -> None:
    request = ask(count=2, references=1)
    kept = asdict(pricing.quote(MODEL, request))
    assert pricing.charge(None, request, [(10, 10)], kept) == 6
    assert pricing.charge(None, request, [], kept) == 0


def test_charge_without_model_or_quote_is_a_defect() -> None:
    with pytest.raises(AssertionError, match="from a model or from a quote"):
        pricing.charge(None, ask(), [(1, 1)])


@pytest.mark.parametrize(
    ("charged", "count", "parts"), [(10, 2, [5, 5]), (11, 3, [4, 4, 3]), (1, 2, [1, 0]), (0, 2, [0, 0]), (0, 0, [])]
)
def test_share_adds_up(charged: int, count: int, parts: list[int]) -> None:
    assert pricing.share(charged, count) == parts


sides = st.integers(1, 4096)


@given(
    width=sides, height=sides, count=st.integers(1, 10), references=st.integers(0, 4),
    micros=st.integers(0, 300_000), markup=st.integers(0, 300), worth=st.integers(1, 50_000),
    delivered=st.lists(st.tuples(sides, sides), max_size=12),
)  # fmt: skip
@settings(deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_charge_never_exceeds_the_quote_nor_undershoots_the_cost(
    width: int, height: int, count: int, references: int, micros: int, markup: int, worth: int,
    delivered: list[tuple[int, int]],
) -> None:  # fmt: skip
    config.override(CreditSettings(markup_percent=markup, micros_per_credit=worth))
    model = replace(MODEL, qualities=(Quality("medium", "Medium", micros),))
    request = ask(f"{width}x{height}", count=count, references=references)
    quoted = pricing.quote(model, request)
    assert quoted.total == sum(line.credits for line in quoted.lines)
    exact = Fraction(micros * width * height * (100 + markup), 100_000_000 * worth)
    assert exact <= quoted.each < exact + 1 + Fraction(200 + markup, 100 * worth)
    grown = [pricing.charge(model, request, delivered[:n]) for n in range(len(delivered) + 1)]
    assert all(0 <= less <= more <= quoted.total for less, more in pairwise([*grown, quoted.total]))


def test_a_video_costs_the_seconds_it_lasts_and_never_more_than_quoted():
    model = ModelSpec(
        id="clip",
        provider="p",
        label="Clip",
        good_for="",
        sizes=(Size("16:9", 1000, 1000),),
        qualities=(Quality("medium", "Medium", 100_000),),
        kind=VIDEO,
        seconds=(5, 10),
    )
    request = ImageRequest("clip", "waves", "1000x1000", "medium", seconds=10)
    whole = pricing.quote(model, request).total
    assert whole == 100
    assert pricing.charge(model, request, [(1000, 1000, 10)]) == whole
    assert pricing.charge(model, request, [(1000, 1000, 4)]) == 40
    assert pricing.charge(model, request, [(1000, 1000, 60)]) == whole
