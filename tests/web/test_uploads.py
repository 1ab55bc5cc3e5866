"""Uploads over HTTP: who may, what is answered, what a refusal says."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from gpt_image_ui.core import config
from gpt_image_ui.gallery.uploads import UploadSettings
from gpt_image_ui.storage import store
from gpt_image_ui.web import edge
from gpt_image_ui.web.routes import uploads as routes
from tests.gallery import corpus
from tests.web.visitors import Visitor, guest, stranger

# What differs between databases is tested in tests/gallery.
pytestmark = [
    pytest.mark.usefixtures("database"),
    pytest.mark.parametrize("database", ["sqlite"], indirect=True),
]


@pytest.fixture
def owner() -> Iterator[Visitor]:
    yield guest()
    asyncio.run(store.close())


def files() -> list[str]:
    media = config.data_directory() / "media"
    return [str(path) for path in media.rglob("*") if path.is_file()]


def test_a_file_is_taken_and_described(owner: Visitor):
    answer = owner.put("/api/uploads", content=corpus.jpeg_with_place(6), headers={"x-file-name": "K%C3%BCste.jpg"})
    made = answer.json()
    assert answer.status_code == 200
    assert set(made) == {"id", "name", "width", "height", "colour", "src"}
    assert (made["name"], made["width"], made["height"]) == ("Küste.jpg", 160, 240)
    assert made["src"] == f"/media/uploads/{made['id']}"


@pytest.mark.parametrize(
    ("data", "status", "code", "says"),
    [
        (corpus.TEXT, 415, "not_an_image", "This file is not an image we can open."),
        (corpus.SVG, 415, "not_an_image", "This file is not an image we can open."),
        (corpus.truncated_jpeg(), 415, "not_an_image", "This file is not an image we can open."),
        (corpus.bomb_png(), 413, "too_many_pixels", "more than 50 megapixels"),
        (corpus.png() + bytes(25_000_001), 413, "too_large", "Larger than 25 MB"),
    ],
    ids=["text", "svg", "truncated", "bomb", "large"],
)
def test_a_refusal_says_what_and_leaves_nothing(owner: Visitor, data: bytes, status: int, code: str, says: str):
    answer = owner.put("/api/uploads", content=data, headers={"x-file-name": "real.png"})
    told = answer.json()
    assert (answer.status_code, told["code"]) == (status, code)
    assert says in told["error"]
    assert told["reference"]
    assert files() == []


def test_a_body_without_a_length_is_cut_off_at_the_cap(owner: Visitor):
    config.override(UploadSettings(megabytes_max=1))

    def endless() -> Iterator[bytes]:
        yield corpus.png()
        for _ in range(1000):
            yield bytes(10_000)

    answer = owner.put("/api/uploads", content=endless())
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_too_many_at_once_are_told_when_to_come_again(owner: Visitor):
    config.override(UploadSettings(burst=1, every_seconds=90))
    owner.put("/api/uploads", content=corpus.png())
    answer = owner.put("/api/uploads", content=corpus.png())
    assert (answer.status_code, answer.json()["code"]) == (429, "rate_limited")
    assert 80 <= int(answer.headers["retry-after"]) <= 90


def test_nobody_uploads_without_a_session_or_from_another_site(owner: Visitor):
    assert stranger().put("/api/uploads", content=corpus.png()).status_code == 401
    answer = owner.put("/api/uploads", content=corpus.png(), headers={"origin": "https://evil.example"})
    assert (answer.status_code, answer.json()["code"]) == (403, "cross_site")
    assert files() == []


def test_deleting_is_for_the_owner_and_final(owner: Visitor):
    made = owner.put("/api/uploads", content=corpus.png()).json()
    path = f"/api/uploads/{made['id']}"
    assert guest().delete(path).status_code == 404
    assert stranger().delete(path).status_code == 401
    assert owner.delete(path, headers={"origin": "https://evil.example"}).status_code == 403
    assert len(files()) == 2
    assert owner.delete(path).status_code == 204
    assert files() == []
    assert owner.delete(path).status_code == 404
    assert owner.get(made["src"]).status_code == 404


def test_a_mask_says_so_and_must_leave_something_free(owner: Visitor):
    kept = owner.put("/api/uploads?for=mask", content=corpus.clear_png(), headers={"x-file-name": "Mask%2012%20%25"})
    assert (kept.status_code, kept.json()["name"]) == (200, "Mask 12 %")
    whole = owner.get(f"{kept.json()['src']}?full=1")
    assert (whole.status_code, whole.headers["content-type"]) == (200, "image/png")
    refused = owner.put("/api/uploads?for=mask", content=corpus.png())
    assert (refused.status_code, refused.json()["code"]) == (400, "mask_empty")


async def test_a_browser_that_leaves_half_way_leaves_nothing(owner: Visitor):
    """The body stops and the server says that the line is down."""
    from starlette.routing import Router

    said = AsyncMessages(
        {"type": "http.request", "body": corpus.png()[:3000], "more_body": True}, {"type": "http.disconnect"}
    )
    sent: list[dict] = []
    cookie = "; ".join(f"{name}={value}" for name, value in owner.cookies.items()).encode()
    scope = {
        "type": "http", "method": "PUT", "path": "/api/uploads", "raw_path": b"/api/uploads", "query_string": b"",
        "scheme": "http", "server": ("localhost", 8000), "client": ("127.0.0.1", 1), "root_path": "",
        "headers": [(b"host", b"localhost:8000"), (b"cookie", cookie)],
    }  # fmt: skip

    async def send(message: dict) -> None:
        sent.append(message)

    await edge.Edge(Router(routes.routes))(scope, said.receive, send)  # type: ignore[arg-type]
    assert sent[0]["status"] == 400
    assert files() == []


class AsyncMessages:
    """What a server hands to an application, one message after another."""

    def __init__(self, *messages: dict) -> None:
        self._messages = self._each(messages)

    async def receive(self) -> dict:
        return await anext(self._messages)

    @staticmethod
    async def _each(messages: tuple[dict, ...]) -> AsyncIterator[dict]:
        for message in messages:
            yield message
