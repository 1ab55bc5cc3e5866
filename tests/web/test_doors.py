"""How people come in and go out, who is turned away at the edge, and who may read the numbers."""

import pytest
import sqlalchemy as sa
from starlette.routing import Router
from starlette.testclient import TestClient

from gpt_image_ui.accounts.tables import Account
from gpt_image_ui.core import config, db
from gpt_image_ui.web import edge, session
from gpt_image_ui.web.routes import auth, health, media, screens

HERE = "http://localhost:8000"
HOP = {"accept": "text/html"}
# Nothing here depends on the kind of database.
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def browser(base: str = HERE, address: str = "198.51.100.1") -> TestClient:
    app = edge.Edge(Router([*screens.routes, *auth.routes, *media.routes, *health.routes]))
    return TestClient(app, base, follow_redirects=False, client=(address, 5000))


def accounts() -> int:
    return db.look(lambda db: db.execute(sa.select(sa.func.count()).select_from(Account)).scalar_one())


@pytest.fixture(autouse=True)
def _documents(monkeypatch, database):
    monkeypatch.setattr(screens, "_document", lambda name, theme, packed: b"<html></html>")


def test_the_first_visit_makes_a_guest_with_a_cookie_no_script_reads():
    visitor = browser()
    answer = visitor.get("/studio", headers={"sec-fetch-dest": "document", "accept-encoding": "identity"})
    cookie = answer.headers["set-cookie"].lower()
    assert answer.status_code == 200
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    visitor.get("/studio", headers={"accept-encoding": "identity"})
    assert accounts() == 1


def test_over_tls_the_cookie_is_bound_to_the_host(monkeypatch):
    monkeypatch.setenv("GPT_IMAGE_UI_SERVER_PUBLIC_URL", "https://studio.example")
    config.forget()
    cookie = browser("https://studio.example").post("/auth/guest", headers={"origin": "https://studio.example"})
    assert cookie.headers["set-cookie"].startswith("__Host-session=")
    assert "secure" in cookie.headers["set-cookie"].lower()


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("HEAD", {}),
        ("GET", {"sec-purpose": "prefetch"}),
        ("GET", {"sec-fetch-dest": "image", "sec-fetch-site": "cross-site"}),
        ("GET", {"sec-fetch-dest": "iframe", "sec-fetch-site": "cross-site"}),
    ],
)
def test_what_is_no_visit_makes_no_account(method, headers):
    answer = browser().request(method, "/studio", headers=headers)
    assert (answer.status_code, accounts()) == (303, 0)
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("path", ["/auth/guest", "/auth/sign-out", "/auth/theme"])
@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "null", "sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_other_sites_change_nothing(path, headers):
    assert browser().post(path, headers=headers).status_code == 403
    assert accounts() == 0


@pytest.mark.parametrize("headers", [{}, {"origin": HERE}, {"origin": "null", "sec-fetch-site": "same-origin"}])
def test_our_own_pages_and_programs_may(headers):
    assert browser().post("/auth/guest", headers=headers).status_code == 303
    assert accounts() == 1


def test_a_public_name_that_points_here_is_another_site():
    lured = browser("http://evil.example:8000")
    assert lured.post("/auth/guest", headers={"origin": "http://evil.example:8000"}).status_code == 403
    near = browser("http://192.168.1.20:8000")
    assert near.post("/auth/guest", headers={"origin": "http://192.168.1.20:8000"}).status_code == 303


def test_signing_out_ends_the_session_on_the_server():
    visitor = browser()
    visitor.post("/auth/guest")
    token = visitor.cookies[session.cookie_name()]
    visitor.post("/auth/sign-out")
    again = browser()
    again.cookies.set(session.cookie_name(), token)
    assert again.get("/media/1/320").status_code == 404
    again.post("/auth/guest")
    assert accounts() == 2


def test_guests_are_counted_by_who_the_trusted_proxy_names(monkeypatch):
    monkeypatch.setenv("GPT_IMAGE_UI_SERVER_TRUSTED_PROXIES", '["10.0.0.5"]')
    monkeypatch.setenv("GPT_IMAGE_UI_GUEST_PER_ADDRESS_PER_HOUR", "1")
    config.forget()
    came = [("198.51.100.1", 303), ("198.51.100.1", 429), ("198.51.100.2", 303)]
    for address, status in came:
        answer = browser(address="10.0.0.5").post("/auth/guest", headers={"x-forwarded-for": address})
        assert answer.status_code == status


def test_a_form_larger_than_any_of_ours_is_not_read_to_the_end():
    form = {"content-type": "application/x-www-form-urlencoded"}
    assert browser().post("/auth/guest", content=b"prompt=" + b"a" * 1_100_000, headers=form).status_code == 413
    assert accounts() == 0


@pytest.mark.parametrize(
    ("readers", "address", "status"),
    [
        ("local", "127.0.0.1", 200),
        ("local", "198.51.100.1", 404),
        ("open", "198.51.100.1", 200),
        ("off", "127.0.0.1", 404),
    ],
)
def test_the_numbers_are_for_those_that_the_setting_names(monkeypatch, readers, address, status):
    monkeypatch.setenv("GPT_IMAGE_UI_SERVER_METRICS", readers)
    config.forget()
    assert browser(address=address).get("/metrics").status_code == status


def test_a_page_of_ours_says_how_it_may_be_used():
    headers = browser().get("/nowhere", headers=HOP).headers
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-request-id"]
