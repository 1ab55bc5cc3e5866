"""Fills an account with pictures that nobody drew: `python -m bench.seed COUNT`, beside the running studio.

Rows are the product's own; originals and tiles are a few real ones that all rows share.
"""

import asyncio
import random
import sys
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from gpt_image_ui.accounts.tables import Account
from gpt_image_ui.core import clock, db
from gpt_image_ui.gallery import search, thumbnails, walls
from gpt_image_ui.gallery.tables import Image
from gpt_image_ui.providers.sketching import draw
from gpt_image_ui.storage import store

# Stands in one prompt of a thousand; the search is for this.
RARE = "zeppelin"
_SHAPES = ((1024, 1024), (1536, 1024), (1024, 1536), (1280, 720), (720, 1280))
_WORDS = [
    "fox",
    "lighthouse",
    "harbour",
    "fog",
    "copper",
    "ink",
    "meadow",
    "river",
    "tower",
    "night",
    "winter",
    "lemon",
    "bowl",
    "glass",
    "paper",
    "moon",
]
_LOOKS = ("an etching", "a watercolour", "a poster", "a mosaic", "a photograph")
_DAYS = 900


def main(count: int) -> None:
    """Draws the few, then writes the many."""
    account_id = db.look(_newest_account)
    drawn = asyncio.run(_draw(account_id))
    db.run(_write, account_id, drawn, count)


def _newest_account(session: Session) -> str:
    return session.execute(sa.select(col(Account.id)).order_by(col(Account.created_at).desc())).scalars().first() or ""


async def _draw(account_id: str) -> list[dict[str, Any]]:
    made = []
    for number in range(20):
        width, height = _SHAPES[number % len(_SHAPES)]
        sheet = draw.draw(f"{_WORDS[number % len(_WORDS)]} {number}", width // 2, height // 2, number, "low", None)
        data = thumbnails.encode(sheet)
        derived, key = thumbnails.make(data), f"images/{account_id}/seed/{number}"
        for name, tile in ((key, data), *((thumbnails.tile_key(key, w), t) for w, t in derived.tiles.items())):
            await store.get().put(name, tile, "image/webp")
        made.append({"key": key, "colour": derived.colour, "shape": thumbnails.shape_of(width, height)})
        made[-1] |= {"width": width, "height": height, "media_type": "image/webp", "size_bytes": len(data)}
    return made


def _write(session: Session, account_id: str, drawn: list[dict[str, Any]], count: int) -> None:
    chance = random.Random(7)
    now = clock.now()
    walls.lock(session, account_id)
    rows = []
    for number in range(count):
        made_at = now - timedelta(days=_DAYS * (1 - number / count))
        prompt = f"{chance.choice(_LOOKS)} of {' and '.join(chance.sample(_WORDS, 4))} in {chance.choice(_WORDS)} light"
        if number % 1000 == 500:
            prompt += f" with a {RARE}"
        rows.append(
            {
                **drawn[chance.randrange(len(drawn))],
                "account_id": account_id,
                "job_id": f"{number:032x}",
                "position": 0,
                "sha256": f"{number:064x}",
                "title": prompt,
                "prompt": prompt,
                "search": search.folded(prompt),
                "provider": "sketch",
                "model": "sketch",
                "recipe": {},
                "rating": chance.choice((0, 0, 0, 3, 4, 5)),
                "day": made_at.date(),
                "made_at": made_at,
            }
        )
        if len(rows) == 5000:
            session.execute(sa.insert(Image), rows)
            rows.clear()
    if rows:
        session.execute(sa.insert(Image), rows)
    walls.changed(session, account_id)


if __name__ == "__main__":
    main(int(sys.argv[1]))
