"""A walk through every screen and state, in front of which the same questions are asked."""

import re
from collections.abc import AsyncIterator

from playwright.async_api import Page, expect

from tests.journeys.visitor import Visitor


async def visit_public_pages(visitor: Visitor) -> AsyncIterator[str]:
    """The pages that need no script."""
    page = visitor.page
    for path in ("/", "/examples", "/nowhere"):
        await page.goto(path)
        await expect(page.get_by_role("heading", level=1)).to_be_visible()
        yield path
    await page.goto("/examples")
    await page.get_by_role("main").get_by_role("link").filter(has=page.get_by_role("img")).first.click()
    await expect(page.get_by_role("button", name="Use this prompt")).to_be_visible()
    yield "/examples/{slug}"


async def visit_screens(visitor: Visitor) -> AsyncIterator[str]:
    """Everything from the empty studio on; leaves nothing running."""
    await visitor.page.goto("/studio")
    await visitor.expect_credits(100)
    yield "studio, empty"
    async for name in _visit_frame(visitor):
        yield name
    async for name in _visit_queue(visitor):
        yield name
    async for name in _visit_pictures(visitor):
        yield name
    await visitor.page.evaluate("document.documentElement.dataset.ended = ''")
    await expect(visitor.page.get_by_text("Your session has ended.")).to_be_visible()
    yield "session ended"


async def _visit_frame(visitor: Visitor) -> AsyncIterator[str]:
    page = visitor.page
    await visitor.open_composer()
    if visitor.hand.phone:
        yield "phone sheet"
    await visitor.press(visitor.composer.get_by_role("button", name=re.compile("^Model")))
    await expect(visitor.composer.get_by_role("group", name="Model", exact=True)).to_be_visible()
    yield "model picker"
    await page.keyboard.press("Escape")
    if not visitor.hand.phone:
        await visitor.press(visitor.composer.get_by_role("button", name=re.compile("^Shape")))
        yield "shapes"
        await page.keyboard.press("Escape")
    elif await visitor.composer.is_visible():
        await visitor.close_sheet()
    await visitor.press(page.get_by_role("button").filter(has=visitor.balance))
    await expect(page.get_by_text("Used this month")).to_be_visible()
    yield "balance"
    await page.keyboard.press("Escape")
    await visitor.press(page.get_by_role("button", name="Account: guest"))
    await expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    yield "account"
    if not visitor.hand.phone:
        await page.keyboard.press("Escape")
    await visitor.press(page.get_by_role("button", name="Help and shortcuts").locator("visible=true"))
    await expect(page.get_by_role("dialog", name="Shortcuts")).to_be_visible()
    yield "help"
    await visitor.press(page.get_by_role("dialog", name="Shortcuts").get_by_role("button", name="Close"))


async def _visit_queue(visitor: Visitor) -> AsyncIterator[str]:
    await visitor.create("work under way [slow 60]")
    await expect(visitor.card("work under way")).to_contain_text("Drawing")
    yield "studio, working"
    await visitor.press(visitor.card("work under way").get_by_role("button", name="Cancel"))
    await expect(visitor.card("work under way")).to_contain_text("Cancelled.")
    await visitor.create("work that failed [refuse]")
    await expect(visitor.card("work that failed")).to_contain_text("Failed.")
    yield "studio, cancelled and failed"
    await visitor.dismiss("work under way")
    await visitor.dismiss("work that failed")


async def _visit_pictures(visitor: Visitor) -> AsyncIterator[str]:
    page = visitor.page
    await visitor.create("a picture to look at")
    await expect(visitor.picture("a picture to look at")).to_have_count(1)
    await visitor.create("another picture")
    await expect(visitor.picture("another picture")).to_have_count(1)
    await _await_pixels(page)
    yield "studio, filled"
    await visitor.hand.open(visitor.picture("another picture"))
    await expect(visitor.large.get_by_role("textbox", name="Title")).to_have_value("another picture")
    yield "large view, info"
    await visitor.press(visitor.large.get_by_role("tab", name="Recipe"))
    await expect(visitor.large.get_by_role("table")).to_be_visible()
    yield "large view, recipe"
    await visitor.hand.leave(visitor.large)
    await page.wait_for_url("**/studio")

    await page.goto("/library")
    await expect(visitor.pictures).to_have_count(2)
    await visitor.press(page.get_by_role("button", name="Select day"))
    await expect(page.get_by_role("toolbar", name="Selection")).to_be_visible()
    yield "library, selected"
    await visitor.press(page.get_by_role("button", name="Clear selection"))
    if not visitor.hand.phone:
        await visitor.press(page.get_by_role("button", name="List", exact=True))
        await expect(page.get_by_role("table", name="Gallery").get_by_role("row").last).to_be_visible()
        yield "library, list"
        await visitor.press(page.get_by_role("button", name="Wall", exact=True))
    await page.goto("/library?q=nothing+like+it&rating=4")
    await expect(page.get_by_text("No picture matches all of these")).to_be_visible()
    yield "library, nothing found"


async def _await_pixels(page: Page) -> None:
    await page.wait_for_function("[...document.images].every(img => img.complete)")
