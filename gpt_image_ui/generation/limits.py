"""How fast and how many at once a provider is asked. What comes too soon waits for its turn; nothing fails.

The rate is kept in the database and holds for all processes together, because a provider counts by key; places are
counted in each process, as lanes are.
"""

import asyncio
from datetime import timedelta
from typing import Annotated
from weakref import WeakKeyDictionary

from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from gpt_image_ui.core import clock, config
from gpt_image_ui.generation import switch
from gpt_image_ui.providers import registry


class Limit(BaseModel):
    """`requests_per_minute`, of which `burst` may come at once; `concurrency` narrows the provider's lane."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    requests_per_minute: Annotated[float, Field(gt=0)] | None = None
    burst: Annotated[int, Field(ge=1)] = 1
    concurrency: Annotated[int, Field(ge=1)] | None = None


class LimitSettings(config.Section):
    """How a provider's key may be used: `providers` maps a provider's name to `requests_per_minute` and `burst` (all
    processes together) and `concurrency` (calls under way at once in each process)."""

    model_config = config.section("limits")
    providers: dict[str, Limit] = Field(default_factory=dict)


_places: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, asyncio.Semaphore]] = WeakKeyDictionary()


def width(provider: str) -> int:
    """How many calls of a provider may be under way at once in this process."""
    lane = registry.providers()[provider].lane
    return min(lane, _limit(provider).concurrency or lane)


def place(provider: str) -> asyncio.Semaphore:
    """A place among the calls of a provider. Lanes hold most jobs back before they come here; this one counts also
    those that came over from the lane of another provider."""
    places = _places.setdefault(asyncio.get_running_loop(), {})
    if provider not in places:
        places[provider] = asyncio.Semaphore(width(provider))
    return places[provider]


def take_turn(session: Session, provider: str) -> float:
    """Takes the provider's next free moment; gives the seconds until it comes."""
    limit = _limit(provider)
    if limit.requests_per_minute is None:
        return 0
    gap = timedelta(seconds=60 / limit.requests_per_minute)
    now = clock.now()
    state = switch.lock(session, provider)
    earliest = now - gap * (limit.burst - 1)
    mine = max(state.free_at or earliest, earliest)
    state.free_at = mine + gap
    session.add(state)
    return max(0.0, (mine - now).total_seconds())


def _limit(provider: str) -> Limit:
    return config.get(LimitSettings).providers.get(provider, Limit())
