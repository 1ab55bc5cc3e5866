"""The operator's own file of models: what it changes, what it adds, and how it is refused."""

import base64
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from gpt_image_ui.core import config
from gpt_image_ui.providers import catalogue_file, registry
from gpt_image_ui.providers.catalogue_file import CatalogueSettings
from gpt_image_ui.providers.interface import ImageRequest, ModelSpec
from gpt_image_ui.providers.local import LocalProvider
from gpt_image_ui.providers.local_settings import LocalSettings
from gpt_image_ui.providers.openai import OpenAIProvider, OpenAISettings
from gpt_image_ui.providers.sub2api import Sub2ApiProvider, Sub2ApiSettings
from tests import wire
from tests.providers.makers import png
from tests.providers.tasks import Desk

PICTURE = wire.says({"data": [{"b64_json": base64.b64encode(png()).decode()}]})


@pytest.fixture
def file(tmp_path: Path):
    """Writes the file and has it read."""

    def write(text: str) -> None:
        path = tmp_path / "catalogue.toml"
        path.write_text(text)
        config.override(CatalogueSettings(catalogue=str(path)))

    return write


def offered() -> dict[str, ModelSpec]:
    return {model.id: model for model in registry.models()}


@pytest.fixture(autouse=True)
def _openai() -> None:
    config.override(OpenAISettings(api_key=SecretStr("sk"), models="gpt-image-2,gpt-image-2.6-flare"))


def test_a_known_model_is_changed_and_another_hidden(file) -> None:
    file("""
        [openai."gpt-image-2"]
        label = "House model"
        good_for = "Our posters"
        note = "Ask the art desk first"
        retires = 2026-12-24
        count_max = 2
        references_max = 3
        micros_per_reference = 1000
        sizes = ["1024x1024", "Poster = 1024x1536"]
        prices = { medium = 40000, high = 90000 }
        mask = false
        [openai."gpt-image-2.6-flare"]
        hidden = true
    """)
    assert list(offered()) == ["gpt-image-2", "sketch"]
    model = offered()["gpt-image-2"]
    assert (model.label, model.good_for, model.note) == ("House model", "Our posters", "Ask the art desk first")
    assert (model.retires, model.count_max, model.references_max) == (date(2026, 12, 24), 2, 3)
    assert [(size.label, size.value) for size in model.sizes] == [("1024 × 1024", "1024x1024"), ("Poster", "1024x1536")]
    assert [(q.value, q.label) for q in model.qualities] == [("medium", "Medium"), ("high", "High")]
    assert model.picture_micros(1000, 1000, "medium") == 40_000
    assert (model.mask, model.transparency, model.prompt_chars_max) == (False, True, 32_000)


def test_a_model_can_be_listed_as_unavailable_with_the_reason(file) -> None:
    file('[openai."gpt-image-2"]\nunavailable = "Being repaired."')
    assert offered()["gpt-image-2"].unavailable == "Being repaired."


def test_prices_without_the_default_quality_move_the_default(file) -> None:
    file('[openai."gpt-image-2"]\nprices = { high = 90000 }')
    assert offered()["gpt-image-2"].default_quality == "high"


def test_a_new_model_takes_after_another_or_starts_plain(file) -> None:
    file("""
        [openai."gpt-image-3"]
        like = "gpt-image-2"
        label = "GPT Image 3"
        [openai."somebody/model:1"]
        seed = true
    """)
    like, plain = offered()["gpt-image-3"], offered()["somebody/model:1"]
    assert (like.label, like.references_max, like.destination) == ("GPT Image 3", 16, "OpenAI")
    assert like.sizes == offered()["gpt-image-2"].sizes
    assert (plain.label, plain.references_max, plain.mask, plain.seed) == ("somebody/model:1", 0, False, True)
    assert (plain.provider, plain.destination) == ("openai", "OpenAI")
    assert plain.quality(plain.default_quality)


def test_a_provider_that_is_off_stays_off(file) -> None:
    file('[local."flux"]\nlabel = "Flux"')
    assert not any(model.provider == "local" for model in registry.models())
    assert registry.catalogue_faults() == []


async def sent(made: Any, asked: ImageRequest) -> dict[str, Any]:
    async with wire.serving(PICTURE) as server:
        settings = {"base_url": server.url}
        if isinstance(made, OpenAIProvider):
            config.override(OpenAISettings(**settings))
        elif isinstance(made, Sub2ApiProvider):
            config.override(Sub2ApiSettings(**settings, api_key=SecretStr("k"), tasks="off", previews=0))
        else:
            config.override(LocalSettings(**settings, models="other"))
        await made.submit(Desk().call(asked))
        await made.close()
    return server.asked[0].json


async def test_fields_of_a_template_are_filled_in_once_and_keep_their_kinds(file) -> None:
    file("""
        [local."flux-klein"]
        send_as = "black-forest-labs/FLUX.2-klein"
        seed = true
        [local."flux-klein".fields]
        seed = "{seed}"
        num_inference_steps = 4
        extra = { width = "{width}", name = "{model} at {height}", list = ["{n}", "{nobody}"] }
        prompt = "{prompt}, sharp"
        size = "null"
    """)
    asked = ImageRequest("local/flux-klein", "a {seed} cat", "512x768", "standard", seed=7)
    assert await sent(LocalProvider(), asked) == {
        "model": "black-forest-labs/FLUX.2-klein",
        "prompt": "a {seed} cat, sharp",
        "n": 1,
        "seed": 7,
        "num_inference_steps": 4,
        "extra": {"width": 512, "name": "local/flux-klein at 768", "list": [1, "{nobody}"]},
    }
    unseeded = await sent(LocalProvider(), ImageRequest("local/flux-klein", "x", "512x512", "standard"))
    assert "seed" not in unseeded, "what a request does not say is not sent"
    other = await sent(LocalProvider(), ImageRequest("local/other", "x", "512x512", "standard"))
    assert other == {"model": "other", "prompt": "x", "n": 1, "size": "512x512"}


async def test_a_template_can_be_all_that_is_sent(file) -> None:
    file("""
        [openai."odd"]
        only_fields = true
        fields = { text = "{prompt}", wide = "{width}" }
    """)
    assert await sent(OpenAIProvider(), ImageRequest("odd", "a cat", "512x512", "standard")) == {
        "text": "a cat",
        "wide": 512,
    }


async def test_models_are_named_with_or_without_their_provider(file) -> None:
    config.override(Sub2ApiSettings(base_url="http://relay.example/v1", api_key=SecretStr("k")))
    file("""
        [sub2api."gpt-image-2"]
        label = "Relayed"
        [sub2api."sub2api/house"]
        like = "gpt-image-2"
        send_as = "gpt-image-9"
    """)
    assert offered()["sub2api/gpt-image-2"].label == "Relayed"
    assert offered()["sub2api/house"].forwards
    body = await sent(Sub2ApiProvider(), ImageRequest("sub2api/house", "x", "1024x1024", "medium"))
    assert body["model"] == "gpt-image-9"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[openai", "is not TOML"),
        ("openai = 3", "openai is no table of models"),
        ('[openai."m"]\nprize = 3', "[openai.m] prize: there is no such setting"),
        ('[openai."m"]\nsizes = ["large"]', "[openai.m] sizes: 'large' is no size"),
        ('[openai."m"]\nsizes = ["64x64", "A = 64x64"]', "the same size twice"),
        ('[openai."m"]\nprices = { low = 0 }', "[openai.m] prices: a price is a whole number"),
        ('[openai."m"]\ncount_max = 40', "[openai.m] count_max: Input should be less than or equal to 10"),
        ('[openai."m"]\nroles = ["hero"]', "[openai.m] roles: roles are reference, first_frame, last_frame"),
        ('[openai."a"]\nx = 1\n[openai."b"]\ny = 2', "[openai.a] x: there is no such setting; [openai.b] y:"),
        (None, "cannot be read: No such file"),
    ],
)
def test_a_file_that_cannot_be_meant_is_refused_with_every_fault(text: str | None, said: str, tmp_path: Path) -> None:
    path = tmp_path / "catalogue.toml"
    if text is not None:
        path.write_text(text)
    with pytest.raises(ValidationError) as caught:
        CatalogueSettings(catalogue=str(path))
    assert said in str(caught.value)


def test_what_only_shows_beside_the_providers_is_a_fault_too(file) -> None:
    file("""
        [opnai."m"]
        label = "x"
        [openai."m"]
        like = "gpt-image-7"
        [openai."n"]
        prices = { low = 5 }
        default_quality = "high"
    """)
    names = ", ".join(registry.providers())
    assert registry.catalogue_faults() == [
        f"there is no provider 'opnai'; there are {names}",
        "[openai.m] like: there is no model 'gpt-image-7' at openai",
        "[openai.n] default_quality: 'high' has no price",
    ]


def test_without_a_file_nothing_changes() -> None:
    assert catalogue_file.apply("openai", OpenAIProvider().models()) == OpenAIProvider().models()
    assert catalogue_file.ids("openai") == set()
    assert catalogue_file.sent_as("kie", "kie/x") == "x"
