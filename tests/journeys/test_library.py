"""The library: found by words and facets, chosen, deleted, brought back, seen in three ways."""

import re

from playwright.async_api import expect

from tests.journeys.programs import Studio


async def test_find_choose_delete_and_bring_back(provided_studio: Studio, enter) -> None:
    visitor = await enter(provided_studio)
    page = visitor.page
    await visitor.choose("Quality", re.compile("^Low"))
    for words in ("a red lighthouse at dawn", "a blue lighthouse at night", "a red fox"):
        await visitor.choose("Shape", "3:2" if "night" in words else "1:1")
        await visitor.create(words)
        await expect(visitor.picture(words)).to_have_count(1)

    await page.get_by_role("navigation", name="Main", exact=True).get_by_role("link", name="Library").click()
    await expect(page.get_by_role("heading", name="Library", level=1)).to_be_visible()
    await expect(visitor.pictures).to_have_count(3)
    search = page.get_by_role("searchbox", name="Search your pictures")
    await search.fill("lighthouse red")
    await expect(visitor.pictures).to_have_count(1)
    await expect(visitor.picture("a red lighthouse at dawn")).to_have_count(1)
    await expect(page).to_have_url(re.compile(r"\?q=lighthouse\+red$"))
    await search.fill("")
    await expect(visitor.pictures).to_have_count(3)

    filters = page.get_by_role("group", name="Filters")
    await filters.get_by_role("button", name="Shape", exact=True).click()
    await filters.get_by_role("button", name="Landscape").click()
    await expect(visitor.pictures).to_have_count(1)
    await expect(visitor.picture("a blue lighthouse at night")).to_have_count(1)
    await search.fill("fox")
    await expect(page.get_by_text("No picture matches")).to_be_visible()
    await page.get_by_role("main").get_by_role("button", name="Clear words").click()
    await expect(search).to_have_value("")
    await expect(visitor.picture("a blue lighthouse at night")).to_have_count(1)
    await filters.get_by_role("button", name="Clear all").click()
    await expect(visitor.pictures).to_have_count(3)

    await visitor.picture("a red fox").hover()
    await page.get_by_role("checkbox", name="Select a red fox").click()
    await visitor.picture("a red lighthouse at dawn").click(modifiers=["Control"])
    selection = page.get_by_role("toolbar", name="Selection")
    await expect(selection.get_by_role("status")).to_contain_text("2")
    await selection.get_by_role("button", name="Delete").click()
    await expect(visitor.pictures).to_have_count(1)
    await expect(selection).to_be_hidden()
    await page.get_by_role("button", name="Undo").click()
    await expect(visitor.pictures).to_have_count(3)

    await visitor.picture("a red fox").focus()
    await page.keyboard.press("Delete")
    await expect(visitor.pictures).to_have_count(2)
    await page.reload()
    await expect(visitor.pictures).to_have_count(2)


async def test_three_views_and_what_the_browser_remembers(provided_studio: Studio, enter) -> None:
    visitor = await enter(provided_studio)
    await visitor.choose("How many", "More")
    await visitor.create("two of a kind")
    await expect(visitor.pictures).to_have_count(2)
    views = visitor.page.get_by_role("group", name="View")
    await views.get_by_role("button", name="List", exact=True).click()
    table = visitor.page.get_by_role("table", name="Gallery")
    await expect(table.get_by_role("row").filter(has_text="two of a kind")).to_have_count(2)
    await expect(table).to_contain_text("1024 × 1024")
    await visitor.page.reload()
    await expect(table.get_by_role("row").filter(has_text="two of a kind")).to_have_count(2)
    await views.get_by_role("button", name="Even grid").click()
    await expect(visitor.pictures).to_have_count(2)
    await views.get_by_role("button", name="Wall").click()
    await expect(views.get_by_role("button", name="Wall")).to_have_attribute("aria-pressed", "true")
    await expect(visitor.pictures).to_have_count(2)
