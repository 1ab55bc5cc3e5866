"""Token buckets in memory. They protect one process from one caller; caps that guard money live in the ledger."""

import math
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass

from gpt_image_ui.core.errors import UserFacingError

_KEYS_MAX = 20_000
_lock = threading.Lock()
_buckets: OrderedDict[tuple[str, str], tuple[float, float]] = OrderedDict()


@dataclass(frozen=True)
class Rate:
    """`burst` calls at once, then one more every `every_seconds`."""

    name: str
    burst: int
    every_seconds: float


def take(rate: Rate, who: str) -> None:
    """Spends one call of `who`. Raises UserFacingError (429, with seconds to wait) when none is left."""
    with _lock:
        now = time.monotonic()
        tokens, seen = _buckets.pop((rate.name, who), (float(rate.burst), now))
        tokens = min(rate.burst, tokens + (now - seen) / rate.every_seconds)
        _buckets[rate.name, who] = (tokens - 1 if tokens >= 1 else tokens, now)
        # The least recently seen callers go first, so that a flood of new keys cannot grow the table.
        while len(_buckets) > _KEYS_MAX:
            _buckets.popitem(last=False)
    if tokens < 1:
        # Rounded up: whoever waits as long as we say must then be let in.
        wait = math.ceil((1 - tokens) * rate.every_seconds)
        raise UserFacingError(
            f"Too many requests. Nothing was charged. Try again in {wait} s.",
            "rate_limited",
            status=429,
            retry_after_seconds=wait,
        )


def reset() -> None:
    """Forgets every caller; for tests."""
    _buckets.clear()
