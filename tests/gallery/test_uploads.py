"""What people bring: what is kept of it, what is refused, and that a refusal leaves nothing behind."""

import asyncio
import hashlib
import tracemalloc
from collections.abc import AsyncIterator, Iterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from pydantic import ValidationError
from sqlmodel import select

from gpt_image_ui.core import config, db
from gpt_image_ui.core.errors import NotFoundError, UserFacingError
from gpt_image_ui.gallery import uploads
from gpt_image_ui.gallery.pixels import GallerySettings
from gpt_image_ui.gallery.tables import Upload
from gpt_image_ui.gallery.uploads import UploadSettings
from gpt_image_ui.storage import store
from gpt_image_ui.storage.interface import StorageError
from tests.gallery import corpus
from tests.gallery.pictures import ANNA, BORIS

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(autouse=True)
def _patient() -> Iterator[None]:
    config.override(UploadSettings(burst=1000))
    yield
    asyncio.run(store.close())


async def sent(data: bytes, piece: int = 7000) -> AsyncIterator[bytes]:
    for start in range(0, len(data), piece):
        yield data[start : start + piece]


async def bring(data: bytes, name: str = "photo.png", account: str = ANNA) -> Upload:
    return await uploads.accept(account, name, sent(data))


async def kept(upload: Upload) -> Image.Image:
    return Image.open(BytesIO(await store.get().get(upload.key)))


def left_behind() -> list[Path]:
    return [
        path for path in config.data_directory().rglob("*") if path.is_file() and not path.name.startswith("studio.db")
    ]


async def test_keeps_a_working_copy_a_tile_and_the_facts():
    upload = await bring(corpus.png(), "C:\\Users\\anna\\My  photo\n.png")
    data = await store.get().get(upload.key)
    assert (upload.name, upload.media_type, upload.width, upload.height) == ("My photo .png", "image/jpeg", 240, 160)
    assert (upload.size_bytes, upload.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    tile = Image.open(BytesIO(await store.get().get(uploads.tile_key(upload))))
    assert (tile.format, tile.size) == ("WEBP", (160, 107))
    assert db.look(uploads.get, ANNA, upload.id).sha256 == upload.sha256
    reference = await uploads.load_reference(upload)
    assert (reference.data, reference.media_type) == (data, "image/jpeg")


async def test_the_working_copy_tells_nothing_about_its_maker():
    raw = corpus.jpeg_with_place(orientation=6)
    assert b"SecretPhoneMaker" in raw
    assert b"taken at home" in raw
    upload = await bring(raw)
    image = await kept(upload)
    data = await store.get().get(upload.key)
    assert image.size == (160, 240)
    assert not image.getexif()
    assert not {"exif", "icc_profile", "comment", "xmp"} & set(image.info)
    assert not any(secret in data for secret in (b"SecretPhoneMaker", b"taken at home", b"Exif"))


@pytest.mark.parametrize(
    ("data", "form", "mode"),
    [
        (corpus.clear_png(), "PNG", "RGBA"),
        (corpus.palette_png(), "JPEG", "RGB"),
        (corpus.deep_grey_png(), "JPEG", "RGB"),
        (corpus.cmyk_jpeg(), "JPEG", "RGB"),
        (corpus.gif(), "JPEG", "RGB"),
        (corpus.saved(corpus.picture(), "WEBP"), "JPEG", "RGB"),
        (corpus.saved(corpus.picture(), "AVIF"), "JPEG", "RGB"),
        (corpus.other_profile_jpeg(), "JPEG", "RGB"),
    ],
    ids=["alpha", "palette", "deep", "cmyk", "gif", "webp", "avif", "profile"],
)
async def test_every_kind_becomes_one_that_providers_read(data: bytes, form: str, mode: str):
    image = await kept(await bring(data))
    assert (image.format, image.mode) == (form, mode)


async def test_a_huge_picture_is_kept_smaller():
    upload = await bring(corpus.png((6000, 600)))
    assert (upload.width, upload.height) == (4096, 410)
    assert (await kept(upload)).size == (4096, 410)


@pytest.mark.parametrize(
    "data",
    [corpus.SVG, corpus.HTML, corpus.TEXT, b"", b"\x89PNG", corpus.truncated_jpeg(), corpus.png()[:-400]],
    ids=["svg", "html", "text", "empty", "start", "jpeg", "png"],
)
async def test_refuses_what_is_no_picture_whatever_its_name(data: bytes):
    with pytest.raises(UserFacingError, match="not an image we can open") as caught:
        await bring(data, "real.png")
    assert (caught.value.status, caught.value.code) == (415, "not_an_image")
    assert left_behind() == []


async def test_refuses_a_bomb():
    with pytest.raises(UserFacingError, match="more than 50 megapixels") as caught:
        await bring(corpus.bomb_png())
    assert (caught.value.status, left_behind()) == (413, [])
    config.override(GallerySettings(pixels_max=1_000_000))
    with pytest.raises(UserFacingError, match="more than 1 megapixels"):
        await bring(corpus.bomb_png(1200))


async def test_refuses_eighty_megabytes_without_holding_or_reading_them():
    given = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal given
        yield corpus.png()
        while given < 80_000_000:
            given += 65_536
            yield bytes(65_536)

    tracemalloc.start()
    with pytest.raises(UserFacingError, match="Larger than 25 MB") as caught:
        await uploads.accept(ANNA, "big.png", endless())
    assert tracemalloc.get_traced_memory()[1] < 4_000_000
    tracemalloc.stop()
    assert (caught.value.status, left_behind()) == (413, [])
    assert given < 25_100_000
    with pytest.raises(UserFacingError, match="Larger than 25 MB"):
        await uploads.accept(ANNA, "big.png", endless(), 80_000_000)
    assert given < 25_100_000


async def test_a_line_that_breaks_leaves_nothing():
    async def broken() -> AsyncIterator[bytes]:
        yield corpus.png()[:2000]
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await uploads.accept(ANNA, "a.png", broken())
    assert left_behind() == []


async def test_a_store_that_fails_half_way_leaves_nothing(monkeypatch: pytest.MonkeyPatch):
    places, put = store.get(), store.get().put

    async def only_originals(key: str, data: bytes, media_type: str) -> None:
        if key.endswith(".tile"):
            raise StorageError("full")
        await put(key, data, media_type)

    monkeypatch.setattr(places, "put", only_originals)
    with pytest.raises(UserFacingError, match="does not answer") as caught:
        await bring(corpus.png())
    assert (caught.value.status, left_behind()) == (503, [])


async def test_a_cancelled_request_keeps_both_bytes_and_row_or_neither():
    for wait in (0.0, 0.002, 0.005, 0.01, 0.02, 0.04):
        task = asyncio.create_task(bring(corpus.png()))
        await asyncio.sleep(wait)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    await asyncio.sleep(0.3)
    rows = db.look(lambda session: list(session.exec(select(Upload))))
    wanted = sorted(key for row in rows for key in uploads.keys_of(row))
    media = config.data_directory() / "media"
    assert sorted(str(path.relative_to(media)) for path in left_behind()) == wanted


async def test_the_space_of_an_account_is_bounded_in_number_and_bytes():
    config.override(UploadSettings(burst=1000, stored_max=3))
    results = await asyncio.gather(*(bring(corpus.png()) for _ in range(6)), return_exceptions=True)
    kept_rows = [result for result in results if isinstance(result, Upload)]
    refused = [result for result in results if isinstance(result, UserFacingError)]
    assert (len(kept_rows), {error.code for error in refused}) == (3, {"uploads_full"})
    assert len(left_behind()) == 6
    await bring(corpus.png(), account=BORIS)
    await uploads.discard(ANNA, kept_rows[0].id)
    await bring(corpus.png())


async def test_bytes_count_towards_the_space():
    config.override(UploadSettings(burst=1000, stored_megabytes_max=1))
    noise = corpus.saved(Image.effect_noise((900, 700), 120).convert("RGB"), "JPEG", quality=90)
    await bring(noise)
    with pytest.raises(UserFacingError, match="fill the space"):
        await bring(noise)
    assert len(left_behind()) == 2


async def test_uploads_are_rated_per_account():
    config.override(UploadSettings(burst=2, every_seconds=600))
    await bring(corpus.png())
    await bring(corpus.png())
    with pytest.raises(UserFacingError) as caught:
        await bring(corpus.png())
    assert caught.value.status == 429
    await bring(corpus.png(), account=BORIS)


async def test_are_given_in_the_order_asked_and_to_their_owner_only():
    first, second = await bring(corpus.png()), await bring(corpus.gif())
    assert [row.id for row in db.look(uploads.get_many, ANNA, [second.id, first.id, second.id])] == [
        second.id, first.id, second.id,
    ]  # fmt: skip
    assert db.look(uploads.get_many, ANNA, []) == []
    for account, wanted in ((BORIS, first.id), (ANNA, "0" * 32), (ANNA, "\x00"), (ANNA, "../x")):
        with pytest.raises(NotFoundError):
            db.look(uploads.get_many, account, [wanted])
        with pytest.raises(NotFoundError):
            db.look(uploads.get, account, wanted)
        with pytest.raises(NotFoundError):
            await uploads.discard(account, wanted)
    assert await store.get().exists(first.key)


async def test_discarding_removes_bytes_and_row(held_clock):
    upload = await bring(corpus.png())
    db.run(uploads.mark_used, BORIS, [upload.id])
    assert db.look(uploads.get, ANNA, upload.id).used_at is None
    db.run(uploads.mark_used, ANNA, [upload.id])
    assert db.look(uploads.get, ANNA, upload.id).used_at == held_clock.now
    await uploads.discard(ANNA, upload.id)
    assert left_behind() == []
    with pytest.raises(NotFoundError):
        db.look(uploads.get, ANNA, upload.id)
    with pytest.raises(NotFoundError, match="any more"):
        await uploads.load_reference(upload)


async def test_a_mask_keeps_every_step_of_its_transparency():
    out = BytesIO()
    painted = Image.linear_gradient("L").resize((3840, 2160))
    Image.merge("LA", (Image.new("L", painted.size), painted)).save(out, "PNG")
    upload = await uploads.accept(ANNA, "Mask 50 %", sent(out.getvalue()), mask=True)
    assert (upload.name, upload.media_type, upload.width, upload.height) == ("Mask 50 %", "image/png", 3840, 2160)
    assert (await kept(upload)).getchannel("A").tobytes() == painted.tobytes()


@pytest.mark.parametrize("data", [corpus.png(), corpus.jpeg_with_place(1)], ids=["opaque", "photo"])
async def test_a_mask_that_covers_nothing_is_refused(data: bytes):
    with pytest.raises(UserFacingError, match="covers nothing"):
        await uploads.accept(ANNA, "Mask", sent(data), mask=True)
    assert left_behind() == []


def test_settings_have_bounds():
    with pytest.raises(ValidationError):
        UploadSettings(megabytes_max=0)
