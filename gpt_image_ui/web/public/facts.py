"""Reads, from the settings of other rooms, what the public pages state about this server."""

from gpt_image_ui.accounts.guests import GuestSettings
from gpt_image_ui.core import config
from gpt_image_ui.providers import registry
from gpt_image_ui.storage.store import StorageSettings
from gpt_image_ui.web.public.data_lines import Facts


def read() -> Facts:
    """The settings behind the five lines."""
    models = registry.models()
    storage = config.get(StorageSettings)
    return {
        "destinations": list(dict.fromkeys(model.destination for model in models if model.destination)),
        "draws_here": any(not model.destination for model in models),
        "bucket": storage.s3_bucket if storage.kind == "s3" else "",
        "keep_hours": config.get(GuestSettings).keep_hours,
        "undo_seconds": 10,
        "checker": "rules",
        "session_days": config.get(config.ServerSettings).session_days,
    }


def price(slug: str) -> str:
    return ""
