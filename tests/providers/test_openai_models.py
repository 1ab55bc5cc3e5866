"""What OpenAI's models list says: that a key works, which models it may use, and when they are shut down."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import SecretStr

from gpt_image_ui.core import config
from gpt_image_ui.providers import interface as provider
from gpt_image_ui.providers import openai as vendor
from gpt_image_ui.providers import openai_dates, registry
from gpt_image_ui.providers.checking import Findings
from gpt_image_ui.providers.images_api import catalogue
from gpt_image_ui.providers.openai import OpenAIProvider, OpenAISettings
from tests import wire


def listed(**shutdowns: str | None) -> dict[str, Any]:
    ids = [*catalogue.MODELS, "gpt-5"]
    return {
        "object": "list",
        "data": [{"id": name, "object": "model", "shutdown_date": shutdowns.get(name)} for name in ids],
    }


@pytest.fixture
def at_openai(monkeypatch: pytest.MonkeyPatch):
    """Has the address of a server of ours taken for OpenAI's own."""

    def at(url: str, **settings: Any) -> None:
        monkeypatch.setattr(vendor, "OPENAI", url)
        config.override(OpenAISettings(base_url=url, api_key=SecretStr("sk-test"), **settings))

    return at


async def check() -> Findings:
    maker = OpenAIProvider()
    try:
        return await maker.check()
    finally:
        await maker.close()


async def test_shutdown_dates_are_kept_shown_and_obeyed(at_openai, held_clock) -> None:
    async with wire.serving(wire.says(listed(**{"gpt-image-2": "2026-11-25", "gpt-5": "2027-01-01"}))) as server:
        at_openai(server.url)
        assert registry.get_model("gpt-image-2").retires is None
        found = await check()
    assert found.faults == ()
    assert found.seen == (
        f"{server.url} lists 6 models.",
        "gpt-image-2 is shut down on 2026-11-25.",
    )
    assert server.asked[0].path == "/v1/models"
    assert server.asked[0].headers["authorization"] == "Bearer sk-test"
    assert registry.get_model("gpt-image-2").retires == date(2026, 11, 24)
    held_clock.now = datetime(2026, 11, 24, 23, 59, tzinfo=UTC)
    assert registry.models()[0].id == "gpt-image-2"
    held_clock.now = datetime(2026, 11, 25, tzinfo=UTC)
    assert registry.models()[0].id != "gpt-image-2"


async def test_a_date_that_is_taken_back_is_forgotten(at_openai, held_clock) -> None:
    async with wire.serving(wire.says(listed(**{"gpt-image-2": "2026-11-25"})), wire.says(listed())) as server:
        at_openai(server.url)
        await check()
        await check()
    assert registry.get_model("gpt-image-2").retires is None


async def test_a_model_that_the_key_may_not_use_is_named(at_openai) -> None:
    async with wire.serving(wire.says(listed())) as server:
        at_openai(server.url, models="gpt-image-2,gpt-image-9")
        found = await check()
    assert found.faults == ("gpt-image-9 is not in the list: this key may not use it, or it is gone.",)


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (
            wire.says({"error": {"code": "invalid_api_key", "message": "Incorrect API key"}}, 401),
            provider.CredentialsError,
        ),
        (wire.says(b"", 404), provider.ModelUnavailableError),
        (wire.says(b"<html>"), provider.BadAnswerError),
        (wire.says([1]), provider.BadAnswerError),
        (wire.hangs_up, provider.UnavailableError),
    ],
)
async def test_a_check_that_fails_says_why(reply: wire.Reply, kind: type[provider.ProviderError], at_openai) -> None:
    async with wire.serving(reply) as server:
        at_openai(server.url)
        with pytest.raises(kind):
            await check()


def test_what_is_kept_may_be_damaged() -> None:
    openai_dates.keep({"gpt-image-2": date(2026, 12, 1)})
    assert openai_dates.read() == {"gpt-image-2": date(2026, 12, 1)}
    assert openai_dates.last_day(date(2026, 12, 1), None) == date(2026, 11, 30)
    (config.data_directory() / "openai-shutdown-dates.json").write_text('{"gpt-image-2": 5}')
    assert openai_dates.read() == {}


def test_a_family_that_goes_is_offered_only_by_name_and_until_its_last_day(
    monkeypatch: pytest.MonkeyPatch, held_clock
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-1")
    assert "gpt-image-1.5" not in [model.id for model in registry.models()]
    monkeypatch.setenv("GPT_IMAGE_UI_OPENAI_MODELS", "gpt-image-1.5,gpt-image-2")
    config.forget()
    model = registry.get_model("gpt-image-1.5")
    assert model.retires == date(2026, 11, 30)
    assert [size.value for size in model.sizes] == ["1024x1024", "1536x1024", "1024x1536"]
    assert model.picture_micros(1536, 1024, "high") == 203_200  # 100 tokens for the preview
    held_clock.now = datetime(2026, 12, 1, tzinfo=UTC)
    assert [model.id for model in registry.models()] == ["gpt-image-2", "sketch"]


@pytest.mark.parametrize("previews", [0, 3])
def test_prices_rise_with_quality_at_every_size_and_stay_below_the_one_figure(previews: int) -> None:
    for model_id in catalogue.KNOWN:
        model = catalogue.find(model_id, previews=previews)
        for size in model.sizes:
            prices = [model.picture_micros(size.width, size.height, q.value) for q in model.qualities]
            assert prices == sorted(prices), (model_id, size)
            for quality, price in zip(model.qualities, prices, strict=True):
                assert 0 < price <= -(-size.width * size.height * quality.micros_per_megapixel // 1_000_000)
