"""Chromium, and what is asked of its pages."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = Path(__file__).parents[1] / "tests" / "chromium.sh"
WINDOW = {"width": 1440, "height": 900}

# Armed before a click: `card` is the first card of the queue after it, `job` the first that stands for a job, `tile`
# the first new picture, decoded; milliseconds of the page's clock.
PROBE = """
window.bench = {
  arm() {
    const has = () => [...document.querySelectorAll("[role=feed] article img")];
    const known = new Set(has().map((img) => img.getAttribute("src")));
    const at = { pressed: 0, card: 0, job: 0, tile: 0, src: "" };
    this.done = new Promise((resolve) => {
      document.addEventListener("click", (event) => (at.pressed = event.timeStamp), { capture: true, once: true });
      const look = async () => {
        const cards = document.querySelectorAll("section[aria-label=Queue] article");
        if (cards.length) at.card ||= performance.now();
        if ([...cards].some((card) => card.ariaLabel !== "Checking a new picture")) at.job ||= performance.now();
        const fresh = at.src ? null : has().find((img) => !known.has(img.getAttribute("src")));
        if (!fresh) return;
        at.src = fresh.getAttribute("src");
        while (!at.tile) await fresh.decode().then(() => (at.tile = performance.now()), () => 0);
        watching.disconnect();
        resolve({ ...at, origin: performance.timeOrigin });
      };
      const watching = new MutationObserver(look);
      watching.observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ["src"] });
    });
  },
};
"""


@contextlib.contextmanager
def chromium() -> Iterator["Browser"]:
    """A browser without a window."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


def open_studio(browser: "Browser", url: str, **context: Any) -> "Page":
    """A new guest's studio, filled and ready to be used."""
    page = browser.new_context(viewport=WINDOW, **context).new_page()
    page.add_init_script(PROBE)
    page.goto(f"{url}/studio")
    await_usable(page)
    return page


def await_usable(page: "Page") -> None:
    """Waits until Create would be answered: the server has filled the page."""
    page.wait_for_selector("input[name=nonce]:not([value=''])", state="attached", timeout=30_000)


def press_create(page: "Page", prompt: str) -> dict[str, Any]:
    """Types and clicks as a person does; gives the probe's moments as milliseconds since the click."""
    page.get_by_role("textbox", name="Prompt").fill(prompt)
    page.evaluate("bench.arm()")
    page.locator("button[type=submit]", has_text="Create").click()
    seen = page.evaluate("bench.done")
    since = {name: seen[name] - seen["pressed"] for name in ("card", "job", "tile") if seen[name]}
    return {**since, "src": seen["src"], "at": seen["origin"] + seen["tile"]}


def await_quiet(page: "Page") -> None:
    """Waits until the queue's strip has gone and nothing moves."""
    page.wait_for_selector("section[aria-label=Queue]", state="detached", timeout=30_000)
    page.wait_for_timeout(250)
