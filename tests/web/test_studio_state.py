"""The composer's handlers: what they keep, what they refuse, and whose things they touch."""

import io

import pytest
from PIL import Image

from gpt_image_ui.core import db
from gpt_image_ui.core.errors import NotFoundError, UserFacingError
from gpt_image_ui.credits import ledger
from gpt_image_ui.generation import submit
from gpt_image_ui.providers.interface import ImageRequest
from gpt_image_ui.storage import store
from gpt_image_ui.web.components.picture_state import PictureState
from gpt_image_ui.web.pages.studio.state import StudioState
from tests.gallery import pictures
from tests.web.tabs import Tab, send

ASKED = {"model": "sketch", "prompt": "Two robins", "size": "1536x1024", "quality": "high", "count": 2, "seed": 7}


class Sent:
    """Stands for generation.submit: notes what it is sent, or refuses."""

    def __init__(self, refusal: str = "") -> None:
        self.refusal = refusal
        self.requests: list[tuple[str, str, ImageRequest]] = []

    async def submit(
        self, account_id: str, nonce: str, request: ImageRequest, parent_job_id: str | None = None, *, told=()
    ) -> str:
        self.requests.append((account_id, nonce, request))
        if self.refusal:
            raise UserFacingError(self.refusal, "blocked")
        return "1" * 32


@pytest.fixture
async def studio(database: str, monkeypatch: pytest.MonkeyPatch):
    tab = Tab(monkeypatch)
    state = await tab.state(StudioState)
    await send(state, "choose", "quality", "low")
    return tab, state


async def test_a_choice_is_priced_at_once(studio):
    _, state = studio
    await send(state, "choose", "quality", "high")
    await send(state, "choose_count", 3)
    assert (state.offer.each, state.offer.total) == (3, 9)


@pytest.mark.parametrize("name", ["count", "references", "_filled", "prompt", "__class__", "", 7])
async def test_only_settings_can_be_chosen(studio, name: object):
    _, state = studio
    before = state.settings
    await send(state, "choose", name, "5")
    assert state.settings == before


@pytest.mark.parametrize("value", [{}, [], None, True, 10**30, "<script>", "1024x1024x1024"])
async def test_strange_values_fall_back_to_what_the_model_takes(studio, value: object):
    _, state = studio
    for name in ("model", "size", "quality", "seed", "background", "format"):
        await send(state, "choose", name, value)
    assert state.settings.model == "sketch"
    assert state.offer.total > 0


async def test_create_sends_the_settings_under_the_form_s_nonce(studio, monkeypatch: pytest.MonkeyPatch):
    tab, state = studio
    sent = Sent()
    monkeypatch.setattr(submit, "submit", sent.submit)
    state.nonce = "n1"
    await send(state, "create", {"prompt": "A pear", "nonce": "n1"})
    (account, nonce, request) = sent.requests[0]
    assert (account, nonce, request.prompt, request.quality) == (tab.account_id, "n1", "A pear", "low")
    assert state.nonce not in ("", "n1")
    assert (state.checking, state.problem) == ("", "")


async def test_a_press_stands_for_what_the_button_said_even_when_the_state_is_lost(studio, monkeypatch):
    _, state = studio
    sent = Sent()
    monkeypatch.setattr(submit, "submit", sent.submit)
    form = {"prompt": "A pear", "nonce": "n1", "model": "sketch", "size": "1536x1024", "quality": "high", "count": "2"}
    await send(state, "create", {**form, "price": "10", "seed": "9"})
    request = sent.requests[0][2]
    assert (request.size, request.quality, request.count, request.seed) == ("1536x1024", "high", 2, 9)
    assert (state.settings.quality, state.settings.count) == ("high", 2)


async def test_a_press_never_costs_more_than_its_button_said(studio, monkeypatch: pytest.MonkeyPatch):
    _, state = studio
    sent = Sent()
    monkeypatch.setattr(submit, "submit", sent.submit)
    await send(state, "create", {"prompt": "A pear", "nonce": "n1", "quality": "high", "price": "2"})
    assert sent.requests == []
    assert "at most 3 now, not 2. Nothing was charged." in state.problem
    assert state.offer.total == 3


@pytest.mark.parametrize(
    "strange", [{"count": {}}, {"count": "9" * 400}, {"price": []}, {"references": 7}, {"size": None}]
)
async def test_a_strange_form_is_read_as_far_as_it_goes(studio, monkeypatch: pytest.MonkeyPatch, strange: dict):
    _, state = studio
    monkeypatch.setattr(submit, "submit", Sent().submit)
    await send(state, "create", {"prompt": "A pear", "nonce": "n1", **strange})
    assert state.checking == ""


async def test_a_refusal_stays_with_the_composer_and_keeps_the_nonce(studio, monkeypatch: pytest.MonkeyPatch):
    _, state = studio
    monkeypatch.setattr(submit, "submit", Sent("Blocked by rule 4. Nothing was charged.").submit)
    await send(state, "create", {"prompt": "A pear", "nonce": "n1"})
    assert state.problem == "Blocked by rule 4. Nothing was charged."
    assert (state.nonce, state.checking) == ("n1", "")


async def test_a_dead_session_sends_nothing(studio, monkeypatch: pytest.MonkeyPatch):
    tab, state = studio
    sent = Sent()
    monkeypatch.setattr(submit, "submit", sent.submit)
    tab.leave()
    with pytest.raises(UserFacingError, match="Your draft is kept"):
        await send(state, "create", {"prompt": "A pear", "nonce": "n1"})
    assert sent.requests == []


async def test_recall_brings_back_every_setting_and_the_words(studio):
    tab, state = studio
    image = pictures.add("1" * 32, account=tab.account_id, request=ASKED, seed=8)
    await send(state, "recall", image)
    chosen = state.settings
    assert (chosen.size, chosen.quality, chosen.count, chosen.seed) == ("1536x1024", "high", 2, "7")
    assert state.fill.text == "Two robins"


async def test_another_s_picture_cannot_be_recalled_used_or_varied(studio):
    tab, state = studio
    theirs = pictures.add("1" * 32, account=pictures.BORIS, request=ASKED)
    large = await tab.state(PictureState)
    for target, handler in ((state, "recall"), (state, "refer_to"), (large, "vary")):
        with pytest.raises(NotFoundError):
            await send(target, handler, theirs)
    await send(large, "show", theirs)
    assert large.picture.id == 0


async def test_another_s_upload_cannot_be_attached(studio):
    _, state = studio
    with pytest.raises(UserFacingError):
        await send(state, "attach", {"id": "f" * 32})
    assert state.references == []


async def test_a_cap_says_when_it_resets(studio):
    tab, state = studio
    db.run(lambda session: _set_day_cap(session, tab.account_id))
    await send(state, "choose", "quality", "high")
    assert "cap is 2" in state.cap


def png() -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (96, 64), "red").save(written, "PNG")
    return written.getvalue()


async def test_a_variation_is_one_picture_with_a_new_seed(studio, monkeypatch: pytest.MonkeyPatch):
    tab, _ = studio
    sent = Sent()
    monkeypatch.setattr(submit, "submit", sent.submit)
    image = pictures.add("1" * 32, account=tab.account_id, request=ASKED)
    await send(await tab.state(PictureState), "vary", image)
    request = sent.requests[0][2]
    assert (request.count, request.seed, request.prompt, request.size) == (1, None, "Two robins", "1536x1024")


def _set_day_cap(session, account_id: str) -> None:
    from gpt_image_ui.credits import caps

    assert ledger.find_position(session, account_id).cap_day is None
    caps.set_caps(session, account_id, None, 2, None)


async def test_opening_the_table_lists_every_model_with_its_price(studio):
    _, state = studio
    assert state.rows == ()
    await send(state, "choose_count", 3)
    await send(state, "compare")
    assert [(row.label, row.price, row.priced) for row in state.rows] == [("Sketch", 3, "3 pictures")]


async def test_a_failed_job_comes_back_with_the_table_of_models(studio):
    _, state = studio
    steps = [step async for step in type(state).elsewhere.fn(state, "1" * 32)]
    assert len(steps) == 2
    assert "choose-model" in str(steps[1].args)


async def test_pictures_of_the_library_become_references_in_their_order(studio):
    tab, state = studio
    kept = []
    for number in (1, 2):
        key = f"images/{tab.account_id}/{number}/0"
        await store.get().put(key, png(), "image/png")
        kept.append(pictures.add(f"{number}" * 32, account=tab.account_id, key=key, prompt=f"No {number}"))
    first, second = kept
    await send(state, "refer_to_all", [second, first])
    assert [ref.name for ref in state.references] == ["No 2", "No 1"]
    with pytest.raises(UserFacingError, match="at most 4 references"):
        await send(state, "refer_to_all", [first] * 3)
    assert len(state.references) == 2


async def test_who_was_named_on_the_screen_travels_with_the_press(studio, monkeypatch: pytest.MonkeyPatch):
    _, state = studio
    told: list[object] = []

    async def sent(_account, _nonce, _request, parent_job_id=None, *, told=()) -> str:
        heard.append(list(told))
        return "1" * 32

    heard = told
    monkeypatch.setattr(submit, "submit", sent)
    await send(state, "create", {"prompt": "A pear", "nonce": "n1", "told": "OpenAI\r\nElsewhere"})
    assert told == [["OpenAI", "Elsewhere"]]
