"""What every provider keeps to, whoever draws."""

import asyncio
import base64
import io
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from PIL import Image

from gpt_image_ui.core import config
from gpt_image_ui.core.errors import UserFacingError
from gpt_image_ui.providers import interface as provider
from gpt_image_ui.providers import registry
from gpt_image_ui.providers.interface import Call, ImageRequest, ModelSpec, Provider, Reference
from gpt_image_ui.providers.openai import OpenAIProvider, OpenAISettings
from gpt_image_ui.providers.sketch import SketchProvider
from tests import wire
from tests.providers.conftest import Landed


def png(colour: str = "teal") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 64), colour).save(out, "PNG")
    return out.getvalue()


@pytest.fixture(params=["sketch", "openai"])
async def maker(request: pytest.FixtureRequest) -> AsyncIterator[Provider]:
    if request.param == "sketch":
        made: Provider = SketchProvider()
        yield made
        await made.close()
        return
    picture = {"b64_json": base64.b64encode(png()).decode()}
    async with wire.serving(wire.says({"data": [picture] * 4})) as server:
        config.override(OpenAISettings(base_url=server.url))
        made = OpenAIProvider()
        yield made
        await made.close()


def ask(model: ModelSpec, count: int = 1) -> ImageRequest:
    return ImageRequest(model.id, "a lighthouse", model.sizes[0].value, model.default_quality, count=count)


async def test_as_many_pictures_land_as_are_reported(maker: Provider, landed: Landed) -> None:
    [model] = maker.models()
    completed = await maker.submit(Call(ask(model, model.count_max), (), "who", landed))
    assert completed.delivered == model.count_max == len(landed.pictures)
    assert [picture.position for picture in landed.pictures] == list(range(model.count_max))
    for picture in landed.pictures:
        assert Image.open(io.BytesIO(picture.data)).format == "PNG"


async def test_references_are_taken_up_to_the_number_declared(maker: Provider, landed: Landed) -> None:
    [model] = maker.models()
    references = tuple(Reference(png(colour), "image/png") for colour in ("red", "navy", "gold", "white"))
    completed = await maker.submit(Call(ask(model), references[: model.references_max], "who", landed))
    assert completed.delivered == 1


async def test_what_goes_wrong_while_landing_reaches_the_caller_untouched(maker: Provider) -> None:
    async def full(read) -> None:
        await read()
        raise OSError("disk full")

    [model] = maker.models()
    with pytest.raises(OSError, match="disk full"):
        await maker.submit(Call(ask(model), (), "who", full))


async def test_several_calls_may_be_under_way_at_once(maker: Provider) -> None:
    [model] = maker.models()
    places = [Landed() for _ in range(maker.lane)]
    await asyncio.gather(*(maker.submit(Call(ask(model), (), "who", place)) for place in places))
    assert [len(place.pictures) for place in places] == [1] * maker.lane


async def test_closing_twice_does_no_harm(maker: Provider) -> None:
    await maker.close()
    await maker.close()


async def test_declarations_are_complete(maker: Provider) -> None:
    for model in maker.models():
        assert model.provider == maker.name
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
