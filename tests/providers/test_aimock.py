"""The same calls against a fake of OpenAI's API that other people wrote: the Images API and the moderation endpoint."""

import io

import pytest
from PIL import Image
from pydantic import SecretStr

from gpt_image_ui.core import config
from gpt_image_ui.moderation import check
from gpt_image_ui.moderation.policy import ModerationSettings
from gpt_image_ui.providers.interface import Call, ImageRequest, Reference, RefusedError
from gpt_image_ui.providers.openai import OpenAIProvider, OpenAISettings
from tests.providers.conftest import Aimock, Landed

KEY = SecretStr("sk-test")


def png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (32, 32), "teal").save(out, "PNG")
    return out.getvalue()


async def submit(
    aimock: Aimock,
    landed: Landed,
    prompt: str,
    *,
    count: int = 1,
    references: int = 0,
    mask: Reference | None = None,
    previews: int = 0,
):
    config.override(OpenAISettings(base_url=aimock.url, api_key=KEY, previews=previews))
    maker = OpenAIProvider()
    request = ImageRequest("gpt-image-2", prompt, "1024x1024", "medium", count=count)
    try:
        return await maker.submit(Call(request, (Reference(png(), "image/png"),) * references, "who", landed, mask))
    finally:
        await maker.close()


async def checked(aimock: Aimock, prompt: str, references: int = 0) -> check.Decision:
    config.override(ModerationSettings(checker="openai", base_url=aimock.url, api_key=KEY))
    try:
        return await check.check(prompt, [Reference(png(), "image/png")] * references)
    finally:
        await check.close()


async def test_generate(aimock: Aimock, landed: Landed) -> None:
    completed = await submit(aimock, landed, "a lighthouse")
    assert completed.delivered == 1
    assert Image.open(io.BytesIO(landed.pictures[0].data)).size == (8, 8)
    assert landed.pictures[0].revised_prompt == "a lighthouse at dusk"
    assert aimock.paths() == ["/v1/images/generations"]


async def test_generate_two(aimock: Aimock, landed: Landed) -> None:
    assert (await submit(aimock, landed, "two lighthouses", count=2)).delivered == 2
    assert [picture.position for picture in landed.pictures] == [0, 1]
    assert aimock.paths() == ["/v1/images/generations"]


async def test_edit_with_references(aimock: Aimock, landed: Landed) -> None:
    assert (await submit(aimock, landed, "this lighthouse in snow", references=3)).delivered == 1
    assert aimock.paths() == ["/v1/images/edits"]


async def test_edit_within_a_mask(aimock: Aimock, landed: Landed) -> None:
    hole = io.BytesIO()
    Image.new("RGBA", (32, 32), (0, 0, 0, 0)).save(hole, "PNG")
    mask = Reference(hole.getvalue(), "image/png")
    assert (await submit(aimock, landed, "this lighthouse in snow", references=1, mask=mask)).delivered == 1
    assert Image.open(io.BytesIO(landed.pictures[0].data)).size == (8, 8)
    assert aimock.paths() == ["/v1/images/edits"]


async def test_a_whole_answer_although_a_stream_was_asked_for(aimock: Aimock, landed: Landed) -> None:
    assert (await submit(aimock, landed, "a lighthouse", previews=2)).delivered == 1
    assert aimock.paths() == ["/v1/images/generations"]


async def test_the_models_list(aimock: Aimock) -> None:
    config.override(OpenAISettings(base_url=aimock.url, api_key=KEY))
    maker = OpenAIProvider()
    found = await maker.check()
    await maker.close()
    assert int(found.seen[0].removeprefix(f"{aimock.url} lists ").removesuffix(" models.")) > 0
    assert found.faults == ()


async def test_refusal(aimock: Aimock, landed: Landed) -> None:
    with pytest.raises(RefusedError):
        await submit(aimock, landed, "something forbidden")
    assert aimock.paths() == ["/v1/images/generations"]


async def test_moderation_of_words(aimock: Aimock) -> None:
    assert (await checked(aimock, "a lighthouse")).action == "allow"
    decision = await checked(aimock, "a cruel scene")
    assert (decision.action, decision.category) == ("block", "violence/graphic")
    assert decision.scores["violence/graphic"] == 0.93
    assert aimock.paths() == ["/v1/moderations"] * 2


async def test_moderation_of_words_with_pictures_asks_once_for_each_picture(aimock: Aimock) -> None:
    assert (await checked(aimock, "a lighthouse", references=2)).action == "allow"
    assert aimock.paths() == ["/v1/moderations"] * 2
    assert (await checked(aimock, "a cruel scene", references=1)).action == "block"
