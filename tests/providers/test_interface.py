"""What every provider keeps to, whoever draws."""

import asyncio
import io
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from PIL import Image

from gpt_image_ui.core import config
from gpt_image_ui.core.errors import UserFacingError
from gpt_image_ui.providers import interface as provider
from gpt_image_ui.providers import registry
from gpt_image_ui.providers.checking import Checkable
from gpt_image_ui.providers.interface import Call, ImageRequest, ModelSpec, Pending, Provider, Reference
from gpt_image_ui.providers.sketch import SketchProvider
from tests.providers.conftest import Landed
from tests.providers.makers import MAKERS, png
from tests.providers.tasks import followed


@pytest.fixture(params=MAKERS)
async def maker(request: pytest.FixtureRequest) -> AsyncIterator[Provider]:
    async with MAKERS[request.param]() as made:
        yield made
        await made.close()


def ask(model: ModelSpec, count: int = 1) -> ImageRequest:
    size, seconds = model.sizes[0].value, (model.seconds or (0,))[0]
    plain = ImageRequest(model.id, "a lighthouse", size, model.default_quality, count=count)
    return replace(plain, seconds=seconds, format=model.formats[0])


async def deliver(maker: Provider, call: Call) -> int:
    """What the engine does with a call: submits it, and follows what is left pending."""
    return await followed(maker, call, await maker.submit(call))


async def test_as_many_pictures_land_as_are_reported(maker: Provider, landed: Landed) -> None:
    [model] = maker.models()
    delivered = await deliver(maker, Call(ask(model, model.count_max), (), "who", landed))
    assert delivered == model.count_max == len(landed.pictures)
    assert sorted(picture.position for picture in landed.pictures) == list(range(model.count_max))
    for picture in landed.pictures:
        assert Image.open(io.BytesIO(picture.data)).format == "PNG"


async def test_every_task_is_noted_in_order_of_position(maker: Provider, landed: Landed) -> None:
    noted: list[str] = []

    async def note(task: str) -> None:
        noted.append(task)

    [model] = maker.models()
    answer = await maker.submit(Call(ask(model, model.count_max), (), "who", landed, note=note))
    assert tuple(noted) == (answer.tasks if isinstance(answer, Pending) else ())


async def test_references_are_taken_up_to_the_number_declared(maker: Provider, landed: Landed) -> None:
    [model] = maker.models()
    references = tuple(Reference(png(colour), "image/png") for colour in ("red", "navy", "gold", "white"))
    assert await deliver(maker, Call(ask(model), references[: model.references_max], "who", landed)) == 1


async def test_what_goes_wrong_while_landing_reaches_the_caller_untouched(maker: Provider) -> None:
    async def full(read) -> None:
        await read()
        raise OSError("disk full")

    [model] = maker.models()
    with pytest.raises(OSError, match="disk full"):
        await deliver(maker, Call(ask(model), (), "who", full))


async def test_several_calls_may_be_under_way_at_once(maker: Provider) -> None:
    [model] = maker.models()
    places = [Landed() for _ in range(maker.lane)]
    await asyncio.gather(*(deliver(maker, Call(ask(model), (), "who", place)) for place in places))
    assert [len(place.pictures) for place in places] == [1] * maker.lane


async def test_closing_twice_does_no_harm(maker: Provider) -> None:
    await maker.close()
    await maker.close()


def _check_declaration(model: ModelSpec) -> None:
    assert model.label
    assert model.good_for
    assert model.quality(model.default_quality), "the default is one of the qualities offered"
    assert len({size.value for size in model.sizes}) == len(model.sizes)
    assert len({size.label for size in model.sizes}) == len(model.sizes)
    assert model.formats
    assert model.count_max >= 1
    for size in model.sizes:
        prices = [model.picture_micros(size.width, size.height, quality.value) for quality in model.qualities]
        assert prices == sorted(prices)
        assert prices[0] > 0
        for quality, price in zip(model.qualities, prices, strict=True):
            assert price <= -(-size.width * size.height * quality.micros_per_megapixel // 1_000_000)


async def test_declarations_are_complete(maker: Provider) -> None:
    for model in maker.models():
        assert model.provider == maker.name
        _check_declaration(model)


def test_every_catalogue_is_complete_and_no_two_models_share_an_id(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "KIE_API_KEY", "ARK_API_KEY"):
        monkeypatch.setenv(name, "k")
    config.forget()
    offered = registry.models()
    assert len(offered) > 25
    assert len({model.id for model in offered}) == len(offered)
    for model in offered:
        _check_declaration(model)
        assert model.kind == provider.VIDEO or not (model.seconds or model.audio)
        assert model.kind == provider.IMAGE or model.seconds


@pytest.mark.parametrize("name", ["sketch", "openai", "sub2api", "sub2api with tasks", "local a1111", "local comfyui"])
async def test_a_mask_is_taken_where_it_is_declared(name: str, landed: Landed) -> None:
    hole = io.BytesIO()
    Image.new("RGBA", (64, 64), (0, 0, 0, 0)).save(hole, "PNG")
    async with MAKERS[name]() as maker:
        [model] = maker.models()
        assert model.mask
        references, mask = (Reference(png(), "image/png"),), Reference(hole.getvalue(), "image/png")
        assert await deliver(maker, Call(ask(model), references, "who", landed, mask)) == 1
        await maker.close()


def test_what_is_missing_is_named_for_every_provider_that_is_off() -> None:
    for made in registry.providers().values():
        if isinstance(made, Checkable):
            assert bool(made.missing()) == (not made.models()), made.name


async def test_a_price_for_a_quality_that_is_not_offered_is_a_mistake(maker: Provider) -> None:
    with pytest.raises(ValueError, match="no quality"):
        maker.models()[0].picture_micros(1024, 1024, "splendid")


def test_without_a_tariff_the_price_follows_the_area_rounded_up() -> None:
    [model] = SketchProvider().models()
    plain = replace(model, tariff=None)
    assert plain.picture_micros(1000, 1000, "low") == 9_500
    assert plain.picture_micros(1, 1, "low") == 1


@pytest.mark.parametrize(
    ("kind", "retryable"),
    [
        (provider.RefusedError, False),
        (provider.BadRequestError, False),
        (provider.CredentialsError, False),
        (provider.OutOfFundsError, False),
        (provider.ModelUnavailableError, False),
        (provider.BadAnswerError, False),
        (provider.OutcomeUnknownError, False),
        (provider.OverloadedError, True),
        (provider.UnavailableError, True),
    ],
)
def test_only_what_certainly_made_nothing_may_be_tried_again(
    kind: type[provider.ProviderError], retryable: bool
) -> None:
    assert kind().retryable is retryable


def test_a_key_puts_its_models_before_the_sketch(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [model.id for model in registry.models()] == ["sketch"]
    monkeypatch.setenv("OPENAI_API_KEY", "sk-1")
    config.forget()
    assert registry.models()[0].id == "gpt-image-2"
    assert registry.models()[-1].id == "sketch"
    assert registry.provider_of(registry.get_model("gpt-image-2")).name == "openai"


def test_a_model_that_is_not_offered_is_refused_in_words() -> None:
    with pytest.raises(UserFacingError) as caught:
        registry.get_model("gpt-image-2")
    assert caught.value.code == "model_unavailable"
