"""A part of a picture is changed within a mask, painted by mouse, finger or keyboard, and compared with what it was."""

import io
import re

import pytest
from PIL import Image, ImageChops
from playwright.async_api import FilePayload, Locator, Page, expect

from tests.journeys.programs import Studio
from tests.journeys.test_every_screen import find_problems
from tests.journeys.test_references import _PASTE, packed, references
from tests.journeys.visitor import DESK, KEYBOARD, PHONE, Hand, Visitor


async def test_paste_edit_mask_compare(studio: Studio, enter) -> None:
    visitor = await enter(studio, permissions=["clipboard-read", "clipboard-write"])
    page = visitor.page
    for colour in ("red", "blue"):
        await page.evaluate(_PASTE, packed(colour))
        await visitor.prompt.press("Control+V")
        await expect(references(visitor)).to_have_count(2 if colour == "blue" else 1)
    await make(visitor, "Two houses")

    await visitor.hand.act(visitor.large, "Mask")
    await expect(status(page)).to_have_text("Nothing is covered yet. Paint where the picture may change.")
    await expect(use(page)).to_be_disabled()
    await page.keyboard.press("r")
    await drag(page, (0.5, 0.1), (0.9, 0.9))
    await expect(status(page)).to_have_text(re.compile(r"Mask covers \d+ %\."))
    await expect(editor(page).get_by_text("Sketch keeps everything outside as it is.")).to_be_visible()
    await visitor.press(use(page))
    await expect(editor(page)).to_be_hidden()
    await expect(visitor.large).to_be_hidden()
    await expect(visitor.prompt).to_be_focused()
    await expect(references(visitor)).to_have_count(3)
    await expect(references(visitor).first).to_have_accessible_name("Reference 1: Two houses")
    await expect(chip(visitor)).to_have_text(re.compile(r"^Mask \d+ %$"))

    await make(visitor, "A garden")
    await expect(visitor.large.get_by_text("Two houses, within a mask, and 2 more")).to_be_visible()
    await visitor.hand.act(visitor.large, "Compare")
    before, after = comparison(page).get_by_role("img").first, comparison(page).get_by_role("img").last
    share = await differing(page, before, after)
    covers = int(re.findall(r"\d+", await chip(visitor).inner_text())[0])
    assert 0 < share <= covers / 100 + 0.005
    slider = comparison(page).get_by_role("slider", name="How much of the left picture shows")
    await slider.press("ArrowRight")
    await expect(slider).to_have_value("51")
    await visitor.press(comparison(page).get_by_role("button", name="Show right"))
    await expect(slider).to_have_value("0")
    for way in ("Overlay", "Side by side", "Difference"):
        await visitor.press(comparison(page).get_by_role("button", name=way))
        await expect(comparison(page).get_by_role("button", name=way)).to_have_attribute("aria-pressed", "true")
    await page.keyboard.press("Escape")
    await expect(comparison(page)).to_be_hidden()
    await expect(visitor.large).to_be_visible()

    await visitor.hand.act(visitor.large, "Mask")
    await visitor.press(editor(page).get_by_role("button", name="From last edit"))
    await expect(status(page)).to_have_text(f"Mask covers {covers} %.")
    await visitor.press(editor(page).get_by_role("button", name="Leave the mask editor"))
    await expect(editor(page).get_by_role("alert")).to_contain_text("not used yet")
    await page.keyboard.press("Escape")
    await expect(editor(page)).to_be_hidden()
    await expect(visitor.large).to_be_visible()


async def test_a_keyboard_alone_gives_an_area(studio: Studio, enter) -> None:
    visitor = await enter(studio, KEYBOARD)
    page = visitor.page
    await make(visitor, "A harbour")
    await page.keyboard.press("m")
    stage = editor(page).get_by_role("application")
    await expect(stage).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(status(page)).to_have_text("Mask covers 25 %.")
    for key in ("ArrowRight", "ArrowDown", "Shift+ArrowRight", "Enter"):
        await page.keyboard.press(key)
    await expect(status(page)).to_have_text("Mask covers 26 %.")
    await page.keyboard.press("Delete")
    await expect(status(page)).to_have_text("Mask covers 1 %.")
    for _ in range(2):
        await page.keyboard.press("Control+z")
    await expect(status(page)).to_have_text("Mask covers 25 %.")
    await page.keyboard.press("i")
    await expect(status(page)).to_have_text("Mask covers 75 %.")
    await page.keyboard.press("Control+z")

    await visitor.press(editor(page).get_by_role("button", name="Pixels"))
    for name, value in (("Left", "0"), ("Top", "0"), ("Width", "1024"), ("Height", "102")):
        await visitor.hand.write(editor(page).get_by_role("textbox", name=name), value)
    await page.keyboard.press("Enter")
    await expect(status(page)).to_have_text("Mask covers 35 %.")
    await visitor.press(use(page))
    await expect(visitor.prompt).to_be_focused()
    await expect(chip(visitor)).to_have_text("Mask 35 %")

    await visitor.press(chip(visitor))
    await expect(status(page)).to_have_text("Mask covers 35 %.")
    await page.keyboard.press("Escape")
    await expect(editor(page)).to_be_hidden()
    await visitor.press(visitor.composer.get_by_role("button", name="Remove mask"))
    await expect(chip(visitor)).to_be_hidden()
    await expect(references(visitor)).to_have_count(1)


async def test_one_finger_paints_and_two_move_the_picture(studio: Studio, enter) -> None:
    visitor = await enter(studio, PHONE)
    page = visitor.page
    await make(visitor, "A meadow")
    await visitor.hand.act(visitor.large, "Mask")
    x, y = await middle(page)
    await touch(page, [[(x - 60, y)], *[[(x - 60 + 6 * i, y)] for i in range(20)]])
    await expect(status(page)).to_have_text(re.compile(r"Mask covers \d+ %\."))
    covered = await status(page).inner_text()
    zoom = editor(page).get_by_role("button", name=re.compile(r"^\d+ %$"))
    before = int((await zoom.inner_text()).split()[0])
    apart = [[(x - 30 - 6 * i, y), (x + 30 + 6 * i, y)] for i in range(10)]
    await touch(page, [[(x - 30, y)], *apart])
    await expect(zoom).not_to_have_text(f"{before} %")
    assert int((await zoom.inner_text()).split()[0]) > before
    await expect(status(page)).to_have_text(covered)
    await visitor.press(editor(page).get_by_role("button", name="Undo"))
    await expect(status(page)).to_contain_text("Nothing is covered yet")


async def test_a_mask_from_a_file_and_a_reference_to_paint_over(studio: Studio, enter) -> None:
    visitor = await enter(studio)
    page = visitor.page
    async with page.expect_file_chooser() as chooser:
        await visitor.press(visitor.composer.get_by_role("button", name="Attach pictures").first)
    await (await chooser.value).set_files([FilePayload(name="sea.png", mimeType="image/png", buffer=picture("teal"))])
    await visitor.press(references(visitor).first)
    await visitor.press(page.get_by_role("button", name="Paint a mask"))
    for name, data, says in (
        ("light.png", half("L", 255), "Mask covers 50 %."),
        ("clear.png", half("RGBA", (0, 0, 0, 0)), "Mask covers 50 %."),
        ("words.png", b"no picture", "Mask covers 50 %."),
    ):
        async with page.expect_file_chooser() as chooser:
            await visitor.press(editor(page).get_by_role("button", name="Import a mask"))
        await (await chooser.value).set_files([FilePayload(name=name, mimeType="image/png", buffer=data)])
        await expect(status(page)).to_have_text(says)
    await expect(editor(page).get_by_role("alert")).to_contain_text("cannot be opened. The mask is as it was.")
    await visitor.press(use(page))
    await expect(chip(visitor)).to_have_text("Mask 50 %")
    await visitor.press(visitor.composer.get_by_role("button", name="Remove reference 1"))
    await expect(chip(visitor)).to_be_hidden()


@pytest.mark.parametrize("hand", [DESK, PHONE], ids=lambda hand: hand.name)
async def test_editor_and_comparison_suit_everybody(hand: type[Hand], studio: Studio, enter) -> None:
    small = {"viewport": {"width": 320, "height": 640}} if hand.phone else {}
    visitor = await enter(studio, hand, reduced_motion="reduce", **small)
    page = visitor.page
    for _ in range(2):
        await make(visitor, "The same words")
        await visitor.hand.leave(visitor.large)
        await page.wait_for_url("**/studio")
    await page.goto("/library")
    await visitor.press(page.get_by_role("button", name="Select day"))
    await visitor.press(page.get_by_role("toolbar", name="Selection").get_by_role("button", name="Compare"))
    await expect(comparison(page).get_by_role("img").last).to_be_visible()
    problems = await find_problems(page, hand)
    await visitor.press(comparison(page).get_by_role("button", name="Close"))
    await visitor.press(page.get_by_role("button", name="Clear selection"))

    await visitor.hand.open(visitor.pictures.first)
    await visitor.hand.act(visitor.large, "Mask")
    await expect(page).to_have_url(re.compile("/studio$"))
    await visitor.press(editor(page).get_by_role("button", name="Invert"))
    await expect(status(page)).to_have_text("Mask covers 100 %.")
    problems += await find_problems(page, hand)
    assert not problems, "\n".join(problems)


def editor(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Mask", exact=True)


def comparison(page: Page) -> Locator:
    return page.get_by_role("dialog", name="Compare")


def status(page: Page) -> Locator:
    return editor(page).get_by_role("status").filter(has_text="cover")


def use(page: Page) -> Locator:
    return editor(page).get_by_role("button", name="Use this mask")


def chip(visitor: Visitor) -> Locator:
    return visitor.composer.get_by_role("button", name=re.compile("^Mask"))


async def make(visitor: Visitor, words: str) -> None:
    """A picture of these words, opened."""
    there = await visitor.picture(words).count()
    await visitor.create(words)
    await expect(visitor.picture(words)).to_have_count(there + 1)
    await visitor.hand.open(visitor.picture(words).first)
    await expect(visitor.large.get_by_role("textbox", name="Title")).to_have_value(words)


async def middle(page: Page) -> tuple[float, float]:
    box = await editor(page).get_by_role("application").bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


async def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """From one point of the picture to another, each as parts of its width and height."""
    box = await editor(page).locator("img").bounding_box()
    assert box
    (left, top), (right, bottom) = [
        (box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in (start, end)
    ]
    await page.mouse.move(left, top)
    await page.mouse.down()
    await page.mouse.move(right, bottom, steps=8)
    await page.mouse.up()


async def touch(page: Page, steps: list[list[tuple[float, float]]]) -> None:
    """Fingers that come, move and go; one more in a step than before comes in it."""
    client = await page.context.new_cdp_session(page)
    down = 0
    for fingers in steps:
        points = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(fingers)]
        kind = "touchStart" if len(fingers) > down else "touchMove"
        await client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        down = len(fingers)
    await client.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


async def differing(page: Page, before: Locator, after: Locator) -> float:
    """The part of two pictures of one size that is not the same in both."""
    pair = []
    for shown in (before, after):
        answer = await page.request.get(await shown.get_attribute("src") or "")
        pair.append(Image.open(io.BytesIO(await answer.body())).convert("RGB"))
    same = ImageChops.difference(*pair).convert("L").histogram()[0]
    return 1 - same / (pair[0].width * pair[0].height)


def picture(colour: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (300, 200), colour).save(out, "PNG")
    return out.getvalue()


def half(mode: str, value: object) -> bytes:
    """A mask whose right half is free, of another size than its picture."""
    out, mask = io.BytesIO(), Image.new(mode, (100, 80), "black")
    mask.paste(value, (50, 0, 100, 80))  # pyright: ignore[reportArgumentType]
    mask.save(out, "PNG")
    return out.getvalue()
