"""The public pages as a stranger's browser meets them: whole, strict, cookie-free, and true to the settings."""

import gzip
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from urllib.parse import urlencode, urlsplit

import pytest
import sqlalchemy as sa
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from gpt_image_ui.accounts.tables import Account, LoginSession
from gpt_image_ui.core import config, db
from gpt_image_ui.core.errors import UserFacingError
from gpt_image_ui.examples import catalogue
from gpt_image_ui.providers import registry
from gpt_image_ui.providers.interface import ModelSpec, Quality, Size
from gpt_image_ui.web.public import answer, data_lines, errors, files, offer, routes, styles
from gpt_image_ui.web.routes import auth

EXAMPLES = catalogue.load().examples
PAGES = ("/", "/examples", *(f"/examples/{example.slug}" for example in EXAMPLES))
MACHINES = ("/robots.txt", "/sitemap.xml")
REFERENCE = "K7Q2-9MZD-4T"


class Page(HTMLParser):
    """What a page says, by element."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.text: dict[str, list[str]] = {}
        self._open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self._open:
            self.text.setdefault(self._open[-1], []).append(data)

    def all(self, tag: str, **wanted: str) -> list[dict[str, str]]:
        return [a for name, a in self.found if name == tag and all(a.get(k) == v for k, v in wanted.items())]


@pytest.fixture
def client() -> Iterator[TestClient]:
    async def missing(request: Request, _error: Exception) -> Response:
        return errors.not_found(request)

    async def failing(request: Request) -> Response:
        return errors.server_error(request, REFERENCE)

    async def studio(_request: Request) -> Response:
        return PlainTextResponse("studio")

    app = Starlette(
        routes=[*routes.routes, *auth.routes, Route("/studio", studio), Route("/failing", failing)],
        exception_handlers={404: missing},
    )
    with TestClient(app, base_url="http://localhost:8000") as made:
        yield made


@pytest.mark.parametrize("path", [*PAGES, *MACHINES])
def test_every_public_address_answers_with_the_strict_headers(client: TestClient, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 200
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["referrer-policy"] == "same-origin"
    assert response.headers["cache-control"].startswith("public, max-age=")
    policy = response.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_looking_around_makes_no_account_and_sets_no_cookie(client: TestClient, database: str) -> None:
    for path in (*PAGES, *MACHINES, "/nowhere", "/failing", *(f"/{name}" for name in files.FILES)):
        assert "set-cookie" not in client.get(path).headers
    rows = db.look(
        lambda db: [db.execute(sa.select(sa.func.count()).select_from(t)).scalar() for t in (Account, LoginSession)]
    )
    assert rows == [0, 0]


@pytest.mark.parametrize("path", ["/", "/examples", f"/examples/{EXAMPLES[0].slug}", "/nowhere", "/failing"])
def test_a_page_is_well_formed_for_readers_and_robots(client: TestClient, path: str) -> None:
    page = Page(client.get(path).text)
    assert len(page.all("h1")) == len(page.all("main")) == len(page.all("title")) == 1
    assert page.all("html")[0]["lang"] == "en"
    assert 40 < len(page.all("meta", name="description")[0]["content"]) < 400
    assert "".join(page.text["title"]).endswith("GPT Image UI")
    assert all("alt" in image and image["width"] and image["height"] for image in page.all("img"))
    ids = [attributes["id"] for _, attributes in page.found if "id" in attributes]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("path", ["/", "/examples", f"/examples/{EXAMPLES[0].slug}", "/nowhere"])
def test_nothing_inline_runs_and_the_style_sheet_is_the_one_that_was_hashed(client: TestClient, path: str) -> None:
    response = client.get(path)
    page = Page(response.text)
    for script in page.all("script"):
        assert script.get("type") == "application/ld+json" or script["src"].startswith("/public.js?v=")
    assert not [a for _, attributes in page.found for a in attributes if a == "style" or a.startswith("on")]
    style = re.findall(r"<style>(.*?)</style>", response.text, re.S)
    assert len(style) == 1
    assert styles.hash_of(style[0]) in response.headers["content-security-policy"]


def test_every_link_form_and_picture_of_every_page_leads_somewhere(client: TestClient) -> None:
    addresses: set[str] = set()
    for path in (*PAGES, "/nowhere"):
        page = Page(client.get(path).text)
        for tag, attribute in (("a", "href"), ("img", "src"), ("link", "href"), ("script", "src")):
            addresses |= {found[attribute] for found in page.all(tag) if attribute in found}
        addresses |= {part.split()[0] for image in page.all("img") for part in image["srcset"].split(",")}
        assert {form["action"] for form in page.all("form")} <= {"/auth/guest", "/auth/theme"}
    ours = {a.removeprefix("http://localhost:8000") or "/" for a in addresses}
    for address in sorted(a for a in ours if a.startswith("/")):
        assert client.get(address).status_code == 200, address
        fragment = urlsplit(address).fragment
        assert not fragment or f'id="{fragment}"' in client.get(address).text
    assert {a for a in ours if not a.startswith(("/", "#"))} == {catalogue.load().licence_url}


def test_the_composer_carries_its_words_to_the_guest_door(client: TestClient) -> None:
    page = Page(client.get("/").text)
    form = page.all("form", id="make")[0]
    assert (form["method"], form["action"]) == ("post", "/auth/guest")
    assert page.all("input", name="next", value="/studio")
    assert {s["name"] for s in page.all("select")} == {"model", "size", "count"}
    offered = [option["value"] for option in page.all("option")]
    assert all(model.id in offered and model.sizes[0].value in offered for model in registry.models())
    assert "Try it, no account" in "".join(page.text["button"])


def test_the_button_names_the_welcome_grant(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "100 credits" in client.get("/").text
    monkeypatch.setenv("GPT_IMAGE_UI_CREDITS_WELCOME_GRANT", "0")
    config.forget()
    assert "credits</span>" not in client.get("/").text


def test_a_studio_without_guests_offers_no_door(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GPT_IMAGE_UI_GUEST_OPEN", "false")
    config.forget()
    for path in ("/", f"/examples/{EXAMPLES[0].slug}"):
        assert 'action="/auth/guest"' not in client.get(path).text


def test_a_start_fills_the_composer_without_script(client: TestClient) -> None:
    start = Page(client.get("/").text).all("a", **{"class": "start"})[1]
    page = Page(client.get(start["href"]).text)
    assert "".join(page.text["textarea"]) == start["data-prompt"]
    size = page.all("option", value=start["data-size"])[0]
    assert "selected" in size


def test_words_from_the_address_are_escaped(client: TestClient) -> None:
    hostile = "</textarea><script>alert(1)</script>\"'&"
    response = client.get(f"/?{urlencode({'prompt': hostile, 'model': hostile, 'size': hostile, 'count': hostile})}")
    assert "<script>alert" not in response.text
    assert "".join(Page(response.text).text["textarea"]) == hostile
    assert client.get(f"/examples?{urlencode({'kind': hostile})}").text.count("alert(1)") == 0


def test_words_from_the_address_cannot_exceed_what_a_model_takes(client: TestClient) -> None:
    limit = max(model.prompt_chars_max for model in registry.models())
    words = "".join(Page(client.get(f"/?prompt={'a' * (limit + 9)}").text).text["textarea"])
    assert len(words) == limit


@pytest.mark.parametrize(
    ("cookie", "shown"),
    [("dark", ' data-theme="dark"'), ("light", ' data-theme="light"'), ("system", ""), ('"><b>', "")],
)
def test_the_server_writes_the_chosen_theme_into_the_page(client: TestClient, cookie: str, shown: str) -> None:
    response = client.get("/", headers={"cookie": f"theme={cookie}"})
    assert f'<html lang="en"{shown}>' in response.text
    assert "Cookie" in response.headers["vary"]


def test_a_page_that_the_reader_has_is_not_sent_again(client: TestClient) -> None:
    first = client.get("/examples")
    again = client.get("/examples", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = client.get("/examples", headers={"if-none-match": first.headers["etag"], "cookie": "theme=dark"})
    assert other.status_code == 200


def test_text_is_sent_compressed_and_pictures_as_they_are(client: TestClient) -> None:
    with client.stream("GET", "/") as response:
        raw = b"".join(response.iter_raw())
    assert response.headers["content-encoding"] == "gzip"
    assert gzip.decompress(raw).startswith(b"<!doctype html>")
    assert len(raw) < 14_000, "the page with its style should fit into one congestion window"
    picture = client.get(f"/examples/{EXAMPLES[0].file}-320.webp")
    assert "content-encoding" not in picture.headers
    plain = client.get("/", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers


def test_a_marked_file_may_be_kept_for_ever_and_an_unmarked_one_not(client: TestClient) -> None:
    name = f"examples/{EXAMPLES[0].file}-320.webp"
    assert "immutable" in client.get(f"/{name}?v={answer.version(name)}").headers["cache-control"]
    assert "immutable" not in client.get(f"/{name}?v=00000000").headers["cache-control"]
    assert "immutable" not in client.get(f"/{name}").headers["cache-control"]


@pytest.mark.parametrize("path", ["/examples/none-320.webp", "/examples/none", "/examples/..%2ftokens.css", "/nowhere"])
def test_what_is_not_there_says_so_and_where_to_go(client: TestClient, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 404
    assert response.headers["cache-control"] == "no-store"
    page = Page(response.text)
    assert {"href": "/", "class": "btn btn-primary"} in page.all("a")
    assert page.all("meta", name="robots", content="noindex")


def test_a_failure_shows_the_reference_that_the_log_carries(client: TestClient) -> None:
    response = client.get("/failing")
    assert response.status_code == 500
    assert REFERENCE in response.text
    assert "charged" in response.text


@pytest.mark.parametrize(
    ("accept", "is_json"),
    [
        ("application/json", True),
        ("application/json, text/html;q=0.5", True),
        ("text/html,application/xhtml+xml,*/*;q=0.8", False),
        ("text/html;q=0.9, application/json;q=0.1", False),
        ("*/*", False),
        ("application/json;q=nonsense", False),
    ],
)
def test_programs_read_errors_as_json(client: TestClient, accept: str, is_json: bool) -> None:
    response = client.get("/failing", headers={"accept": accept})
    assert response.status_code == 500
    if is_json:
        assert response.json()["reference"] == REFERENCE
    else:
        assert response.headers["content-type"].startswith("text/html")


def test_a_refusal_says_when_to_come_back() -> None:
    request = Request({"type": "http", "method": "GET", "path": "/", "headers": [], "query_string": b""})
    error = UserFacingError("Too many requests.", "rate_limited", status=429, retry_after_seconds=40)
    response = errors.refused(request, error)
    assert (response.status_code, response.headers["retry-after"]) == (429, "40")
    assert b"Too many requests." in response.body


def test_an_example_page_tells_machines_about_its_picture(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GPT_IMAGE_UI_SERVER_PUBLIC_URL", "https://studio.example/")
    config.forget()
    example = EXAMPLES[0]
    html = client.get(f"/examples/{example.slug}").text
    page = Page(html)
    here = f"https://studio.example/examples/{example.slug}"
    assert page.all("link", rel="canonical")[0]["href"] == here
    shown = {meta["property"]: meta["content"] for meta in page.all("meta") if "property" in meta}
    assert shown["og:url"] == here
    assert shown["og:image"] == f"https://studio.example/examples/{example.file}-{example.widths[-1]}.webp"
    data = json.loads("".join(page.text["script"]))
    assert data["@type"] == "ImageObject"
    assert data["contentUrl"] == shown["og:image"]
    assert data["caption"] == example.prompt


def test_an_example_can_be_made_again_as_it_was(client: TestClient) -> None:
    for example in EXAMPLES:
        page = Page(client.get(f"/examples/{example.slug}").text)
        sent = {field["name"]: field["value"] for field in page.all("input", type="hidden")}
        assert sent["prompt"] == example.prompt
        assert (sent["size"], sent["seed"], sent["model"]) == (example.size, str(example.seed), example.model)


def test_a_kind_shows_only_its_own(client: TestClient) -> None:
    kind = catalogue.load().kinds()[1]
    page = Page(client.get(f"/examples?{urlencode({'kind': kind})}").text)
    shown = {a["href"].rpartition("/")[2] for a in page.all("a") if a["href"].startswith("/examples/")}
    assert shown == {example.slug for example in EXAMPLES if example.kind == kind}


def test_robots_are_kept_out_of_the_studio_and_shown_the_map(client: TestClient) -> None:
    lines = client.get("/robots.txt").text.splitlines()
    for path in ("/studio", "/library", "/a/", "/api", "/media", "/auth"):
        assert f"Disallow: {path}" in lines
    assert "Sitemap: http://localhost:8000/sitemap.xml" in lines


def test_the_map_lists_every_page(client: TestClient) -> None:
    listed = re.findall(r"<loc>(.*?)</loc>", client.get("/sitemap.xml").text)
    assert listed == [f"http://localhost:8000{path}" for path in PAGES]


def test_the_security_contact_is_the_operators_and_expires(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, held_clock
) -> None:
    path = "/.well-known/security.txt"
    assert client.get(path).status_code == 404
    assert path not in client.get("/").text
    monkeypatch.setenv("GPT_IMAGE_UI_OPERATOR_CONTACT", "safety@studio.example")
    config.forget()
    fields = dict(line.split(": ", 1) for line in client.get(path).text.splitlines())
    assert fields["Contact"] == "mailto:safety@studio.example"
    expires = datetime.strptime(fields["Expires"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    assert timedelta(days=30) < expires - held_clock.now < timedelta(days=365)
    assert path in client.get("/").text


def test_the_data_lines_follow_the_settings() -> None:
    facts: data_lines.Facts = {
        "destinations": [], "draws_here": True, "bucket": "", "undo_seconds": 0, "checker": "", "keep_hours": 0,
        "session_days": 90,
    }  # fmt: skip
    here = dict(data_lines.build(facts))
    assert len(here) == 5
    assert "sent to no other" in here["Prompts"]
    assert "own disk" in here["Pictures"]
    assert "cannot be brought back" in here["Pictures"]
    assert "deleted" not in here["You"]
    away = dict(
        data_lines.build(
            {
                **facts,
                "destinations": ["OpenAI"],
                "bucket": "b",
                "undo_seconds": 600,
                "checker": "OpenAI",
                "keep_hours": 24,
            }
        )
    )
    assert "Sent to OpenAI" in away["Prompts"]
    assert "sends nothing" not in away["Prompts"]
    assert "Sent along" in away["References"]
    assert "bucket b" in away["Pictures"]
    assert "10 minutes" in away["Pictures"]
    assert "then by OpenAI" in away["Safety check"]
    assert "deleted 24 hours after" in away["You"]


def test_the_landing_page_reads_the_real_settings(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "on this server’s own disk" in client.get("/").text
    for name, value in {"KIND": "s3", "S3_BUCKET": "my-pictures", "S3_ACCESS_KEY": "k", "S3_SECRET_KEY": "s"}.items():
        monkeypatch.setenv(f"GPT_IMAGE_UI_STORAGE_{name}", value)
    monkeypatch.setenv("GPT_IMAGE_UI_MODERATION_API_KEY", "k")
    monkeypatch.setenv("GPT_IMAGE_UI_GALLERY_UNDO_SECONDS", "60")
    config.forget()
    html = client.get("/").text
    assert "in the bucket my-pictures" in html
    assert "then by OpenAI" in html
    assert "1 minute;" in html


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(1, "1 second"), (90, "90 seconds"), (60, "1 minute"), (3600, "1 hour"), (86400, "24 hours"), (172800, "2 days")],
)
def test_a_duration_reads_in_its_largest_even_unit(seconds: int, text: str) -> None:
    assert data_lines.duration(seconds) == text


def test_the_offer_keeps_to_what_a_model_can_do() -> None:
    quality = (Quality("medium", "Medium", 1),)
    near = ModelSpec("near", "p", "Near", "", (Size("1:1", 64, 64), Size("2:3", 64, 96)), quality, count_max=2)
    far = ModelSpec("far", "p", "Far", "", (Size("3:2", 96, 64),), quality, destination="Elsewhere (DE)", count_max=8)
    asked = offer.build([near, far], {"model": "far", "size": "64x96", "count": "9"})
    assert (asked.model, asked.size, asked.count) == ("far", "96x64", 1)
    assert asked.line == "Goes to Elsewhere (DE)."
    plain = offer.build([near, far], {"model": "unknown", "count": "2"})
    assert (plain.model, plain.size, plain.count) == ("near", "64x64", 2)
    assert "until you choose another model" in plain.line
    assert "Nothing leaves it" in offer.build([near], {}).line
    assert offer.build([near, far], {}, "OpenAI").line == "Drawn by this server, after a safety check by OpenAI."


def test_the_page_style_keeps_used_rules_and_drops_the_rest() -> None:
    text = """/* note { } */ .a, .b > p { color: red; } .gone { x: y } @media (x) { .gone { q: r } }
    @media (y) { .a:is(.b, [z=","]) { top : 0 } } @keyframes turn { to { rotate: 1turn } }
    @keyframes still { to { a: b } }
    .b { animation: turn 1s }"""
    cut = styles.cut_down(text, frozenset({"a", "b"}))
    assert "gone" not in cut
    assert "still" not in cut
    assert ".a,.b > p{color:red}" in cut
    assert '@media (y){.a:is(.b, [z=","])' in cut
    assert "@keyframes turn" in cut


def test_public_script_stays_small() -> None:
    assert len(gzip.compress((styles.ASSETS / "public.js").read_bytes())) < 2_000
