"""Where a file says that it comes from: content credentials (C2PA), found in every studio, checked where the extra is
installed. Nothing here changes a file."""

import asyncio
import importlib.util
import json
from collections import OrderedDict
from dataclasses import dataclass, replace

from gpt_image_ui.gallery import containers, thumbnails
from gpt_image_ui.gallery.apart import run
from gpt_image_ui.storage import store

BYTES_MAX = 256 * 1024 * 1024
_KNOWN_MAX = 500
_BOX = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
_CHANGED = ("assertion.dataHash.mismatch", "assertion.bmffHash.mismatch", "assertion.boxesHash.mismatch")
_known: OrderedDict[str, "Provenance"] = OrderedDict()
_gate: asyncio.Semaphore | None = None


@dataclass(frozen=True)
class Provenance:
    """What the credentials say, in words. `state`: none, unchecked, valid, trusted, invalid or unreadable.

    `ai`: they say that a model made it. `signer` and `tool` are the file's own words.
    """

    state: str
    line: str
    detail: str = ""
    signer: str = ""
    signed_at: str = ""
    tool: str = ""
    ai: bool = False


NONE = Provenance(
    "none",
    "No content credentials found.",
    "That proves nothing: many makers add none, and a screenshot or a conversion loses them.",
)
UNCHECKED = Provenance(
    "unchecked",
    "Content credentials are present; this studio cannot check them.",
    "The part that checks them is an extra, which the operator has not installed.",
)
UNREADABLE = Provenance(
    "unreadable", "Content credentials are present but cannot be read.", "They may be broken, or of a newer kind."
)
TOO_LARGE = Provenance("unreadable", "This file is too large to look for content credentials here.")


async def find(key: str, sha256: str, size_bytes: int) -> Provenance:
    """The provenance of a stored original, remembered by its bytes. Raises StorageError, MissingError."""
    global _gate
    if size_bytes > BYTES_MAX:
        return TOO_LARGE
    if sha256 not in _known:
        _gate = _gate or asyncio.Semaphore(1)
        async with _gate:
            if sha256 not in _known:
                _known[sha256] = await asyncio.to_thread(describe, await store.get().get(key))
    _known.move_to_end(sha256)
    found = _known[sha256]
    while len(_known) > _KNOWN_MAX:
        _known.popitem(last=False)
    return found


def describe(data: bytes) -> Provenance:
    """Looks for credentials and, if it can, checks them in a process apart. Slow: for a worker thread."""
    media_type = thumbnails.sniff(data)
    if not has_credentials(data, media_type):
        return NONE
    if importlib.util.find_spec("c2pa") is None:
        return UNCHECKED
    try:
        return _told(json.loads(run.read("read_credentials", data, media_type)))
    except (run.FailedError, ValueError, KeyError, TypeError):
        return UNREADABLE


def has_credentials(data: bytes, media_type: str) -> bool:
    """Whether a box of credentials lies where this kind of file keeps it."""
    if media_type == "image/png":
        return any(part.name == b"caBX" for part in containers.png_chunks(data))
    if media_type == "image/jpeg":
        segments = (data[part.body : part.end] for part in containers.jpeg_segments(data) if part.name == b"\xff\xeb")
        return any(body[:2] == b"JP" and b"jumb" in body[:64] and b"c2pa" in body[:128] for body in segments)
    if media_type == "image/webp":
        return any(part.name == b"C2PA" for part in containers.riff_chunks(data))
    if media_type in ("video/mp4", "image/avif"):
        bodies = (data[part.body : part.body + 16] for part in containers.boxes(data) if part.name == b"uuid")
        return any(body == _BOX for body in bodies)
    return media_type == "image/gif" and b"\x21\xff\x0bC2PA_GIF" in data


def _told(said: dict) -> Provenance:
    signer = said["signer"] or "an unnamed signer"
    facts = replace(
        UNREADABLE, signer=said["signer"], signed_at=said["signed_at"], tool=said["tool"], ai=bool(said["ai"])
    )
    if said["state"] == "Trusted":
        detail = "The file is unchanged since it was signed, and its signer is on the list of known ones."
        return replace(facts, state="trusted", line=f"Signed by {signer}, valid.", detail=detail)
    if said["state"] == "Valid":
        detail = (
            "The file is unchanged since it was signed. That the name is right is not checked: this studio keeps no "
            "list of known signers."
        )
        return replace(facts, state="valid", line=f"Signed by {signer}, valid.", detail=detail)
    changed = any(code in _CHANGED for code in said["codes"])
    detail = "The file was changed after it was signed." if changed else "What they say does not hold."
    # A name in credentials that do not hold is anybody's claim.
    return Provenance("invalid", "Content credentials are present but invalid.", detail)
