"""Coming in as a guest, and going out."""

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from gpt_image_ui.accounts import guests, sessions
from gpt_image_ui.accounts.guests import GuestSettings
from gpt_image_ui.core import config, db, ids, rate_limit
from gpt_image_ui.core.errors import UserFacingError
from gpt_image_ui.web import callers, session

# What the landing page's form may carry into the studio's composer.
CARRIED = ("prompt", "model", "size", "quality", "count", "seed")


async def enter(request: Request) -> Response:
    """Makes a guest unless one is here already, and goes on to the studio with the form's fields."""
    session.require_same_origin(request)
    form = await request.form()
    fields = {name: str(form[name])[:8000] for name in CARRIED if form.get(name)}
    response = RedirectResponse(f"/studio?{urlencode(fields)}" if fields else "/studio", 303)
    if await session.account_of(request) is None:
        await let_in(request, response)
    return response


async def let_in(request: Request, response: Response) -> str:
    """Makes a guest account and puts its session into the response; returns the account id. Raises UserFacingError."""
    settings = config.get(GuestSettings)
    if not settings.open:
        raise UserFacingError(
            "This studio is for its own members. Ask its operator for an account.", "closed", status=403
        )
    rate = rate_limit.Rate("guest", settings.per_address_per_hour, 3600 / settings.per_address_per_hour)
    rate_limit.take(rate, callers.one_caller(request))
    token = ids.new_secret()
    account_id = await db.transaction(guests.create_guest, token)
    session.set_cookie(response, token)
    return account_id


async def leave(request: Request) -> Response:
    """Ends the login session here and on the server."""
    session.require_same_origin(request)
    if token := session.token_of(request):
        await db.transaction(sessions.revoke, token)
    response = RedirectResponse("/", 303)
    session.clear_cookie(response)
    return response


async def theme(request: Request) -> Response:
    """Keeps the choice of light, dark or the system's theme, and goes back."""
    session.require_same_origin(request)
    form = await request.form()
    chosen = str(form.get("theme", "system"))
    next_path = str(form.get("next", "/"))
    # Only a path on this host: '//other' and 'https:' would lead elsewhere.
    response = RedirectResponse(
        next_path if next_path.startswith("/") and next_path[1:2] not in ("/", "\\") else "/", 303
    )
    if chosen in session.THEMES:
        response.set_cookie("theme", chosen, max_age=31536000, path="/", samesite="lax")
    return response


routes = [
    Route("/auth/guest", enter, methods=["POST"]),
    Route("/auth/sign-out", leave, methods=["POST"]),
    Route("/auth/theme", theme, methods=["POST"]),
]
