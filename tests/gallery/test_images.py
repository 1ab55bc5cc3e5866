"""Adding once, owning, deleting with a way back, and purging for good."""

import asyncio
import threading

import pytest

from gpt_image_ui.core import config, db
from gpt_image_ui.core.errors import NotFoundError, UserFacingError
from gpt_image_ui.gallery import feed, images, walls
from gpt_image_ui.gallery.pixels import GallerySettings
from gpt_image_ui.storage import store
from gpt_image_ui.storage.interface import StorageError
from tests.gallery.pictures import ANNA, BORIS, add, put

pytestmark = pytest.mark.usefixtures("database")
ALL = feed.WallFilter()


def wall() -> list[int]:
    return [card.id for card in db.look(feed.list_newest, ANNA)]


def stamp() -> walls.Stamp:
    return db.look(walls.stamp, ANNA)


def test_a_picture_of_a_job_is_added_once():
    first = add("job0", position=1)
    assert add("job0", position=1, prompt="another") == first
    assert add("job0", position=0) != first
    assert db.look(feed.count, ANNA, ALL) == 2


def test_what_was_added_can_be_read_by_its_owner_only():
    image_id = add("job0", prompt="A harbour\nat   dawn")
    image = db.look(images.get, ANNA, image_id)
    assert (image.title, image.recipe, image.seed, image.charged) == ("A harbour at dawn", {"model": "sketch-1"}, 7, 2)
    for account, wanted in ((BORIS, image_id), (ANNA, image_id + 1), (ANNA, 0), (ANNA, -1), (ANNA, 2**70)):
        with pytest.raises(NotFoundError):
            db.look(images.get, account, wanted)


def test_a_long_prompt_is_cut_between_words():
    title = images.title_from("harbour " * 60)
    assert len(title) <= 121
    assert title.endswith("harbour…")


def test_deleting_takes_only_ones_own_and_only_once():
    mine, other = add("job0"), add("job1", account=BORIS)
    assert db.run(images.delete, ANNA, [mine, other, 999, 2**70]) == [mine]
    assert db.run(images.delete, ANNA, [mine]) == []
    assert wall() == []
    assert [card.id for card in db.look(feed.list_newest, BORIS)] == [other]


def test_a_deleted_picture_comes_back_within_the_window(held_clock):
    first, second = add("job0"), add("job1")
    db.run(images.delete, ANNA, [first, second])
    held_clock.advance(seconds=599)
    assert db.run(images.restore, BORIS, [first]) == []
    assert db.run(images.restore, ANNA, [first]) == [first]
    held_clock.advance(seconds=2)
    assert db.run(images.restore, ANNA, [second]) == []
    assert wall() == [first]


def test_every_change_is_seen_in_the_version_and_only_additions_keep_the_epoch():
    seen = [stamp()]
    image_id = add("job0")
    assert stamp() == (seen[0].version + 1, seen[0].epoch)
    for act in (
        lambda session: images.rate(session, ANNA, image_id, 4),
        lambda session: images.rename(session, ANNA, image_id, "Boats"),
        lambda session: images.delete(session, ANNA, [image_id]),
        lambda session: images.restore(session, ANNA, [image_id]),
    ):
        before = stamp()
        db.run(act)
        assert stamp() == (before.version + 1, before.epoch + 1)
    before = stamp()
    db.run(images.delete, ANNA, [image_id + 5])
    add("job0")
    assert stamp() == before


def test_a_rating_has_bounds_and_an_owner():
    image_id = add("job0")
    db.run(images.rate, ANNA, image_id, 5)
    assert db.look(images.get, ANNA, image_id).rating == 5
    for wrong in (-1, 6):
        with pytest.raises(UserFacingError, match="0 to 5"):
            db.run(images.rate, ANNA, image_id, wrong)
    with pytest.raises(NotFoundError):
        db.run(images.rate, BORIS, image_id, 1)


def test_a_title_can_be_given_and_taken_back():
    image_id = add("job0")
    db.run(images.rename, ANNA, image_id, "  Three\x00 boats\n")
    assert db.look(images.get, ANNA, image_id).title == "Three boats"
    db.run(images.rename, ANNA, image_id, " ")
    assert db.look(images.get, ANNA, image_id).title == "A harbour at dawn"


def test_deletes_more_than_fits_into_one_statement():
    ids = db.run(lambda session: [put(session, f"job{i}") for i in range(1203)])
    assert db.run(images.delete, ANNA, ids) == ids
    assert db.look(feed.count, ANNA, ALL) == 0


def test_pictures_added_at_once_are_all_there_in_order():
    threads = [threading.Thread(target=add, args=(f"job{i}",)) for i in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(wall()) == 12
    assert stamp().version == 12


async def test_purging_deletes_bytes_and_rows_when_the_window_has_passed(held_clock):
    gone, kept = add("job0"), add("job1")
    for image_id in (gone, kept):
        for key in images.keys_of(db.look(images.get, ANNA, image_id).key):
            await store.get().put(key, b"bytes", "image/png")
    keys = images.keys_of(db.look(images.get, ANNA, gone).key)
    db.run(images.delete, ANNA, [gone])
    assert await images.purge() == 0
    held_clock.advance(seconds=601)
    assert sorted(db.look(images.purge_due, 10)) == sorted(keys)
    assert await images.purge() == 1
    assert [await store.get().exists(key) for key in keys] == [False] * 4
    assert await store.get().exists(f"images/{ANNA}/job1/0")
    assert await images.purge() == 0
    await store.close()


async def test_a_purge_that_fails_half_way_is_finished_by_the_next(held_clock, monkeypatch: pytest.MonkeyPatch):
    image_id = add("job0")
    key = db.look(images.get, ANNA, image_id).key
    await store.get().put(key, b"bytes", "image/png")
    config.override(GallerySettings(undo_seconds=0))
    db.run(images.delete, ANNA, [image_id])

    async def silent(keys: list[str]) -> None:
        raise StorageError("no answer")

    with monkeypatch.context() as patch:
        patch.setattr(store.get(), "delete", silent)
        with pytest.raises(StorageError):
            await images.purge()
    assert db.look(images.purge_due, 10)
    assert await asyncio.gather(images.purge(), images.purge()) in ([1, 0], [0, 1])
    assert not await store.get().exists(key)
    await store.close()
