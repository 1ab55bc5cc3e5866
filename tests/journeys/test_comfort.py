"""The focus can always be seen, and motion stops for whoever asked for that."""

import re

import pytest
from playwright.async_api import expect

from tests.journeys.programs import Studio
from tests.journeys.visitor import Keys, Visitor

# Some of the focused element's own area is in the window with nothing on top of it.
_SEEN = """() => {
  const element = document.activeElement;
  if (!element || element === document.body) return "";
  const {left, top, right, bottom} = element.getBoundingClientRect();
  const xs = [0.02, 0.25, 0.5, 0.75, 0.98].map(share => left + (right - left) * share);
  const ys = [0.02, 0.25, 0.5, 0.75, 0.98].map(share => top + (bottom - top) * share);
  const shows = (x, y) => {
    const hit = document.elementFromPoint(x, y);
    return hit && (element.contains(hit) || (hit.contains(element) && !hit.matches("html, body, main, .app")));
  };
  if (xs.some(x => ys.some(y => shows(x, y)))) return "";
  return `${element.tagName} ${element.ariaLabel ?? element.textContent.trim().slice(0, 40)} at ${left | 0},${top | 0}`;
}"""


@pytest.mark.parametrize("height", [900, 560])
async def test_the_focus_is_never_hidden(height: int, provided_studio: Studio, enter) -> None:
    visitor = await enter(provided_studio, viewport={"width": 1280, "height": height})
    await fill(visitor)
    hidden = []
    await visitor.page.get_by_role("link", name="Skip to content").focus()
    for _ in range(60):
        hidden.append(await visitor.page.evaluate(_SEEN))
        await visitor.page.keyboard.press("Tab")
    await Keys(visitor.page).open(visitor.pictures.first)
    await visitor.page.keyboard.press("Escape")
    for key in ["ArrowDown"] * 8 + ["ArrowRight"] * 8 + ["PageDown", "End", "Home"] + ["ArrowUp"] * 3:
        await visitor.page.keyboard.press(key)
        hidden.append(await visitor.page.evaluate(_SEEN))
    assert not any(hidden), [where for where in hidden if where]


async def test_nothing_moves_for_who_asked_for_stillness(provided_studio: Studio, enter) -> None:
    visitor = await enter(provided_studio, reduced_motion="reduce")
    await visitor.create("a still picture [slow 1]")
    await expect(visitor.card("a still picture")).to_contain_text("Drawing")
    moving = "document.getAnimations().filter(each => each.effect.getComputedTiming().duration > 10).length"
    assert await visitor.page.evaluate(moving) == 0
    await expect(visitor.picture("a still picture")).to_have_count(1)
    assert await visitor.page.evaluate(moving) == 0
    await visitor.hand.open(visitor.picture("a still picture"))
    await visitor.large.press("+")
    assert await visitor.page.evaluate(moving) == 0

    lively = await enter(provided_studio)
    await lively.create("a lively picture [slow 1]")
    await expect(lively.card("a lively picture")).to_contain_text("Drawing")
    await lively.page.wait_for_function(f"{moving} > 0")


async def fill(visitor: Visitor) -> None:
    """Enough pictures for several screens."""
    await visitor.choose("Quality", re.compile("^Low"))
    await visitor.choose("How many", "More")
    for number in range(8):
        shape = ("1:1", "2:3", "3:2")[number % 3]
        await visitor.choose("Shape", shape)
        await visitor.create(f"picture number {number}")
        await expect(visitor.picture(f"picture number {number}")).not_to_have_count(0)
    await expect(visitor.queue).to_be_hidden()
    await visitor.page.wait_for_function("document.getAnimations().every(each => each.playState !== 'running')")
