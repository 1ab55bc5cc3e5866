"""Who receives what is sent: the line under the prompt. It names everybody, the safety check and a stand-in too."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from gpt_image_ui.core import config, http
from gpt_image_ui.moderation.policy import ModerationSettings
from gpt_image_ui.providers.interface import ModelSpec


def line(model: ModelSpec, references: int, others: Sequence[str] = ()) -> str:
    """`others` are the destinations that may take over, as fallback.list_destinations has them."""
    return " ".join(filter(None, (_drawn(model, references), _passed_on(model), _checked(model), _else(others))))


def place(model: ModelSpec) -> str:
    """'OpenAI, US'; what stays here is 'This server'."""
    region = "region not stated" if model.region == "not stated" else model.region
    return ", ".join(filter(None, (model.destination, region))) or "This server"


def _drawn(model: ModelSpec, references: int) -> str:
    if not model.destination:
        drawn = f"{model.note or 'Drawn by this server'}."
        return drawn if _checker() else f"{drawn} Nothing leaves it."
    region = f" ({place(model).removeprefix(model.destination + ', ')})" if model.region else ""
    with_references = "" if not references else f" and {references} reference{'' if references == 1 else 's'}"
    return f"Goes to {model.destination}{region}: prompt{with_references or ' only'}."


def _passed_on(model: ModelSpec) -> str:
    return "It passes them on to other AI providers." if model.forwards else ""


def _checked(model: ModelSpec) -> str:
    checker = _checker()
    # Who draws it gets it anyway.
    return f"{checker} checks it first." if checker and checker not in model.destination else ""


def _else(others: Sequence[str]) -> str:
    return f"If that fails: {' or '.join(others)}, for no more." if others else ""


def _checker() -> str:
    settings = config.get(ModerationSettings)
    if not settings.asks_openai:
        return ""
    host = urlsplit(settings.base_url).hostname or settings.base_url
    if http.is_private_host(host):
        return ""
    return "OpenAI" if host == "api.openai.com" else host
