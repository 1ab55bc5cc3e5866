"""Every screen and state, at a desk and on the smallest phone, light and dark: axe finds nothing serious, nothing
scrolls sideways, and whatever can be pressed is large enough."""

import re

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

from tests.journeys import tour
from tests.journeys.programs import Studio
from tests.journeys.visitor import DESK, PHONE, Hand

_SMALLEST = {"viewport": {"width": 320, "height": 640}}
_COLOURS_ONLY = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
# Everything that can be pressed, but for links within a sentence, which WCAG 2.5.8 excepts. What answers counts, not
# what is drawn: from its middle outwards for as long as a finger would still hit it.
_TARGETS = """([least_wide, least_high]) => {
  const layer = [...document.querySelectorAll("dialog:modal")].at(-1) ?? document;
  const hits = (element, x, y) => {
    const hit = document.elementFromPoint(x, y);
    return !!hit && (element.contains(hit) || (hit.tagName === "LABEL" && hit.control === element));
  };
  const reach = (element, x, y, dx, dy) => {
    let steps = 0;
    while (steps < 30 && hits(element, x + dx * (steps + 1), y + dy * (steps + 1))) steps++;
    return steps;
  };
  const small = [];
  for (const element of layer.querySelectorAll("button, a[href], input, select, textarea, summary, [role=checkbox]")) {
    if (element.disabled || !element.checkVisibility({visibilityProperty: true, opacityProperty: true})) continue;
    if (element.matches("a") && element.closest("p, dd, li")) continue;
    const {x, y, width, height} = element.getBoundingClientRect();
    const [left, top] = [x + width / 2, y + height / 2];
    if (!hits(element, left, top)) continue; // outside the window, or below another layer
    const wide = 1 + reach(element, left, top, -1, 0) + reach(element, left, top, 1, 0);
    const high = 1 + reach(element, left, top, 0, -1) + reach(element, left, top, 0, 1);
    if (Math.max(wide, width) < least_wide || Math.max(high, height) < least_high)
      small.push(`${element.tagName} ${element.ariaLabel ?? element.textContent.trim().slice(0, 30)} ${wide}x${high}`);
  }
  return small;
}"""
# Width and height. A finger's 44 px are asked for in height, and counted pixels may miss one at either end.
_MOUSE, _FINGER = (24, 24), (32, 42)
_SETTLED = """async () => {
  await new Promise(requestAnimationFrame);
  await Promise.allSettled(document.getAnimations().map(each => each.finished));
  await new Promise(requestAnimationFrame);
}"""
_SIDEWAYS = """() => {
  const boxes = [document.documentElement, document.body, ...document.querySelectorAll("dialog:modal, main")];
  return boxes.filter(box => box.scrollWidth > box.clientWidth + 1).map(box => box.tagName + " " + box.scrollWidth);
}"""


@pytest.mark.parametrize("hand", [DESK, PHONE], ids=lambda hand: hand.name)
async def test_every_screen(hand: type[Hand], provided_studio: Studio, enter) -> None:
    profile = _SMALLEST if hand.phone else {}
    visitor = await enter(provided_studio, hand, "/", reduced_motion="reduce", **profile)
    problems: list[str] = []
    async for name in tour.visit_public_pages(visitor):
        problems += [f"{name}: {line}" for line in await find_problems(visitor.page, hand)]
    async for name in tour.visit_screens(visitor):
        problems += [f"{name}: {line}" for line in await find_problems(visitor.page, hand)]
    assert not problems, "\n".join(problems)


async def find_problems(page: Page, hand: type[Hand]) -> list[str]:
    """What is wrong with the page as it stands."""
    sideways = [f"scrolls sideways: {line}" for line in await page.evaluate(_SIDEWAYS)]
    small = [f"too small: {line}" for line in await page.evaluate(_TARGETS, _FINGER if hand.phone else _MOUSE)]
    light = await find_violations(page)
    await page.emulate_media(color_scheme="dark")
    await page.evaluate(_SETTLED)
    dark = [f"dark, {line}" for line in await find_violations(page, _COLOURS_ONLY)]
    await page.emulate_media(color_scheme="light")
    await page.evaluate(_SETTLED)
    return sideways + small + light + dark


async def find_violations(page: Page, options: dict | None = None) -> list[str]:
    """Serious and critical findings of axe, with the elements they are about."""
    found = await Axe().run(page, options=options)
    return [
        describe(violation["id"], node)
        for violation in found.response["violations"]
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]


def describe(rule: str, node: dict) -> str:
    markup = re.sub(r"\s+", " ", node["html"])[:140]
    return f"{rule}: {markup} ({node['failureSummary'].splitlines()[-1].strip()})"
