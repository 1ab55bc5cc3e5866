"""Every public address. No handler here reads the database or sets a cookie."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gpt_image_ui.accounts.guests import GuestSettings
from gpt_image_ui.core import config
from gpt_image_ui.credits.caps import CreditSettings
from gpt_image_ui.examples import catalogue
from gpt_image_ui.providers import registry
from gpt_image_ui.web.public import discovery, examples, facts, files, landing


async def home(request: Request) -> Response:
    """The landing page."""
    return landing.render(
        request,
        registry.models(),
        facts.read(),
        welcome=config.get(CreditSettings).welcome_grant,
        open_to_guests=config.get(GuestSettings).open,
    )


async def wall(request: Request) -> Response:
    """The examples."""
    return examples.render_wall(request)


async def one(request: Request) -> Response:
    """One example."""
    slug = request.path_params["slug"]
    price = facts.price(catalogue.load().find(slug))
    return examples.render_one(request, slug, price=price, open_to_guests=config.get(GuestSettings).open)


routes = [
    Route("/", home),
    Route("/examples", wall),
    Route("/examples/{name}.webp", files.picture),
    Route("/examples/{slug}", one),
    Route("/robots.txt", discovery.robots),
    Route("/sitemap.xml", discovery.sitemap),
    Route("/.well-known/security.txt", discovery.security),
    *files.static_routes,
]
