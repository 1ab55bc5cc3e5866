"""What goes wrong in a browser: forged events, a session that ended, a studio that dies, too many words, other people's
pictures. Nothing is lost, nobody else is touched, and the page says what happened."""

import inspect
import json
import re
from collections.abc import Iterator
from typing import Any

import reflex as rx
from playwright.async_api import expect

from gpt_image_ui.web import navigation  # noqa: F401  (declares the states of all screens)
from gpt_image_ui.web.pages.studio.state import StudioState
from tests.journeys.programs import Studio
from tests.journeys.visitor import Visitor


async def test_forged_events_change_nothing(studio: Studio, enter) -> None:
    """Every event of every state gets ids of another account's picture, job and reference, and values of no sense."""
    owner = await enter(studio)
    await owner.create("a picture of the owner")
    await expect(owner.picture("a picture of the owner")).to_have_count(1)
    account = studio.newest_account()
    before = rows_of(studio, account)
    image, job = (
        studio.change(f"SELECT id FROM {table} WHERE account_id = ?", account)[0][0] for table in ("image", "job")
    )

    stranger = await enter(studio)
    own = studio.newest_account()
    name = f"{StudioState.get_full_name()}.choose_count"
    await stranger.forge("42/_event," + json.dumps(["event", {"name": name, "payload": {"count": 3}}]))
    await expect(stranger.composer.get_by_role("button", name="How many: 3")).to_be_visible()  # so frames do arrive

    nonsense: list[Any] = [image, str(image), job, -1, 2**70, 1.5, None, True, "x" * 50_000, [[1, 2]], {"id": image}]
    await stranger.forge(*(frame for value in nonsense for frame in forged_frames(value)))
    await stranger.forge('42/_event,["event",42]', '42/_event,["event"]', '42/_event,["nothing",{}]', "42/_event,[")
    await stranger.forge(*forged_frames({"__reflex_form_data__": [["id", str(image)], ["prompt", "x" * 50_000]]}))

    # Whatever became of that tab, the studio answers the next one, and the stranger has lost and gained nothing.
    await stranger.open("/studio")
    await stranger.expect_credits(100)
    await expect(stranger.pictures).to_have_count(0)
    assert rows_of(studio, account) == before
    assert studio.change("SELECT count(*) FROM job WHERE account_id = ?", own) == [(0,)]
    for tab in stranger.context.pages:
        await expect(tab.get_by_text("Traceback")).to_have_count(0)
    await stranger.create("a picture of the stranger")
    await expect(stranger.picture("a picture of the stranger")).to_have_count(1)


async def test_another_account_gets_404_for_a_picture(studio: Studio, enter) -> None:
    owner = await enter(studio)
    await owner.create("a private garden")
    await expect(owner.picture("a private garden")).to_have_count(1)
    path = str(await owner.picture("a private garden").get_by_role("img").get_attribute("src"))
    image = path.split("/")[2]
    stranger = await enter(studio)
    for variant in ("320", "640", "960", "original", "original?download=1"):
        address = f"/media/{image}/{variant}"
        assert (await owner.context.request.get(address)).status == 200
        assert (await stranger.context.request.get(address)).status == 404
    await stranger.open(f"/a/{image}")
    await expect(stranger.page).to_have_url(re.compile("/studio$"))
    await expect(stranger.large).to_be_hidden()


async def test_a_session_that_ended_keeps_the_draft(studio: Studio, enter) -> None:
    visitor = await enter(studio)
    await visitor.create("the last one of this session")
    await expect(visitor.picture("the last one")).to_have_count(1)
    account = studio.newest_account()
    studio.change("UPDATE login_session SET revoked_at = created_at WHERE account_id = ?", account)
    await visitor.create("words that must stay")
    ended = visitor.page.get_by_role("alert").filter(has_text="Your session has ended. Your draft is kept.")
    await expect(ended).to_be_visible()
    await expect(visitor.prompt).to_have_value("words that must stay")
    await visitor.press(ended.get_by_role("link", name="Open the studio again"))
    await visitor.expect_credits(100)
    await expect(visitor.prompt).to_have_value("words that must stay")
    await expect(visitor.pictures).to_have_count(0)
    assert studio.change("SELECT count(*) FROM job WHERE account_id = ?", account) == [(1,)]


async def test_a_cookie_that_is_gone_keeps_the_draft(studio: Studio, enter) -> None:
    visitor = await enter(studio)
    await visitor.prompt.fill("words without a cookie")
    await visitor.context.clear_cookies()
    await visitor.page.reload()
    await visitor.expect_credits(100)
    await expect(visitor.prompt).to_have_value("words without a cookie")


async def test_a_studio_that_dies_and_comes_back(mortal_studio: Studio, enter) -> None:
    """The same tab, without a reload: it says that it reconnects, then what became of the job and of the money."""
    visitor = await enter(mortal_studio)
    promised = await visitor.create("a lake before the storm [slow 60]")
    await expect(visitor.card("a lake before the storm")).to_contain_text("Drawing")
    await visitor.page.evaluate("window.sameDocument = true")
    await visitor.prompt.fill("a lake after the storm")

    mortal_studio.kill()
    reconnecting = visitor.page.get_by_role("alert").filter(has_text="Reconnecting")
    await expect(reconnecting).to_be_visible()
    await expect(visitor.prompt).to_have_value("a lake after the storm")
    await visitor.press(visitor.create_button)  # a click is not lost either

    await mortal_studio.start()
    await expect(reconnecting).to_be_hidden()
    await expect(visitor.card("a lake before the storm")).to_contain_text("credits returned")
    await expect(visitor.card("a lake before the storm")).to_contain_text("it is not asked twice")
    await expect(visitor.picture("a lake after the storm")).to_have_count(1)
    await visitor.expect_credits(100 - promised)
    assert mortal_studio.change("SELECT count(*) FROM job WHERE prompt LIKE '%after the storm'") == [(1,)]
    assert await visitor.page.evaluate("window.sameDocument")


async def test_a_lost_socket_misses_nothing(provided_studio: Studio, enter) -> None:
    """What happened meanwhile is there when the socket is back."""
    visitor = await enter(provided_studio)
    other = Visitor(visitor.context)
    await other.open("/studio")
    await visitor.page.evaluate("window.socket.close()")
    await other.create("made behind its back")
    for tab in (visitor, other):
        await expect(tab.picture("made behind its back")).to_have_count(1)


async def test_too_many_words(provided_studio: Studio, enter) -> None:
    visitor = await enter(provided_studio)
    counter = visitor.composer.get_by_role("status")
    await visitor.choose("Model", re.compile("Sketch"))
    await visitor.prompt.fill("word " * 500)
    await expect(counter).to_have_count(0)
    await visitor.prompt.fill("w" * 3_900)
    await expect(counter).to_have_text("3,900 of 4,000 characters")
    await visitor.prompt.fill("w" * 4_001)
    await expect(counter).to_have_text("4,001 of 4,000 characters")
    await visitor.press(visitor.create_button)
    message = await visitor.prompt.evaluate("field => field.validationMessage")
    assert message == "The prompt is 1 characters too long."
    await expect(visitor.prompt).to_have_value("w" * 4_001)
    await expect(visitor.queue).to_be_hidden()

    # GPT Image 2 reads eight times as much: nothing has to be shortened for it.
    await visitor.choose("Model", re.compile("GPT Image 2"))
    await expect(counter).to_have_count(0)
    await visitor.prompt.fill("   ")
    await visitor.press(visitor.create_button)
    await expect(visitor.composer.get_by_role("alert")).to_contain_text("Write what you want to see first.")
    await visitor.expect_credits(100)


def forged_frames(value: Any) -> Iterator[str]:
    """One event to every handler that takes something, with this value for everything it takes."""
    for state in all_states(rx.State):
        if not state.__module__.startswith("gpt_image_ui."):
            continue
        for name, handler in state.event_handlers.items():
            taken = list(inspect.signature(handler.fn).parameters)[1:]
            if taken:
                event = {"name": f"{state.get_full_name()}.{name}", "payload": dict.fromkeys(taken, value)}
                yield "42/_event," + json.dumps(["event", event])


def all_states(state: type[rx.State]) -> Iterator[type[rx.State]]:
    for below in state.get_substates():
        yield below
        yield from all_states(below)


def rows_of(studio: Studio, account: str) -> dict[str, list[tuple]]:
    """Everything the database has of an account, but for the moment of its last visit."""
    tables = studio.change(
        "SELECT m.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE c.name = 'account_id'"
    )
    assert {"image", "job", "wallet"} <= {name for (name,) in tables}
    return {name: studio.change(f"SELECT * FROM {name} WHERE account_id = ?", account) for (name,) in tables}
