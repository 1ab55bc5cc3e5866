"""Words before pictures: described, improved, taken from templates and from what was asked before."""

import re

from playwright.async_api import expect

from tests.fakes.images_server import ADDED, DESCRIBED
from tests.journeys.programs import ImagesServer, Studio
from tests.journeys.test_references import file
from tests.journeys.visitor import DESK, PHONE, Visitor


async def test_described_improved_and_created(provided_studio: Studio, enter) -> None:
    visitor = await enter(provided_studio, DESK)
    page = visitor.page
    await visitor.press(page.get_by_role("button", name="From image"))
    async with page.expect_file_chooser() as chooser:
        await visitor.press(page.get_by_role("button", name="From a file"))
    await (await chooser.value).set_files([file("red")])
    await expect(suggestion(visitor)).to_contain_text("Cost 1 credit.")
    await visitor.press(suggestion(visitor).get_by_role("button", name="Use all"))
    await expect(visitor.prompt).to_have_value(DESCRIBED)
    await expect(suggestion(visitor)).to_be_hidden()
    await visitor.expect_credits(99)

    await visitor.press(page.get_by_role("button", name="Improve"))
    await expect(suggestion(visitor)).to_contain_text(ADDED)
    await expect(visitor.prompt).to_have_value(DESCRIBED)
    await visitor.press(suggestion(visitor).get_by_role("button", name="Use all"))
    await expect(visitor.prompt).to_have_value(f"{DESCRIBED}, {ADDED}")
    await page.keyboard.press("Control+Z")
    await expect(visitor.prompt).to_have_value(DESCRIBED)
    await page.keyboard.press("Control+Shift+Z")
    await visitor.press(visitor.create_button)
    await expect(visitor.picture(ADDED)).to_have_count(1)


async def test_part_of_a_suggestion(provided_studio: Studio, enter) -> None:
    visitor = await enter(provided_studio, PHONE)
    await visitor.open_composer()
    await visitor.hand.write(visitor.prompt, "A quiet harbour by night")
    await visitor.press(visitor.composer.get_by_role("button", name="Improve"))
    await visitor.press(suggestion(visitor).get_by_role("button", name=re.compile("without “quiet”")))
    await visitor.press(suggestion(visitor).get_by_role("button", name="Use selected"))
    await expect(visitor.prompt).to_have_value(f"A quiet harbour by night, {ADDED}")


async def test_a_writer_that_fails_leaves_words_and_credits(provided_studio: Studio, enter) -> None:
    visitor = await enter(provided_studio, DESK)
    await visitor.hand.write(visitor.prompt, "A harbour [nowriter]")
    await visitor.press(visitor.composer.get_by_role("button", name="Improve"))
    await expect(visitor.composer.get_by_role("alert")).to_contain_text("1 credit returned. Your words are as they")
    await expect(visitor.prompt).to_have_value("A harbour [nowriter]")
    await visitor.expect_credits(100)


async def test_a_failed_picture_is_drawn_by_another_model(
    provided_studio: Studio, provider: ImagesServer, enter
) -> None:
    visitor = await enter(provided_studio, DESK)
    await visitor.create("a fox in the snow [status 500]")
    card = visitor.card("a fox in the snow")
    await expect(card).to_contain_text("returned")
    await visitor.expect_credits(100)
    await visitor.hand.write(visitor.prompt, "")
    await visitor.press(card.get_by_role("button", name="Another model"))
    models = visitor.composer.get_by_role("group", name="Model", exact=True)
    await visitor.press(models.get_by_role("button", name="Sketch"))
    await expect(visitor.prompt).to_have_value("a fox in the snow [status 500]")
    await expect(visitor.create_button).to_contain_text("max 2 credits")
    await visitor.press(visitor.create_button)
    await expect(visitor.picture("a fox in the snow")).to_have_count(1)
    await visitor.expect_credits(98)


async def test_a_template_is_filled_in_by_the_keyboard_alone(studio: Studio, enter) -> None:
    visitor = await enter(studio, DESK)
    keys = visitor.page.keyboard
    await visitor.prompt.focus()
    await keys.type("Grainy. /lands")
    await expect(visitor.page.get_by_role("option", name=re.compile("Landscape"))).to_be_visible()
    await keys.press("Enter")
    form = visitor.composer.get_by_role("group", name="Fill in: Landscape")
    await expect(form.get_by_role("textbox", name="place")).to_be_focused()
    await keys.type("A fjord")
    await keys.press("Tab")
    await keys.type("dawn")
    await keys.press("Enter")
    await expect(visitor.prompt).to_have_value("Grainy. A fjord at dawn, weather, wide view, low horizon, technique")
    await expect(visitor.prompt).to_be_focused()


async def test_what_was_asked_is_found_and_used_again(studio: Studio, enter) -> None:
    visitor = await enter(studio, DESK)
    await visitor.choose("Quality", re.compile("Low"))
    await visitor.create("two herons at dusk")
    await expect(visitor.picture("two herons")).to_have_count(1)
    await visitor.choose("Quality", re.compile("High"))
    await visitor.create("a tin robot")
    await expect(visitor.picture("a tin robot")).to_have_count(1)
    await visitor.press(visitor.page.get_by_role("button", name="Prompts", exact=True))
    dialog = visitor.page.get_by_role("dialog", name="Prompts")
    await expect(dialog.get_by_role("listitem")).to_have_count(2)
    await dialog.get_by_role("searchbox").fill("heron")
    await expect(dialog.get_by_role("listitem")).to_have_count(1)
    await visitor.press(dialog.get_by_role("button", name="Use again"))
    await expect(visitor.prompt).to_have_value("two herons at dusk")
    await expect(visitor.composer.get_by_role("button", name=re.compile("^Quality"))).to_contain_text("Low")


def suggestion(visitor: Visitor):
    """The panel under the words."""
    return visitor.composer.get_by_role("region", name="Suggestion")
