"""What walls read: everything in an index, pages by id, filters and search that mean the same on both databases."""

from datetime import UTC, date, datetime

import pytest

from gpt_image_ui.core import db
from gpt_image_ui.core.errors import UserFacingError
from gpt_image_ui.gallery import feed, images
from gpt_image_ui.gallery.feed import WallFilter
from tests.gallery.pictures import ANNA, BORIS, add, add_many, derived, filmed

pytestmark = pytest.mark.usefixtures("database")


def index(since: int = 0) -> dict:
    return db.look(feed.build_index, ANNA, WallFilter(), since)


def found(**filters) -> list[int]:
    return [card.id for card in db.look(feed.list_cards, ANNA, WallFilter(**filters), 0)]


def test_an_empty_wall_is_an_index_of_nothing():
    assert index() == {"n": 0, "top": 0, "days": [], "r": "", "a": [], "head": [], "v": 0, "e": 0}


def test_the_index_holds_everything_and_the_anchors_page_through_it():
    add_many(5, BORIS)
    ids = add_many(250)
    built = index()
    assert (built["n"], built["top"], len(built["r"])) == (250, ids[-1], 250)
    assert built["a"] == [ids[0], ids[100], ids[200]]
    assert [card["id"] for card in built["head"]] == ids[:-61:-1]
    ends = [*built["a"][1:], None]
    pages = [db.look(feed.list_cards, ANNA, WallFilter(), a, b) for a, b in zip(built["a"], ends, strict=True)]
    assert [card.id for page in pages for card in page] == ids


def test_a_card_travels_in_few_letters():
    image_id = add("job0", derived=derived(1536, 1024))
    card = db.look(feed.list_newest, ANNA)[0]
    assert feed.shown(card) == {
        "id": image_id, "s": f"/media/{image_id}/640", "c": "#336699", "t": "A harbour at dawn", "r": 0,
        "w": 1536, "h": 1024,
    }  # fmt: skip
    assert (card.shape, card.model) == ("?", "sketch-1")


def test_the_card_of_a_video_says_how_long_it_lasts():
    add("job0", derived=filmed(5040))
    card = db.look(feed.list_newest, ANNA)[0]
    assert (card.kind, card.milliseconds) == ("video", 5040)
    assert feed.shown(card)["m"] == 5040
    assert index()["head"][0]["m"] == 5040


def test_days_are_counted_oldest_first_and_a_clock_set_back_makes_none_twice(held_clock):
    for day, hour in ((18, 9), (18, 23), (20, 1), (19, 5), (20, 7)):
        held_clock.now = datetime(2026, 11, day, hour, tzinfo=UTC)
        add(f"job{day}{hour}")
    assert index()["days"] == [["2026-11-18", 2], ["2026-11-20", 3]]


def test_since_gives_only_what_came_after():
    ids = add_many(5)
    built = index(since=ids[2])
    assert (built["n"], built["top"], [card["id"] for card in built["head"]]) == (2, ids[4], [ids[4], ids[3]])
    assert index(since=ids[4])["top"] == ids[4]


def test_a_deletion_changes_the_epoch_that_the_index_names():
    ids = add_many(3)
    before = index()
    db.run(images.delete, ANNA, [ids[1]])
    after = index()
    assert after["n"] == 2
    assert after["e"] != before["e"]
    assert after["v"] != before["v"]


def test_every_filter_leaves_what_it_says(held_clock):
    tall = add("job0", derived=derived(1024, 1536), model="m1")
    held_clock.advance(days=1)
    wide = add("job1", derived=derived(1536, 1024), model="m2")
    held_clock.advance(days=1)
    square = add("job2", derived=derived(1024, 1000), model="m2")
    db.run(images.rate, ANNA, wide, 3)
    assert found(shape="portrait") == [tall]
    assert found(shape="landscape") == [wide]
    assert found(shape="square") == [square]
    assert found(model="m2") == [wide, square]
    assert found(rating=3) == [wide]
    assert found(rating=4) == []
    assert found(from_day=date(2026, 11, 21)) == [wide, square]
    assert found(to_day=date(2026, 11, 21)) == [tall, wide]
    assert found(from_day=date(2026, 11, 21), to_day=date(2026, 11, 21), model="m2") == [wide]
    assert db.look(feed.count, ANNA, WallFilter(model="m2")) == 2
    film = add("job3", derived=filmed(2000))
    assert found(kind="video") == [film]
    assert found(kind="image") == [tall, wide, square]


@pytest.mark.parametrize(
    ("query", "hits"),
    [
        ("harbour", {0, 1}),
        ("HARBOUR dawn", {0}),
        ("dawn harbour", {0}),
        ("arbo", {0, 1}),
        ("größe", {2}),
        ("GRÖSSE", {2}),
        ("ÉTÉ", {3}),
        ("été", {3}),
        ("港", {4}),
        ("100%", {5}),
        ("0%_", {5}),
        ("a_b", set()),
        ("boats", {6}),
        ("nothing", set()),
        ("   ", {0, 1, 2, 3, 4, 5, 6}),
        ("'; drop table image; --", set()),
        ("\x00harbour", {0, 1}),
        ("ｈａｒｂｏｕｒ", {0, 1}),
    ],
)
def test_search_finds_every_word_in_any_case_and_script(query: str, hits: set[int]):
    prompts = [
        "Harbour at dawn",
        "A quiet harbour",
        "Große Größe",
        "Un été à la mer",
        "静かな港",
        "100%_ wool",
        "At sea",
    ]
    ids = [add(f"job{i}", prompt=prompt) for i, prompt in enumerate(prompts)]
    db.run(images.rename, ANNA, ids[6], "Three Boats")
    wanted = feed.WallFilter.from_params({"q": query})
    assert {ids.index(card.id) for card in db.look(feed.list_cards, ANNA, wanted, 0)} == hits


def test_a_selection_of_ranges_becomes_ids_under_the_filter():
    ids = add_many(10)
    db.run(images.rate, ANNA, ids[3], 5)
    other = add_many(1, BORIS)[0]
    both = [(ids[2], ids[4]), (ids[8], 2**80), (-5, ids[0])]
    assert db.look(feed.list_ids, ANNA, WallFilter(), both) == [ids[0], *ids[2:5], *ids[8:]]
    assert db.look(feed.list_ids, ANNA, WallFilter(rating=1), both) == [ids[3]]
    assert db.look(feed.list_ids, ANNA, WallFilter(), [(other, other)]) == []
    assert db.look(feed.list_ids, ANNA, WallFilter(), []) == []


@pytest.mark.parametrize(
    "params",
    [
        {"rating": "six"}, {"rating": "6"}, {"rating": "-1"}, {"rating": "٣"},
        {"shape": "round"}, {"kind": "sound"}, {"from_day": "yesterday"}, {"to_day": "2026-13-01"},
    ],
)  # fmt: skip
def test_a_filter_that_means_nothing_is_refused(params: dict[str, str]):
    with pytest.raises(UserFacingError, match=next(iter(params))) as caught:
        WallFilter.from_params(params)
    assert (caught.value.code, caught.value.status) == ("bad_filter", 400)


def test_empty_and_unknown_parameters_filter_nothing():
    params = {"q": "", "rating": "", "shape": "", "from_day": "", "since": "7", "utm": "x"}
    assert WallFilter.from_params(params) == WallFilter()
