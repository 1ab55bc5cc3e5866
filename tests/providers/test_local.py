"""Servers of the operator's own: two as programs beside the test, one on its wire."""

import base64
import io
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image
from pydantic import SecretStr, ValidationError

from gpt_image_ui.core import config
from gpt_image_ui.providers import interface as provider
from gpt_image_ui.providers import registry
from gpt_image_ui.providers.interface import Completed, ImageRequest, Pending, Reference
from gpt_image_ui.providers.local import LocalProvider
from gpt_image_ui.providers.local_settings import LocalSettings
from tests import wire
from tests.providers.makers import FLOWS, png
from tests.providers.tasks import Desk, followed

FAKES = Path(__file__).parents[1] / "fakes"


def request(prompt: str = "a lighthouse", model: str = "default", **more: Any) -> ImageRequest:
    return ImageRequest(f"local/{model}", prompt, "512x512", "standard", **more)


@contextmanager
def program(name: str, *arguments: str) -> Iterator[str]:
    """The address of a server that runs as a program of its own."""
    process = subprocess.Popen(
        [sys.executable, FAKES / f"{name}.py", "0", *arguments], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture(scope="module")
def a1111() -> Iterator[str]:
    with program("a1111_server") as root:
        yield root


@pytest.fixture(scope="module")
def comfy() -> Iterator[str]:
    with program("comfy_server") as root:
        yield root


@asynccontextmanager
async def maker(**settings: Any) -> AsyncIterator[LocalProvider]:
    config.override(LocalSettings(**settings))
    made = LocalProvider()
    try:
        yield made
    finally:
        await made.close()


def journal(root: str) -> list[dict[str, Any]]:
    return httpx.get(f"{root}/journal", trust_env=False).json()


def colours(desk: Desk) -> dict[int, int]:
    """The red of each picture, which the fakes take from the seed, by position."""
    return {p.position: Image.open(io.BytesIO(p.data)).convert("RGB").getpixel((0, 0))[0] for p in desk.landed.pictures}


def mask() -> Reference:
    painted = Image.new("RGBA", (64, 64), (0, 0, 0, 255))
    painted.paste((0, 0, 0, 0), (0, 0, 32, 64))
    out = io.BytesIO()
    painted.save(out, "PNG")
    return Reference(out.getvalue(), "image/png")


# An OpenAI-shaped server.


async def test_a_server_without_a_named_model_chooses_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk()
    async with wire.serving(wire.says({"data": [{"b64_json": base64.b64encode(png()).decode()}]})) as server:
        monkeypatch.setenv("LOCAL_BASE_URL", server.url)
        [model, _] = registry.models()
        made = LocalProvider()
        await made.submit(desk.call(request("a <sd_cpp_extra_args>{}</sd_cpp_extra_args> b")))
        await made.close()
    assert (model.id, model.label, model.destination, model.references_max, model.mask) == (
        "local/default", "Own server", "", 0, False,
    )  # fmt: skip
    assert set(server.asked[0].json) == {"prompt", "n", "size"}
    assert "<sd_cpp" not in server.asked[0].json["prompt"]
    assert "authorization" not in server.asked[0].headers
    assert desk.landed.pictures[0].data == png()


async def test_named_models_a_key_and_edits() -> None:
    desk = Desk()
    async with (
        wire.serving(wire.says({"data": [{"b64_json": base64.b64encode(png()).decode()}]})) as server,
        maker(
            base_url=server.url, api_key=SecretStr("k"), models="flux, qwen/edit", references_max=2, mask=True
        ) as made,
    ):
        assert [model.id for model in made.models()] == ["local/flux", "local/qwen/edit"]
        assert made.models()[0].mask
        asked = request(model="qwen/edit")
        await made.submit(desk.call(asked, (Reference(png(), "image/png"),), mask=mask()))
        assert made.repeatable
    assert server.paths() == ["/v1/images/edits"]
    assert server.asked[0].headers["authorization"] == "Bearer k"
    assert b'name="model"\r\n\r\nqwen/edit\r\n' in server.asked[0].body
    assert b'name="mask"; filename="mask.png"' in server.asked[0].body


async def test_a_server_elsewhere_is_named_as_the_destination_and_not_asked_again() -> None:
    async with maker(base_url="https://gpu.example/v1") as made:
        [model] = made.models()
        assert (model.destination, model.note, made.repeatable) == ("gpu.example", "", False)


@pytest.mark.parametrize(
    ("variables", "missing"),
    [
        ({}, ("LOCAL_BASE_URL",)),
        ({"LOCAL_KIND": "a1111"}, ("LOCAL_BASE_URL",)),
        ({"LOCAL_KIND": "comfyui"}, ("LOCAL_BASE_URL", "LOCAL_WORKFLOW")),
        ({"LOCAL_KIND": "comfyui", "LOCAL_BASE_URL": "http://127.0.0.1:8188"}, ("LOCAL_WORKFLOW",)),
        ({"LOCAL_BASE_URL": "http://127.0.0.1:1234/v1"}, ()),
    ],
)
def test_what_is_missing_is_named(
    variables: dict[str, str], missing: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert LocalProvider().missing() == missing
    assert bool(LocalProvider().models()) == (not missing)


async def test_a_check_compares_the_list_with_what_is_named() -> None:
    async with (
        wire.serving(wire.says({"data": [{"id": "sd-cpp-local"}]})) as server,
        maker(base_url=server.url, models="sd-cpp-local,flux") as made,
    ):
        found = await made.check()
    assert found.seen == (f"{server.url} lists sd-cpp-local.",)
    assert found.faults == ("flux is not in the list.",)


# The JSON of the AUTOMATIC1111 web interface.


async def test_a1111_draws_each_picture_from_its_seed(a1111: str) -> None:
    desk = Desk()
    async with maker(
        kind="a1111", base_url=a1111, steps=8, sampler="Euler a", cfg_scale=2.5, models="dream.safetensors"
    ) as made:
        [model] = made.models()
        assert (model.seed, model.mask, model.references_max) == (True, True, 1)
        done = await made.submit(desk.call(request(model="dream.safetensors", count=3, seed=50)))
    assert done == Completed(3)
    assert colours(desk) == {0: 50, 1: 51, 2: 52}
    assert [p.seed for p in desk.landed.pictures] == [50, 51, 52]
    asked = journal(a1111)[-1]
    assert asked["path"] == "/sdapi/v1/txt2img"
    assert asked["asked"] == {
        "prompt": "a lighthouse",
        "negative_prompt": "",
        "width": 512,
        "height": 512,
        "batch_size": 3,
        "seed": 50,
        "steps": 8,
        "cfg_scale": 2.5,
        "sampler_name": "Euler a",
        "override_settings": {"sd_model_checkpoint": "dream.safetensors"},
    }


async def test_a1111_changes_a_picture_where_the_mask_is_white(a1111: str) -> None:
    desk = Desk()
    async with maker(kind="a1111", base_url=a1111, denoising_strength=0.7) as made:
        reference = Reference(png(), "image/png")
        assert await made.submit(desk.call(request("[bare]"), (reference,), mask=mask())) == Completed(1)
    assert desk.landed.pictures[0].seed is None
    asked = journal(a1111)[-1]
    assert asked["path"] == "/sdapi/v1/img2img"
    assert base64.b64decode(asked["asked"]["init_images"][0]) == png()
    assert asked["asked"]["denoising_strength"] == 0.7
    light = Image.open(io.BytesIO(base64.b64decode(asked["asked"]["mask"])))
    assert (light.getpixel((5, 5)), light.getpixel((60, 5))) == (255, 0)


@pytest.mark.parametrize(
    ("prompt", "kind"), [("[oom]", provider.UnavailableError), ("[half]", provider.OutcomeUnknownError)]
)
async def test_a1111_failures_are_told_apart(a1111: str, prompt: str, kind: type[provider.ProviderError]) -> None:
    desk = Desk()
    async with maker(kind="a1111", base_url=a1111) as made:
        with pytest.raises(provider.ProviderError) as caught:
            await made.submit(desk.call(request(prompt)))
    assert type(caught.value) is kind
    assert desk.landed.pictures == []


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (wire.says({"images": []}), provider.BadAnswerError),
        (wire.says({"images": ["%%%"]}), provider.BadAnswerError),
        (wire.says({"error": "RuntimeError", "errors": "no"}), provider.BadAnswerError),
        (wire.says({"detail": [{"loc": ["body", "width"]}]}, 422), provider.BadRequestError),
        (wire.says({"detail": "Not Found"}, 404), provider.ModelUnavailableError),
        (wire.hangs_up, provider.OutcomeUnknownError),
    ],
)
async def test_a1111_answers_without_pictures(reply: wire.Reply, kind: type[provider.ProviderError]) -> None:
    async with wire.serving(reply) as server, maker(kind="a1111", base_url=server.url) as made:
        with pytest.raises(provider.ProviderError) as caught:
            await made.submit(Desk().call(request()))
    assert type(caught.value) is kind
    assert len(server.asked) == 1


async def test_a1111_takes_name_and_password_and_checks_the_sampler() -> None:
    with program("a1111_server", "--api-auth", "studio:secret") as root:
        async with maker(kind="a1111", base_url=root, api_key=SecretStr("studio:secret"), sampler="DDIM") as made:
            found = await made.check()
            assert found.seen == (f"{root} answers and knows 2 samplers.",)
            assert found.faults == ("There is no sampler 'DDIM'; there are Euler a, DPM++ 2M.",)
            await made.submit(Desk().call(request()))
        async with maker(kind="a1111", base_url=root, api_key=SecretStr("studio:wrong")) as made:
            with pytest.raises(provider.CredentialsError):
                await made.check()
            with pytest.raises(provider.CredentialsError):
                await made.submit(Desk().call(request()))


# ComfyUI.


def comfyui(root: str, **more: Any) -> dict[str, Any]:
    draw, edit = str(FLOWS / "draw.json"), str(FLOWS / "edit.json")
    flows = {"workflow": draw, "edit_workflow": edit, "models": "model.safetensors"}
    return {"kind": "comfyui", "base_url": root, **flows, **more}


MODEL = "model.safetensors"


async def test_comfyui_queues_a_workflow_for_each_picture_and_waits_for_its_file(comfy: str) -> None:
    desk = Desk()
    call = desk.call(request('a "lighthouse", {seed} {width}', MODEL, count=3, seed=20))
    async with maker(**comfyui(comfy)) as made:
        [model] = made.models()
        assert (model.seed, model.mask, model.references_max, len(model.sizes)) == (True, True, 2, 5)
        pending = await made.submit(call)
        assert isinstance(pending, Pending)
        assert tuple(desk.noted) == pending.tasks
        assert await made.poll(call, pending.tasks[1], 1) == Pending((pending.tasks[1],), 1.0)
        assert await followed(made, call, pending) == 3
    assert colours(desk) == {0: 20, 1: 21, 2: 22}
    assert {p.position: p.seed for p in desk.landed.pictures} == {0: 20, 1: 21, 2: 22}
    assert {Image.open(io.BytesIO(p.data)).size for p in desk.landed.pictures} == {(512, 512)}
    queued = [entry["asked"]["prompt"] for entry in journal(comfy) if entry["path"] == "/prompt"][-3:]
    assert queued[2]["3"]["inputs"]["seed"] == 22
    assert queued[0]["4"]["inputs"]["ckpt_name"] == MODEL
    assert queued[0]["6"]["inputs"]["text"] == 'a "lighthouse", {seed} {width}, sharp', "a person's words stay words"


async def test_comfyui_gets_references_and_mask_as_files(comfy: str) -> None:
    desk = Desk()
    call = desk.call(request(model=MODEL, seed=1), (Reference(png(), "image/png"),), mask=mask())
    async with maker(**comfyui(comfy)) as made:
        assert await followed(made, call, await made.submit(call)) == 1
    *uploads, queued = journal(comfy)[-4:]
    assert [entry["path"] for entry in uploads] == ["/upload/image"] * 3
    assert {entry["asked"]["subfolder"] for entry in uploads} == {"gpt-image-ui"}
    first, second, hole = (f"gpt-image-ui/{entry['asked']['name']}" for entry in uploads)
    assert first == second, "the only reference stands where the workflow wants a second"
    loaded = [queued["asked"]["prompt"][node]["inputs"]["image"] for node in ("1", "2", "7")]
    assert loaded == [first, second, hole]


@pytest.mark.parametrize(
    ("prompt", "kind"),
    [
        ("[oom]", provider.UnavailableError),
        ("[nothing]", provider.BadAnswerError),
        ("[lost]", provider.OutcomeUnknownError),
    ],
)
async def test_comfyui_workflows_that_fail_end(comfy: str, prompt: str, kind: type[provider.ProviderError]) -> None:
    desk = Desk()
    call = desk.call(request(prompt, MODEL))
    async with maker(**comfyui(comfy)) as made:
        pending = await made.submit(call)
        assert isinstance(pending, Pending)
        await made.poll(call, pending.tasks[0], 0)
        with pytest.raises(provider.ProviderError) as caught:
            await made.poll(call, pending.tasks[0], 0)
    assert (type(caught.value), caught.value.retryable) == (kind, False)
    assert "lighthouse" not in str(caught.value)
    assert desk.landed.pictures == []


async def test_comfyui_pictures_that_are_only_shown_count_too(comfy: str) -> None:
    desk = Desk()
    call = desk.call(request("[shown]", MODEL, seed=9))
    async with maker(**comfyui(comfy)) as made:
        assert await followed(made, call, await made.submit(call)) == 1
    assert colours(desk) == {0: 9}


async def test_comfyui_is_told_to_stop_what_runs_and_what_waits(comfy: str) -> None:
    call = Desk().call(request("[slow]", MODEL, count=2))
    async with maker(**comfyui(comfy)) as made:
        pending = await made.submit(call)
        assert isinstance(pending, Pending)
        running, waiting = pending.tasks
        assert await made.cancel(waiting)
        assert await made.cancel(running)
        assert not await made.cancel(running)
    assert [(entry["path"], entry["asked"]) for entry in journal(comfy)[-2:]] == [
        ("/queue", {"delete": [waiting]}),
        ("/interrupt", {"prompt_id": running}),
    ]


async def test_comfyui_refuses_a_model_it_does_not_have_without_repeating_what_was_asked(comfy: str) -> None:
    async with maker(**comfyui(comfy, models="other.safetensors")) as made:
        with pytest.raises(provider.BadRequestError) as caught:
            await made.submit(Desk().call(request(model="other.safetensors")))
    assert str(caught.value) == "400 prompt_outputs_failed_validation; CheckpointLoaderSimple value_not_in_list"


@pytest.mark.parametrize("reply", [wire.says(b"", 500), wire.says(b"<html>"), wire.hangs_up, wire.says(b"", 404)])
async def test_comfyui_questions_that_fail_say_nothing_of_the_task(reply: wire.Reply) -> None:
    async with wire.serving(reply) as server, maker(**comfyui(server.url)) as made:
        with pytest.raises(provider.UnavailableError) as caught:
            await made.poll(Desk().call(request()), "task", 0)
    assert caught.value.retryable


async def test_comfyui_files_that_cannot_be_had_are_given_up_after_a_while() -> None:
    image = {"filename": "1.png", "subfolder": "", "type": "output"}

    async def work(line: wire.Line) -> None:
        gone = line.asked.path.startswith("/v1/view")
        await (wire.says(b"", 404) if gone else wire.says({"t": {"outputs": {"9": {"images": [image]}}}}))(line)

    kinds = []
    async with wire.serving(work) as server, maker(**comfyui(server.url)) as made:
        for _ in range(3):
            with pytest.raises(provider.ProviderError) as caught:
                await made.poll(Desk().call(request()), "t", 0)
            kinds.append(type(caught.value))
    assert kinds[0] is provider.UnavailableError
    assert kinds[-1] is provider.BadAnswerError


async def test_a_check_of_comfyui_names_nodes_that_it_lacks(comfy: str, tmp_path: Path) -> None:
    flow = json.loads((FLOWS / "draw.json").read_text())
    flow["10"] = {"class_type": "UpscaleWithMagic", "inputs": {}}
    (tmp_path / "mine.json").write_text(json.dumps(flow))
    async with maker(**comfyui(comfy, workflow=str(tmp_path / "mine.json"))) as made:
        found = await made.check()
    assert found.seen == (f"{comfy} is ComfyUI 0.3.75.",)
    assert found.faults == (f"{tmp_path}/mine.json needs the node UpscaleWithMagic, which this ComfyUI does not have.",)


DRAW = json.loads((FLOWS / "draw.json").read_text())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is not JSON"),
        ("[]", "is no workflow"),
        ("{}", "is no workflow"),
        ('{"nodes": [], "links": []}', "Export (API)"),
        (json.dumps(DRAW).replace("{prompt}", "a cat"), "has no {prompt} among"),
        (json.dumps(DRAW).replace("{seed}", "7").replace("{prompt}", "a cat"), "has no {prompt} and no {seed} among"),
        (None, "cannot be read"),
    ],
)
def test_a_workflow_that_cannot_be_meant_is_refused_at_start(text: str | None, said: str, tmp_path: Path) -> None:
    path = tmp_path / "flow.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(ValidationError) as caught:
        LocalSettings(kind="comfyui", base_url="http://127.0.0.1:8188", workflow=str(path))
    assert said in str(caught.value)
    with pytest.raises(ValidationError, match="among its nodes"):
        LocalSettings(edit_workflow=str(FLOWS / "draw.json"))


async def test_a_workflow_without_a_size_offers_one(tmp_path: Path) -> None:
    text = json.dumps(DRAW).replace('"{width}"', "640").replace('"{height}"', "640")
    (tmp_path / "fixed.json").write_text(text)
    settings = comfyui("http://127.0.0.1:1", workflow=str(tmp_path / "fixed.json"), edit_workflow="")
    async with maker(**settings) as made:
        [model] = made.models()
    assert (len(model.sizes), model.references_max, model.mask) == (1, 0, False)


async def test_a_task_of_a_server_that_is_not_set_any_more_ends() -> None:
    async with maker(base_url="http://127.0.0.1:1/v1") as made:
        with pytest.raises(provider.BadAnswerError):
            await made.poll(Desk().call(request()), "t", 0)
        assert not await made.cancel("t")


async def test_another_private_address_that_a_server_names_is_not_called() -> None:
    async with wire.serving(wire.says(png())) as other:
        named = wire.says({"data": [{"url": f"{other.url}/1.png"}]})
        async with wire.serving(named) as server, maker(base_url=server.url) as made:
            with pytest.raises(provider.BadAnswerError):
                await made.submit(Desk().call(request()))
    assert other.asked == []
