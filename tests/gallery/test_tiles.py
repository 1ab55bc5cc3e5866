"""Tiles that are not there yet, or not any more, are made from the original when they are asked for."""

from io import BytesIO

import pytest
from PIL import Image as Pictures

from gpt_image_ui.gallery import tiles
from gpt_image_ui.gallery.tables import Image
from gpt_image_ui.storage import store
from gpt_image_ui.storage.interface import MissingError
from tests.gallery import corpus

KEY = "images/someone/job/0"


@pytest.fixture(autouse=True)
async def _folder():
    yield
    await store.close()


def row() -> Image:
    return Image(key=KEY)  # type: ignore[call-arg]


@pytest.mark.parametrize("width", [320, 960])
async def test_a_missing_tile_is_made_once_and_kept(width: int):
    await store.get().put(KEY, corpus.png((1536, 1024)), "image/png")
    made = await tiles.read(row(), width)
    assert Pictures.open(BytesIO(made)).size[0] == width
    assert await store.get().get(f"{KEY}.{width}") == made
    await store.get().put(f"{KEY}.{width}", b"kept", "image/webp")
    assert await tiles.read(row(), width) == b"kept"


async def test_without_an_original_there_is_no_tile():
    with pytest.raises(MissingError):
        await tiles.read(row(), 960)


async def test_an_original_that_cannot_be_opened_has_no_tile():
    await store.get().put(KEY, b"no picture", "image/png")
    with pytest.raises(MissingError):
        await tiles.read(row(), 640)
