"""The library's search: facets, the count, and the one that leaves nothing."""

import pytest

from gpt_image_ui.core.errors import UserFacingError
from gpt_image_ui.web.pages.library.state import LibraryState
from tests.gallery import pictures
from tests.web.tabs import Tab, send


@pytest.fixture
async def library(database: str, monkeypatch: pytest.MonkeyPatch):
    tab = Tab(monkeypatch)
    pictures.add("1" * 32, account=tab.account_id, prompt="A red fox in snow")
    pictures.add("2" * 32, account=tab.account_id, prompt="A harbour at dawn", derived=pictures.derived(1536, 1024))
    return tab, await tab.state(LibraryState)


async def test_words_and_facets_narrow_together(library):
    _, state = library
    await send(state, "set_facet", "q", "fox snow")
    assert (state.found, state.query) == (1, "q=fox+snow")
    await send(state, "set_facet", "shape", "landscape")
    assert state.found == 0


async def test_an_empty_search_names_the_facet_that_empties_it(library):
    _, state = library
    await send(state, "set_facet", "q", "fox")
    await send(state, "set_facet", "rating", "4")
    assert state.blame == "rating"
    assert state.blame_line == "Rating 4 or more removes the last one."
    assert state.blame_action == "Clear rating"


async def test_a_filter_no_one_offers_is_dropped_with_words(library):
    _, state = library
    with pytest.raises(UserFacingError, match="Remove it"):
        await send(state, "set_facet", "shape", "hexagon")
    assert state.query == ""


async def test_a_new_search_lets_the_selection_go(library):
    _tab, state = library
    await send(state, "select", True, 1, 99)
    assert state.chosen == 2
    await send(state, "set_facet", "q", "fox")
    assert (state.chosen, state.ranges) == (0, [])


async def test_a_selection_reaches_no_further_than_the_search(library):
    _, state = library
    await send(state, "set_facet", "q", "fox")
    await send(state, "select", True, 0, 10**9)
    assert state.chosen == 1
