"""The panel's words about one picture."""

from dataclasses import replace

import pytest

from gpt_image_ui.core import db
from gpt_image_ui.gallery import images
from gpt_image_ui.providers.interface import ImageRequest
from gpt_image_ui.web.components import picture_view
from gpt_image_ui.web.components.picture_view import Setting
from tests.gallery import pictures

ASKED = {"model": "sketch", "prompt": "Two robins", "size": "1536x1024", "quality": "high", "count": 2, "seed": 7}


def view(database: str, **changed: object) -> picture_view.PictureView:
    image_id = pictures.add("1" * 32, request=ASKED, model="sketch", **changed)
    return picture_view.build(db.run(images.get, pictures.ANNA, image_id), None, {})


def test_a_difference_is_marked_and_said(database: str):
    shown = view(database)
    size = next(setting for setting in shown.settings if setting.name == "Size")
    assert size == Setting("Size", "1536 × 1024", "1024 × 1024", True)
    assert shown.difference.startswith("Asked for 1536 × 1024, got 1024 × 1024.")


def test_what_came_as_asked_is_not_marked(database: str):
    shown = view(database, derived=pictures.derived(1536, 1024))
    assert shown.difference == ""
    assert not any(setting.differs for setting in shown.settings)


def test_a_reference_that_is_gone_keeps_its_number(database: str):
    image_id = pictures.add("1" * 32, request={**ASKED, "references": ["kept", "gone"]}, model="sketch")
    shown = picture_view.build(db.run(images.get, pictures.ANNA, image_id), None, {"kept": "Pear"})
    assert [(ref.number, ref.src) for ref in shown.references] == [(1, "/media/uploads/kept"), (2, "")]


def test_a_variation_costs_one_picture_or_is_not_offered():
    asked = ImageRequest("sketch", "Two robins", "1024x1024", "high", count=4)
    assert picture_view.variation_price(asked) == 3
    assert picture_view.variation_price(replace(asked, model="retired")) is None


@pytest.mark.parametrize(
    ("size", "text"), [(1, "1 kB"), (840_000, "840 kB"), (999_999, "1000 kB"), (3_400_000, "3.4 MB")]
)
def test_sizes_read_short(size: int, text: str):
    assert picture_view.size_text(size) == text
