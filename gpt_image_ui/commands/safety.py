"""What in the settings is unsafe, in words. Reads settings only: no network, no database."""

import stat
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from gpt_image_ui.commands import serve, settings
from gpt_image_ui.core import config, http
from gpt_image_ui.providers import registry

_LOOPBACK = ("127.0.0.1", "::1", "localhost")


def list_warnings() -> list[str]:
    """Every warning that the present settings earn."""
    of = {settings.name_of(section): config.get(section) for section in settings.sections()}
    checks = (_variables, _address, _processes, _database, _money, _moderation, _storage, _keys, _relays)
    return [text for check in checks for text in check(of)]


def _variables(of: dict[str, Any]) -> Iterator[str]:
    for name in config.unknown_variables(settings.sections()):
        yield f"{name} is set and nothing reads it: probably a typing error."
    for name in config.unknown_tables(settings.sections()):
        yield f"The profile has a table [{name}] and nothing reads it: probably a typing error."
    mode = config.data_directory().stat().st_mode
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield (
            f"Other users of this machine can open {config.data_directory()}, which holds people's pictures. "
            f"chmod 700 closes it."
        )


def _address(of: dict[str, Any]) -> Iterator[str]:
    server = of["server"]
    if _in_the_clear(server.public_url):
        yield (
            f"server.public_url is {server.public_url}: without https anyone on the way can read sessions and "
            "pictures. Put a proxy with a certificate before the studio and name its https address."
        )
    if server.host not in _LOOPBACK and not server.public_url:
        yield (
            f"The studio listens on {server.host}, beyond this machine, without server.public_url: cookies are sent "
            "in the clear, and browsers that call it by another name than localhost cannot connect."
        )
    if server.public_url.startswith("https:") and not server.trusted_proxies:
        yield (
            "server.public_url is https, so a proxy stands before the studio, but server.trusted_proxies is empty: "
            "limits for each address count everybody as one."
        )


def _processes(of: dict[str, Any]) -> Iterator[str]:
    if serve.is_postgres() and not of["server"].secret.get_secret_value():
        yield (
            "server.secret is not set: every process with a data folder of its own gives people other pseudonyms, so "
            "that a provider counts one person as several. Set GPT_IMAGE_UI_SERVER_SECRET to the same value for all."
        )
    if serve.is_postgres() and of["storage"].kind == "local" and of["jobs"].workers == "elsewhere":
        yield "Workers run elsewhere and pictures are kept in a folder: it has to be the same folder for all of them."


def _database(of: dict[str, Any]) -> Iterator[str]:
    if not serve.is_postgres() and of["database"].synchronous != "FULL":
        yield (
            "database.synchronous is NORMAL: a power cut cannot damage the database, but may take back the last "
            "seconds of it, ledger included. FULL closes that gap for about 1 ms a picture."
        )


def _money(of: dict[str, Any]) -> Iterator[str]:
    paid = sorted({model.destination for model in registry.models() if model.destination})
    credits_ = of["credits"]
    if paid and of["guest"].open and credits_.cap_day is None and credits_.cap_month is None:
        yield (
            f"Any visitor may spend {credits_.welcome_grant} credits at {', '.join(paid)}, at your cost, and come back "
            "as a new one. Set GPT_IMAGE_UI_GUEST_OPEN=false, or lower credits.welcome_grant and set a cap."
        )


def _moderation(of: dict[str, Any]) -> Iterator[str]:
    remote = sorted({model.destination for model in registry.models() if model.destination})
    moderation = of.get("moderation")
    if not remote or moderation is None:
        return
    asks = moderation.checker == "openai" or (moderation.checker == "auto" and moderation.api_key.get_secret_value())
    if not asks:
        yield (
            f"Prompts go to {', '.join(remote)} after a check by local word lists only. "
            "Set GPT_IMAGE_UI_MODERATION_CHECKER=openai for a real one."
        )


def _storage(of: dict[str, Any]) -> Iterator[str]:
    storage = of["storage"]
    if storage.kind == "local" and not storage.sync:
        yield "storage.sync is off: a power cut may lose pictures that were paid for."
    if storage.kind == "s3" and _in_the_clear(storage.s3_endpoint):
        yield f"storage.s3_endpoint is {storage.s3_endpoint}: pictures and keys travel in the clear."


def _keys(of: dict[str, Any]) -> Iterator[str]:
    names = registry.providers().keys() & of.keys()
    for name, values in sorted((name, of[name]) for name in names):
        if values.api_key.get_secret_value() and _in_the_clear(values.base_url):
            yield f"{name}.base_url is {values.base_url}: the key and every prompt travel in the clear."


def _relays(of: dict[str, Any]) -> Iterator[str]:
    for host in sorted({model.destination for model in registry.models() if model.forwards}):
        yield (
            f"{host} passes prompts and pictures on to services of its own choice. People read that it does; whether "
            "it may, under the terms of those services, is between you and its owner."
        )


def _in_the_clear(address: str) -> bool:
    """Whether an address leads over a network, beyond this machine and its neighbours, without TLS."""
    parts = urlsplit(address)
    return parts.scheme == "http" and not http.is_private_host(parts.hostname or "")
