"""What a picture can be compared with, and which two of a selection are."""

from collections.abc import AsyncIterator

import pytest

from gpt_image_ui.core import db
from gpt_image_ui.core.errors import NotFoundError
from gpt_image_ui.gallery import images, uploads
from gpt_image_ui.storage import store
from gpt_image_ui.web.components.compare import CompareState, Pair
from gpt_image_ui.web.components.picture_state import PictureState
from tests.gallery import corpus, pictures
from tests.web.tabs import Tab, send

ASKED = {"model": "sketch", "prompt": "Two robins", "size": "1024x1024", "quality": "low"}


@pytest.fixture
async def tab(database: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Tab]:
    yield Tab(monkeypatch)
    await store.close()


async def test_a_picture_with_its_references_and_the_one_before_of_the_same_prompt(tab: Tab):
    kept = await uploads.accept(tab.account_id, "Pear", once(corpus.png()))
    earlier = add(tab, 1, prompt="Two robins")
    add(tab, 2, prompt="A harbour")
    image_id = add(tab, 3, prompt="Two robins", request={**ASKED, "references": [kept.id, "gone"], "mask": "gone"})
    state = await tab.state(CompareState)
    await send(state, "compare", image_id)
    assert [(side.name, side.src) for side in state.pair.left] == [
        ("Reference 1: Pear", f"/media/uploads/{kept.id}?full=1"),
        ("Before: Two robins", f"/media/{earlier}/original"),
    ]
    assert (state.pair.right.src, state.pair.right.width) == (f"/media/{image_id}/original", 1024)
    await send(state, "leave_compare")
    assert state.pair == Pair()


async def test_the_large_view_offers_only_what_can_be_done(tab: Tab):
    large = await tab.state(PictureState)
    alone = add(tab, 1, prompt="Two robins", request=ASKED)
    await send(large, "show", alone)
    assert (large.picture.mask, large.picture.compare) == (True, False)
    await send(large, "show", add(tab, 2, prompt="Two robins", request=ASKED))
    assert large.picture.compare
    await send(large, "show", add(tab, 3, request=ASKED, derived=pictures.filmed(5000)))
    assert (large.picture.mask, large.picture.compare) == (False, False)


async def test_what_is_deleted_far_back_or_another_s_is_not_the_one_before(tab: Tab, monkeypatch: pytest.MonkeyPatch):
    add(tab, 1, account=pictures.BORIS)
    gone = add(tab, 2)
    db.run(images.delete, tab.account_id, [gone])
    image = db.run(images.get, tab.account_id, add(tab, 3))
    assert db.run(images.find_earlier, image) is None
    later = db.run(images.get, tab.account_id, add(tab, 4))
    found = db.run(images.find_earlier, later)
    assert found is not None
    assert found.id == image.id
    monkeypatch.setattr(images, "_EARLIER_MAX", 0)
    assert db.run(images.find_earlier, later) is None


async def test_two_of_a_selection_the_older_on_the_left(tab: Tab):
    state = await tab.state(CompareState)
    older, newer, third = (add(tab, number, prompt=f"Picture {number}") for number in (1, 2, 3))
    await send(state, "select", True, older, newer)
    await send(state, "compare_chosen")
    assert ([side.name for side in state.pair.left], state.pair.right.name) == (["Picture 1"], "Picture 2")
    state.pair = Pair()
    await send(state, "select", True, third, third)
    await send(state, "compare_chosen")
    assert state.pair == Pair()


async def test_another_s_picture_and_a_video_are_not_compared(tab: Tab):
    state = await tab.state(CompareState)
    for image_id in (add(tab, 1, account=pictures.BORIS), add(tab, 2, derived=pictures.filmed(5000))):
        with pytest.raises(NotFoundError):
            await send(state, "compare", image_id)
    assert state.pair == Pair()


def add(tab: Tab, number: int, **changed: object) -> int:
    return pictures.add(f"{number:032x}", **{"account": tab.account_id, **changed})


async def once(data: bytes) -> AsyncIterator[bytes]:
    yield data
