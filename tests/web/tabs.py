"""Open tabs of the screens: real states on a real database, with the cookie and the push to browsers replaced."""

import inspect
from typing import Any

import pytest
import reflex as rx

from gpt_image_ui.accounts import guests, sessions
from gpt_image_ui.core import db, ids
from gpt_image_ui.web import live
from gpt_image_ui.web.session import SessionState


class Tab:
    """One tab of one guest. `leave` ends the login session; states stay as they are."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.token = ids.new_secret()
        self.account_id = db.run(guests.create_guest, self.token)
        self.pushed: list[str] = []
        self._root = rx.State(_reflex_internal_init=True)  # pyright: ignore[reportCallIssue]
        monkeypatch.setattr(SessionState, "_account", self._account)
        monkeypatch.setattr(live, "link", self._link)
        monkeypatch.setattr(live, "push", self._push)

    async def state(self, kind: type[rx.State]) -> Any:
        return await self._root.get_state(kind)

    def leave(self) -> None:
        db.run(sessions.revoke, self.token)

    async def _account(self) -> sessions.AccountView | None:
        return await db.read(sessions.find_account, self.token)

    async def _link(self, _state: rx.State, account_id: str) -> None:
        self.pushed.append(account_id)

    async def _push(self, account_id: str) -> None:
        self.pushed.append(account_id)


async def send(state: Any, handler: str, *values: Any) -> Any:
    """Calls a handler as the socket would, whatever the values are."""
    answer = getattr(type(state), handler).fn(state, *values)
    return await answer if inspect.isawaitable(answer) else answer
