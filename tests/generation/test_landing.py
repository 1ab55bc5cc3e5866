"""A video lands as a picture does: its own bytes, tiles of its first picture, also by way of the spool."""

from collections.abc import AsyncIterator

import pytest

from gpt_image_ui.generation import landing
from gpt_image_ui.providers.interface import BadAnswerError, GeneratedImage
from gpt_image_ui.storage import store
from gpt_image_ui.storage.interface import StorageError
from tests.gallery import clips

KEY = "images/anna/job0/0"
CLIP = clips.clip(sound=True)


@pytest.fixture(autouse=True)
async def _closed() -> AsyncIterator[None]:
    yield
    landing.close()
    await store.close()


async def test_a_video_keeps_its_bytes_and_gets_tiles():
    kept = await landing.keep(GeneratedImage(0, CLIP), KEY)
    assert (kept.derived.kind, kept.derived.media_type, kept.size_bytes) == ("video", "video/mp4", len(CLIP))
    assert await store.get().get(KEY) == CLIP
    assert (await store.get().get(f"{KEY}.640"))[8:12] == b"WEBP"


async def test_a_spooled_video_reaches_the_store_as_a_video(monkeypatch: pytest.MonkeyPatch):
    seen: dict[str, str] = {}
    real = store.get().put

    async def silent(*_: object) -> None:
        raise StorageError("no answer")

    async def listening(key: str, data: bytes, media_type: str) -> None:
        seen[key] = media_type
        await real(key, data, media_type)

    monkeypatch.setattr(store.get(), "put", silent)
    assert (await landing.keep(GeneratedImage(0, CLIP), KEY)).spooled
    monkeypatch.setattr(store.get(), "put", listening)
    assert await landing.unspool("job0", "anna")
    assert seen[KEY] == "video/mp4"
    assert await store.get().get(KEY) == CLIP


async def test_a_video_is_found_again_after_a_crash():
    await landing.keep(GeneratedImage(0, CLIP), KEY)
    found = await landing.recover("anna", "job0", 1, None)
    assert [(picture.derived.kind, picture.sha256 != "") for picture in found] == [("video", True)]


@pytest.mark.parametrize("data", [CLIP[: len(CLIP) // 2], clips.bomb()], ids=["half", "bomb"])
async def test_a_broken_video_is_a_bad_answer_and_leaves_nothing(data: bytes):
    with pytest.raises(BadAnswerError):
        await landing.keep(GeneratedImage(0, data), KEY)
    assert not await store.get().exists(KEY)
