"""Reads, from the settings of other rooms, what the public pages state about this server."""

from urllib.parse import urlsplit

from gpt_image_ui.accounts.guests import GuestSettings
from gpt_image_ui.core import config
from gpt_image_ui.core.money import credits_text
from gpt_image_ui.examples.catalogue import Example
from gpt_image_ui.gallery.pixels import GallerySettings
from gpt_image_ui.generation import pricing
from gpt_image_ui.moderation.policy import ModerationSettings
from gpt_image_ui.privacy import retention
from gpt_image_ui.providers import registry
from gpt_image_ui.providers.interface import ImageRequest
from gpt_image_ui.storage.store import StorageSettings
from gpt_image_ui.web.public.data_lines import Facts


def read() -> Facts:
    """The settings behind the five lines."""
    models = registry.models()
    storage = config.get(StorageSettings)
    moderation = config.get(ModerationSettings)
    return {
        "destinations": list(dict.fromkeys(model.destination for model in models if model.destination)),
        "draws_here": any(not model.destination for model in models),
        "bucket": storage.s3_bucket if storage.kind == "s3" else "",
        "undo_seconds": config.get(GallerySettings).undo_seconds,
        "checker": _named(moderation.base_url) if moderation.asks_openai else "",
        "keep_hours": config.get(GuestSettings).keep_hours if _guests_expire() else 0,
        "session_days": config.get(config.ServerSettings).session_days,
    }


def price(example: Example | None) -> str:
    """The most that making an example again costs, or '' when its model is not offered here."""
    model = registry.find_model(example.model) if example else None
    if example is None or model is None or not (model.size(example.size) and model.quality(example.quality)):
        return ""
    request = ImageRequest(example.model, example.prompt, example.size, example.quality, seed=example.seed)
    return credits_text(pricing.quote(model, request).total)


def _named(address: str) -> str:
    host = urlsplit(address).hostname or address
    return "OpenAI" if host == "api.openai.com" else host


def _guests_expire() -> bool:
    # A number of days is stated only while a rule keeps it.
    return any(rule.name == "guests" for rule in retention.RULES)
