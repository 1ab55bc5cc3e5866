"""The composer's handlers: what they keep, what they refuse, and whose things they touch."""

import pytest

from gpt_image_ui.core import db
from gpt_image_ui.core.errors import NotFoundError, UserFacingError
from gpt_image_ui.credits import ledger
from gpt_image_ui.generation import submit
from gpt_image_ui.providers.interface import ImageRequest
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
