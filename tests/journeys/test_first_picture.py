"""The first visit, whole: from the first prompt to a deletion that stays, by mouse, by touch and by keyboard."""

import re

import pytest
from playwright.async_api import expect

from tests.journeys.programs import Studio
from tests.journeys.visitor import HANDS, Hand, Visitor

WORDS = "three red boats on a quiet lake"


@pytest.mark.parametrize("hand", HANDS, ids=lambda hand: hand.name)
async def test_from_the_first_prompt_to_a_deletion(hand: type[Hand], provided_studio: Studio, enter) -> None:
    visitor = await enter(provided_studio, hand)
    other = Visitor(visitor.context)
    await other.open("/studio")
    await visitor.page.bring_to_front()

    await first_pictures(visitor, other)
    await recall(visitor)
    await vary(visitor, other)
    await cancel(visitor, other)
    await fail(visitor, other)
    await retry(visitor, other)
    await delete(visitor, other)


async def test_what_is_pressed_at_once_is_done_to_the_picture_that_is_seen(provided_studio: Studio, enter) -> None:
    """The panel follows a moment later; a key that is quicker must not mean the picture before."""
    visitor = await enter(provided_studio)
    for words in ("an older picture", "a newer picture"):
        await visitor.create(words)
        await expect(visitor.picture(words)).to_have_count(1)
    await visitor.hand.open(visitor.picture("a newer picture"))
    await expect(visitor.large.get_by_role("textbox", name="Title")).to_have_value("a newer picture")
    await visitor.large.press("ArrowRight")
    await visitor.large.get_by_role("button", name="Delete").dispatch_event("click")
    await expect(visitor.picture("an older picture")).to_have_count(0)
    await expect(visitor.picture("a newer picture")).to_have_count(1)


async def first_pictures(visitor: Visitor, other: Visitor) -> None:
    """Both tabs show two pictures and one balance, and nobody has reloaded anything."""
    await expect(visitor.page.get_by_role("heading", name="Your pictures appear here")).to_be_visible()
    await visitor.open_composer()
    await visitor.choose("Model", re.compile("Sketch"))
    await visitor.choose("Shape", "3:2")
    await visitor.choose("Quality", re.compile("^Low"))
    await visitor.choose("How many", "More")
    promised = await visitor.create(WORDS)
    for tab in (visitor, other):
        await expect(tab.picture(WORDS)).to_have_count(2)
        await tab.expect_credits(100 - promised)
    assert promised == 4, "two pictures at two credits each"


async def recall(visitor: Visitor) -> None:
    """Every parameter is back in the composer, also the seed, which the studio had chosen."""
    await visitor.open_composer()
    await visitor.choose("Model", re.compile("GPT Image 2"))
    await visitor.choose("Shape", "1:1")
    await visitor.hand.write(visitor.prompt, "something else")
    await visitor.close_sheet()

    await visitor.hand.open(visitor.picture(WORDS).first)
    await expect(visitor.large.get_by_role("img", name=WORDS).first).to_be_visible()
    seed = await visitor.large.locator("dt:text-is('Seed') + dd").inner_text()
    await visitor.hand.act(visitor.large, "Recall")
    await expect(visitor.large).to_be_hidden()

    await visitor.open_composer()
    await expect(visitor.prompt).to_have_value(WORDS)
    composer = visitor.composer
    await expect(composer.get_by_role("button", name="Model: Sketch")).to_be_visible()
    if visitor.hand.phone:
        pressed = composer.locator("[aria-pressed=true]:visible")
        await expect(pressed).to_have_text([re.compile("3:2"), re.compile("Low")])
        await expect(composer.get_by_role("group", name="How many").get_by_role("status")).to_have_text("2")
    else:
        for shown in ("Shape: 3:2", "Quality: Low", "How many: 2"):
            await expect(composer.get_by_role("button", name=shown)).to_be_visible()
    await visitor.press(composer.get_by_role("button", name="More", exact=True).last)
    field = composer.get_by_role("textbox", name="Seed")
    assert int(await field.input_value()) in (int(seed), int(seed) - 1), "the second picture has the next seed"
    await visitor.page.keyboard.press("Escape")
    await visitor.close_sheet()


async def vary(visitor: Visitor, other: Visitor) -> None:
    """One more of the same, from the large view."""
    await visitor.hand.open(visitor.picture(WORDS).first)
    await visitor.hand.act(visitor.large, "Vary")
    await expect(visitor.large.get_by_role("status").first).to_have_text(re.compile("of 3$"))
    await visitor.hand.leave(visitor.large)
    await expect(visitor.large).to_be_hidden()
    for tab in (visitor, other):
        await expect(tab.picture(WORDS)).to_have_count(3)
        await tab.expect_credits(94)


async def cancel(visitor: Visitor, other: Visitor) -> None:
    """A job that runs is stopped, and both tabs have the credits back."""
    await visitor.open_composer()
    await visitor.choose("Model", re.compile("GPT Image 2"))
    await visitor.choose("Shape", "1:1")
    await visitor.choose("Quality", re.compile("^Medium"))
    await visitor.choose("How many", "Fewer")
    promised = await visitor.create("a slow harbour [slow 20]")
    assert promised > 0
    for tab in (visitor, other):
        await expect(tab.card("a slow harbour")).to_contain_text("Drawing")
        await tab.expect_credits(94 - promised)
    await visitor.press(visitor.card("a slow harbour").get_by_role("button", name="Cancel"))
    for tab in (visitor, other):
        await expect(tab.card("a slow harbour")).to_contain_text(f"Cancelled. {promised} credits returned")
        await tab.expect_credits(94)
    await visitor.dismiss("a slow harbour")


async def fail(visitor: Visitor, other: Visitor) -> None:
    """A refusal and an error say what happened to the picture and to the money, in both tabs."""
    for words, sentence in (
        ("a refused garden [refuse]", "The provider's safety system refused this."),
        ("a broken garden [status 400]", "The provider did not accept these settings."),
    ):
        promised = await visitor.create(words)
        for tab in (visitor, other):
            await expect(tab.card(words)).to_contain_text("Failed.")
            await expect(tab.card(words)).to_contain_text(f"{promised} credits returned")
            await expect(tab.card(words)).to_contain_text(sentence)
            await tab.expect_credits(94)
        await visitor.dismiss(words)


async def retry(visitor: Visitor, other: Visitor) -> None:
    """What failed once succeeds when it is sent again, and is charged then."""
    words = f"a second chance for the {visitor.hand.name} [status-once 500]"
    promised = await visitor.create(words)
    await expect(visitor.card(words)).to_contain_text("Failed.")
    await visitor.press(visitor.card(words).get_by_role("button", name="Retry"))
    for tab in (visitor, other):
        await expect(tab.picture(words)).to_have_count(1)
        await expect(tab.queue).to_be_hidden()
        await tab.expect_credits(94 - promised)


async def delete(visitor: Visitor, other: Visitor) -> None:
    """Gone in both tabs, back in both by Undo, gone again, and gone for good after a reload."""
    words = f"a second chance for the {visitor.hand.name} [status-once 500]"
    await delete_large(visitor, words)
    await expect(other.picture(words)).to_have_count(0)
    await visitor.press(visitor.page.get_by_role("button", name="Undo"))
    for tab in (visitor, other):
        await expect(tab.picture(words)).to_have_count(1)
    await delete_large(visitor, words)
    for tab in (visitor, other):
        await tab.page.reload()
        await expect(tab.picture(WORDS)).to_have_count(3)
        await expect(tab.picture(words)).to_have_count(0)


async def delete_large(visitor: Visitor, words: str) -> None:
    await visitor.hand.open(visitor.picture(words))
    await visitor.hand.act(visitor.large, "Delete")
    await expect(visitor.picture(words)).to_have_count(0)
    if await visitor.large.is_visible():
        await visitor.hand.leave(visitor.large)
