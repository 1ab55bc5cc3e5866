"""The sketch provider draws here, gives the same pictures for the same seed, and lets them appear one by one."""

import io
import socket

import pytest
from PIL import Image

from gpt_image_ui.core import money
from gpt_image_ui.providers.interface import BadRequestError, Call, ImageRequest, Reference
from gpt_image_ui.providers.sketch import SketchProvider
from tests.providers.conftest import Landed

[MODEL] = SketchProvider().models()


def request(
    prompt: str = "a lighthouse at dusk", count: int = 1, seed: int | None = 7, size: str = "1024x1024"
) -> ImageRequest:
    return ImageRequest("sketch", prompt, size, "low", count=count, seed=seed)


def reference(colour: str) -> Reference:
    out = io.BytesIO()
    Image.new("RGB", (300, 200), colour).save(out, "PNG")
    return Reference(out.getvalue(), "image/png")


def average(landed: Landed) -> tuple[int, int, int]:
    return Image.open(io.BytesIO(landed.pictures[0].data)).resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))


def hole(left: int, top: int, right: int, bottom: int) -> Reference:
    """A mask of 300 × 200 that may change between these."""
    out, mask = io.BytesIO(), Image.new("RGBA", (300, 200), "black")
    mask.paste((0, 0, 0, 0), (left, top, right, bottom))
    mask.save(out, "PNG")
    return Reference(out.getvalue(), "image/png")


async def drawn(asked: ImageRequest, *references: Reference, mask: Reference | None = None) -> Landed:
    landed, maker = Landed(), SketchProvider()
    await maker.submit(Call(asked, references, "who", landed, mask))
    await maker.close()
    return landed


async def test_pictures_appear_one_by_one_each_from_its_own_seed() -> None:
    landed = await drawn(request(count=3))
    assert landed.batches == [1, 1, 1]
    assert [(p.position, p.seed) for p in landed.pictures] == [(0, 7), (1, 8), (2, 9)]
    assert len({p.data for p in landed.pictures}) == 3


async def test_the_same_seed_draws_the_same_bytes_whatever_its_place() -> None:
    first, second = await drawn(request(count=2)), await drawn(request(seed=8))
    assert first.pictures[1].data == second.pictures[0].data


async def test_without_a_seed_one_is_chosen_and_told() -> None:
    landed = await drawn(request(seed=None, count=2))
    seed = landed.pictures[0].seed
    assert seed is not None
    assert landed.pictures[1].seed == seed + 1
    assert (await drawn(request(seed=seed))).pictures[0].data == landed.pictures[0].data


async def test_references_lend_their_colours() -> None:
    plain = await drawn(request())
    reddish = await drawn(request(), reference("#c02020"), reference("#f0b0a0"))
    bluish = await drawn(request(), reference("#1030a0"))
    assert len({plain.pictures[0].data, reddish.pictures[0].data, bluish.pictures[0].data}) == 3
    red, blue = (average(landed) for landed in (reddish, bluish))
    assert red[0] - red[2] > blue[0] - blue[2]


async def test_a_reference_that_cannot_be_opened_is_refused() -> None:
    with pytest.raises(BadRequestError):
        await drawn(request(), Reference(b"not a picture", "image/png"))


async def test_outside_a_mask_the_reference_stays_exactly_as_it_is() -> None:
    assert MODEL.mask_exact
    landed = await drawn(request(size="1536x1024", count=2), reference("#c02020"), mask=hole(150, 0, 300, 200))
    first, second = (Image.open(io.BytesIO(picture.data)) for picture in landed.pictures)
    kept, new = (0, 0, 760, 1024), (776, 0, 1536, 1024)
    assert first.crop(kept).getcolors() == second.crop(kept).getcolors() == [(760 * 1024, (0xC0, 0x20, 0x20))]
    assert first.crop(new).tobytes() != second.crop(new).tobytes()
    free = await drawn(request(size="1536x1024"), reference("#c02020"))
    assert first.crop(new).tobytes() == Image.open(io.BytesIO(free.pictures[0].data)).crop(new).tobytes()


async def test_a_mask_of_another_shape_than_asked_for_is_cut_as_its_picture_is() -> None:
    landed = await drawn(request(), reference("#c02020"), mask=hole(200, 0, 300, 200))
    picture = Image.open(io.BytesIO(landed.pictures[0].data))
    assert picture.size == (1024, 1024)
    assert picture.crop((0, 0, 760, 1024)).getcolors() == [(760 * 1024, (0xC0, 0x20, 0x20))]


async def test_a_mask_without_transparency_is_refused() -> None:
    with pytest.raises(BadRequestError, match="mask"):
        await drawn(request(), reference("#c02020"), mask=reference("white"))


@pytest.mark.parametrize("size", MODEL.sizes, ids=lambda s: s.value)
async def test_each_size_offered_is_the_size_drawn(size) -> None:
    landed = await drawn(request(size=size.value))
    picture = Image.open(io.BytesIO(landed.pictures[0].data))
    assert (picture.format, picture.size) == ("PNG", (size.width, size.height))


async def test_nothing_is_asked_of_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    assert len((await drawn(request())).pictures) == 1


@pytest.mark.parametrize(("quality", "price"), [("low", 1), ("medium", 2), ("high", 3)])
def test_a_square_costs_one_two_or_three_credits(quality: str, price: int) -> None:
    assert money.credits_for(MODEL.picture_micros(1024, 1024, quality), 10_000) == price


def test_it_is_offered_without_any_setting_and_says_that_nothing_leaves() -> None:
    assert (MODEL.label, MODEL.destination, MODEL.note) == ("Sketch", "", "Drawn by this server, no AI model")
