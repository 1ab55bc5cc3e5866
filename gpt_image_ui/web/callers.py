"""Where a request comes from: the address of the connection, or what a proxy of ours says of the one before it."""

import ipaddress

from starlette.requests import HTTPConnection

from gpt_image_ui.core import config

_FORWARDED = ("x-forwarded-for", "forwarded", "via", "x-real-ip")
# One household or one rented server gets at least this much of IPv6: its addresses count as one caller.
_OF_ONE_CALLER = 64


def address_of(request: HTTPConnection) -> str:
    """The caller's address; '' when it is not known. Only proxies named in `server.trusted_proxies` are believed."""
    address = request.client.host if request.client else ""
    said = [part.strip() for line in request.headers.getlist("x-forwarded-for") for part in line.split(",")]
    # Each proxy adds at the end whom it heard from; what stands before the first stranger may be anybody's invention.
    while said and _is_proxy(address):
        address = said.pop()
    return address


def one_caller(request: HTTPConnection) -> str:
    """What limits count by: the address, or of IPv6 the part that nobody has just one of."""
    ip = _parsed(address_of(request))
    if isinstance(ip, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((int(ip) >> _OF_ONE_CALLER << _OF_ONE_CALLER, _OF_ONE_CALLER)))
    return str(ip) if ip else "unknown"


def is_local(request: HTTPConnection) -> bool:
    """Whether a program on this machine asks for itself, not a proxy for somebody else."""
    ip = _parsed(request.client.host if request.client else "")
    return ip is not None and ip.is_loopback and not any(name in request.headers for name in _FORWARDED)


def _is_proxy(address: str) -> bool:
    ip = _parsed(address)
    trusted = map(ipaddress.ip_network, config.get(config.ServerSettings).trusted_proxies)
    return ip is not None and any(ip in network for network in trusted)


def _parsed(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return None
    return ip.ipv4_mapped or ip if isinstance(ip, ipaddress.IPv6Address) else ip
