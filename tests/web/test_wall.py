"""The wall's data over HTTP: current, small, private."""

import gzip
import json
from typing import Any

import pytest

from gpt_image_ui.core import db
from gpt_image_ui.gallery import feed, images
from gpt_image_ui.web.routes import wall
from tests.gallery import pictures
from tests.web.visitors import Visitor, guest, stranger

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def owner() -> Visitor:
    return guest()


def test_the_index_and_its_pages_hold_everything_once(owner: Visitor):
    ids = pictures.add_many(230, owner.account_id)
    index = owner.get("/api/wall").json()
    assert (index["n"], index["top"], len(index["r"]), index["a"]) == (230, ids[-1], 230, ids[::100])
    assert sum(count for _, count in index["days"]) == 230
    seen = []
    for first, last in zip(index["a"], [*index["a"][1:], ""], strict=True):
        seen += [card["id"] for card in owner.get(f"/api/cards?from={first}&to={last}").json()]
    assert seen == ids
    assert set(index["head"][0]) == {"id", "s", "c", "t", "r", "w", "h"}


def test_shows_only_ones_own(owner: Visitor):
    pictures.add_many(3, owner.account_id)
    other = guest()
    assert other.get("/api/wall").json()["n"] == 0
    assert other.get("/api/cards?from=0").json() == []
    for path in ("/api/wall", "/api/cards"):
        answer = stranger().get(path)
        assert (answer.status_code, answer.json()["code"]) == (401, "session_ended")


def test_an_unchanged_wall_is_not_sent_again_and_every_change_shows(owner: Visitor):
    ids = pictures.add_many(3, owner.account_id)
    first = owner.get("/api/wall")
    tag = first.headers["etag"]
    same = owner.get("/api/wall", headers={"if-none-match": tag})
    assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", tag)
    assert first.headers["cache-control"] == "private, no-cache"
    for act in (
        lambda session: images.delete(session, owner.account_id, [ids[0]]),
        lambda session: images.restore(session, owner.account_id, [ids[0]]),
        lambda session: images.rate(session, owner.account_id, ids[1], 5),
        lambda session: pictures.put(session, "new", account=owner.account_id),
    ):
        db.run(act)
        answer = owner.get("/api/wall", headers={"if-none-match": tag})
        assert answer.status_code == 200
        assert answer.headers["etag"] != tag
        tag = answer.headers["etag"]
    assert answer.json()["n"] == 4


def test_a_tag_is_worth_nothing_to_another_account_or_filter(owner: Visitor):
    tag = owner.get("/api/wall").headers["etag"]
    assert guest().get("/api/wall", headers={"if-none-match": tag}).status_code == 200
    assert owner.get("/api/wall?q=sea", headers={"if-none-match": tag}).status_code == 200
    assert owner.get("/api/wall?since=1", headers={"if-none-match": tag}).status_code == 200


def test_the_index_is_built_once_for_each_version(owner: Visitor, monkeypatch: pytest.MonkeyPatch):
    pictures.add_many(2, owner.account_id)
    built = []
    build = feed.build_index

    def counted(*args: Any) -> dict[str, Any]:
        built.append(args[2])
        return build(*args)

    monkeypatch.setattr(feed, "build_index", counted)
    for _ in range(3):
        assert owner.get("/api/wall").json()["n"] == 2
        assert owner.get("/api/wall?q=HARBOUR").json()["n"] == 2
        assert owner.get("/api/wall?q=harbour").json()["n"] == 2
    assert len(built) == 2
    pictures.add("new", account=owner.account_id)
    assert owner.get("/api/wall").json()["n"] == 3
    assert len(built) == 3


def test_the_memory_of_indexes_is_bounded(owner: Visitor):
    for number in range(50):
        owner.get(f"/api/wall?q=word{number}")
    assert len(wall._bodies) <= 32


def test_since_sends_only_what_came_after(owner: Visitor):
    ids = pictures.add_many(4, owner.account_id)
    answer = owner.get(f"/api/wall?since={ids[1]}").json()
    assert (answer["n"], [card["id"] for card in answer["head"]]) == (2, ids[:1:-1])


def test_large_answers_are_compressed_and_small_ones_are_not(owner: Visitor):
    small = owner.get("/api/wall")
    assert "content-encoding" not in small.headers
    pictures.add_many(300, owner.account_id)
    for path in ("/api/wall", "/api/cards?from=0"):
        packed = owner.get(path)
        assert packed.headers["content-encoding"] == "gzip"
        assert "accept-encoding" in packed.headers["vary"]
        plain = owner.get(path, headers={"accept-encoding": "identity"})
        assert "content-encoding" not in plain.headers
        assert plain.json() == packed.json()
        assert int(packed.headers["content-length"]) < len(gzip.compress(json.dumps(plain.json()).encode())) + 200


@pytest.mark.parametrize(
    "query",
    [
        "rating=9",
        "rating=x",
        "shape=round",
        "from_day=2026",
        "to_day=31.12.2026",
        "since=-1",
        "since=x",
        "since=" + "9" * 30,
    ],
)
def test_a_parameter_that_means_nothing_is_refused_in_words(owner: Visitor, query: str):
    answer = owner.get(f"/api/wall?{query}")
    told = answer.json()
    assert (answer.status_code, told["code"]) == (400, "bad_filter")
    assert query.split("=")[0] in told["error"]


@pytest.mark.parametrize("query", ["from=x", "from=-1", "to=1e9", "from=9223372036854775808"])
def test_pages_have_the_same_manners(owner: Visitor, query: str):
    assert owner.get(f"/api/cards?{query}").status_code == 400


def test_odd_searches_are_only_searches(owner: Visitor):
    pictures.add("job0", account=owner.account_id)
    for query in ("%ff", "'%20or%201=1--", "a" * 5000, "%25", "_", "%F0%9F%8C%8A"):
        assert owner.get(f"/api/wall?q={query}").json()["n"] == 0
    assert owner.get("/api/wall?q=%00&model=%00").json()["n"] == 1
