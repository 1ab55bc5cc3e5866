"""Sent prompts and templates: what is listed, used again, kept and deleted, and whose they are."""

import pytest

from gpt_image_ui.core import db
from gpt_image_ui.core.errors import NotFoundError
from gpt_image_ui.generation import submit
from gpt_image_ui.prompting import history, templates
from gpt_image_ui.providers.interface import ImageRequest
from gpt_image_ui.web.pages.studio.prompts_state import PromptsState
from gpt_image_ui.web.pages.studio.state import StudioState
from tests.gallery import pictures
from tests.web.tabs import Tab, send
from tests.web.test_studio_state import Sent

ASKED = ImageRequest("sketch", "Two robins", "1536x1024", "high", count=2)


@pytest.fixture
async def prompts(database: str, monkeypatch: pytest.MonkeyPatch):
    tab = Tab(monkeypatch)
    db.run(history.note, tab.account_id, ASKED)
    state = await tab.state(PromptsState)
    await send(state, "open")
    return tab, state


async def test_an_accepted_create_is_listed_and_a_refused_one_is_not(prompts, monkeypatch: pytest.MonkeyPatch):
    tab, state = prompts
    studio = await tab.state(StudioState)
    monkeypatch.setattr(submit, "submit", Sent().submit)
    await send(studio, "create", {"prompt": "A pear", "nonce": "n1"})
    monkeypatch.setattr(submit, "submit", Sent("Blocked. Nothing was charged.").submit)
    await send(studio, "create", {"prompt": "A knife", "nonce": "n2"})
    await send(state, "open")
    assert [entry.prompt for entry in state.entries] == ["A pear", "Two robins"]


async def test_a_prompt_is_listed_with_its_settings_and_used_again_with_them(prompts):
    tab, state = prompts
    assert state.entries[0].line == "Sketch, 1536 × 1024, high, 2 pictures"
    studio = await tab.state(StudioState)
    await send(studio, "use_again", state.entries[0].id)
    assert (studio.settings.size, studio.settings.quality, studio.settings.count) == ("1536x1024", "high", 2)
    assert studio.fill.text == "Two robins"


async def test_search_pin_and_delete(prompts):
    tab, state = prompts
    db.run(history.note, tab.account_id, ImageRequest("sketch", "A pear", "1024x1024", "low"))
    await send(state, "search", "robin TWO")
    assert [entry.prompt for entry in state.entries] == ["Two robins"]
    await send(state, "pin", state.entries[0].id, True)
    await send(state, "search", "")
    assert [(entry.prompt, entry.pinned) for entry in state.entries] == [("Two robins", True), ("A pear", False)]
    await send(state, "delete", state.entries[0].id)
    assert [entry.prompt for entry in state.entries] == ["A pear"]


async def test_another_s_prompts_and_templates_are_out_of_reach(prompts):
    tab, state = prompts
    db.run(history.note, pictures.BORIS, ASKED)
    theirs = db.run(history.list_entries, pictures.BORIS)[0].id
    kept = db.run(templates.save, pictures.BORIS, "Mine", "A {thing}").id
    for handler, values in (("pin", (theirs, True)), ("delete", (theirs,)), ("remove", (kept,))):
        with pytest.raises(NotFoundError):
            await send(state, handler, *values)
    with pytest.raises(NotFoundError):
        await send(await tab.state(StudioState), "use_again", theirs)


async def test_a_template_is_kept_used_and_deleted(prompts):
    _, state = prompts
    await send(state, "save", "  My   lamp ", "A {colour} lamp")
    mine = state.templates[0]
    assert (mine.name, mine.own) == ("My lamp", True)
    await send(state, "use", mine.id)
    assert (state.chosen.text, bool(state.chosen.stamp)) == ("A {colour} lamp", True)
    await send(state, "remove", mine.id)
    assert not any(template.own for template in state.templates)


async def test_a_template_without_words_is_refused_beside_the_field(prompts):
    _, state = prompts
    await send(state, "save", "Empty", "")
    assert "Your words are as they were." in state.problem
    assert not any(template.own for template in state.templates)
