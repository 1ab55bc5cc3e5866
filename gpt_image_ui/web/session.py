"""Who is asking. The HttpOnly cookie names a login session, and its row is read on every event and every request:
headers are frozen at the socket's handshake, so what an open socket remembers proves nothing."""

from http.cookies import SimpleCookie
from urllib.parse import urlsplit

import reflex as rx
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from gpt_image_ui.accounts import sessions
from gpt_image_ui.accounts.sessions import AccountView
from gpt_image_ui.core import config, db, http
from gpt_image_ui.core.errors import UserFacingError

THEMES = ("system", "light", "dark")


def cookie_name() -> str:
    """`__Host-` binds the cookie to this very host over TLS; a plain-HTTP studio cannot use that prefix."""
    return "__Host-session" if _secure() else "session"


def set_cookie(response: Response, token: str) -> None:
    """Lets the browser keep the token where no script can read it."""
    response.set_cookie(
        cookie_name(),
        token,
        max_age=config.get(config.ServerSettings).session_days * 86400,
        path="/",
        httponly=True,
        secure=_secure(),
        samesite="lax",
    )


def clear_cookie(response: Response) -> None:
    """Takes the token back from the browser."""
    response.delete_cookie(cookie_name(), path="/", httponly=True, secure=_secure(), samesite="lax")


def token_of(request: HTTPConnection) -> str | None:
    """The bearer token of a plain HTTP request."""
    return request.cookies.get(cookie_name())


async def account_of(request: HTTPConnection) -> AccountView | None:
    """The account behind a plain HTTP request."""
    token = token_of(request)
    return await db.read(sessions.find_account, token) if token else None


async def require_account(request: HTTPConnection) -> AccountView:
    """Raises UserFacingError (401) without a live session."""
    account = await account_of(request)
    if account is None:
        raise session_ended()
    return account


def require_same_origin(request: Request) -> None:
    """Refuses a browser that another site sent to a route that changes something. Raises UserFacingError (403)."""
    origin, site = request.headers.get("origin", ""), request.headers.get("sec-fetch-site", "")
    # A page may hide its origin ('null'); then only the browser's own word counts. A program sends neither.
    hidden = origin in ("", "null")
    if (site not in ("same-origin", "none") and origin + site) if hidden else origin not in _own_origins(request):
        raise UserFacingError("That came from another site and was not done.", "cross_site", status=403)


def session_ended() -> UserFacingError:
    """The one wording for a dead session."""
    return UserFacingError(
        "Your session has ended. Your draft is kept and nothing was charged. Open the studio again.",
        "session_ended",
        status=401,
    )


class SessionState(rx.State):
    """The only state that other states may read: who is here and how the page looks to them."""

    account_id: rx.Field[str] = rx.field("")
    kind: rx.Field[str] = rx.field("")

    async def _account(self) -> AccountView | None:
        """The account behind this socket's cookie, read now; None once its session is revoked or past its time."""
        jar = SimpleCookie(self.router.headers.cookie or "")
        morsel = jar.get(cookie_name())
        return await db.read(sessions.find_account, morsel.value) if morsel else None


def _own_origins(request: Request) -> set[str]:
    """The origins of the settings, and the address that was asked if it is one of a private network: a public name may
    be anybody's, made to point here for a moment."""
    own = set(config.get(config.ServerSettings).allowed_origins())
    here = (
        {f"{request.url.scheme}://{request.url.netloc}"} if http.is_private_host(request.url.hostname or "") else set()
    )
    return own | here


def _secure() -> bool:
    return urlsplit(config.get(config.ServerSettings).public_url).scheme == "https"
