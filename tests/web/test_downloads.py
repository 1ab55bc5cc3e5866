"""What a person may take away: the original as it came, a copy that says what it lost, and a video in parts."""

import asyncio
import hashlib
from collections.abc import Iterator
from io import BytesIO

import pytest
from PIL import Image

from gpt_image_ui.core import rate_limit
from gpt_image_ui.gallery import provenance, thumbnails
from gpt_image_ui.storage import store
from tests.gallery import clips, corpus, pictures, signing
from tests.web.visitors import Visitor, guest

pytestmark = [
    pytest.mark.usefixtures("database"),
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]
SIGNED = signing.signed(corpus.png())
CLIP = clips.clip(sound=True)


@pytest.fixture
def owner() -> Iterator[Visitor]:
    rate_limit.reset()
    yield guest()
    asyncio.run(store.close())


def landed(owner: Visitor, data: bytes) -> int:
    """A picture or video as a job leaves it."""
    derived, key = thumbnails.make(data), f"images/{owner.account_id}/job0/0"
    asyncio.run(store.get().put(key, data, derived.media_type))
    for width, tile in derived.tiles.items():
        asyncio.run(store.get().put(f"{key}.{width}", tile, "image/webp"))
    digest = hashlib.sha256(data).hexdigest()
    return pictures.add(
        "job0", account=owner.account_id, derived=derived, size_bytes=len(data), sha256=digest, prompt="A red boat"
    )


@pytest.mark.parametrize(
    ("form", "media_type", "ending"),
    [
        ("png", "image/png", "png"),
        ("jpeg", "image/jpeg", "jpg"),
        ("webp", "image/webp", "webp"),
        ("bare", "image/png", "png"),
    ],
)
def test_a_copy_is_what_it_says_and_carries_no_credentials(owner: Visitor, form: str, media_type: str, ending: str):
    image_id = landed(owner, SIGNED)
    answer = owner.get(f"/media/{image_id}/original?download=1&as={form}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, media_type)
    assert answer.headers["content-disposition"] == f'attachment; filename="a-red-boat-{image_id}.{ending}"'
    assert Image.open(BytesIO(answer.content)).size == (240, 160)
    assert not provenance.has_credentials(answer.content, media_type)


@pytest.mark.parametrize("asked", ["download=1", "download=1&as=original", ""])
def test_the_original_keeps_every_byte_whatever_was_made_of_it(owner: Visitor, asked: str):
    image_id = landed(owner, SIGNED)
    for form in ("png", "jpeg", "webp", "bare"):
        owner.get(f"/media/{image_id}/original?download=1&as={form}")
    assert owner.get(f"/media/{image_id}/original?{asked}").content == SIGNED
    assert asyncio.run(store.get().get(f"images/{owner.account_id}/job0/0")) == SIGNED


@pytest.mark.parametrize("form", ["tiff", "../png", "PNG"])
def test_a_form_that_nobody_offers_is_refused(owner: Visitor, form: str):
    answer = owner.get(f"/media/{landed(owner, SIGNED)}/original", params={"as": form})
    assert (answer.status_code, answer.json()["code"]) == (400, "no_such_copy")


def test_copies_are_for_their_owner_and_bounded_in_number(owner: Visitor):
    image_id = landed(owner, SIGNED)
    assert guest().get(f"/media/{image_id}/original?as=png").status_code == 404
    answers = [owner.get(f"/media/{image_id}/original?as=bare").status_code for _ in range(22)]
    assert answers[:20] == [200] * 20
    assert 429 in answers[20:]


def test_a_picture_that_cannot_be_opened_any_more_is_said_plainly(owner: Visitor):
    image_id = landed(owner, SIGNED)
    asyncio.run(store.get().put(f"images/{owner.account_id}/job0/0", b"rot", "image/png"))
    answer = owner.get(f"/media/{image_id}/original?as=jpeg")
    assert (answer.status_code, answer.json()["code"]) == (409, "unreadable")
    assert "unchanged" in answer.json()["error"]


def test_a_video_plays_in_parts_and_downloads_as_it_came(owner: Visitor):
    image_id = landed(owner, CLIP)
    whole = owner.get(f"/media/{image_id}/original")
    assert (whole.content, whole.headers["content-type"]) == (CLIP, "video/mp4")
    assert whole.headers["content-security-policy"] == "sandbox allow-same-origin; default-src 'none'; media-src 'self'"
    first = owner.get(f"/media/{image_id}/original", headers={"range": "bytes=0-"})
    assert (first.status_code, first.headers["content-range"]) == (206, f"bytes 0-{len(CLIP) - 1}/{len(CLIP)}")
    middle = owner.get(f"/media/{image_id}/original", headers={"range": "bytes=1000-1999"})
    assert (middle.status_code, middle.content) == (206, CLIP[1000:2000])
    saved = owner.get(f"/media/{image_id}/original?download=1").headers["content-disposition"]
    assert saved == f'attachment; filename="a-red-boat-{image_id}.mp4"'
    assert Image.open(BytesIO(owner.get(f"/media/{image_id}/640").content)).size == (320, 180)


@pytest.mark.parametrize("form", ["png", "jpeg", "webp", "bare"])
def test_of_a_video_there_is_only_the_original(owner: Visitor, form: str):
    answer = owner.get(f"/media/{landed(owner, CLIP)}/original?as={form}")
    assert (answer.status_code, answer.json()["code"]) == (400, "no_such_copy")
    assert owner.get("/api/cards").json()[0]["m"] == pytest.approx(2000, abs=50)
