"""From the front page into the studio, and what is there for a browser that runs no script."""

import re

import pytest
from playwright.async_api import expect

from tests.journeys.programs import Studio
from tests.journeys.visitor import DESK, PHONE, Hand

WORDS = "a lantern in the snow & a fox, 100% quiet"


@pytest.mark.parametrize("hand", [DESK, PHONE], ids=lambda hand: hand.name)
async def test_the_form_carries_everything_into_the_studio(hand: type[Hand], studio: Studio, enter) -> None:
    visitor = await enter(studio, hand, "/")
    await visitor.hand.write(visitor.prompt, WORDS)
    form = visitor.page.get_by_role("form", name="New picture")
    await form.get_by_label("Shape").select_option("3:2")
    await form.get_by_label("How many").select_option("2")
    await visitor.press(form.get_by_role("button", name=re.compile("^Try it")))

    await visitor.expect_credits(100)
    await visitor.open_composer()
    await expect(visitor.prompt).to_have_value(WORDS)
    await expect(visitor.create_button).to_contain_text(re.compile(r"max \d+ credits"))
    promised = await visitor.create(WORDS)
    await expect(visitor.picture(WORDS)).to_have_count(2)
    await visitor.expect_credits(100 - promised)
    size = await visitor.picture(WORDS).first.get_by_role("img").evaluate("img => img.naturalWidth / img.naturalHeight")
    assert size == pytest.approx(1.5, abs=0.02)


async def test_an_example_can_be_made_again(studio: Studio, enter) -> None:
    visitor = await enter(studio, path="/examples")
    await visitor.page.get_by_role("main").get_by_role("link").filter(has=visitor.page.get_by_role("img")).first.click()
    title = await visitor.page.get_by_role("heading", level=1).inner_text()
    words = await visitor.page.locator("input[name=prompt]").input_value()
    seed = await visitor.page.locator("input[name=seed]").input_value()
    await visitor.press(visitor.page.get_by_role("button", name="Use this prompt"))
    await expect(visitor.prompt).to_have_value(words)
    await visitor.press(visitor.composer.get_by_role("button", name="More", exact=True))
    await expect(visitor.composer.get_by_role("textbox", name="Seed")).to_have_value(seed)
    assert title


async def test_without_scripts_the_public_pages_still_work(studio: Studio, enter) -> None:
    visitor = await enter(studio, path="/", java_script_enabled=False)
    page = visitor.page
    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    start = page.get_by_role("list", name="Prompts to start from").get_by_role("link").first
    words = await start.get_attribute("data-prompt")
    await start.click()
    await expect(visitor.prompt).to_have_value(str(words))

    await page.get_by_role("link", name="Examples").first.click()
    await expect(page.get_by_role("heading", name="Examples", level=1)).to_be_visible()
    pictures = page.get_by_role("main").get_by_role("img")
    assert await pictures.count() >= 12
    for name in await pictures.evaluate_all("all => all.map(img => img.alt)"):
        assert name, "every example says what is on it"
    await page.get_by_role("navigation", name="Kinds").get_by_role("link").nth(1).click()
    assert 0 < await pictures.count() < 24
    await page.get_by_role("main").get_by_role("link").filter(has=page.get_by_role("img")).first.click()
    picture = page.get_by_role("main").get_by_role("img").first
    await expect(picture).to_be_visible()
    assert await picture.evaluate("img => img.decode().then(() => img.naturalWidth)") > 0
    await expect(page.get_by_role("button", name="Use this prompt")).to_be_enabled()
