"""Every provider before a server of ours, for the suite that holds them all to the same: one line for each."""

import base64
import io
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

from PIL import Image
from pydantic import SecretStr

from gpt_image_ui.core import config
from gpt_image_ui.providers.byteplus import BytePlusProvider
from gpt_image_ui.providers.byteplus_account import BytePlusSettings
from gpt_image_ui.providers.interface import Provider
from gpt_image_ui.providers.kie import KieProvider, KieSettings
from gpt_image_ui.providers.local import LocalProvider
from gpt_image_ui.providers.local_settings import LocalSettings
from gpt_image_ui.providers.openai import OpenAIProvider, OpenAISettings
from gpt_image_ui.providers.sketch import SketchProvider
from gpt_image_ui.providers.sub2api import Sub2ApiProvider, Sub2ApiSettings
from tests import wire
from tests.providers.tasks import vendor

FLOWS = Path(__file__).with_name("workflows")
Maker = Callable[[], AbstractAsyncContextManager[Provider]]


def png(colour: str = "teal") -> bytes:
    """A small real picture."""
    out = io.BytesIO()
    Image.new("RGB", (64, 64), colour).save(out, "PNG")
    return out.getvalue()


def answer(asked: wire.Asked) -> dict[str, Any]:
    """What an OpenAI-shaped server answers: as many pictures as were asked for."""
    count = asked.json["n"] if asked.body.startswith(b"{") else 1
    return {"data": [{"b64_json": base64.b64encode(png()).decode()}] * count}


@asynccontextmanager
async def sketch() -> AsyncIterator[Provider]:
    yield SketchProvider()


@asynccontextmanager
async def openai() -> AsyncIterator[Provider]:
    async with wire.serving(_images) as server:
        config.override(OpenAISettings(base_url=server.url))
        yield OpenAIProvider()


@asynccontextmanager
async def sub2api() -> AsyncIterator[Provider]:
    """Without tasks."""
    async with wire.serving(_images) as server:
        config.override(Sub2ApiSettings(base_url=server.url, api_key=SecretStr("sk"), tasks="off"))
        yield Sub2ApiProvider()


@asynccontextmanager
async def sub2api_with_tasks() -> AsyncIterator[Provider]:
    async def tasks(line: wire.Line) -> None:
        if line.asked.path.endswith("/async"):
            await wire.says({"id": f"imgtask_{len(server.asked)}", "status": "processing"}, 202)(line)
        elif "/tasks/" in line.asked.path:
            data = [{"url": f"{server.url}/files/1.png"}]
            await wire.says({"id": "imgtask", "status": "completed", "result": {"data": data}})(line)
        else:
            await wire.says(png())(line)

    async with wire.serving(tasks) as server:
        config.override(Sub2ApiSettings(base_url=server.url, api_key=SecretStr("sk")))
        yield Sub2ApiProvider()


@asynccontextmanager
async def local() -> AsyncIterator[Provider]:
    async with wire.serving(_images) as server:
        config.override(LocalSettings(base_url=server.url, references_max=4))
        yield LocalProvider()


@asynccontextmanager
async def local_a1111() -> AsyncIterator[Provider]:
    async def draw(line: wire.Line) -> None:
        await wire.says({"images": [base64.b64encode(png()).decode()] * line.asked.json["batch_size"]})(line)

    async with wire.serving(draw) as server:
        config.override(LocalSettings(kind="a1111", base_url=server.url))
        yield LocalProvider()


@asynccontextmanager
async def local_comfyui() -> AsyncIterator[Provider]:
    async def work(line: wire.Line) -> None:
        path = line.asked.path.removeprefix("/v1")
        if path.startswith("/history/"):
            image = {"filename": "1.png", "subfolder": "", "type": "output"}
            task = path.rpartition("/")[2]
            await wire.says({task: {"outputs": {"9": {"images": [image]}}}})(line)
        elif path.startswith("/view"):
            await wire.says(png())(line)
        else:
            await wire.says({"prompt_id": f"{len(server.asked)}", "name": "1.png", "subfolder": ""})(line)

    async with wire.serving(work) as server:
        config.override(
            LocalSettings(
                kind="comfyui",
                base_url=server.url,
                workflow=str(FLOWS / "draw.json"),
                edit_workflow=str(FLOWS / "edit.json"),
            )
        )
        yield LocalProvider()


async def _images(line: wire.Line) -> None:
    await wire.says(json.dumps(answer(line.asked)).encode())(line)


@asynccontextmanager
async def kie() -> AsyncIterator[Provider]:
    """Each picture is a task; references are uploaded first."""

    async def record(line: wire.Line) -> None:
        result = json.dumps({"resultUrls": [f"{made.root}/files/1.png"]})
        await wire.says({"code": 200, "data": {"state": "success", "resultJson": result}})(line)

    async def create(line: wire.Line) -> None:
        await wire.says({"code": 200, "data": {"taskId": f"task-{next(numbers)}"}})(line)

    async def upload(line: wire.Line) -> None:
        url = f"{made.root}/uploads/{next(numbers)}.png"
        await wire.says({"success": True, "code": 200, "data": {"downloadUrl": url, "fileUrl": url}})(line)

    numbers = count()
    async with vendor(
        api__v1__jobs__createTask=create,
        api__v1__jobs__recordInfo=record,
        **{"api__file-stream-upload": upload},
        files=wire.says(png()),
    ) as made:
        config.override(
            KieSettings(base_url=made.root, upload_url=made.root, api_key=SecretStr("k"), models="gpt-image-2")
        )
        yield KieProvider()


@asynccontextmanager
async def byteplus() -> AsyncIterator[Provider]:
    picture = {"b64_json": base64.b64encode(png()).decode()}
    async with vendor(api__v3__images=wire.says({"data": [picture]})) as made:
        config.override(_byteplus(made.root, "seedream-5-0-260128"))
        yield BytePlusProvider()


@asynccontextmanager
async def byteplus_video() -> AsyncIterator[Provider]:
    """A video is a task; what it gives is not looked into here, so a picture stands for it."""

    async def task(line: wire.Line) -> None:
        if line.asked.path.endswith("/tasks"):
            await wire.says({"id": f"cgt-{next(numbers)}"})(line)
        else:
            content = {"video_url": f"{made.root}/files/1.mp4"}
            await wire.says({"id": "cgt", "status": "succeeded", "content": content, "resolution": "720p"})(line)

    numbers = count()
    async with vendor(api__v3__contents=task, files=wire.says(png())) as made:
        config.override(_byteplus(made.root, "dreamina-seedance-2-0-260128"))
        yield BytePlusProvider()


def _byteplus(root: str, model: str) -> BytePlusSettings:
    return BytePlusSettings(base_url=f"{root}/api/v3", api_key=SecretStr("k"), models=model)


MAKERS: dict[str, Maker] = {
    "sketch": sketch,
    "openai": openai,
    "kie": kie,
    "byteplus": byteplus,
    "byteplus video": byteplus_video,
    "sub2api": sub2api,
    "sub2api with tasks": sub2api_with_tasks,
    "local": local,
    "local a1111": local_a1111,
    "local comfyui": local_comfyui,
}
