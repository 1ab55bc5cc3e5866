"""A video beside pictures: seen on the wall, played and turned past, told where it comes from, taken away."""

import hashlib
import re
from pathlib import Path

import pytest
from playwright.async_api import expect

from gpt_image_ui.core import db
from gpt_image_ui.gallery import thumbnails
from gpt_image_ui.storage import store
from tests.gallery import clips, corpus, pictures, signing
from tests.journeys.programs import Studio
from tests.journeys.visitor import PHONE

# VP9 plays in every Chromium, whatever it was built with.
FILM = clips.clip("webm", (640, 360), 3, sound=True)
PICTURE = signing.signed(corpus.png((900, 600)))


def bytes_of(path: Path) -> bytes:
    return Path(path).read_bytes()


@pytest.fixture
async def filled(studio: Studio, monkeypatch: pytest.MonkeyPatch):
    """Gives whoever came last a signed picture and, newer, a film, as finished jobs would."""
    monkeypatch.setenv("GPT_IMAGE_UI_DATA", str(studio.data))
    wanted = {"model": "sketch-1", "prompt": "", "quality": "medium"}

    async def fill() -> list[int]:
        account, ids = studio.newest_account(), []
        for data, prompt, asked in (
            (PICTURE, "A harbour", {"size": "900x600"}),
            (FILM, "A boat leaves", {"size": "640x360", "seconds": 3, "audio": True}),
        ):
            sha256 = hashlib.sha256(data).hexdigest()
            derived, key = thumbnails.make(data), f"images/{account}/{sha256[:32]}/0"
            await store.get().put(key, data, derived.media_type)
            row = {"account": account, "key": key, "derived": derived, "size_bytes": len(data), "sha256": sha256}
            request = {**wanted, **asked}
            job = hashlib.sha256(f"{account}{sha256}".encode()).hexdigest()[:32]
            ids.append(db.run(pictures.put, job, **row, prompt=prompt, request=request))
        return ids

    yield fill
    await store.close()


async def test_a_film_is_marked_plays_on_request_and_is_turned_past(studio: Studio, enter, filled) -> None:
    visitor = await enter(studio)
    await filled()
    await visitor.page.reload()
    tile = visitor.picture("A boat leaves")
    await expect(tile).to_have_attribute("aria-label", "A boat leaves, video, 0:03")
    await expect(tile.get_by_text("0:03")).to_be_visible()

    await tile.click()
    film = visitor.large.locator("video")
    await expect(film).to_have_js_property("paused", True)
    await expect(film).to_have_js_property("videoWidth", 640)
    await visitor.page.keyboard.press("Space")
    await expect(film).to_have_js_property("paused", False)
    await visitor.page.keyboard.press("Space")
    await expect(film).to_have_js_property("paused", True)
    await film.evaluate("film => { film.currentTime = 2.5; }")
    await expect(film).to_have_js_property("seeking", False)
    assert await film.evaluate("film => film.currentTime") == pytest.approx(2.5, abs=0.2)

    await visitor.page.keyboard.press("ArrowRight")
    await expect(visitor.large.get_by_role("img", name="A harbour")).to_be_visible()
    await expect(film).to_have_count(0)
    await visitor.page.keyboard.press("ArrowLeft")
    await expect(film).to_be_visible()
    await visitor.page.keyboard.press("Escape")
    await expect(visitor.large).to_be_hidden()


async def test_a_finger_turns_from_a_film_to_its_neighbour(studio: Studio, enter, filled) -> None:
    visitor = await enter(studio, PHONE)
    _, film_id = await filled()
    page = await visitor.open(f"/a/{film_id}")
    film = visitor.large.locator("video")
    await expect(film).to_be_visible()
    edge = await film.bounding_box()
    assert edge is not None
    touch = await visitor.context.new_cdp_session(page)
    y = edge["y"] + edge["height"] / 4
    await touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": 300, "y": y}]})
    for x in (250, 180, 100):
        await touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x, "y": y}]})
    await touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    await expect(visitor.large.get_by_role("img", name="A harbour")).to_be_visible()


async def test_where_it_comes_from_and_what_can_be_taken_away(studio: Studio, enter, filled) -> None:
    visitor = await enter(studio)
    picture_id, film_id = await filled()
    await visitor.open(f"/a/{picture_id}")
    await visitor.large.get_by_role("tab", name="Provenance").click()
    panel = visitor.large.get_by_role("tabpanel")
    await expect(panel).to_contain_text("Signed by Harbour Pictures, valid.")
    await expect(panel).to_contain_text(hashlib.sha256(PICTURE).hexdigest())
    await expect(panel).to_contain_text("As asked")

    taken = {}
    for label in ("Original", "JPEG", "Original without metadata"):
        await visitor.large.get_by_role("button", name="Download", exact=True).click()
        menu = visitor.large.get_by_role("group", name="Download")
        async with visitor.page.expect_download() as saving:
            await menu.get_by_role("link", name=re.compile(f"^{label} ?[A-Z]")).first.click()
        taken[label] = bytes_of(await (await saving.value).path())
        if await menu.is_visible():
            await visitor.page.keyboard.press("Escape")
    assert taken["Original"] == PICTURE
    assert thumbnails.sniff(taken["JPEG"]) == "image/jpeg"
    assert b"caBX" in PICTURE
    assert b"caBX" not in taken["Original without metadata"]

    await visitor.open(f"/a/{film_id}")
    await visitor.large.get_by_role("tab", name="Provenance").click()
    await expect(visitor.large.get_by_role("tabpanel")).to_contain_text("No content credentials found.")
    async with visitor.page.expect_download() as saving:
        await visitor.large.get_by_role("link", name="Download").click()
    assert bytes_of(await (await saving.value).path()) == FILM


async def test_the_library_shows_films_alone(studio: Studio, enter, filled) -> None:
    visitor = await enter(studio)
    await filled()
    await visitor.open("/library")
    await expect(visitor.pictures).to_have_count(2)
    filters = visitor.page.get_by_role("group", name="Filters")
    await filters.get_by_role("button", name="Kind").click()
    await filters.get_by_role("button", name="Videos").click()
    await expect(visitor.pictures).to_have_count(1)
    await expect(visitor.picture("A boat leaves")).to_be_visible()
    await expect(visitor.page).to_have_url(re.compile("kind=video"))
