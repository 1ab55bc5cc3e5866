"""A person at a screen: what they see, found by role and name, and three ways to use it."""

import re
from typing import Any, ClassVar

from playwright.async_api import BrowserContext, ConsoleMessage, Locator, Page, expect

_TABS_MAX = 160
# What a browser writes by itself when an answer is not 200 or a socket is lost; tests look at those on their own.
_EXPECTED = re.compile(r"Failed to load resource|WebSocket connection to")

_KEEP_SOCKET = """window.WebSocket = class extends WebSocket {
  constructor(...given) {
    super(...given);
    window.socket = this;
  }
};"""


class Hand:
    """A mouse at a desk."""

    name = "mouse"
    phone = False
    profile: ClassVar[dict[str, Any]] = {"viewport": {"width": 1440, "height": 900}}

    def __init__(self, page: Page) -> None:
        self.page = page

    async def press(self, target: Locator) -> None:
        await target.click()

    async def write(self, field: Locator, text: str) -> None:
        await self.press(field)
        await field.fill(text)

    async def open(self, picture: Locator) -> None:
        await self.press(picture)

    async def create(self, visitor: "Visitor") -> None:
        await self.press(visitor.create_button)

    async def close_menu(self) -> None:
        await self.page.keyboard.press("Escape")

    async def act(self, large: Locator, name: str) -> None:
        """One of the actions of the large view, by its button."""
        await self.press(large.get_by_role("button", name=re.compile(f"^{name}")).first)

    async def leave(self, large: Locator) -> None:
        await self.press(large.get_by_role("button", name="Close"))


class Finger(Hand):
    """One finger on a phone of 360 px."""

    name = "touch"
    phone = True
    profile: ClassVar[dict[str, Any]] = {
        "viewport": {"width": 360, "height": 740},
        "has_touch": True,
        "is_mobile": True,
        "device_scale_factor": 2,
    }

    async def press(self, target: Locator) -> None:
        await target.tap()

    async def close_menu(self) -> None:
        """Choices lie open in the sheet."""


class Keys(Hand):
    """A keyboard alone."""

    name = "keyboard"
    letters: ClassVar[dict[str, str]] = {"Recall": "r", "Vary": "v", "Delete": "Delete"}

    async def reach(self, target: Locator) -> None:
        """Tab after Tab until it has the focus."""
        await expect(target).to_be_visible()
        for _ in range(_TABS_MAX):
            if await target.evaluate("element => element === document.activeElement"):
                return
            await self.page.keyboard.press("Tab")
        raise AssertionError(f"{_TABS_MAX} times Tab did not reach {target}")

    async def press(self, target: Locator) -> None:
        await self.reach(target)
        await self.page.keyboard.press("Enter")

    async def open(self, picture: Locator) -> None:
        """The wall is one stop for Tab; arrows go from tile to tile."""
        await expect(picture).to_be_visible()
        focused = self.page.locator("article:focus")
        for _ in range(_TABS_MAX):
            if await focused.count():
                break
            await self.page.keyboard.press("Tab")
        await self.page.keyboard.press("Home")
        for _ in range(await self.page.get_by_role("article").count()):
            if await picture.evaluate("element => element === document.activeElement"):
                await self.page.keyboard.press("Enter")
                return
            await self.page.keyboard.press("ArrowRight")
        raise AssertionError(f"the arrows did not reach {picture}")

    async def write(self, field: Locator, text: str) -> None:
        await self.reach(field)
        await self.page.keyboard.press("Control+A")
        await self.page.keyboard.insert_text(text)

    async def create(self, visitor: "Visitor") -> None:
        await self.reach(visitor.prompt)
        await self.page.keyboard.press("Control+Enter")

    async def act(self, large: Locator, name: str) -> None:
        await expect(large.get_by_role("button", name=re.compile(f"^{name}")).first).to_be_enabled()
        await self.page.keyboard.press(self.letters[name])

    async def leave(self, large: Locator) -> None:
        await self.page.keyboard.press("Escape")


DESK, PHONE, KEYBOARD = Hand, Finger, Keys
HANDS = (Hand, Finger, Keys)


class Visitor:
    """One browser profile with a tab in front. `trouble` gathers what no page may have."""

    page: Page
    hand: Hand

    def __init__(self, context: BrowserContext, hand: type[Hand] = DESK) -> None:
        self.context = context
        self.hand_type = hand
        self.trouble: list[str] = []
        context.on("weberror", lambda error: self.trouble.append(str(error.error)))
        context.on("console", self._hear)

    async def open(self, path: str) -> Page:
        """A tab on this path, in front from now on; on a screen of the app it is ready when it knows the balance."""
        self.page = await self.context.new_page()
        await self.page.add_init_script(_KEEP_SOCKET)
        self.hand = self.hand_type(self.page)
        await self.page.goto(path)
        if path.startswith(("/studio", "/library", "/a/")):
            await expect(self.balance).to_have_text(re.compile(r"[1-9]\d* credits"))
        return self.page

    @property
    def prompt(self) -> Locator:
        return self.page.get_by_role("textbox", name="Prompt")

    @property
    def create_button(self) -> Locator:
        return self.page.get_by_role("button", name=re.compile("^Create"))

    @property
    def balance(self) -> Locator:
        return self.page.get_by_role("status").filter(has_text="credits")

    @property
    def queue(self) -> Locator:
        return self.page.get_by_role("region", name="Queue")

    @property
    def gallery(self) -> Locator:
        return self.page.get_by_role("feed", name="Gallery")

    @property
    def pictures(self) -> Locator:
        return self.gallery.get_by_role("article")

    @property
    def composer(self) -> Locator:
        return self.page.get_by_role("form", name="New picture")

    @property
    def large(self) -> Locator:
        """The large view, which is named after its picture."""
        return self.page.locator("dialog#large")

    def card(self, words: str) -> Locator:
        """The queue's card of the job whose prompt has these words."""
        return self.queue.get_by_role("article").filter(has_text=words)

    def picture(self, words: str) -> Locator:
        """The tiles whose picture is described by these words."""
        return self.pictures.filter(has=self.page.get_by_role("img", name=words))

    async def press(self, target: Locator) -> None:
        await self.hand.press(target)

    async def forge(self, *frames: str) -> None:
        """Sends what no screen would send, over this tab's own socket."""
        await self.page.evaluate("frames => frames.forEach(frame => window.socket.send(frame))", list(frames))

    async def open_composer(self) -> None:
        """On a phone it is behind the pill."""
        if self.hand.phone and not await self.composer.is_visible():
            await self.press(self.page.get_by_role("button", name="Describe a picture"))
        await expect(self.prompt).to_be_visible()

    async def choose(self, setting: str, value: str | re.Pattern[str]) -> None:
        """One choice of the composer."""
        inline = self.hand.phone and setting in ("Shape", "Quality", "How many")
        choices = self.composer.get_by_role("group", name=setting, exact=True)
        if not inline:
            await self.press(self.composer.get_by_role("button", name=re.compile(f"^{setting}")))
        choice = choices.get_by_role("button", name=value, exact=isinstance(value, str)).first
        await self.press(choice)
        if setting == "Model":
            await expect(choice).to_be_hidden()
        elif setting != "How many":
            await expect(choice).to_have_attribute("aria-pressed", "true")
        if not inline and setting != "Model":
            await self.hand.close_menu()
            await expect(choice).to_be_hidden()

    async def create(self, words: str) -> int:
        """Writes and creates; returns what the button promised at most."""
        await self.open_composer()
        await self.hand.write(self.prompt, words)
        promise = re.search(r"max (\d+) credit", await self.create_button.inner_text())
        await self.hand.create(self)
        return int(promise[1]) if promise else 0

    async def credits(self) -> int:
        """What the balance says now."""
        return int((await self.balance.inner_text()).split()[0])

    async def close_sheet(self) -> None:
        """Puts the phone's sheet away; at a desk there is none."""
        if self.hand.phone:
            sheet = self.page.get_by_role("dialog", name="New picture")
            await self.press(sheet.get_by_role("button", name="Close"))
            await expect(self.composer).to_be_hidden()

    async def dismiss(self, words: str) -> None:
        """Takes an ended job's card away."""
        await self.press(self.card(words).get_by_role("button", name="Dismiss"))
        await expect(self.card(words)).to_be_hidden()

    async def expect_credits(self, amount: int) -> None:
        await expect(self.balance).to_have_text(re.compile(rf"\b{amount} credits"))

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not _EXPECTED.search(message.text):
            self.trouble.append(message.text)


def describe_trouble(lines: list[str]) -> str:
    """Errors of the pages, each once."""
    return "The pages had errors:\n" + "\n".join(sorted(set(lines)))
