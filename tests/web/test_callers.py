"""Whose address a limit counts, and who is on this machine."""

import pytest
from pydantic import ValidationError
from starlette.requests import Request

from gpt_image_ui.core import config
from gpt_image_ui.web import callers


def request(peer: str, *forwarded: str, **headers: str) -> Request:
    named = [*(("x-forwarded-for", line) for line in forwarded), *headers.items()]
    given = [(name.encode(), value.encode()) for name, value in named]
    return Request({"type": "http", "client": (peer, 4000), "headers": given})


@pytest.fixture
def _proxies(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("GPT_IMAGE_UI_SERVER_TRUSTED_PROXIES", '["10.0.0.5", "192.168.0.0/16"]')
    config.forget()


@pytest.mark.usefixtures("_proxies")
@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),  # a stranger may write there what he likes
        ("10.0.0.5", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.5", "6.6.6.6, 198.51.100.1", "198.51.100.1"),  # what the caller invented stands first
        ("10.0.0.5", "6.6.6.6, 198.51.100.1, 192.168.3.4", "198.51.100.1"),
        ("::ffff:10.0.0.5", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.5", "", ""),
    ],
)
def test_only_our_proxies_are_believed(peer, forwarded, address):
    assert callers.address_of(request(peer, forwarded)) == address


def test_without_trusted_proxies_the_connection_counts():
    assert callers.address_of(request("10.0.0.5", "198.51.100.1")) == "10.0.0.5"


@pytest.mark.usefixtures("_proxies")
def test_a_proxy_that_says_nothing_is_the_caller():
    assert callers.address_of(request("10.0.0.5")) == "10.0.0.5"


def test_a_setting_that_is_no_address_is_an_error(monkeypatch):
    monkeypatch.setenv("GPT_IMAGE_UI_SERVER_TRUSTED_PROXIES", '["nginx"]')
    with pytest.raises(ValidationError):
        config.ServerSettings()


def test_one_network_of_ipv6_is_one_caller():
    first, second, other = (callers.one_caller(request(f"2001:db8:0:{part}")) for part in ("1::1", "1:f::9", "2::1"))
    assert first == second != other
    assert callers.one_caller(request("198.51.100.1")) == callers.one_caller(request("::ffff:198.51.100.1"))
    assert callers.one_caller(request("not an address")) == "unknown"


@pytest.mark.parametrize(
    ("peer", "headers", "local"),
    [
        ("127.0.0.1", {}, True),
        ("::1", {}, True),
        ("203.0.113.9", {}, False),
        ("127.0.0.1", {"x-forwarded-for": "203.0.113.9"}, False),
        ("127.0.0.1", {"via": "1.1 proxy"}, False),
        ("", {}, False),
    ],
)
def test_a_proxy_on_this_machine_asks_for_somebody_else(peer, headers, local):
    assert callers.is_local(request(peer, **headers)) is local
