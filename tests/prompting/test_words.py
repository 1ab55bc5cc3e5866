"""Differences, templates and history."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpt_image_ui.accounts import guests
from gpt_image_ui.core import db, ids
from gpt_image_ui.core.errors import NotFoundError, UserFacingError
from gpt_image_ui.prompting import changes, history, templates
from gpt_image_ui.providers.interface import ImageRequest

WORDS = st.lists(st.sampled_from(["a", "red", "boat", "at", "sea,", "dusk"]), max_size=12).map(" ".join)


@pytest.fixture
def account(database: str) -> str:
    return db.run(guests.create_guest, ids.new_secret())


@given(WORDS, WORDS)
def test_parts_lead_from_one_text_to_the_other(old: str, new: str):
    parts = changes.between(old, new)
    assert changes.apply(parts, set()) == old
    assert changes.apply(parts, set(range(len(parts)))) == new


def test_a_change_can_be_taken_alone():
    parts = changes.between("a boat at sea", "a red boat at a stormy sea")
    changed = [at for at, part in enumerate(parts) if part.kind == changes.CHANGE]
    assert changes.apply(parts, {changed[0]}) == "a red boat at sea"


def test_placeholders_are_found_and_filled():
    text = "{thing} on {surface}, another {thing}, {} and {unclosed"
    assert templates.placeholders(text) == ["thing", "surface"]
    assert templates.fill(text, {"thing": "a pear"}) == "a pear on surface, another a pear, {} and {unclosed"


def test_every_template_of_ours_has_something_to_fill():
    assert all(templates.placeholders(template.text) for template in templates.BUILT_IN)
    assert len({template.id for template in templates.BUILT_IN}) == len(templates.BUILT_IN)


def test_own_templates_come_first_and_belong_to_their_owner(account):
    mine = db.run(templates.save, account, "  My   poster ", "Poster of {x}")
    assert db.look(templates.list_templates, account)[0] == mine
    assert [t.name for t in db.look(templates.list_templates, account, "my poster")] == ["My poster"]
    assert db.run(templates.save, account, "My poster", "Other {y}").id == mine.id
    other = db.run(guests.create_guest, ids.new_secret())
    assert not any(t.own for t in db.look(templates.list_templates, other))
    for owner, template_id in ((other, mine.id), (account, "portrait"), (account, "")):
        with pytest.raises(NotFoundError):
            db.run(templates.delete, owner, template_id)
    db.run(templates.delete, account, mine.id)
    assert not any(t.own for t in db.look(templates.list_templates, account))


@pytest.mark.parametrize(("name", "text"), [("", "x"), ("x", "  "), ("x", "y" * 4001)])
def test_bad_templates_are_refused(account, name, text):
    with pytest.raises(UserFacingError):
        db.run(templates.save, account, name, text)


def note(account_id: str, prompt: str) -> None:
    db.run(history.note, account_id, ImageRequest("sketch", prompt, "1024x1024", "low", seed=4))


def test_prompts_are_kept_once_found_pinned_and_deleted(account):
    for prompt in ("A red boat", "Blue HILLS at dusk", "A red boat"):
        note(account, prompt)
    first, second = db.look(history.list_entries, account)
    assert (first.prompt, first.times, second.prompt) == ("A red boat", 2, "Blue HILLS at dusk")
    assert "prompt" not in first.settings
    assert [e.prompt for e in db.look(history.list_entries, account, "dusk hills")] == ["Blue HILLS at dusk"]
    db.run(history.pin, account, second.id, True)
    assert db.look(history.list_entries, account)[0].pinned
    db.run(history.delete, account, second.id)
    assert [e.prompt for e in db.look(history.list_entries, account, "hills")] == []
    other = db.run(guests.create_guest, ids.new_secret())
    for act in ((history.delete, other, first.id), (history.pin, other, first.id, True)):
        with pytest.raises(NotFoundError):
            db.run(*act)


def test_the_list_does_not_grow_without_end(account, monkeypatch):
    monkeypatch.setattr(history, "KEPT_MAX", 3)
    note(account, "pinned")
    db.run(history.pin, account, db.look(history.list_entries, account)[0].id, True)
    for number in range(6):
        note(account, f"prompt {number}")
    kept = [entry.prompt for entry in db.look(history.list_entries, account)]
    assert kept == ["pinned", "prompt 5", "prompt 4", "prompt 3"]


def test_a_comma_after_a_word_does_not_change_the_word():
    parts = changes.between("a lighthouse", "a lighthouse, wide view, soft grain")
    assert [(part.kind, part.old, part.new) for part in parts] == [
        (changes.KEEP, "a lighthouse", "a lighthouse"),
        (changes.CHANGE, "", ", wide view, soft grain"),
    ]


def test_neighbouring_changes_are_one():
    parts = changes.between("a red boat", "a blue ship")
    assert [(part.old, part.new) for part in parts if part.kind == changes.CHANGE] == [("red boat", "blue ship")]
