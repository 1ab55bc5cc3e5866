"""Whole jobs through real adapters, up to servers that are programs of their own: streams, tasks, added models."""

import base64
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from gpt_image_ui import worker
from gpt_image_ui.accounts import guests
from gpt_image_ui.core import config, db, ids
from gpt_image_ui.generation import submit
from gpt_image_ui.jobs import lifecycle
from gpt_image_ui.providers import registry
from gpt_image_ui.providers.catalogue_file import CatalogueSettings
from gpt_image_ui.providers.interface import ImageRequest
from gpt_image_ui.providers.local_settings import LocalSettings
from gpt_image_ui.providers.openai import OpenAISettings
from tests import wire
from tests.generation.scripted import ended, png, position
from tests.providers.test_local import FLOWS, program

WELCOME = 100
FINISHED = base64.b64encode(png(1024, 1024)).decode()


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    """Providers keep a client for the loop that first used it."""
    registry.providers.cache_clear()
    yield
    registry.providers.cache_clear()


@pytest.fixture
async def account(database: str) -> AsyncIterator[str]:
    found = db.run(guests.create_guest, ids.new_secret())
    async with worker.running(execute=True):
        yield found


async def done(account: str, **changes: Any):
    request = replace(ImageRequest("gpt-image-2", "a lighthouse", "1024x1024", "medium"), **changes)
    return await ended(await submit.submit(account, ids.new_id(), request))


def event(name: str, data: str) -> bytes:
    return f"event: image_generation.{name}\ndata: {json.dumps({'b64_json': data})}\n\n".encode()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_a_stream_shows_a_preview_and_ends_as_a_picture(account: str) -> None:
    async def stream(line: wire.Line) -> None:
        await line.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
        await line.send(event("partial_image", FINISHED) + event("completed", FINISHED))

    async with wire.serving(stream) as server:
        config.override(OpenAISettings(base_url=server.url, api_key=SecretStr("k"), previews=1))
        job = await done(account)
    assert (job.status, job.delivered, job.previews) == (lifecycle.DONE, 1, 1)
    assert len(server.asked) == 1
    assert position(account) == (WELCOME - job.charged, 0)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_a_stream_that_is_cut_returns_the_credits_and_is_not_asked_again(account: str) -> None:
    async def stream(line: wire.Line) -> None:
        await line.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
        await line.send(event("partial_image", FINISHED) + event("completed", FINISHED)[:900])
        line.cut()

    async with wire.serving(stream) as server:
        config.override(OpenAISettings(base_url=server.url, api_key=SecretStr("k"), previews=1))
        job = await done(account)
    assert (job.status, job.delivered) == (lifecycle.UNKNOWN, 0)
    assert len(server.asked) == 1
    assert position(account) == (WELCOME, 0)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_comfyui_draws_several_and_a_failure_returns_the_credits(account: str) -> None:
    with program("comfy_server") as root:
        config.override(
            LocalSettings(kind="comfyui", base_url=root, workflow=str(FLOWS / "draw.json"), models="model.safetensors")
        )
        own = {"model": "local/model.safetensors", "quality": "standard"}
        job = await done(account, **own, count=3)
        assert (job.status, job.delivered, job.charged) == (lifecycle.DONE, 3, 3)
        failed = await done(account, **own, prompt="[oom]")
    assert (failed.status, failed.error_code) == (lifecycle.FAILED, "provider_down")
    assert position(account) == (WELCOME - 3, 0)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_a_model_of_the_operators_own_file_is_drawn_at_its_price(account: str, tmp_path: Path) -> None:
    path = tmp_path / "catalogue.toml"
    path.write_text("""
        [local."flux"]
        send_as = "flux-klein"
        sizes = ["1024x1024"]
        prices = { standard = 66000 }
        fields = { num_inference_steps = 4 }
    """)
    async with wire.serving(wire.says({"data": [{"b64_json": FINISHED}]})) as server:
        config.override(LocalSettings(base_url=server.url))
        config.override(CatalogueSettings(catalogue=str(path)))
        job = await done(account, model="local/flux", quality="standard")
    assert (job.status, job.charged) == (lifecycle.DONE, 7)
    assert server.asked[0].json == {
        "model": "flux-klein",
        "prompt": "a lighthouse",
        "n": 1,
        "size": "1024x1024",
        "num_inference_steps": 4,
    }
