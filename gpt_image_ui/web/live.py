"""Job notices to open tabs: one shared state for each account, read anew from the tables at every change."""

import asyncio
import logging
from dataclasses import dataclass
from typing import TypeVar

import reflex as rx
from sqlmodel import Session

from gpt_image_ui.core import db
from gpt_image_ui.credits import ledger
from gpt_image_ui.gallery import feed
from gpt_image_ui.gallery.feed import GalleryCard
from gpt_image_ui.generation import queue_view
from gpt_image_ui.generation.queue_view import JobCard

T = TypeVar("T")

_app: rx.App | None = None
_dirty: set[str] = set()
_pushing: dict[str, asyncio.Task[None]] = {}
# Accounts that had a tab here, the latest last; what others do need not be read.
_seen: dict[str, None] = {}
_SEEN_MAX = 20_000
# What was last read of them, for the parts that have not changed since: a few kilobytes each, and quickly read anew.
_last: dict[str, "Picture"] = {}
_LAST_MAX = 500


@dataclass(frozen=True)
class Picture:
    """Everything of an account that its open tabs show and that may change without them."""

    jobs: list[JobCard]
    open_jobs: int
    newest: list[GalleryCard]
    total: int
    version: int
    available: int
    reserved: int


class Feed(rx.SharedState):
    """One for each account, shared by its tabs: a screenful at most, never the truth."""

    jobs: rx.Field[list[JobCard]] = rx.field(default_factory=list)
    open_jobs: rx.Field[int] = rx.field(0)
    newest: rx.Field[list[GalleryCard]] = rx.field(default_factory=list)
    total: rx.Field[int] = rx.field(0)
    version: rx.Field[int] = rx.field(0)
    available: rx.Field[int] = rx.field(0)
    reserved: rx.Field[int] = rx.field(0)

    def _show(self, picture: Picture) -> None:
        # Only what differs is assigned: an assigned list is sent whole to every tab.
        for name in Picture.__dataclass_fields__:
            if getattr(self, name) != getattr(picture, name):
                setattr(self, name, getattr(picture, name))


def read(session: Session, account_id: str, known: Picture | None = None) -> Picture:
    """One account's picture as the tables have it now. What only its wall's version can change is taken from `known`
    while that is the same: most notices are about jobs, and counting 100,000 pictures for each would be felt."""
    position = ledger.find_position(session, account_id)
    version = feed.version(session, account_id)
    same = known if known is not None and known.version == version else None
    return Picture(
        jobs=queue_view.list_open(session, account_id),
        open_jobs=queue_view.count_open(session, account_id),
        newest=same.newest if same else feed.list_newest(session, account_id),
        total=same.total if same else feed.count(session, account_id, feed.WallFilter()),
        version=version,
        available=position.available,
        reserved=position.reserved,
    )


def start(app: rx.App) -> None:
    """Names the app whose tabs are pushed to. Before notices arrive."""
    global _app
    _app = app
    logging.getLogger("reflex.app").addFilter(_is_of_use)


async def link(state: rx.State, account_id: str) -> None:
    """Joins a tab to its account's feed and fills it from the tables; on load and on every return."""
    _put_last(_seen, account_id, None, _SEEN_MAX)
    shared = await state.get_state(Feed)
    shared = await shared._link_to(f"account-{account_id}")
    shared._show(await _read(account_id))


async def push(account_id: str) -> None:
    """Shows an account's present state in all its tabs. Notices that arrive during a push cause one more, not many."""
    accounts = [account_id] if account_id else list(_seen)
    for account in accounts:
        if account not in _seen:
            continue
        _dirty.add(account)
        if account not in _pushing:
            _pushing[account] = asyncio.ensure_future(_push(account))


def _is_of_use(record: logging.LogRecord) -> bool:
    # A push counts the feed itself among its tabs, and Reflex remarks at every one that it is not connected.
    return "disconnected client 'account-" not in record.getMessage()


async def _read(account_id: str) -> Picture:
    picture = await db.read(read, account_id, _last.get(account_id))
    _put_last(_last, account_id, picture, _LAST_MAX)
    return picture


def _put_last(table: dict[str, T], account_id: str, value: T, most: int) -> None:
    table.pop(account_id, None)
    table[account_id] = value
    while len(table) > most:
        table.pop(next(iter(table)))


async def _push(account_id: str) -> None:
    try:
        while account_id in _dirty:
            _dirty.discard(account_id)
            picture = await _read(account_id)
            assert _app is not None
            async with _app.modify_state(rx.BaseStateToken(ident=f"account-{account_id}", cls=Feed)) as root:
                (await root.get_state(Feed))._show(picture)
    finally:
        _pushing.pop(account_id, None)
