"""The curated examples: complete, well described, and small enough to ship."""

import re

import pytest
from PIL import Image, ImageChops, ImageStat

from gpt_image_ui.examples import catalogue
from gpt_image_ui.providers import registry
from gpt_image_ui.providers.sketching import draw
from gpt_image_ui.web.public import styles

LISTED = catalogue.load()
FOLDER = styles.ASSETS / "examples"


@pytest.mark.parametrize("example", LISTED.examples, ids=lambda example: example.slug)
def test_an_example_is_complete(example: catalogue.Example) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", example.slug)
    assert re.fullmatch(r"#[0-9a-f]{6}", example.colour)
    assert 20 <= len(example.alt) <= 160
    assert 20 <= len(example.prompt) <= 300
    model = registry.get_model(example.model)
    assert model.size(example.size), "it can be asked for again"
    assert model.quality(example.quality)
    for width in example.widths:
        with Image.open(FOLDER / f"{example.file}-{width}.webp") as picture:
            assert picture.width == width
            assert abs(picture.height - width * example.height / example.width) <= 1


def test_slugs_and_titles_differ() -> None:
    assert len({e.slug for e in LISTED.examples}) == len({e.title for e in LISTED.examples}) == len(LISTED.examples)


def test_the_landing_page_names_only_examples_that_exist() -> None:
    named = [*LISTED.starts, *(slug for column in LISTED.wall for slug in column)]
    assert all(LISTED.find(slug) for slug in named)
    assert len(LISTED.starts) == 3


def test_others_of_the_same_kind_come_first() -> None:
    example = LISTED.examples[0]
    others = LISTED.list_like(example, len(LISTED.examples))
    assert example not in others
    same = [other.kind == example.kind for other in others]
    assert same == sorted(same, reverse=True)


def test_the_pictures_fit_their_budget_and_none_is_left_over() -> None:
    files = set(FOLDER.glob("*"))
    assert {f.name for f in files} == {f"{e.file}-{w}.webp" for e in LISTED.examples for w in e.widths}
    assert sum(f.stat().st_size for f in files) <= 2_500_000


@pytest.mark.parametrize("slug", LISTED.starts)
def test_an_example_is_what_its_words_and_seed_still_draw(slug: str) -> None:
    example = LISTED.get(slug)
    drawn = draw.draw(example.prompt, example.width, example.height, example.seed, example.quality)
    with Image.open(FOLDER / f"{example.file}-320.webp") as kept:
        # At this size grain and packing are gone and the drawing is left.
        size = (40, round(40 * example.height / example.width))
        ours, theirs = (p.convert("RGB").resize(size, Image.Resampling.BOX) for p in (drawn, kept))
    difference = max(ImageStat.Stat(ImageChops.difference(ours, theirs)).mean)
    assert difference < 4, "the drawing has changed: run python -m gpt_image_ui.examples.build"
