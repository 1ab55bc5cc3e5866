"""Browsers with a real session, in front of the real routes and the real edge."""

from starlette.routing import Router
from starlette.testclient import TestClient

from gpt_image_ui.accounts import guests
from gpt_image_ui.core import db, ids
from gpt_image_ui.web import edge, session
from gpt_image_ui.web.routes import media, uploads, wall


class Visitor(TestClient):
    """One signed-in browser; `account_id` is who it is."""

    account_id: str = ""

    def __init__(self) -> None:
        routes = Router([*media.routes, *uploads.routes, *wall.routes])
        super().__init__(edge.Edge(routes), "http://localhost:8000", follow_redirects=False)


def guest() -> Visitor:
    visitor, token = Visitor(), ids.new_secret()
    visitor.account_id = db.run(guests.create_guest, token)
    visitor.cookies.set(session.cookie_name(), token)
    return visitor


def stranger() -> Visitor:
    return Visitor()
