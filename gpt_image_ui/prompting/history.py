"""What was asked before: searched, used again, pinned or deleted. Pictures keep their own recipe beside it."""

import hashlib
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from gpt_image_ui.core import clock
from gpt_image_ui.core.errors import NotFoundError
from gpt_image_ui.gallery import search
from gpt_image_ui.prompting.tables import PromptEntry
from gpt_image_ui.providers.interface import ImageRequest

KEPT_MAX = 5000


@dataclass(frozen=True)
class Entry:
    """One prompt of the list; `settings` are the latest request's, without words and references."""

    id: int
    prompt: str
    pinned: bool
    times: int
    used_ms: int
    settings: dict[str, Any]


def note(db: Session, account_id: str, request: ImageRequest) -> None:
    """Puts a prompt at the top of the list; the oldest unpinned one beyond KEPT_MAX goes."""
    digest = hashlib.sha256(request.prompt.encode()).hexdigest()
    settings = {
        name: value
        for name, value in asdict(request).items()
        if name not in ("prompt", "references", "roles", "mask", "seed")
    }
    row = db.execute(_own(account_id).where(col(PromptEntry.digest) == digest)).scalar_one_or_none()
    if row is None:
        row = PromptEntry(
            account_id=account_id,
            digest=digest,
            prompt=request.prompt,
            search=search.folded(request.prompt),
            settings=settings,
            times=0,
            used_at=clock.now(),
        )
        _make_room(db, account_id)
    row.times, row.used_at, row.settings = row.times + 1, clock.now(), settings
    db.add(row)


def list_entries(db: Session, account_id: str, query: str = "", limit: int = 50, before: int = 0) -> list[Entry]:
    """Pinned ones first, then the latest; `before` skips that many, for the next page."""
    words = [col(PromptEntry.search).contains(word, autoescape=True) for word in search.folded(query).split()]
    rows = db.execute(
        _own(account_id)
        .where(*words)
        .order_by(col(PromptEntry.pinned).desc(), col(PromptEntry.used_at).desc())
        .limit(limit)
        .offset(before)
    ).scalars()
    return [_entry(row) for row in rows]


def get(db: Session, account_id: str, entry_id: int) -> Entry:
    """One prompt of the list. Raises NotFoundError for another's."""
    return _entry(_get(db, account_id, entry_id))


def pin(db: Session, account_id: str, entry_id: int, pinned: bool) -> None:
    """Keeps a prompt at the top, or lets it go. Raises NotFoundError for another's."""
    row = _get(db, account_id, entry_id)
    row.pinned = pinned
    db.add(row)


def delete(db: Session, account_id: str, entry_id: int) -> None:
    """Deletes the prompt from the list for good. Raises NotFoundError for another's."""
    db.delete(_get(db, account_id, entry_id))


def _entry(row: PromptEntry) -> Entry:
    return Entry(row.id or 0, row.prompt, row.pinned, row.times, int(row.used_at.timestamp() * 1000), row.settings)


def _own(account_id: str) -> Any:
    return sa.select(PromptEntry).where(col(PromptEntry.account_id) == account_id)


def _get(db: Session, account_id: str, entry_id: int) -> PromptEntry:
    row = db.get(PromptEntry, entry_id)
    if row is None or row.account_id != account_id:
        raise NotFoundError()
    return row


def _make_room(db: Session, account_id: str) -> None:
    oldest = (
        sa.select(col(PromptEntry.id))
        .where(col(PromptEntry.account_id) == account_id, ~col(PromptEntry.pinned))
        .order_by(col(PromptEntry.used_at).desc())
        .offset(KEPT_MAX - 1)
    )
    db.execute(sa.delete(PromptEntry).where(col(PromptEntry.id).in_(oldest)))
