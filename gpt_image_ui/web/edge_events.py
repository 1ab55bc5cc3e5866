"""The edge of the socket's events: who sent one, and what becomes of one that fails."""

import reflex as rx
from reflex.event import EventSpec

from gpt_image_ui.accounts.sessions import AccountView
from gpt_image_ui.core import ids, log
from gpt_image_ui.core.errors import UserFacingError, unexpected
from gpt_image_ui.web.session import SessionState, session_ended

_logger = log.get("web")
_TOAST_MILLISECONDS = 8000


async def require_account(state: rx.State) -> AccountView:
    """The account whose live session sent this event. Raises UserFacingError session_ended."""
    session = await state.get_state(SessionState)
    account = await session._account()
    if account is None:
        raise session_ended()
    return account


def answer(error: Exception) -> list[EventSpec]:
    """What a person sees of an event that failed: the refusal's own words, or a reference that the log carries too."""
    if isinstance(error, UserFacingError):
        if error.code == "session_ended":
            return [rx.call_script("document.documentElement.dataset.ended = ''")]
        return [say(error.message, important=True)]
    reference = ids.new_reference()
    _logger.error("event failed", reference=reference, error=type(error).__name__, exc_info=error)
    return [say(unexpected(reference), important=True)]


def say(text: str, *, important: bool = False) -> EventSpec:
    """A line that needs no answer, at the edge of the screen."""
    return rx.toast(text, duration=_TOAST_MILLISECONDS if important else 6000, important=important)
