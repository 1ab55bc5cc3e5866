"""What walls, libraries and live feeds read: an index of everything in a few bytes a picture, cards of what is seen.

The index counts from the oldest picture, so that a new one changes no ordinal that a browser already knows.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from gpt_image_ui.core.errors import UserFacingError
from gpt_image_ui.gallery import search, walls
from gpt_image_ui.gallery.tables import Image

PAGE = 100
_HEAD = 60
_SHAPES = ("landscape", "portrait", "square")
_KINDS = ("image", "video")
_ID_MAX = 2**63 - 1
# Within this part of each other, width and height read as square.
_SQUARE = 1.05


@dataclass(frozen=True)
class GalleryCard:
    """One picture or video as screens show it. `src` is its 640 tile, `shape` what the wall lays out by."""

    id: int
    src: str
    colour: str
    title: str
    rating: int
    width: int
    height: int
    day: str
    shape: str
    model: str
    kind: str = "image"
    milliseconds: int = 0


@dataclass(frozen=True)
class WallFilter:
    """Which pictures a wall shows. `kind` is image or video, `rating` the least; days are UTC and both included."""

    q: str = ""
    model: str = ""
    rating: int = 0
    shape: str = ""
    kind: str = ""
    from_day: date | None = None
    to_day: date | None = None

    @classmethod
    def from_params(cls, params: Mapping[str, str]) -> "WallFilter":
        """From an address. Unknown names are left alone; raises UserFacingError bad_filter for a value that is none."""
        return cls(
            q=search.folded(params.get("q", "")[: search.QUERY_CHARS_MAX]),
            model=params.get("model", "")[:96].replace("\0", ""),
            rating=number(params, "rating", 0, most=5),
            shape=_one_of(params, "shape", _SHAPES),
            kind=_one_of(params, "kind", _KINDS),
            from_day=_day(params, "from_day"),
            to_day=_day(params, "to_day"),
        )


def list_newest(db: Session, account_id: str, limit: int = 24) -> list[GalleryCard]:
    """The newest pictures, newest first."""
    return [_card(row) for row in db.execute(_cards(account_id, WallFilter(), newest=True).limit(limit))]


def count(db: Session, account_id: str, filters: WallFilter) -> int:
    """How many pictures the filter leaves."""
    return db.execute(sa.select(sa.func.count()).select_from(Image).where(*_where(account_id, filters))).scalar_one()


def version(db: Session, account_id: str) -> int:
    """A number that grows with every change of the account's pictures."""
    return walls.stamp(db, account_id).version


def list_cards(
    db: Session, account_id: str, filters: WallFilter, first: int, last: int | None = None
) -> list[GalleryCard]:
    """Up to a page of cards with ids from `first` up to, not including, `last`; oldest first."""
    upto = [] if last is None else [col(Image.id) < last]
    page = _cards(account_id, filters).where(col(Image.id) >= first, *upto).limit(PAGE)
    return [_card(row) for row in db.execute(page)]


def list_ids(db: Session, account_id: str, filters: WallFilter, ranges: Iterable[tuple[int, int]]) -> list[int]:
    """The ids of a selection, which the wall keeps as closed ranges of ids under a filter."""
    spans = [col(Image.id).between(max(0, low), min(_ID_MAX, high)) for low, high in list(ranges)[:500]]
    if not spans:
        return []
    chosen = sa.select(col(Image.id)).where(*_where(account_id, filters), sa.or_(*spans))
    return list(db.execute(chosen.order_by(col(Image.id))).scalars())


def build_index(db: Session, account_id: str, filters: WallFilter, since: int = 0) -> dict[str, Any]:
    """The wall of a filter, or what came to it after the id `since`, as assets/book.js reads it.

    n: how many · top: newest id · days: [day, count], oldest first · r: a character of shape each · a: every 100th id
    · head: cards of the newest 60, newest first · v, e: version and epoch. When `e` is not the one that a browser
    holds, pictures left or changed, and it must load the whole index again.
    """
    stamp = walls.stamp(db, account_id)  # read first: what is read after it can only be newer than it says
    newer = [*_where(account_id, filters), col(Image.id) > since]
    # The day as text: 100,000 date objects would take longer to make than to read.
    index = sa.select(col(Image.id), sa.cast(col(Image.day), sa.String), col(Image.shape)).where(*newer)
    rows = _fetch(db, index.order_by(col(Image.id)))
    # By id: asking the filter for them again would scan a second time for a rare word.
    newest = [row[0] for row in rows[-_HEAD:]]
    head = db.execute(_cards(account_id, WallFilter(), newest=True).where(col(Image.id).in_(newest)))
    return {
        "n": len(rows),
        "top": rows[-1][0] if rows else since,
        "days": _days(rows),
        "r": "".join([row[2] for row in rows]),
        "a": [row[0] for row in rows[::PAGE]],
        "head": [shown(_card(row)) for row in head],
        "v": stamp.version,
        "e": stamp.epoch,
    }


def shown(card: GalleryCard) -> dict[str, Any]:
    """A card in the few letters that travel; `m`, its milliseconds, makes it a video's."""
    letters = {
        "id": card.id,
        "s": card.src,
        "c": card.colour,
        "t": card.title,
        "r": card.rating,
        "w": card.width,
        "h": card.height,
    }
    return letters | {"m": card.milliseconds} if card.kind == "video" else letters


def number(params: Mapping[str, str], name: str, default: int, *, most: int = _ID_MAX) -> int:
    """A whole number from an address, from 0 to `most`. Raises UserFacingError bad_filter."""
    text = params.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 20 and int(text) <= most):
        raise _bad(name)
    return int(text)


def _one_of(params: Mapping[str, str], name: str, known: Sequence[str]) -> str:
    value = params.get(name, "")
    if value and value not in known:
        raise _bad(name)
    return value


def _day(params: Mapping[str, str], name: str) -> date | None:
    try:
        return date.fromisoformat(params[name]) if params.get(name) else None
    except ValueError:
        raise _bad(name) from None


def _bad(name: str) -> UserFacingError:
    return UserFacingError(f"The filter “{name}” has a value we do not know. Remove it and try again.", "bad_filter")


def _where(account_id: str, filters: WallFilter) -> list[Any]:
    conditions: list[Any] = [col(Image.account_id) == account_id, col(Image.deleted_at).is_(None)]
    if filters.model:
        conditions.append(col(Image.model) == filters.model)
    if filters.rating:
        conditions.append(col(Image.rating) >= filters.rating)
    if filters.shape:
        conditions.append(_of_shape(filters.shape))
    if filters.kind:
        conditions.append(col(Image.kind) == filters.kind)
    if filters.from_day:
        conditions.append(col(Image.day) >= filters.from_day)
    if filters.to_day:
        conditions.append(col(Image.day) <= filters.to_day)
    return conditions + search.matches(filters.q)


def _of_shape(shape: str) -> Any:
    wide, tall = col(Image.width) > col(Image.height) * _SQUARE, col(Image.height) > col(Image.width) * _SQUARE
    return {"landscape": wide, "portrait": tall, "square": sa.not_(sa.or_(wide, tall))}[shape]


def _cards(account_id: str, filters: WallFilter, *, newest: bool = False) -> Any:
    picture = (Image.id, Image.colour, Image.title, Image.rating, Image.width, Image.height, Image.day, Image.shape)
    rest = (Image.model, Image.kind, Image.milliseconds)
    by_id = col(Image.id).desc() if newest else col(Image.id)
    columns = [col(column) for column in (*picture, *rest)]
    return sa.select(*columns).where(*_where(account_id, filters)).order_by(by_id)


def _card(row: Any) -> GalleryCard:
    return GalleryCard(
        id=row.id,
        src=f"/media/{row.id}/640",
        colour=row.colour,
        title=row.title,
        rating=row.rating,
        width=row.width,
        height=row.height,
        day=row.day.isoformat(),
        shape=row.shape,
        model=row.model,
        kind=row.kind,
        milliseconds=row.milliseconds,
    )


def _fetch(db: Session, statement: Any) -> Sequence[Any]:
    """The driver's own tuples: of 100,000 rows, making SQLAlchemy's would take longer than reading them."""
    cursor = db.connection().execute(statement).cursor
    assert cursor is not None, "a select has rows"
    return cursor.fetchall()


def _days(rows: Iterable[Any]) -> list[list[Any]]:
    """Counts by day in order of id. A clock set back would bring a day twice; its pictures stay with the later one."""
    days: list[list[Any]] = []
    current, counted = "", 0
    for _, day, _ in rows:
        if day <= current:
            counted += 1
            continue
        if counted:
            days.append([current, counted])
        current, counted = day, 1
    return [*days, [current, counted]] if counted else days
