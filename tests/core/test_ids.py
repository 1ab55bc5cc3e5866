"""Identifiers sort, do not repeat, and give nothing away."""

import re
import uuid
from typing import Any

from gpt_image_ui.core import ids


def test_new_id_is_a_uuid_of_version_7() -> None:
    made = uuid.UUID(ids.new_id())
    assert (made.version, made.variant) == (7, uuid.RFC_4122)


def test_new_id_sorts_by_time(held_clock: Any) -> None:
    made = []
    for _ in range(50):
        held_clock.advance(milliseconds=1)
        made.append(ids.new_id())
    assert made == sorted(made)


def test_new_id_carries_the_clocks_time(held_clock: Any) -> None:
    assert int(ids.new_id()[:12], 16) == int(held_clock.now.timestamp() * 1000)


def test_ids_do_not_repeat(held_clock: Any) -> None:
    assert len({ids.new_id() for _ in range(10_000)}) == 10_000
    assert len({ids.new_secret() for _ in range(1_000)}) == 1_000


def test_secret_has_256_bits_and_is_safe_in_a_url() -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", ids.new_secret())


def test_fingerprint_is_sha256() -> None:
    assert ids.fingerprint("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_reference_can_be_read_aloud() -> None:
    assert all(
        re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{2}", ids.new_reference())
        for _ in range(200)
    )


def test_pseudonym_is_stable_and_its_parts_do_not_run_together() -> None:
    assert ids.pseudonym("key", "a", "b") == ids.pseudonym("key", "a", "b")
    names = {ids.pseudonym(key, *parts) for key in ("key", "other") for parts in (("a", "b"), ("ab",), ("a", "", "b"))}
    assert len(names) == 6
    assert re.fullmatch(r"[0-9a-f]{32}", names.pop())
