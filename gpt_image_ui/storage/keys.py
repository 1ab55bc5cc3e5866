"""Which names a store accepts. Both stores check alike, so that a key good on one disk is good in every bucket."""

import re

from gpt_image_ui.storage.interface import StorageError

# Every part starts with a letter or digit: no "..", no hidden file, no leading slash.
_KEY = re.compile(r"[a-z0-9][a-z0-9._-]*(?:/[a-z0-9][a-z0-9._-]*)*")
_LENGTH_MAX = 400


def checked(key: str) -> str:
    """The key itself. Raises StorageError for one that could leave the store's folder."""
    if len(key) > _LENGTH_MAX or not _KEY.fullmatch(key):
        raise StorageError(f"not a storage key: {key[:80]!r}")
    return key
