"""The prompt tools below the screen: what is shown, what is charged, and whose pictures are read."""

import asyncio

import pytest

from gpt_image_ui.core import db, http
from gpt_image_ui.core.errors import UserFacingError
from gpt_image_ui.credits import ledger
from gpt_image_ui.prompting import tools
from gpt_image_ui.prompting.tools import Suggestion
from gpt_image_ui.prompting.writers import rules
from gpt_image_ui.prompting.writers.interface import WriterError, Written
from gpt_image_ui.web.pages.studio.words_state import WordsState
from tests.gallery import pictures
from tests.web.tabs import Tab, send
from tests.web.test_studio_state import png


@pytest.fixture
async def words(database: str, monkeypatch: pytest.MonkeyPatch):
    tab = Tab(monkeypatch)
    return tab, await tab.state(WordsState)


def available(tab: Tab) -> int:
    return db.run(ledger.find_position, tab.account_id).available


def priced(monkeypatch: pytest.MonkeyPatch, credits: int) -> None:
    monkeypatch.setattr(tools, "offered", lambda: tools.Tool(True, credits, "", ""))


async def test_improving_shows_the_difference_and_touches_no_field(words):
    _, state = words
    await send(state, "improve", "A lighthouse")
    assert "".join(part.old for part in state.shown.parts).strip() == "A lighthouse"
    assert "lighthouse" in "".join(part.new for part in state.shown.parts)
    assert (state.doing, state.problem, state.shown.cost) == ("", "", "Free.")
    assert state.shown.remark.startswith(rules.REMARK)


async def test_a_use_costs_what_was_shown_and_says_so(words, monkeypatch: pytest.MonkeyPatch):
    tab, state = words
    priced(monkeypatch, 3)
    before = available(tab)
    await send(state, "improve", "A lighthouse")
    assert before - available(tab) == 3
    assert state.shown.cost == "Cost 3 credits."
    assert tab.account_id in tab.pushed


async def test_a_writer_that_fails_costs_nothing_and_says_where_the_words_are(words, monkeypatch: pytest.MonkeyPatch):
    tab, state = words
    priced(monkeypatch, 3)

    async def fails(prompt: str) -> Written:
        raise WriterError(prompt)

    monkeypatch.setattr(rules, "improve", fails)
    before = available(tab)
    await send(state, "improve", "A lighthouse")
    assert available(tab) == before
    assert "3 credits returned. Your words are as they were." in state.problem
    assert (state.doing, state.shown.stamp) == ("", "")


async def test_what_the_rules_forbid_is_refused_in_words(words):
    _, state = words
    await send(state, "improve", "")
    assert "Write an idea first. Nothing was charged." in state.problem
    await send(state, "discard")
    assert state.problem == ""


@pytest.mark.parametrize("words_", [{}, None, 7, [], "x" * 100_000], ids=["map", "none", "number", "list", "long"])
async def test_strange_words_end_in_a_sentence_or_a_suggestion(words, words_: object):
    _, state = words
    await send(state, "improve", words_)
    assert bool(state.problem) != bool(state.shown.stamp)
    assert state.doing == ""


async def test_two_presses_at_once_are_one_use(words, monkeypatch: pytest.MonkeyPatch):
    _, state = words
    asked: list[str] = []
    go = asyncio.Event()

    async def slow(_account: str, nonce: str, _words: str) -> Suggestion:
        asked.append(nonce)
        await go.wait()
        return Suggestion("A lighthouse", [], "", 0)

    monkeypatch.setattr(tools, "improve", slow)
    first = asyncio.create_task(send(state, "improve", "A lighthouse"))
    await asyncio.sleep(0.05)
    await send(state, "improve", "A lighthouse")
    go.set()
    await first
    assert len(asked) == 1


async def test_another_s_picture_and_upload_are_not_read(words):
    _, state = words
    theirs = pictures.add("1" * 32, account=pictures.BORIS)
    await send(state, "describe_picture", theirs)
    assert state.problem
    await send(state, "describe_upload", "f" * 32)
    assert state.problem
    assert state.shown.stamp == ""


async def test_a_picture_at_an_address_is_described_and_not_kept(words, monkeypatch: pytest.MonkeyPatch):
    _, state = words

    async def fetch(url: str, **_limits) -> tuple[bytes, str]:
        assert url == "https://example.com/a.png"
        return png(), "image/png"

    monkeypatch.setattr(http, "fetch", fetch)
    await send(state, "describe_address", " https://example.com/a.png ")
    assert state.problem == ""
    assert state.shown.parts[0].old == ""
    assert "picture" in state.shown.parts[0].new


async def test_an_address_inside_is_refused_and_costs_nothing(words, monkeypatch: pytest.MonkeyPatch):
    tab, state = words
    priced(monkeypatch, 3)
    before = available(tab)
    await send(state, "describe_address", "http://127.0.0.1/secret.png")
    assert "Nothing was charged. Upload it instead." in state.problem
    assert available(tab) == before


async def test_a_dead_session_asks_nobody(words):
    tab, state = words
    tab.leave()
    with pytest.raises(UserFacingError, match="Your session has ended"):
        await send(state, "improve", "A lighthouse")
