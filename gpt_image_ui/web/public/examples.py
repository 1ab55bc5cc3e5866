"""The wall of curated pictures, and a page for each."""

from datetime import date
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from gpt_image_ui.core import config
from gpt_image_ui.examples import catalogue
from gpt_image_ui.examples.catalogue import Example
from gpt_image_ui.web.public import answer, errors, pictures

OTHERS = 6


def render_wall(request: Request) -> Response:
    """All examples, or one kind of them."""
    listed = catalogue.load()
    asked = request.query_params.get("kind", "")
    kind = asked if asked in listed.kinds() else ""
    shown = [example for example in listed.examples if kind in ("", example.kind)]
    return answer.page(
        request,
        "examples.html",
        path="/examples",
        rules=pictures.rules(shown),
        examples=shown,
        total=len(listed.examples),
        kinds=listed.kinds(),
        kind=kind,
    )


def render_one(request: Request, slug: str, *, price: str, open_to_guests: bool) -> Response:
    """One picture and its words. `price` is the most that making it again would cost, or ''."""
    listed = catalogue.load()
    example = listed.find(slug)
    if example is None:
        return errors.not_found(request)
    others = listed.list_like(example, OTHERS)
    server = config.get(config.ServerSettings)
    width = example.widths[-1]
    height = round(width * example.height / example.width)
    picture_url = f"{server.origin()}/examples/{example.file}-{width}.webp"
    return answer.page(
        request,
        "example.html",
        path=f"/examples/{slug}",
        rules=pictures.rules([example, *others]),
        example=example,
        others=others,
        catalogue=listed,
        approved=_day(listed.approved),
        price=price,
        open=open_to_guests,
        picture_url=picture_url,
        picture_width=width,
        picture_height=height,
        structured=_structured(example, listed, server.name, picture_url, width, height),
    )


def _structured(
    example: Example, listed: catalogue.Catalogue, site: str, url: str, width: int, height: int
) -> dict[str, Any]:
    return {
        "@context": "https://schema.org",
        "@type": "ImageObject",
        "name": example.title,
        "description": example.alt,
        "caption": example.prompt,
        "contentUrl": url,
        "encodingFormat": "image/webp",
        "width": width,
        "height": height,
        "license": listed.licence_url,
        "creditText": site,
        "creator": {"@type": "Organization", "name": site},
        "datePublished": listed.approved,
    }


def _day(iso: str) -> str:
    day = date.fromisoformat(iso)
    return f"{day.day} {day:%b %Y}"
