"""Pictures as a browser gets them: to their owner only, whole or in part, never to be run as a page."""

import asyncio
from collections.abc import Iterator

import pytest

from gpt_image_ui.core import config, db
from gpt_image_ui.gallery import images
from gpt_image_ui.storage import store
from gpt_image_ui.storage.interface import StorageError
from gpt_image_ui.storage.store import StorageSettings
from tests.gallery import corpus, pictures
from tests.web.visitors import Visitor, guest, stranger

# What differs between databases is tested in tests/gallery.
pytestmark = [
    pytest.mark.usefixtures("database"),
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]
BYTES = bytes(range(256)) * 2000


@pytest.fixture
def owner() -> Iterator[Visitor]:
    yield guest()
    asyncio.run(store.close())


@pytest.fixture
def picture(owner: Visitor) -> int:
    """A stored picture: the original is recognisable bytes, each tile says its width."""
    image_id = pictures.add(
        "job0", account=owner.account_id, size_bytes=len(BYTES), prompt="Ein Café am Meer, “quoted”"
    )
    asyncio.run(_store(f"images/{owner.account_id}/job0/0"))
    return image_id


async def _store(key: str) -> None:
    await store.get().put(key, BYTES, "image/png")
    for width in (320, 640, 960):
        await store.get().put(f"{key}.{width}", b"tile %d" % width, "image/webp")


@pytest.mark.parametrize("variant", ["320", "640", "960", "original"])
def test_the_owner_gets_tiles_and_the_original(owner: Visitor, picture: int, variant: str):
    answer = owner.get(f"/media/{picture}/{variant}")
    wanted = (BYTES, "image/png") if variant == "original" else (f"tile {variant}".encode(), "image/webp")
    assert answer.status_code == 200
    assert (answer.content, answer.headers["content-type"]) == wanted
    assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert int(answer.headers["content-length"]) == len(answer.content)


def test_missing_and_others_pictures_are_told_apart_by_nobody(owner: Visitor, picture: int):
    answers = [
        guest().get(f"/media/{picture}/640"),
        guest().get(f"/media/{picture}/original"),
        owner.get(f"/media/{picture + 1}/640"),
        owner.get(f"/media/{2**80}/640"),
        stranger().get(f"/media/{picture}/640"),
        owner.get(f"/media/{picture}/650"),
    ]
    assert [answer.status_code for answer in answers] == [404] * len(answers)
    assert {answer.json()["code"] for answer in answers} == {"not_found"}
    assert len({answer.json()["error"] for answer in answers[:4]}) == 1
    assert all(len(answer.json()["reference"]) == 12 for answer in answers)
    assert not any("immutable" in answer.headers.get("cache-control", "") for answer in answers)


def test_a_deleted_picture_is_gone_at_once_and_back_when_restored(owner: Visitor, picture: int):
    db.run(images.delete, owner.account_id, [picture])
    assert owner.get(f"/media/{picture}/640").status_code == 404
    db.run(images.restore, owner.account_id, [picture])
    assert owner.get(f"/media/{picture}/640").status_code == 200


def test_what_the_browser_holds_is_not_sent_again(owner: Visitor, picture: int):
    tags = set()
    for variant in ("320", "640", "original"):
        tag = owner.get(f"/media/{picture}/{variant}").headers["etag"]
        tags.add(tag)
        for said in (tag, f'"other", {tag}', f"W/{tag}"):
            again = owner.get(f"/media/{picture}/{variant}", headers={"if-none-match": said})
            assert (again.status_code, again.content) == (304, b"")
        assert guest().get(f"/media/{picture}/{variant}", headers={"if-none-match": tag}).status_code == 404
    assert len(tags) == 3


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-99", 0, 99),
        ("bytes=100-", 100, len(BYTES) - 1),
        ("bytes=-10", len(BYTES) - 10, len(BYTES) - 1),
        ("bytes=-99999999", 0, len(BYTES) - 1),
        ("bytes=511999-99999999", 511_999, 511_999),
        ("bytes=0-0", 0, 0),
    ],
)
def test_a_part_of_the_original(owner: Visitor, picture: int, asked: str, first: int, last: int):
    answer = owner.get(f"/media/{picture}/original", headers={"range": asked})
    assert answer.status_code == 206
    assert answer.content == BYTES[first : last + 1]
    assert answer.headers["content-range"] == f"bytes {first}-{last}/{len(BYTES)}"
    assert int(answer.headers["content-length"]) == last - first + 1


@pytest.mark.parametrize("asked", [f"bytes={len(BYTES)}-", "bytes=999999999-1000000000", "bytes=-0"])
def test_a_part_that_is_not_there(owner: Visitor, picture: int, asked: str):
    answer = owner.get(f"/media/{picture}/original", headers={"range": asked})
    assert (answer.status_code, answer.headers["content-range"]) == (416, f"bytes */{len(BYTES)}")


@pytest.mark.parametrize("asked", ["bytes=5-2", "bytes=0-1,4-5", "bytes=-", "lines=0-1", "bytes=a-b"])
def test_a_range_we_do_not_understand_gives_the_whole(owner: Visitor, picture: int, asked: str):
    answer = owner.get(f"/media/{picture}/original", headers={"range": asked})
    assert (answer.status_code, answer.content) == (200, BYTES)


def test_a_part_of_a_stale_copy_gives_the_whole(owner: Visitor, picture: int):
    tag = owner.get(f"/media/{picture}/original").headers["etag"]
    for known, status in ((tag, 206), ('"old"', 200)):
        answer = owner.get(f"/media/{picture}/original", headers={"range": "bytes=0-9", "if-range": known})
        assert answer.status_code == status


def test_head_tells_the_size_and_sends_nothing(owner: Visitor, picture: int):
    answer = owner.head(f"/media/{picture}/original")
    assert (answer.status_code, answer.headers["content-length"], answer.content) == (200, str(len(BYTES)), b"")


def test_a_download_has_a_readable_name(owner: Visitor, picture: int):
    answer = owner.get(f"/media/{picture}/original?download=1")
    assert answer.headers["content-disposition"] == (
        f'attachment; filename="ein-cafe-am-meer-quoted-{picture}.png"; '
        f"filename*=UTF-8''ein-caf%C3%A9-am-meer-quoted-{picture}.png"
    )
    assert "content-disposition" not in owner.get(f"/media/{picture}/original").headers


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("../../etc/passwd\r\nX-Evil: 1", "etc-passwd-x-evil-1-{}.png"),
        ('a"b;c', "a-b-c-{}.png"),
        ("...", "picture-{}.png"),
    ],
)
def test_a_title_cannot_break_out_of_the_name(owner: Visitor, picture: int, title: str, name: str):
    db.run(images.rename, owner.account_id, picture, title)
    answer = owner.get(f"/media/{picture}/original?download=1")
    assert answer.headers["content-disposition"] == f'attachment; filename="{name.format(picture)}"'
    assert "x-evil" not in answer.headers


def test_lost_bytes_and_a_silent_store_are_said_plainly(owner: Visitor, picture: int, monkeypatch: pytest.MonkeyPatch):
    asyncio.run(store.get().delete([f"images/{owner.account_id}/job0/0"]))
    assert "missing" in owner.get(f"/media/{picture}/original").json()["error"]

    async def silent(*_: object) -> bytes:
        raise StorageError("s3 says no to key AKIA123")

    monkeypatch.setattr(store.get(), "get", silent)
    answer = owner.get(f"/media/{picture}/640")
    assert (answer.status_code, answer.json()["code"], answer.headers["retry-after"]) == (503, "storage_silent", "60")
    assert "AKIA" not in answer.text


def test_links_to_the_store_are_short_and_not_kept(owner: Visitor, picture: int, monkeypatch: pytest.MonkeyPatch):
    async def link(key: str, seconds: int, media_type: str, filename: str | None) -> str:
        return f"https://bucket.example/{key}?for={seconds}&as={media_type}&name={filename}"

    monkeypatch.setattr(store.get(), "link", link)
    assert owner.get(f"/media/{picture}/original").status_code == 200
    config.override(StorageSettings(links=True, link_seconds=30))
    answer = owner.get(f"/media/{picture}/original?download=1")
    assert (answer.status_code, answer.headers["cache-control"]) == (307, "private, no-store")
    assert answer.headers["location"].startswith(f"https://bucket.example/images/{owner.account_id}/job0/0?for=30")
    assert guest().get(f"/media/{picture}/original").status_code == 404
    assert owner.get(f"/media/{picture}/640").status_code == 200


def test_an_upload_is_shown_to_its_owner_small_or_whole(owner: Visitor):
    made = owner.put("/api/uploads", content=corpus.clear_png()).json()
    small, whole = owner.get(made["src"]), owner.get(f"{made['src']}?full=1")
    assert (small.headers["content-type"], whole.headers["content-type"]) == ("image/webp", "image/png")
    assert small.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert owner.get(f"{made['src']}?full=1", headers={"range": "bytes=0-7"}).content == whole.content[:8]
    assert owner.get(made["src"], headers={"if-none-match": small.headers["etag"]}).status_code == 304
    for visitor, path in (
        (guest(), made["src"]),
        (stranger(), made["src"]),
        (owner, "/media/uploads/none"),
        (owner, "/media/uploads/%00"),
    ):
        assert visitor.get(path).status_code == 404
