"""What every store promises, run over a folder and over a real S3 server."""

import asyncio
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr, ValidationError

from gpt_image_ui.core import config
from gpt_image_ui.storage import store as chosen
from gpt_image_ui.storage.interface import MissingError, StorageError, Store
from gpt_image_ui.storage.local import LocalStore
from gpt_image_ui.storage.s3 import Bucket, S3Store

KEY = "images/acc0/job0/0"
LONG = bytes(range(256)) * 4096  # 1 MiB: several pieces when it is streamed


async def read(store: Store, key: str, start: int = 0, end: int | None = None) -> tuple[int, bytes]:
    stored = await store.open(key, start, end)
    return stored.size_bytes, b"".join([piece async for piece in stored.body])


async def test_gives_back_what_was_put(store: Store):
    await store.put(KEY, LONG, "image/png")
    assert await store.get(KEY) == LONG
    assert await store.exists(KEY)


async def test_replaces_a_key_whole(store: Store):
    await store.put(KEY, LONG, "image/png")
    await store.put(KEY, b"short", "image/png")
    assert await store.get(KEY) == b"short"


async def test_keeps_an_empty_object(store: Store):
    await store.put(KEY, b"", "image/png")
    assert await read(store, KEY) == (0, b"")


@pytest.mark.parametrize(
    ("start", "end"),
    [(0, None), (0, 0), (7, 7), (100, 600_000), (len(LONG) - 1, None), (500_000, None), (1_000_000, 9_000_000)],
)
async def test_reads_a_range_and_tells_the_whole_size(store: Store, start: int, end: int | None):
    await store.put(KEY, LONG, "image/png")
    assert await read(store, KEY, start, end) == (len(LONG), LONG[start : None if end is None else end + 1])


async def test_an_absent_key_is_missing(store: Store):
    with pytest.raises(MissingError):
        await store.get("images/none")
    with pytest.raises(MissingError):
        await store.open("images/none")
    assert not await store.exists("images/none")


async def test_deletes_and_forgives_what_is_gone(store: Store):
    await store.put(KEY, b"1", "image/png")
    await store.put(f"{KEY}.320", b"2", "image/webp")
    await store.put("images/acc0/job1/0", b"3", "image/png")
    await store.delete([KEY, f"{KEY}.320", "images/never"])
    await store.delete([KEY])
    assert [await store.exists(k) for k in (KEY, f"{KEY}.320", "images/acc0/job1/0")] == [False, False, True]


@pytest.mark.parametrize(
    "key", ["../x", "a/../b", "/etc/passwd", "a//b", "", ".hidden", "a/.b", "A", "a b", "a\0", "a/", "ä", "x" * 500]
)
async def test_refuses_a_key_that_is_not_ours(store: Store, key: str):
    with pytest.raises(StorageError, match="not a storage key"):
        await store.put(key, b"x", "image/png")
    with pytest.raises(StorageError, match="not a storage key"):
        await store.open(key)
    with pytest.raises(StorageError, match="not a storage key"):
        await store.delete([key])


async def test_many_at_once_do_not_mix(store: Store):
    keys = [f"images/acc0/job{i}/0" for i in range(24)]
    await asyncio.gather(*(store.put(key, key.encode() * 5000, "image/png") for key in keys))
    assert await asyncio.gather(*(store.get(key) for key in keys)) == [key.encode() * 5000 for key in keys]


async def test_writing_one_key_while_its_neighbours_go(store: Store):
    """Deleting the last file of a folder removes the folder; a file being written there must still arrive."""
    for round_ in range(20):
        await store.put("images/acc0/job0/0", b"old", "image/png")
        await asyncio.gather(
            store.delete(["images/acc0/job0/0"]), store.put(f"images/acc0/job0/{round_ + 1}", b"new", "image/png")
        )
        assert await store.get(f"images/acc0/job0/{round_ + 1}") == b"new"
        await store.delete([f"images/acc0/job0/{round_ + 1}"])


async def test_a_folder_keeps_no_rest_of_a_failed_write(tmp_path: Path):
    store = LocalStore(tmp_path, sync=False)
    (tmp_path / "images").write_text("a file where a folder should be")
    with pytest.raises(StorageError):
        await store.put(KEY, b"x", "image/png")
    assert not any((tmp_path / ".incoming").iterdir())


async def test_a_folder_sweeps_what_a_killed_process_left(tmp_path: Path):
    import os

    (tmp_path / ".incoming").mkdir()
    old, young = tmp_path / ".incoming" / "old", tmp_path / ".incoming" / "young"
    old.write_bytes(b"half")
    young.write_bytes(b"half")
    os.utime(old, (1, 1))
    LocalStore(tmp_path, sync=False)
    assert (old.exists(), young.exists()) == (False, True)


async def test_a_folder_has_no_links(tmp_path: Path):
    assert await LocalStore(tmp_path, sync=False).link(KEY, 60, "image/png", None) is None


async def test_a_link_opens_the_object_without_a_login_and_nothing_else(bucket: Bucket):
    store = S3Store(bucket, links=True)
    await store.put(KEY, LONG, "image/png")
    await store.put("images/acc1/job0/0", b"another's", "image/png")
    link = await store.link(KEY, 30, "image/png", "harbour at dawn-7.png")
    assert link
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.get(link)
        assert (answer.status_code, answer.content) == (200, LONG)
        assert answer.headers["content-type"] == "image/png"
        assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''harbour%20at%20dawn-7.png"
        assert (await client.get(link.replace("acc0", "acc1"))).status_code == 403
        assert (await client.get(link.split("?")[0])).status_code == 403
    await store.close()


async def test_a_link_ends(bucket: Bucket):
    store = S3Store(bucket, links=True)
    await store.put(KEY, b"x", "image/png")
    link = await store.link(KEY, 1, "image/png", None)
    assert link
    await asyncio.sleep(2.1)
    async with httpx.AsyncClient(trust_env=False) as client:
        assert (await client.get(link)).status_code == 403
    await store.close()


async def test_links_are_given_only_when_allowed(bucket: Bucket):
    store = S3Store(bucket, links=False)
    assert await store.link(KEY, 60, "image/png", None) is None
    await store.close()


async def test_a_wrong_secret_and_a_silent_server_are_storage_errors(bucket: Bucket):
    from dataclasses import replace

    for broken in (replace(bucket, secret_key="wrong"), replace(bucket, endpoint="http://127.0.0.1:9")):
        store = S3Store(broken, links=False)
        with pytest.raises(StorageError) as caught:
            await store.get(KEY)
        assert not isinstance(caught.value, MissingError)
        assert "studio" not in str(caught.value)
        await store.close()


async def test_the_setting_chooses_the_store(tmp_path: Path, bucket: Bucket):
    config.override(chosen.StorageSettings(folder=str(tmp_path)))
    try:
        assert isinstance(chosen.get(), LocalStore)
        assert chosen.get() is chosen.get()
        await chosen.close()
        config.override(
            chosen.StorageSettings(
                kind="s3",
                s3_endpoint=bucket.endpoint,
                s3_bucket=bucket.name,
                s3_access_key=SecretStr(bucket.access_key),
                s3_secret_key=SecretStr(bucket.secret_key),
                s3_prefix=bucket.prefix,
            )
        )
        await chosen.get().put(KEY, b"x", "image/png")
        assert await S3Store(bucket, links=False).get(KEY) == b"x"
        assert chosen.get().__class__ is S3Store
    finally:
        await chosen.close()
        config.forget()


def test_an_s3_setting_without_a_bucket_is_refused_at_start():
    with pytest.raises(ValidationError, match="s3_bucket"):
        chosen.StorageSettings(kind="s3")
    assert "hidden" not in repr(chosen.StorageSettings(s3_secret_key=SecretStr("hidden")))
