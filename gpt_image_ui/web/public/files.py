"""The files that pages and browsers ask for by name, served with the same protection as the pages."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gpt_image_ui.examples import catalogue
from gpt_image_ui.web.public import answer, errors, styles

FOR_EVER = "public, max-age=31536000, immutable"
FILES = {
    "public.js": "text/javascript; charset=utf-8",
    "favicon.ico": "image/vnd.microsoft.icon",
    "favicon.svg": "image/svg+xml",
    "apple-touch-icon.png": "image/png",
    "icon-192.png": "image/png",
    "icon-512.png": "image/png",
    "manifest.webmanifest": "application/manifest+json",
    "social-card.png": "image/png",
}


async def file(request: Request) -> Response:
    """One listed file."""
    name = request.url.path.removeprefix("/")
    return _send(request, name, FILES[name])


async def picture(request: Request) -> Response:
    """One width of one curated picture."""
    name = request.path_params["name"]
    listed = {f"{example.file}-{width}" for example in catalogue.load().examples for width in example.widths}
    return _send(request, f"examples/{name}.webp", "image/webp") if name in listed else errors.not_found(request)


def _send(request: Request, name: str, media_type: str) -> Response:
    # With the mark of its content in the address, a file never changes.
    marked = request.query_params.get("v") == answer.version(name)
    caching = FOR_EVER if marked else answer.FILE_CACHING
    return answer.send(request, (styles.ASSETS / name).read_bytes(), media_type, {"cache-control": caching})


static_routes = [Route(f"/{name}", file) for name in FILES]
