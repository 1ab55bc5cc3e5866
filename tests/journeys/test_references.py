"""Pictures that a person brings: pasted, dropped, chosen, put in order, and sent with the prompt."""

import base64
import io
import re

from PIL import Image
from playwright.async_api import FilePayload, Locator, expect

from tests.journeys.programs import ImagesServer, Studio
from tests.journeys.visitor import PHONE, Visitor

_PASTE = """async data => {
  const picture = await (await fetch(`data:image/png;base64,${data}`)).blob();
  await navigator.clipboard.write([new ClipboardItem({"image/png": picture})]);
}"""
_DRAG = """async ([data, name, steps]) => {
  const picture = await (await fetch(`data:image/png;base64,${data}`)).blob();
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([picture], name, {type: "image/png"}));
  const drag = {dataTransfer, bubbles: true, cancelable: true};
  for (const step of steps) document.body.dispatchEvent(new DragEvent(step, drag));
}"""


async def test_paste_drop_choose_order_and_remove(studio: Studio, enter) -> None:
    visitor = await enter(studio, permissions=["clipboard-read", "clipboard-write"])
    page = visitor.page
    await page.evaluate(_PASTE, packed("red"))
    await visitor.prompt.press("Control+V")
    await expect(references(visitor)).to_have_count(1)

    await page.evaluate(_DRAG, [packed("green"), "green.png", ["dragenter", "dragover"]])
    await expect(page.get_by_text("Drop pictures to use them as references")).to_be_visible()
    await page.evaluate(_DRAG, [packed("green"), "green.png", ["drop"]])
    await expect(page.get_by_text("Drop pictures to use them as references")).to_be_hidden()
    await expect(references(visitor)).to_have_count(2)

    await choose(visitor, file("blue"), file("white"))
    await expect(references(visitor)).to_have_count(4)
    assert await names(visitor) == ["image.png", "green.png", "blue.png", "white.png"]

    await visitor.press(references(visitor).nth(3))
    await visitor.press(page.get_by_role("group", name="Reference 4").get_by_role("button", name="Move left"))
    await expect(references(visitor).nth(2)).to_have_accessible_name("Reference 3: white.png")
    await page.keyboard.press("Escape")
    await visitor.press(page.get_by_role("button", name="Remove reference 1"))
    await expect(references(visitor)).to_have_count(3)
    assert await names(visitor) == ["green.png", "white.png", "blue.png"]
    await expect(visitor.prompt).to_have_value("")


async def test_what_is_no_picture_is_refused_in_words(studio: Studio, enter) -> None:
    visitor = await enter(studio)
    await choose(visitor, FilePayload(name="notes.png", mimeType="image/png", buffer=b"just some words"))
    refusal = visitor.page.get_by_role("alert", name="notes.png")
    await expect(refusal).to_contain_text(re.compile("not a picture|not an image|cannot be opened|can open"))
    await choose(visitor, FilePayload(name="notes.txt", mimeType="text/plain", buffer=b"just some words"))
    await expect(visitor.page.get_by_role("alert", name="notes.txt")).to_contain_text("not a PNG, JPEG or WebP picture")
    await expect(references(visitor)).to_have_count(0)
    await visitor.press(refusal.get_by_role("button", name="Remove notes.png"))
    await expect(refusal).to_be_hidden()


async def test_two_references_make_one_edit(provided_studio: Studio, provider: ImagesServer, enter) -> None:
    visitor = await enter(provided_studio, PHONE)
    before = len(provider.calls())
    await visitor.open_composer()
    await choose(visitor, file("red"), file("blue"))
    await expect(references(visitor)).to_have_count(2)
    promised = await visitor.create("the red one in the colours of the blue one")
    await expect(visitor.picture("the red one")).to_have_count(1)
    await visitor.expect_credits(100 - promised)

    *checks, drawn = provider.calls()[before:]
    assert [call["kind"] for call in checks] == ["moderation"] * len(checks)
    assert checks
    assert drawn["kind"] == "images"
    assert drawn["path"].endswith("/images/edits")

    await visitor.hand.open(visitor.picture("the red one"))
    await visitor.press(visitor.large.get_by_role("tab", name="Recipe"))
    await expect(visitor.large.get_by_role("img", name="Reference 2")).to_be_visible()


def references(visitor: Visitor) -> Locator:
    """The pictures in the composer, each a button that opens its menu."""
    group = visitor.composer.get_by_role("group", name="References")
    return group.get_by_role("button", name=re.compile(r"^Reference \d+: "))


async def names(visitor: Visitor) -> list[str]:
    labels = await references(visitor).evaluate_all("all => all.map(button => button.ariaLabel)")
    return [label.split(": ", 1)[1] for label in labels]


async def choose(visitor: Visitor, *files: FilePayload) -> None:
    """By the file dialogue."""
    async with visitor.page.expect_file_chooser() as chooser:
        await visitor.press(visitor.composer.get_by_role("button", name="Attach pictures").first)
    await (await chooser.value).set_files(files)


def file(colour: str) -> FilePayload:
    return FilePayload(name=f"{colour}.png", mimeType="image/png", buffer=base64.b64decode(packed(colour)))


def packed(colour: str) -> str:
    written = io.BytesIO()
    Image.new("RGB", (96, 64), colour).save(written, "PNG")
    return base64.b64encode(written.getvalue()).decode()
