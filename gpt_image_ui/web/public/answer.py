"""How a public page is sent: escaped HTML, a strict content policy, a tag to revalidate by, gzip. No cookie is set."""

import gzip
import hashlib
from functools import cache
from typing import Any

import jinja2
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from gpt_image_ui.core import config
from gpt_image_ui.web.public import icons, styles
from gpt_image_ui.web.public.operator import OperatorSettings

THEMES = ("light", "dark")
PAGE_CACHING = "public, max-age=60, stale-while-revalidate=600"
FILE_CACHING = "public, max-age=3600"
COMPRESSED_FROM_BYTES = 600

PROTECTION = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def page(
    request: Request,
    template: str,
    *,
    path: str,
    status: int = 200,
    rules: str = "",
    caching: str = PAGE_CACHING,
    **values: Any,
) -> Response:
    """Renders a template. `path` is the page's own address on this site; `rules` are style rules of this page alone."""
    style = styles.sheet() + rules
    server = config.get(config.ServerSettings)
    html = (
        _environment()
        .get_template(template)
        .render(
            origin=server.origin(),
            site=server.name,
            operator=config.get(OperatorSettings),
            theme=theme_of(request),
            path=path,
            style=Markup(style),  # noqa: S704 - our own style sheet
            version=version,
            **values,
        )
    )
    headers = {"content-security-policy": policy(style), "vary": "Cookie, Accept-Encoding", "cache-control": caching}
    return send(request, html.encode(), "text/html; charset=utf-8", headers, status)


def send(
    request: Request, body: bytes, media_type: str, headers: dict[str, str] | None = None, status: int = 200
) -> Response:
    """Bytes with the protecting headers; 304 when the reader has them already."""
    # Weak, because the gzipped and the plain form share it.
    tag = f'W/"{hashlib.sha256(body).hexdigest()[:20]}"'
    sent = {
        "cache-control": FILE_CACHING,
        "content-security-policy": policy(),
        "vary": "Accept-Encoding",
        **PROTECTION,
        **(headers or {}),
        "etag": tag,
    }
    known = [known.strip() for known in request.headers.get("if-none-match", "").split(",")]
    if status == 200 and tag in known:
        return Response(status_code=304, headers=sent)
    compressible = media_type.startswith(("text/", "application/", "image/svg"))
    if compressible and len(body) >= COMPRESSED_FROM_BYTES and "gzip" in request.headers.get("accept-encoding", ""):
        body = gzip.compress(body, 6, mtime=0)
        sent["content-encoding"] = "gzip"
    return Response(body, status, sent, media_type)


def policy(style: str = "") -> str:
    """Everything from this server only; no inline script; the one inline style sheet by its hash."""
    return (
        "default-src 'self'; script-src 'self'; img-src 'self'; "
        f"style-src 'self'{' ' + styles.hash_of(style) if style else ''}; "
        "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


def theme_of(request: Request) -> str:
    """What the person chose, or '' to follow the system."""
    chosen = request.cookies.get("theme", "")
    return chosen if chosen in THEMES else ""


@cache
def version(name: str) -> str:
    """A short mark of a file's content, so that its address changes when it does."""
    return hashlib.sha256((styles.ASSETS / name).read_bytes()).hexdigest()[:8]


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(styles.TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["icon"] = icons.icon
    return environment
