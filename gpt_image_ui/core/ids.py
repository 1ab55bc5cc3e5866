"""Identifiers: unguessable secrets, time-ordered keys, references that a person can read aloud."""

import hashlib
import hmac
import os
import secrets

from gpt_image_ui.core import clock

# Crockford's alphabet: no I, L, O or U, so that a reference survives a telephone call.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_id() -> str:
    """32 hex digits that sort by time of creation (the layout of UUIDv7, RFC 9562 §5.7)."""
    value = int(clock.now().timestamp() * 1000) << 80 | int.from_bytes(os.urandom(10), "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return f"{value:032x}"


def new_secret() -> str:
    """A bearer token with 256 bits of randomness, safe in cookies and URLs."""
    return secrets.token_urlsafe(32)


def fingerprint(secret: str) -> str:
    """SHA-256 of a bearer token: what the database keeps in its place."""
    return hashlib.sha256(secret.encode()).hexdigest()


def new_reference() -> str:
    """Ten characters that tie what a person reads to a line of the log, as in 'K7Q2-9MZD-4T'."""
    text = "".join(secrets.choice(_ALPHABET) for _ in range(10))
    return f"{text[:4]}-{text[4:8]}-{text[8:]}"


def equal(given: str, right: str) -> bool:
    """Compares secrets in a time that tells nothing about where they differ."""
    return hmac.compare_digest(given.encode(), right.encode())


def pseudonym(secret: str, *parts: str) -> str:
    """A stable name that cannot be traced back without the secret; the only user id that leaves this server."""
    return hmac.new(secret.encode(), "\0".join(parts).encode(), hashlib.sha256).hexdigest()[:32]
