"""The pictures an account has: added by finished jobs, renamed, rated, deleted, brought back, and purged for good."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from gpt_image_ui.core import clock, config
from gpt_image_ui.core import db as database
from gpt_image_ui.core.errors import NotFoundError, UserFacingError
from gpt_image_ui.gallery import search, walls
from gpt_image_ui.gallery.pixels import GallerySettings
from gpt_image_ui.gallery.tables import Image
from gpt_image_ui.gallery.thumbnails import WIDTHS, Derived, tile_key
from gpt_image_ui.storage import store

RATING_MAX = 5
_TITLE_CHARS = 120
_BATCH = 500
# How far back another picture of the same prompt is looked for.
_EARLIER_MAX = 500


def add(
    db: Session,
    *,
    account_id: str,
    job_id: str,
    position: int,
    key: str,
    derived: Derived,
    size_bytes: int,
    sha256: str,
    request: dict[str, Any],
    prompt: str,
    provider: str,
    model: str,
    seed: int | None,
    revised_prompt: str,
    charged: int,
) -> int:
    """Adds the picture at `position` of a job, once: repeated, it returns the id it gave the first time."""
    walls.lock(db, account_id)
    there = select(Image.id).where(Image.job_id == job_id, Image.position == position)
    if (known := db.exec(there).one_or_none()) is not None:
        return known
    title, moment = title_from(prompt), clock.now()
    image = Image(
        account_id=account_id,
        job_id=job_id,
        position=position,
        key=key,
        media_type=derived.media_type,
        size_bytes=size_bytes,
        sha256=sha256,
        width=derived.width,
        height=derived.height,
        shape=derived.shape,
        kind=derived.kind,
        milliseconds=derived.milliseconds,
        sound=derived.sound,
        colour=derived.colour,
        title=title,
        prompt=prompt,
        revised_prompt=revised_prompt,
        search=search.folded(prompt),
        provider=provider,
        model=model,
        recipe=request,
        seed=seed,
        charged=charged,
        day=moment.date(),
        made_at=moment,
    )
    db.add(image)
    db.flush()
    walls.grew(db, account_id)
    assert image.id is not None
    return image.id


def get(db: Session, account_id: str, image_id: int) -> Image:
    """Raises NotFoundError for a picture that is absent, deleted or another account's."""
    image = db.get(Image, image_id) if 0 < image_id < 2**63 else None
    if image is None or image.account_id != account_id or image.deleted_at is not None:
        raise NotFoundError("This picture is not here. It may have been deleted.")
    return image


def find_earlier(db: Session, image: Image) -> Image | None:
    """The picture before this one that was made from the same prompt, unless it lies far back."""
    before = (
        select(Image.id)
        .where(Image.account_id == image.account_id, col(Image.deleted_at).is_(None), col(Image.id) < image.id)
        .order_by(col(Image.id).desc())
        .limit(_EARLIER_MAX)
        .subquery()
    )
    same = select(Image).join(before, col(Image.id) == before.c.id)
    same = same.where(Image.prompt == image.prompt, Image.kind == "image")
    return db.exec(same.order_by(col(Image.id).desc()).limit(1)).one_or_none()


def delete(db: Session, account_id: str, image_ids: Sequence[int]) -> list[int]:
    """Takes pictures off the wall; their bytes go when the undo window has passed. Returns the ids that were there."""
    moment = clock.now()
    purge_after = moment + timedelta(seconds=config.get(GallerySettings).undo_seconds)
    live = col(Image.deleted_at).is_(None)
    return _change(db, account_id, image_ids, live, deleted_at=moment, purge_after=purge_after)


def restore(db: Session, account_id: str, image_ids: Sequence[int]) -> list[int]:
    """Puts deleted pictures back. Returns the ids that came back: none whose undo window has passed."""
    kept = sa.and_(col(Image.deleted_at).is_not(None), col(Image.purge_after) > clock.now())
    return _change(db, account_id, image_ids, kept, deleted_at=None, purge_after=None)


def rate(db: Session, account_id: str, image_id: int, rating: int) -> None:
    """Gives a picture 1 to 5, or takes its rating back with 0."""
    if not 0 <= rating <= RATING_MAX:
        raise UserFacingError(f"A rating is a number from 0 to {RATING_MAX}. Nothing was changed.", "bad_rating")
    image = get(db, account_id, image_id)
    image.rating = rating
    db.add(image)
    walls.changed(db, account_id)


def rename(db: Session, account_id: str, image_id: int, title: str) -> None:
    """Sets the title; an empty one brings the beginning of the prompt back."""
    image = get(db, account_id, image_id)
    image.title = title_from(title) or title_from(image.prompt)
    image.search = search.folded(f"{image.title} {image.prompt}")
    db.add(image)
    walls.changed(db, account_id)


def purge_due(db: Session, limit: int) -> list[str]:
    """The storage keys, originals and tiles, of up to `limit` pictures whose undo window has passed."""
    due = (
        select(Image.key)
        .where(col(Image.purge_after).is_not(None), col(Image.purge_after) <= clock.now())
        .order_by(col(Image.purge_after))
        .limit(limit)
    )
    return [name for key in db.exec(due) for name in keys_of(key)]


def forget(db: Session, keys: Sequence[str]) -> int:
    """Removes the rows of purged pictures, after their bytes; returns how many."""
    gone = 0
    for some in _batches(keys):
        statement = sa.delete(Image).where(col(Image.key).in_(some), col(Image.purge_after) <= clock.now())
        gone += db.execute(statement).rowcount  # type: ignore[attr-defined]
    return gone


async def purge(limit: int = 200) -> int:
    """Deletes what is due, bytes before rows: stopped half-way, the next run finds the rows and finishes the work."""
    total = 0
    while keys := await database.read(purge_due, limit):
        await store.get().delete(keys)
        gone = await database.transaction(forget, keys)
        total += gone
        if not gone:  # another process was faster
            break
    return total


def keys_of(key: str) -> list[str]:
    """Everything that is stored for one original."""
    return [key, *(tile_key(key, width) for width in WIDTHS)]


def title_from(text: str) -> str:
    """The beginning of a text on one line, cut between words."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text[: _TITLE_CHARS * 20]).split())
    if len(line) <= _TITLE_CHARS:
        return line
    cut = line[:_TITLE_CHARS].rsplit(" ", 1)[0]
    return f"{cut.rstrip(',.;:')}…"


def _change(db: Session, account_id: str, image_ids: Sequence[int], when: Any, **values: Any) -> list[int]:
    walls.lock(db, account_id)
    done: list[int] = []
    for some in _batches([image_id for image_id in image_ids if 0 < image_id < 2**63]):
        mine = [col(Image.account_id) == account_id, col(Image.id).in_(some), when]
        statement = sa.update(Image).where(*mine).values(**values).returning(col(Image.id))
        done += db.execute(statement, execution_options={"synchronize_session": False}).scalars()
    if done:
        walls.changed(db, account_id)
    return sorted(done)


def _batches(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Few enough for one statement on either database."""
    return (items[start : start + _BATCH] for start in range(0, len(items), _BATCH))
