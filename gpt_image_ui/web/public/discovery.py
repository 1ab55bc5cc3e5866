"""What machines ask for first: robots.txt, sitemap.xml, security.txt."""

from datetime import timedelta
from urllib.parse import quote

from markupsafe import escape
from starlette.requests import Request
from starlette.responses import Response

from gpt_image_ui.core import clock, config
from gpt_image_ui.examples import catalogue
from gpt_image_ui.web.public import answer, errors
from gpt_image_ui.web.public.operator import OperatorSettings

# '/a/' is a person's open picture; '/api' and the rest answer nobody without a session.
CLOSED = ("/studio", "/library", "/a/", "/api", "/media", "/auth")
SECURITY_DAYS = 180


async def robots(request: Request) -> Response:
    """Public pages may be indexed; the studio may not."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in CLOSED), "", f"Sitemap: {_origin()}/sitemap.xml", ""]
    return answer.send(request, "\n".join(lines).encode(), "text/plain; charset=utf-8")


async def sitemap(request: Request) -> Response:
    """Every page that may be found, and the picture on it."""
    pages = [_entry("/"), _entry("/examples")]
    pages += [
        _entry(f"/examples/{example.slug}", f"/examples/{example.file}-{example.widths[-1]}.webp")
        for example in catalogue.load().examples
    ]
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">\n' + "\n".join(pages) + "\n</urlset>\n"
    )
    return answer.send(request, body.encode(), "application/xml")


async def security(request: Request) -> Response:
    """Whom to tell about a weakness (RFC 9116). Absent until the operator sets a contact."""
    operator = config.get(OperatorSettings)
    if not operator.contact:
        return errors.not_found(request)
    expires = clock.now().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=SECURITY_DAYS)
    lines = [
        f"Contact: {operator.contact_uri()}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: en",
        f"Canonical: {_origin()}/.well-known/security.txt",
        "",
    ]
    return answer.send(request, "\n".join(lines).encode(), "text/plain; charset=utf-8")


def _entry(path: str, picture: str = "") -> str:
    image = f"<image:image><image:loc>{escape(_origin() + quote(picture))}</image:loc></image:image>" if picture else ""
    return f"<url><loc>{escape(_origin() + quote(path))}</loc>{image}</url>"


def _origin() -> str:
    return config.get(config.ServerSettings).origin()
