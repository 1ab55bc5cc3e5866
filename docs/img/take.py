"""Takes the screenshots of README.md from a studio that runs: `python docs/img/take.py http://localhost:8000`.

Everything on them is made by the studio itself, by its built-in provider, in a fresh guest's account.
"""

import asyncio
import io
import re
import sys
from pathlib import Path

from PIL import Image
from playwright.async_api import Browser, Page, async_playwright, expect

HERE = Path(__file__).parent
PROMPTS = (
    "a lighthouse on a rocky coast at dusk, long shadows",
    "ferns and seed heads, botanical plate",
    "desert dunes under a pale moon",
    "three red boats on a quiet lake",
    "koi in dark water, seen from above",
    "a city of towers in the rain at night",
    "an isometric town with gardens",
    "arches and stairs that lead to the sea",
    "portrait of a woman in green",
    "a mountain hut in deep snow, first light",
    "waves breaking, woodcut",
    "a meadow of poppies in morning mist",
)


async def main(address: str) -> None:
    """One guest makes pictures at a desk; the same account is then looked at in the dark and on a telephone."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        desk = await open_studio(browser, address, width=1440, height=900)
        for number, prompt in enumerate(PROMPTS):
            await create(desk, prompt, shape=("3:2", "1:1", "2:3")[number % 3])
        await expect(desk.get_by_role("feed", name="Gallery").get_by_role("article")).to_have_count(
            len(PROMPTS), timeout=120_000
        )
        state = await desk.context.storage_state()
        await settle(desk)
        await keep(desk, "studio")
        await desk.get_by_role("feed", name="Gallery").get_by_role("article").nth(4).click()
        await expect(desk.get_by_role("dialog").first).to_be_visible()
        await settle(desk)
        await keep(desk, "picture")
        await desk.goto(f"{address}/library")
        await settle(desk)
        await keep(desk, "library")
        dark = await again(browser, state, color_scheme="dark", viewport={"width": 1440, "height": 900})
        await dark.goto(f"{address}/studio")
        await settle(dark)
        await keep(dark, "studio-dark")
        phone = await again(
            browser,
            state,
            viewport={"width": 390, "height": 780},
            device_scale_factor=2,
            is_mobile=True,
            has_touch=True,
        )
        await phone.goto(f"{address}/studio")
        await settle(phone)
        await keep(phone, "phone", width=390)
        await browser.close()


async def open_studio(browser: Browser, address: str, *, width: int, height: int) -> Page:
    """A new guest's studio."""
    context = await browser.new_context(viewport={"width": width, "height": height}, color_scheme="light")
    page = await context.new_page()
    await page.goto(f"{address}/studio")
    await expect(page.get_by_role("button", name=re.compile("^Create"))).to_be_enabled(timeout=30_000)
    return page


async def again(browser: Browser, state: object, **profile: object) -> Page:
    """The same account in another browser."""
    context = await browser.new_context(storage_state=state, **profile)  # type: ignore[arg-type]
    return await context.new_page()


async def create(page: Page, prompt: str, *, shape: str) -> None:
    """Writes a prompt, chooses a shape where the composer shows it, presses Create."""
    await page.get_by_role("textbox", name="Prompt").fill(prompt)
    opener = page.get_by_role("button", name=re.compile("^Shape"))
    if await opener.count():
        await opener.first.click()
        option = page.get_by_role("option", name=re.compile(re.escape(shape)))
        choice = option if await option.count() else page.get_by_text(re.compile(f"^{re.escape(shape)}"))
        await choice.first.click()
    await page.get_by_role("button", name=re.compile("^Create")).click()
    await expect(page.get_by_role("article").filter(has=page.get_by_role("img", name=prompt)).first).to_be_visible(
        timeout=60_000
    )


async def settle(page: Page) -> None:
    """Waits for every picture in sight, and for what fades in."""
    await page.wait_for_load_state("networkidle")
    await page.evaluate("Promise.all([...document.images].map(image => image.decode().catch(() => 0)))")
    await page.wait_for_timeout(1200)


async def keep(page: Page, name: str, width: int = 1200) -> None:
    """Stores what is on the screen as WebP."""
    shot = Image.open(io.BytesIO(await page.screenshot()))
    scaled = shot.resize((width, round(shot.height * width / shot.width)), Image.Resampling.LANCZOS)
    scaled.save(HERE / f"{name}.webp", quality=82, method=6)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1].rstrip("/")))
