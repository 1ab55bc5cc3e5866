"""The list of models that a server publishes. Free to ask for, so it proves an address and a key."""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

import httpx

from gpt_image_ui.core import http
from gpt_image_ui.providers import line
from gpt_image_ui.providers.images_api import answers
from gpt_image_ui.providers.images_api.exchange import Server, error_body
from gpt_image_ui.providers.interface import BadAnswerError

_SECONDS = 30
_BYTES_MAX = 4 * 1024 * 1024


@dataclass(frozen=True)
class Listing:
    """The ids that are listed, and the day on which each is shut down, where that is set."""

    ids: tuple[str, ...]
    shutdowns: dict[str, date]


async def read(client: httpx.AsyncClient, server: Server) -> Listing:
    """Asks for the list. Raises ProviderError."""
    parsed = await ask(client, f"{server.base_url}/models", server.headers())
    data = parsed.get("data") if isinstance(parsed, dict) else None
    if not isinstance(data, list):
        raise BadAnswerError("the answer is no list of models")
    items = [item for item in data if isinstance(item, dict) and isinstance(item.get("id"), str)]
    days = {item["id"]: _day(item.get("shutdown_date")) for item in items}
    return Listing(tuple(days), {name: day for name, day in days.items() if day})


async def ask(client: httpx.AsyncClient, url: str, headers: dict[str, str]) -> Any:
    """The JSON at an address of the server's. Costs nothing, may be asked again. Raises ProviderError."""
    async with line.free(_SECONDS), client.stream("GET", url, headers=headers) as response:
        if response.status_code != 200:
            raise answers.failure(response.status_code, response.headers, await error_body(response))
        try:
            return json.loads(await http.read_capped(response.aiter_bytes(), _BYTES_MAX))
        except ValueError as error:
            raise BadAnswerError("the answer is not JSON") from error


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(value[:10]) if isinstance(value, str) else None
    except ValueError:
        return None
