"""BytePlus ModelArk on real sockets: pictures in one call each, videos as tasks, and every way in which they end."""

import asyncio
import base64
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from gpt_image_ui.core import config, http
from gpt_image_ui.providers import byteplus
from gpt_image_ui.providers import byteplus_catalogue as catalogue
from gpt_image_ui.providers import interface as provider
from gpt_image_ui.providers.byteplus import BytePlusProvider
from gpt_image_ui.providers.byteplus_account import BytePlusSettings
from gpt_image_ui.providers.catalogue_file import CatalogueSettings
from gpt_image_ui.providers.checking import Findings
from gpt_image_ui.providers.interface import Completed, ImageRequest, Pending, Reference
from tests import wire
from tests.providers.tasks import PIXELS, Desk, Vendor, followed, vendor

LITE, CLIP = "seedream-5-0-260128", "dreamina-seedance-2-0-260128"
REQUEST = ImageRequest(LITE, "a lighthouse", "2048x2048", "standard")
VIDEO = ImageRequest(CLIP, "waves", "1280x720", "standard", format="mp4", seconds=5, seed=7)
DRAW, TASKS = "/api/v3/images/generations", "/api/v3/contents/generations/tasks"
FIRST, LAST = Reference(b"one", "image/png", "first_frame"), Reference(b"two", "image/png", "last_frame")
ONE, TWO = (f"data:image/png;base64,{base64.b64encode(data).decode()}" for data in (b"one", b"two"))


def answer(*items: Any, **more: Any) -> dict[str, Any]:
    data = [{"b64_json": base64.b64encode(PIXELS).decode(), "size": "2048x2048"}]
    return {"model": "m", "created": 1, "data": list(items) or data, "usage": {"generated_images": 1}, **more}


def error(code: str, message: str = "No.") -> dict[str, Any]:
    return {"error": {"code": code, "message": message, "param": "", "type": ""}}


def task(status: str, **more: Any) -> wire.Reply:
    return wire.says({"id": "cgt-1", "model": CLIP, "status": status, "error": None, **more})


def success(made: Vendor, **more: Any) -> wire.Reply:
    async def reply(line: wire.Line) -> None:
        usage = {"completion_tokens": 108_900, "total_tokens": 108_900}
        given = {"content": {"video_url": f"{made.root}/files/1.mp4"}, "usage": usage, "resolution": "720p", **more}
        await task("succeeded", **given)(line)

    return reply


def maker(root: str, **settings: Any) -> BytePlusProvider:
    config.override(BytePlusSettings(**{"base_url": f"{root}/api/v3", "api_key": SecretStr("k-test"), **settings}))
    return BytePlusProvider()


async def drawn(made: Vendor, desk: Desk, request: ImageRequest = REQUEST, *references: Reference, **settings: Any):
    made_by = maker(made.root, **settings)
    try:
        return await made_by.submit(desk.call(request, references))
    finally:
        await made_by.close()


def request(count: int) -> ImageRequest:
    return ImageRequest(LITE, "a lighthouse", "2048x2048", "standard", count=count)


async def test_a_picture_lands_and_nothing_leaves_that_is_not_declared() -> None:
    desk = Desk()
    async with vendor(api__v3__images=wire.says(answer(), headers={"X-Request-Id": "req_7"})) as made:
        assert await drawn(made, desk) == Completed(1, "req_7", 35_000)
    assert [(p.position, p.data) for p in desk.landed.pictures] == [(0, PIXELS)]
    [asked] = made.asked
    assert asked.path == DRAW
    assert asked.headers["authorization"] == "Bearer k-test"
    assert asked.json == {
        "model": LITE,
        "prompt": "a lighthouse",
        "size": "2048x2048",
        "response_format": "b64_json",
        "watermark": False,
        "output_format": "png",
    }
    allowed = {"host", "accept", "accept-encoding", "connection", "user-agent", "authorization", "content-type"}
    assert set(asked.headers) <= allowed | {"content-length"}


@pytest.mark.parametrize("model", [m for m in catalogue.MODELS.values() if not m.rates], ids=lambda m: m.spec.id)
async def test_no_model_is_sent_a_field_that_some_refuse(model: catalogue.Model) -> None:
    spec = model.spec
    asked = ImageRequest(spec.id, "x", spec.sizes[0].value, "standard", format=spec.formats[0])
    references = (Reference(b"one", "image/PNG"), Reference(b"two", "image/png"))
    async with vendor(api__v3__images=wire.says(answer())) as made:
        await drawn(made, Desk(), asked, *references)
        await drawn(made, Desk(), asked, references[0])
    sent = made.asked[0].json
    expected = {"model", "prompt", "size", "response_format", "watermark", "image"}
    assert set(sent) == expected | ({"output_format"} if len(spec.formats) > 1 else set())
    assert sent["watermark"] is False
    assert sent["image"] == [ONE, TWO], "the format is written small"
    assert made.asked[1].json["image"] == ONE


async def test_a_transparent_background_is_asked_of_the_model_that_has_it() -> None:
    asked = ImageRequest("dola-seedream-5-5-261028", "x", "1024x1024", "standard", background="transparent")
    async with vendor(api__v3__images=wire.says(answer())) as made:
        await drawn(made, Desk(), asked)
    assert made.asked[0].json["background"] == "transparent"


async def test_each_picture_is_one_call_of_its_own_and_all_go_at_once() -> None:
    desk = Desk()
    arrived = asyncio.Barrier(3)

    async def together(line: wire.Line) -> None:
        await arrived.wait()
        await wire.says(answer())(line)

    async with vendor(api__v3__images=together) as made:
        completed = await drawn(made, desk, request(3))
    assert (completed.delivered, completed.cost_micros) == (3, 105_000)
    assert sorted(picture.position for picture in desk.landed.pictures) == [0, 1, 2]
    assert len(made.asked) == 3


async def test_a_refusal_among_pictures_leaves_the_others() -> None:
    refused = answer({"error": {"code": "OutputImageSensitiveContentDetected", "message": "x"}}, usage={})
    desk = Desk()
    async with vendor(api__v3__images=[wire.says(answer()), wire.says(refused), wire.says(answer())]) as made:
        completed = await drawn(made, desk, request(3))
    assert (completed.delivered, completed.refused) == (2, 1)
    assert len(desk.landed.pictures) == 2
    assert len(made.asked) == 3


async def test_pictures_beside_a_worse_failure_are_kept_and_the_failure_told() -> None:
    desk = Desk()
    bad = wire.says(error("InternalServiceError"), 500)
    async with vendor(api__v3__images=[bad, wire.says(answer()), wire.hangs_up]) as made:
        with pytest.raises(provider.OutcomeUnknownError):
            await drawn(made, desk, request(3))
    assert len(desk.landed.pictures) == 1
    assert len(made.asked) == 3


async def test_what_goes_wrong_while_landing_comes_before_all_else() -> None:
    async def full(read: Any) -> None:
        await read()
        raise OSError("disk full")

    async with vendor(api__v3__images=[wire.says(answer()), wire.hangs_up]) as made:
        made_by = maker(made.root)
        with pytest.raises(OSError, match="disk full"):
            await made_by.submit(provider.Call(request(2), (), "who", full))
        await made_by.close()


async def test_a_storm_of_refusals_is_waited_out_among_several(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(byteplus, "_PAUSES_SECONDS", (0.0, 0.0))
    busy = wire.says(error("RateLimitExceeded.EndpointIPMExceeded"), 429)
    async with vendor(api__v3__images=[busy, busy, wire.says(answer())]) as made:
        assert (await drawn(made, Desk(), request(2))).delivered == 2
    assert len(made.asked) == 4, "each picture was made once"


async def test_a_storm_that_does_not_end_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(byteplus, "_PAUSES_SECONDS", (0.0, 0.0))
    busy = wire.says(error("ServerOverloaded"), 429, {"Retry-After": "7"})
    async with vendor(api__v3__images=busy) as made:
        with pytest.raises(provider.OverloadedError) as caught:
            await drawn(made, Desk())
        assert len(made.asked) == 1, "one picture alone is left to the engine to try again"
        monkeypatch.setattr(byteplus, "_PAUSE_MAX_SECONDS", 1.0)
        with pytest.raises(provider.OverloadedError):
            await drawn(made, Desk(), request(2))
    assert len(made.asked) == 3, "who is asked to wait long does not wait here"
    assert caught.value.retry_after_seconds == 7


def refuses(code: str, status: int = 400) -> wire.Reply:
    return wire.says(error(code), status)


# name → (answer to a create, error class)
SAID = {
    "MissingParameter": (refuses("MissingParameter"), provider.BadRequestError),
    "InvalidParameter.sub": (refuses("InvalidParameter.Size"), provider.BadRequestError),
    "text": (refuses("InputTextSensitiveContentDetected"), provider.RefusedError),
    "picture": (refuses("InputImageSensitiveContentDetected.PrivacyInformation"), provider.RefusedError),
    "risk": (refuses("InputTextRiskDetection"), provider.RefusedError),
    "output": (refuses("OutputImageSensitiveContentDetected"), provider.RefusedError),
    "severe": (refuses("SensitiveContentDetected.SevereViolation"), provider.RefusedError),
    "policy": (refuses("PolicyViolation.Copyright"), provider.RefusedError),
    "closed": (refuses("InvalidEndpoint.ClosedEndpoint"), provider.ModelUnavailableError),
    "key": (refuses("AuthenticationError", 401), provider.CredentialsError),
    "overdue": (refuses("AccountOverdueError", 403), provider.OutOfFundsError),
    "service overdue": (refuses("ServiceOverdue", 403), provider.OutOfFundsError),
    "denied": (refuses("AccessDenied", 403), provider.CredentialsError),
    "not open": (refuses("ServiceNotOpen", 403), provider.CredentialsError),
    "no model": (refuses("InvalidEndpointOrModel.NotFound", 404), provider.ModelUnavailableError),
    "model not open": (refuses("ModelNotOpen", 404), provider.ModelUnavailableError),
    "rate": (refuses("RateLimitExceeded.EndpointIPMExceeded", 429), provider.OverloadedError),
    "account rate": (refuses("ModelAccountIpmRateLimitExceeded", 429), provider.OverloadedError),
    "overloaded": (refuses("ServerOverloaded", 429), provider.OverloadedError),
    "quota": (refuses("QuotaExceeded", 429), provider.OutOfFundsError),
    "limit set": (refuses("SetLimitExceeded", 429), provider.OutOfFundsError),
    "internal": (refuses("InternalServiceError", 500), provider.UnavailableError),
    "500 in its own words": (refuses("SomethingNew", 500), provider.UnavailableError),
    "500 without words": (wire.says(b"<html>", 500), provider.OutcomeUnknownError),
    "429 without words": (wire.says(b"", 429), provider.OverloadedError),
    "401 without words": (wire.says(b"", 401), provider.CredentialsError),
    "402": (wire.says(b"", 402), provider.OutOfFundsError),
    "404 without words": (wire.says(b"", 404), provider.ModelUnavailableError),
    "503": (wire.says(b"", 503), provider.UnavailableError),
    "504": (wire.says(b"", 504), provider.OutcomeUnknownError),
    "a new word": (refuses("SomethingNew"), provider.BadRequestError),
    "moved": (wire.says(b"", 307, {"Location": "http://127.0.0.1:9/"}), provider.BadRequestError),
    "never answers": (wire.hangs, provider.OutcomeUnknownError),
    "hangs up": (wire.hangs_up, provider.OutcomeUnknownError),
}  # fmt: skip
PICTURES = {
    "200 refused": (wire.says(answer(error("OutputImageSensitiveContentDetected"))), provider.RefusedError),
    "200 failed": (wire.says(answer({"error": {"code": "InternalServiceError"}})), provider.UnavailableError),
    "200 failed in a new way": (wire.says(answer({"error": {"code": "New"}})), provider.BadAnswerError),
    "200 with an error": (wire.says(error("QuotaExceeded")), provider.OutOfFundsError),
    "200 without pictures": (wire.says(answer(data=[])), provider.BadAnswerError),
    "200 with null": (wire.says(b"null"), provider.BadAnswerError),
    "200 with a page": (wire.says(b"<html>"), provider.BadAnswerError),
    "200 with broken base64": (wire.says(answer({"b64_json": "%%%"})), provider.BadAnswerError),
    "200 with an address inside": (wire.says(answer({"url": "http://169.254.169.254/x"})), provider.BadAnswerError),
    "200 with a file": (wire.says(answer({"url": "file:///etc/passwd"})), provider.BadAnswerError),
    "drops in the middle": (wire.stops_after(b'{"data":[{"b64_json":"AAAA', 90_000), provider.OutcomeUnknownError),
}  # fmt: skip


@pytest.mark.parametrize("name", [*SAID, *PICTURES])
async def test_each_failure_of_a_picture_is_told_apart_and_the_call_never_repeated(name: str) -> None:
    reply, kind = {**SAID, **PICTURES}[name]
    desk = Desk()
    async with vendor(api__v3__images=reply) as made:
        with pytest.raises(provider.ProviderError) as caught:
            await drawn(made, desk, timeout_seconds=0.5)
    assert type(caught.value) is kind
    assert made.asked[0].path == DRAW
    assert len(made.asked) == 1
    assert desk.landed.pictures == []
    assert "lighthouse" not in str(caught.value)


async def test_a_refused_connection_is_certain_to_have_made_nothing() -> None:
    async with wire.serving(wire.hangs) as server:
        made = Vendor({}, server.url)
    with pytest.raises(provider.UnavailableError):
        await drawn(made, Desk())


async def test_an_answer_of_four_gigabytes_is_not_read_to_its_end() -> None:
    async with vendor(api__v3__images=wire.pours(4 << 30)) as made:
        with pytest.raises(provider.BadAnswerError):
            await drawn(made, Desk(), artifact_bytes_max=4_000_000)
    assert made.lines[0].sent < 40_000_000
    assert len(made.asked) == 1


async def test_pictures_by_address_are_fetched_without_the_key() -> None:
    desk = Desk()
    async with vendor(files=[wire.says(b"", 503), wire.says(PIXELS)]) as made:
        made.replies[DRAW] = [wire.says(answer({"url": f"{made.root}/files/1.jpeg"}))]
        assert (await drawn(made, desk, response_format="url")).delivered == 1
    assert made.asked[0].json["response_format"] == "url"
    assert desk.landed.pictures[0].data == PIXELS
    assert all("authorization" not in asked.headers for asked in made.to("/files"))


async def test_a_public_address_goes_through_the_guard(monkeypatch: pytest.MonkeyPatch) -> None:
    fetched: list[str] = []

    async def fetch(url: str, *, size_bytes_max: int, deadline_seconds: float) -> tuple[bytes, str]:
        fetched.append(url)
        return PIXELS, "image/jpeg"

    monkeypatch.setattr(http, "fetch", fetch)
    async with vendor(api__v3__images=wire.says(answer({"url": "https://tos.example/1.jpeg"}))) as made:
        await drawn(made, Desk())
    assert fetched == ["https://tos.example/1.jpeg"]


async def started(made: Vendor, desk: Desk, asked: ImageRequest = VIDEO, *references: Reference, **more: Any) -> Any:
    made_by = maker(made.root)
    try:
        return await made_by.submit(desk.call(asked, references, **more))
    finally:
        await made_by.close()


PLAIN = {
    "model": CLIP,
    "content": [{"type": "text", "text": "waves"}],
    "ratio": "16:9",
    "resolution": "720p",
    "duration": 5,
    "generate_audio": False,
    "watermark": False,
    "execution_expires_after": 7200,
    "safety_identifier": "pseudonym-7",
    "seed": 7,
}


def part(url: str, role: str) -> dict[str, Any]:
    return {"type": "image_url", "image_url": {"url": url}, "role": role}


async def test_a_video_is_a_task_that_is_noted_and_tells_only_what_is_declared() -> None:
    desk = Desk()
    async with vendor(api__v3__contents=wire.says({"id": "cgt-1"})) as made:
        assert await started(made, desk, callback_url="https://studio.example/callbacks/j/s") == Pending(("cgt-1",))
        await started(made, Desk(), ImageRequest(CLIP, "waves", "960x960", "standard", seconds=15, audio=True))
    assert desk.noted == ["cgt-1"]
    assert made.asked[0].path == TASKS
    assert made.asked[0].json == {**PLAIN, "callback_url": "https://studio.example/callbacks/j/s"}
    square = {name: value for name, value in PLAIN.items() if name != "seed"}
    assert made.asked[1].json == {**square, "ratio": "1:1", "duration": 15, "generate_audio": True}


@pytest.mark.parametrize(
    ("model", "references", "parts"),
    [
        (CLIP, (FIRST,), [part(ONE, "first_frame")]),
        (CLIP, (LAST, FIRST), [part(TWO, "last_frame"), part(ONE, "first_frame")]),
        (CLIP, (Reference(b"one", "image/png"),) * 2, [part(ONE, "reference_image")] * 2),
        ("seedance-1-5-pro-251215", (Reference(b"one", "image/png"),), [part(ONE, "first_frame")]),
    ],
)
async def test_stills_go_by_the_part_they_play(model: str, references: Any, parts: list[Any]) -> None:
    asked = ImageRequest(model, "waves", "1280x720", "standard", seconds=5)
    async with vendor(api__v3__contents=wire.says({"id": "cgt-1"})) as made:
        await started(made, Desk(), asked, *references)
    assert made.asked[0].json["content"] == [{"type": "text", "text": "waves"}, *parts]


@pytest.mark.parametrize(
    ("asked", "references"),
    [
        (VIDEO, (LAST,)),
        (VIDEO, (FIRST, Reference(b"x", "image/png"))),
        (ImageRequest(CLIP, "x", "1280x720", "standard", seconds=16), ()),
        (ImageRequest(CLIP, "x", "1281x720", "standard", seconds=5), ()),
        (ImageRequest(LITE, "x", "2048x2048", "splendid"), ()),
        (ImageRequest(LITE, "x", "2048x2048", "standard", format="webp"), ()),
        (REQUEST, (FIRST,)),
        (REQUEST, (Reference(b"x", "image/png"),) * 15),
        (ImageRequest("seedream-9", "x", "2048x2048", "standard"), ()),
    ],
)
async def test_what_a_model_cannot_be_asked_is_never_sent(asked: ImageRequest, references: Any) -> None:
    async with vendor() as made:
        with pytest.raises(provider.BadRequestError):
            await started(made, Desk(), asked, *references)
    assert made.asked == []


VIDEOS = {
    "accepted without a task": (wire.says({}), provider.OutcomeUnknownError),
    "accepted with a page": (wire.says(b"<html>"), provider.OutcomeUnknownError),
    "accepted with an error": (wire.says(error("QuotaExceeded")), provider.OutOfFundsError),
    "drops in the middle": (wire.stops_after(b'{"id":', 900), provider.OutcomeUnknownError),
}


@pytest.mark.parametrize("name", [*SAID, *VIDEOS])
async def test_each_failure_of_a_videos_create_is_told_apart_and_never_repeated(name: str) -> None:
    reply, kind = {**SAID, **VIDEOS}[name]
    desk = Desk()
    async with vendor(api__v3__contents=reply) as made:
        made_by = maker(made.root, task_seconds=0.5)
        with pytest.raises(provider.ProviderError) as caught:
            await made_by.submit(desk.call(VIDEO))
        await made_by.close()
    assert type(caught.value) is kind
    assert len(made.asked) == 1
    assert desk.noted == []


async def test_a_video_is_followed_to_its_end_and_costs_its_tokens() -> None:
    desk = Desk()
    async with vendor(files=wire.says(PIXELS)) as made:
        made.replies[TASKS] = [task("queued"), task("running"), task("dreaming"), success(made, seed=99)]
        made_by = maker(made.root)
        call = desk.call(VIDEO)
        seen = [await made_by.poll(call, "cgt-1", 0) for _ in range(4)]
        again = await made_by.poll(call, "cgt-1", 0)
        await made_by.close()
    assert seen[:3] == [Pending(("cgt-1",))] * 3
    assert seen[3] == again == Completed(1, "cgt-1", 762_300), "108,900 tokens at 7 micro-USD"
    assert {(p.position, p.data, p.seed) for p in desk.landed.pictures} == {(0, PIXELS, 99)}
    assert {asked.path for asked in made.to(TASKS)} == {f"{TASKS}/cgt-1"}
    assert all("authorization" not in asked.headers for asked in made.to("/files"))


@pytest.mark.parametrize(
    ("model", "more", "micros"),
    [
        ("seedance-1-5-pro-251215", {"generate_audio": True}, 261_360),
        ("seedance-1-5-pro-251215", {"generate_audio": False}, 130_680),
        (CLIP, {"resolution": "1080p"}, 838_530),
        (CLIP, {"resolution": "4k"}, 435_600),
        (CLIP, {"usage": None}, None),
        ("taken-out-meanwhile", {}, None),
    ],
)
async def test_a_videos_cost_follows_resolution_and_sound(model: str, more: Any, micros: int | None) -> None:
    asked = ImageRequest(model, "waves", "1280x720", "standard", seconds=5)
    async with vendor(files=wire.says(PIXELS)) as made:
        made.replies[TASKS] = [success(made, **more)]
        made_by = maker(made.root)
        completed = await made_by.poll(Desk().call(asked), "cgt-1", 0)
        await made_by.close()
    assert isinstance(completed, Completed)
    assert completed.cost_micros == micros


ENDS = {
    "expired": (task("expired"), provider.DrawingFailedError),
    "cancelled": (task("cancelled"), provider.DrawingFailedError),
    "failed": (task("failed"), provider.BadAnswerError),
    "failed there": (task("failed", **error("InternalServiceError")), provider.DrawingFailedError),
    "overloaded there": (task("failed", **error("ServerOverloaded")), provider.DrawingFailedError),
    "refused": (task("failed", **error("OutputVideoSensitiveContentDetected")), provider.RefusedError),
    "bad parameter": (task("failed", **error("InvalidParameter.Image")), provider.BadRequestError),
    "funds": (task("failed", **error("AccountOverdueError")), provider.OutOfFundsError),
    "success without video": (task("succeeded", content={}), provider.BadAnswerError),
    "success with null": (task("succeeded", content=None), provider.BadAnswerError),
}  # fmt: skip


@pytest.mark.parametrize("name", ENDS)
async def test_each_end_of_a_task_is_told_apart_and_final(name: str) -> None:
    reply, kind = ENDS[name]
    desk = Desk()
    async with vendor(api__v3__contents=reply) as made:
        made_by = maker(made.root)
        with pytest.raises(provider.ProviderError) as caught:
            await made_by.poll(desk.call(VIDEO), "cgt-1", 0)
        await made_by.close()
    assert type(caught.value) is kind
    assert not caught.value.retryable
    assert desk.landed.pictures == []


SAYS_NOTHING_OF_THE_TASK = {
    "429": refuses("RateLimitExceeded", 429),
    "500": refuses("InternalServiceError", 500),
    "401": refuses("AuthenticationError", 401),
    "a page": wire.says(b"<html>", 502),
    "no status": wire.says({"id": "cgt-1"}),
    "not known yet": refuses("TaskNotFound", 404),
    "never answers": wire.hangs,
    "hangs up": wire.hangs_up,
}


@pytest.mark.parametrize("reply", SAYS_NOTHING_OF_THE_TASK.values(), ids=SAYS_NOTHING_OF_THE_TASK)
async def test_an_answer_that_says_nothing_of_the_task_ends_nothing(reply: wire.Reply) -> None:
    desk = Desk()
    async with vendor(files=wire.says(PIXELS)) as made:
        made.replies[TASKS] = [reply, reply, success(made)]
        made_by = maker(made.root, task_seconds=0.3)
        assert await followed(made_by, desk.call(VIDEO), Pending(("cgt-1",))) == 1
        await made_by.close()


async def test_a_task_that_vanishes_leaves_its_outcome_unknown() -> None:
    async with vendor(api__v3__contents=refuses("TaskNotFound", 404)) as made:
        made_by = maker(made.root, grace_seconds=0)
        with pytest.raises(provider.OutcomeUnknownError):
            await made_by.poll(Desk().call(VIDEO), "cgt-1", 0)
        await made_by.close()


async def test_a_video_that_redirects_is_not_followed_inside() -> None:
    async with vendor(inside=wire.says(PIXELS)) as made:
        made.replies["/files"] = [wire.says(b"", 302, {"Location": f"{made.root}/inside/x"})]
        made.replies[TASKS] = [success(made)]
        made_by = maker(made.root)
        with pytest.raises(provider.BadAnswerError):
            await made_by.poll(Desk().call(VIDEO), "cgt-1", 0)
        await made_by.close()
    assert made.to("/inside") == []


async def test_a_video_that_has_expired_there_is_given_up() -> None:
    desk = Desk()
    async with vendor(files=wire.says(b"", 403)) as made:
        made.replies[TASKS] = [success(made)]
        made_by = maker(made.root)
        with pytest.raises(provider.BadAnswerError):
            await followed(made_by, desk.call(VIDEO), Pending(("cgt-1",)))
        await made_by.close()
    assert len(made.to("/files")) == 3
    assert desk.landed.pictures == []


async def test_a_task_that_waits_can_be_cancelled_and_one_at_work_is_left_alone() -> None:
    gone = wire.says(b"", 204)
    async with vendor(
        api__v3__contents=[task("queued"), gone, task("running"), task("queued"), refuses("X", 409)]
    ) as made:
        made_by = maker(made.root)
        assert await made_by.cancel("cgt-1") is True
        assert await made_by.cancel("cgt/../2") is False
        assert await made_by.cancel("cgt-3") is False
        await made_by.close()
    assert [asked.path.removeprefix(TASKS) for asked in made.asked] == [
        "/cgt-1",
        "/cgt-1",
        "/cgt%2F..%2F2",
        "/cgt-3",
        "/cgt-3",
    ]


async def test_the_check_asks_a_question_that_is_free() -> None:
    async with vendor(
        api__v3__contents=[wire.says({"items": [], "total": 0}), refuses("AuthenticationError", 401)]
    ) as made:
        made_by = maker(made.root)
        findings = await made_by.check()
        with pytest.raises(provider.CredentialsError):
            await made_by.check()
        await made_by.close()
    assert isinstance(findings, Findings)
    assert findings.faults == ()
    assert made.asked[0].path == f"{TASKS}?page_num=1&page_size=1"


def test_it_is_offered_with_a_key_and_says_where_prompts_go(monkeypatch: pytest.MonkeyPatch) -> None:
    assert BytePlusProvider().models() == []
    assert BytePlusProvider().missing() == ("ARK_API_KEY",)
    monkeypatch.setenv("ARK_API_KEY", "k")
    config.forget()
    offered = BytePlusProvider().models()
    assert [model.id for model in offered] == list(catalogue.MODELS)
    assert {(m.destination, m.region, m.forwards) for m in offered} == {("BytePlus", "Asia Pacific (Southeast)", False)}


@pytest.mark.parametrize(
    ("url", "destination", "region"),
    [
        ("https://ark.eu-west.bytepluses.com/api/v3/", "BytePlus", "Europe (West)"),
        ("https://ark.cn-beijing.volces.com/api/v3", "Volcengine", "China (Beijing)"),
        ("https://relay.example/v3", "relay.example", ""),
        ("http://127.0.0.1:9/v3", "", ""),
    ],
)
def test_the_address_decides_who_receives_prompts(
    url: str, destination: str, region: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARK_BASE_URL", url)
    monkeypatch.setenv("ARK_API_KEY", "k")
    monkeypatch.setenv("GPT_IMAGE_UI_BYTEPLUS_MODELS", f"{LITE}, doubao-seedream-4-5-251128=seedream-4-5-251128")
    first, second = BytePlusProvider().models()
    assert (first.id, first.destination, first.region) == (LITE, destination, region)
    assert (second.id, second.label) == ("doubao-seedream-4-5-251128", "doubao-seedream-4-5-251128")


async def test_another_id_is_sent_as_it_was_given(tmp_path: Path) -> None:
    asked = ImageRequest("seedream-5-0-flash-260915", "x", "1024x1024", "standard")
    async with vendor(api__v3__images=wire.says(answer())) as made:
        await drawn(made, Desk(), asked, models="seedream-5-0-flash-260915=dola-seedream-5-0-pro-260628")
        file = tmp_path / "models.toml"
        file.write_text('[byteplus."seedream-5-0-flash-260915"]\nlike = "dola-seedream-5-0-pro-260628"\n')
        config.override(CatalogueSettings(catalogue=str(file)))
        await drawn(made, Desk(), asked)
    assert [asked.json["model"] for asked in made.asked] == ["seedream-5-0-flash-260915"] * 2


@pytest.mark.parametrize(
    "wrong", [{"models": "seedream-9"}, {"base_url": "http://u:p@x"}, {"response_format": "jpeg"}, {"base_url": "x:1"}]
)
def test_settings_that_cannot_be_meant_are_refused_at_start(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        BytePlusSettings(**wrong)


# The areas that the vendor takes, by model.
AREAS = {
    "seedream-4-0-250828": (921_600, 16_777_216),
    "seedream-4-5-251128": (3_686_400, 16_777_216),
    LITE: (3_686_400, 16_777_216),
    "dola-seedream-5-0-pro-260628": (921_600, 4_624_220),
    "dola-seedream-5-5-261028": (921_600, 4_194_304),
}


@pytest.mark.parametrize("name", AREAS)
def test_every_size_offered_obeys_the_rules_of_the_model(name: str) -> None:
    least, most = AREAS[name]
    for size in catalogue.MODELS[name].spec.sizes:
        assert least <= size.width * size.height <= most
        assert 1 / 16 <= size.width / size.height <= 16


def test_a_video_is_priced_by_the_tokens_it_will_take() -> None:
    spec = catalogue.MODELS[CLIP].spec
    assert abs(spec.picture_micros(1280, 720, "standard") * 5 - 762_300) < 2_500
    assert abs(spec.picture_micros(1920, 1080, "standard") * 5 - 245_025 * 7.7) < 6_000


def test_pictures_of_the_newest_model_cost_by_resolution() -> None:
    spec = catalogue.MODELS["dola-seedream-5-5-261028"].spec
    prices = {size.label: spec.picture_micros(size.width, size.height, "standard") for size in spec.sizes}
    assert (prices["1:1"], prices["16:9 1.5K"], prices["3:2 2K"]) == (20_000, 20_000, 35_000)
