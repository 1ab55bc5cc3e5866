"""Selections as ranges of ids."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpt_image_ui.core import db
from gpt_image_ui.core.errors import NotFoundError, UserFacingError
from gpt_image_ui.gallery import feed, images
from gpt_image_ui.gallery.feed import WallFilter
from gpt_image_ui.web.components.picture_state import whole_number
from gpt_image_ui.web.components.selection_state import SelectionState, change
from tests.gallery import pictures
from tests.web.tabs import Tab, send

steps = st.lists(st.tuples(st.booleans(), st.integers(0, 40), st.integers(0, 12)), max_size=30)


@given(steps)
def test_ranges_are_what_a_set_would_be(done: list[tuple[bool, int, int]]):
    ranges: list[list[int]] = []
    ids: set[int] = set()
    for add, low, length in done:
        span = set(range(low, low + length + 1))
        ids = ids | span if add else ids - span
        ranges = change(ranges, add, low, low + length)
    assert {number for first, last in ranges for number in range(first, last + 1)} == ids
    assert ranges == sorted(ranges)
    assert all(last + 1 < first for (_, last), (first, _) in pairwise(ranges))


@pytest.mark.parametrize("value", [None, True, {}, [], 1.5, "x", "1e3"])
def test_what_is_no_id_is_nobody_s_picture(value: object):
    with pytest.raises(NotFoundError):
        whole_number(value)


@pytest.fixture
async def wall(database: str, monkeypatch: pytest.MonkeyPatch):
    tab = Tab(monkeypatch)
    return tab, await tab.state(SelectionState)


async def test_only_what_is_there_and_one_s_own_counts(wall):
    tab, state = wall
    mine = [pictures.add(f"{i:032x}", account=tab.account_id) for i in range(3)]
    pictures.add("9" * 32, account=pictures.BORIS)
    await send(state, "select", True, 0, max(mine) + 100)
    assert state.chosen == 3


async def test_all_chosen_are_deleted_and_undo_brings_them_back(wall):
    tab, state = wall
    mine = [pictures.add(f"{i:032x}", account=tab.account_id) for i in range(3)]
    theirs = pictures.add("9" * 32, account=pictures.BORIS)
    await send(state, "select", True, 0, theirs + 1)
    await send(state, "delete_chosen")
    assert db.run(feed.count, tab.account_id, WallFilter()) == 0
    assert db.run(images.get, pictures.BORIS, theirs)
    assert (state.chosen, state.deleted.text) == (0, "Deleted 3.")
    await send(state, "restore")
    assert db.run(feed.count, tab.account_id, WallFilter()) == len(mine)


async def test_rating_reaches_every_chosen_picture_and_no_other(wall):
    tab, state = wall
    first, second = (pictures.add(f"{i:032x}", account=tab.account_id) for i in range(2))
    await send(state, "select", True, second, second)
    await send(state, "rate_chosen", 4)
    assert [db.run(images.get, tab.account_id, one).rating for one in (first, second)] == [0, 4]


async def test_a_rating_that_is_none_changes_nothing(wall):
    tab, state = wall
    one = pictures.add("1" * 32, account=tab.account_id)
    await send(state, "select", True, one, one)
    with pytest.raises(UserFacingError):
        await send(state, "rate_chosen", 9)
    assert db.run(images.get, tab.account_id, one).rating == 0


async def test_a_dead_session_deletes_nothing(wall):
    tab, state = wall
    one = pictures.add("1" * 32, account=tab.account_id)
    await send(state, "select", True, one, one)
    tab.leave()
    with pytest.raises(UserFacingError, match="session has ended"):
        await send(state, "delete_chosen")
    assert db.run(images.get, tab.account_id, one)
