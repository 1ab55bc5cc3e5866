"""Puts pictures into the database as a finished job would."""

from dataclasses import replace
from typing import Any

from gpt_image_ui.core import db
from gpt_image_ui.gallery import images, thumbnails
from gpt_image_ui.gallery.thumbnails import Derived

ANNA, BORIS = "a" * 32, "b" * 32
SQUARE = Derived(1024, 1024, "image/png", "#336699", thumbnails.shape_of(1024, 1024), {})


def derived(width: int, height: int) -> Derived:
    return Derived(width, height, "image/png", "#336699", thumbnails.shape_of(width, height), {})


def filmed(milliseconds: int) -> Derived:
    return replace(derived(1280, 720), media_type="video/mp4", kind="video", milliseconds=milliseconds)


def put(session: Any, job: str, *, account: str = ANNA, position: int = 0, **changed: Any) -> int:
    values: dict[str, Any] = {
        "account_id": account,
        "job_id": job,
        "position": position,
        "key": f"images/{account}/{job}/{position}",
        "derived": SQUARE,
        "size_bytes": 3,
        "sha256": "5" * 64,
        "request": {"model": "sketch-1"},
        "prompt": "A harbour at dawn",
        "provider": "sketch",
        "model": "sketch-1",
        "seed": 7,
        "revised_prompt": "",
        "charged": 2,
    }
    return images.add(session, **values | changed)


def add(job: str, **changed: Any) -> int:
    return db.run(put, job, **changed)


def add_many(count: int, account: str = ANNA) -> list[int]:
    return db.run(lambda session: [put(session, f"{account[0]}{i:031x}", account=account) for i in range(count)])
