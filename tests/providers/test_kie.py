"""KIE.ai's jobs API on real sockets: one create for each picture, tasks asked after until they end, and every way in
which that can go wrong."""

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from gpt_image_ui.core import config, http
from gpt_image_ui.providers import interface as provider
from gpt_image_ui.providers import kie, line
from gpt_image_ui.providers import kie_answers as answers
from gpt_image_ui.providers import kie_catalogue as catalogue
from gpt_image_ui.providers.catalogue_file import CatalogueSettings
from gpt_image_ui.providers.checking import Findings
from gpt_image_ui.providers.interface import Completed, ImageRequest, Pending, Reference
from gpt_image_ui.providers.kie import KieProvider, KieSettings
from tests import wire
from tests.providers.tasks import PIXELS, Desk, Vendor, followed, vendor

REQUEST = ImageRequest("kie/gpt-image-2", "a lighthouse", "1024x1024", "standard")
CREATE, RECORD, UPLOAD = "/api/v1/jobs/createTask", "/api/v1/jobs/recordInfo", "/api/file-stream-upload"


def ok(data: Any) -> dict[str, Any]:
    return {"code": 200, "msg": "success", "data": data}


def created(*ids: str) -> list[wire.Reply]:
    return [wire.says(ok({"taskId": task, "recordId": task})) for task in ids]


def record(state: str, **more: Any) -> wire.Reply:
    return wire.says(ok({"taskId": "t", "model": "m", "state": state, "param": "{}", "failMsg": "", **more}))


def refuses(code: int, message: str = "no", status: int = 200, data: Any = None, **headers: str) -> wire.Reply:
    return wire.says({"code": code, "msg": message, "data": data}, status, headers)


def success(made: Vendor, path: str = "/files/1.png", **more: Any) -> wire.Reply:
    async def reply(line: wire.Line) -> None:
        await record("success", resultJson=json.dumps({"resultUrls": [made.root + path]}), **more)(line)

    return reply


def maker(root: str, **settings: Any) -> KieProvider:
    config.override(KieSettings(**{"base_url": root, "api_key": SecretStr("k-test"), **settings}))
    return KieProvider()


async def test_each_picture_is_one_create_that_is_noted_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk()
    async with vendor(**{"api__v1__jobs__createTask": created("a", "b", "c")}) as made:
        noted_before: list[int] = []

        async def note(task: str) -> None:
            noted_before.append(len(made.to(CREATE)))
            desk.noted.append(task)

        made_by = maker(made.root)
        call = desk.call(ImageRequest("kie/gpt-image-2", "x", "1024x1024", "standard", count=3))
        answer = await made_by.submit(provider.Call(call.request, (), "who", call.land, note=note))
        await made_by.close()
    assert answer == Pending(("a", "b", "c"))
    assert desk.noted == ["a", "b", "c"]
    assert noted_before == [1, 2, 3], "a task is kept before the next is paid for"
    assert [asked.path for asked in made.asked] == [CREATE] * 3


async def test_a_task_is_followed_to_its_picture_and_costs_what_the_record_says() -> None:
    desk = Desk()
    async with vendor(api__v1__jobs__createTask=created("a"), files=wire.says(PIXELS)) as made:
        made.replies[RECORD] = [
            record("waiting"),
            record("queuing"),
            record("generating", progress="40"),
            record("in a state of its own"),
            success(made, creditsConsumed=6.5),
        ]
        made_by = maker(made.root)
        call = desk.call(REQUEST)
        await made_by.submit(call)
        seen = [await made_by.poll(call, "a", 0) for _ in range(5)]
        await made_by.close()
    assert seen[0] == Pending(("a",))
    assert seen[2] == Pending(("a",), progress=0.4)
    assert seen[3] == Pending(("a",)), "a state nobody has heard of is a task at work"
    assert seen[4] == Completed(1, "a", 32_500)
    assert [(p.position, p.data) for p in desk.landed.pictures] == [(0, PIXELS)]
    assert made.to(RECORD)[0].path == f"{RECORD}?taskId=a"
    assert "authorization" not in made.to("/files")[0].headers, "the key goes to the API alone"
    assert len(made.to(CREATE)) == 1


async def test_asking_again_after_a_task_gives_the_same_and_creates_nothing() -> None:
    """What a callback that comes twice, late, or never, and a second worker, come to."""
    desk = Desk()
    async with vendor(api__v1__jobs__createTask=created("a"), files=wire.says(PIXELS)) as made:
        made.replies[RECORD] = [success(made)]
        made_by = maker(made.root)
        call = desk.call(REQUEST)
        await made_by.submit(call)
        answers_given = {await made_by.poll(call, "a", 0), await made_by.poll(call, "a", 0)}
        other = KieProvider()
        answers_given |= set(await asyncio.gather(other.poll(call, "a", 0), made_by.poll(call, "a", 0)))
        await made_by.close()
        await other.close()
    assert answers_given == {Completed(1, "a", None)}
    assert {(p.position, p.data) for p in desk.landed.pictures} == {(0, PIXELS)}
    assert len(made.to(CREATE)) == 1


async def test_nothing_leaves_that_is_not_declared() -> None:
    desk = Desk()
    references = (Reference(b"first", "image/png"), Reference(b"second", "image/jpeg"))
    uploads = [
        wire.says({"success": True, "code": 200, "data": {"downloadUrl": f"https://files.example/{n}"}}) for n in "12"
    ]
    async with vendor(api__v1__jobs__createTask=created("a"), **{"api__file-stream-upload": uploads}) as made:
        made_by = maker(made.root)
        await made_by.submit(desk.call(REQUEST, references, callback_url="https://studio.example/callbacks/j/s"))
        await made_by.close()
    sent, create = made.to(UPLOAD), made.to(CREATE)[0]
    assert create.json == {
        "model": "gpt-image-2-image-to-image",
        "callBackUrl": "https://studio.example/callbacks/j/s",
        "input": {
            "prompt": "a lighthouse",
            "aspect_ratio": "1:1",
            "resolution": "1K",
            "input_urls": create.json["input"]["input_urls"],
        },
    }
    assert sorted(create.json["input"]["input_urls"]) == ["https://files.example/1", "https://files.example/2"]
    assert create.headers["authorization"] == "Bearer k-test"
    assert len(sent) == 2
    for asked in sent:
        parts = re.findall(rb'name="(\w+)"', asked.body)
        assert sorted(parts) == [b"file", b"fileName", b"uploadPath"]
        assert re.search(rb'filename="[0-9a-f]{32}\.(png|jpeg)"', asked.body)
    allowed = {"host", "accept", "accept-encoding", "connection", "user-agent", "authorization", "content-type"}
    for asked in made.asked:
        assert set(asked.headers) <= allowed | {"content-length"}
        assert b"pseudonym-7" not in asked.body, "it has no field for who asks"


async def test_references_keep_their_order_whichever_upload_is_quicker() -> None:
    async def by_content(line: wire.Line) -> None:
        name = "first" if b"first" in line.asked.body else "second"
        if name == "first":
            await asyncio.sleep(0.05)
        await wire.says({"code": 200, "data": {"downloadUrl": f"https://files.example/{name}"}})(line)

    async with vendor(api__v1__jobs__createTask=created("a"), **{"api__file-stream-upload": by_content}) as made:
        made_by = maker(made.root)
        await made_by.submit(
            Desk().call(REQUEST, (Reference(b"first", "image/png"), Reference(b"second", "image/png")))
        )
        await made_by.close()
    sent = made.to(CREATE)[0].json["input"]["input_urls"]
    assert sent == ["https://files.example/first", "https://files.example/second"]


# name → (answer to a create, error class)
CREATES = {
    "402 in the envelope": (refuses(402, "Credits insufficient"), provider.OutOfFundsError),
    "401 in the envelope": (refuses(401), provider.CredentialsError),
    "403": (refuses(403, status=403), provider.CredentialsError),
    "429 in the envelope": (refuses(429), provider.OverloadedError),
    "429 of a gateway": (wire.says(b"", 429), provider.OverloadedError),
    "455 maintenance": (refuses(455), provider.OverloadedError),
    "422 validation": (refuses(422, "aspect_ratio is not within the range"), provider.BadRequestError),
    "422 of a model": (refuses(422, "The model name you specified is not supported"), provider.ModelUnavailableError),
    "400 content": (refuses(400, "Your prompt was flagged by our content policy"), provider.RefusedError),
    "400": (refuses(400, "bad"), provider.BadRequestError),
    "404": (refuses(404), provider.ModelUnavailableError),
    "505 switched off": (refuses(505), provider.ModelUnavailableError),
    "451 reference": (refuses(451), provider.UnavailableError),
    "501 failed": (refuses(501), provider.BadAnswerError),
    "503": (wire.says(b"", 503), provider.UnavailableError),
    "500 in the envelope": (refuses(500), provider.OutcomeUnknownError),
    "500 of a gateway": (wire.says(b"<html>", 500), provider.OutcomeUnknownError),
    "524": (wire.says(b"", 524), provider.OutcomeUnknownError),
    "408": (refuses(408), provider.OutcomeUnknownError),
    "code as text": (wire.says({"code": "402", "msg": "x"}), provider.OutOfFundsError),
    "code of no kind": (wire.says({"code": [1], "msg": "x"}), provider.OutcomeUnknownError),
    "accepted without a task": (wire.says(ok(None)), provider.OutcomeUnknownError),
    "accepted with an empty task": (wire.says(ok({"taskId": ""})), provider.OutcomeUnknownError),
    "accepted with a page": (wire.says(b"<html>"), provider.OutcomeUnknownError),
    "accepted with nothing": (wire.says(b""), provider.OutcomeUnknownError),
    "accepted with megabytes": (wire.pours(3_000_000), provider.OutcomeUnknownError),
    "moved": (wire.says(b"", 307, {"Location": "http://127.0.0.1:9/"}), provider.BadRequestError),
    "never answers": (wire.hangs, provider.OutcomeUnknownError),
    "hangs up": (wire.hangs_up, provider.OutcomeUnknownError),
    "drops in the middle": (wire.stops_after(b'{"code":200,', 900), provider.OutcomeUnknownError),
}  # fmt: skip


@pytest.mark.parametrize("name", CREATES)
async def test_each_failure_of_a_create_is_told_apart_and_never_repeated(name: str) -> None:
    reply, kind = CREATES[name]
    desk = Desk()
    async with vendor(api__v1__jobs__createTask=reply) as made:
        made_by = maker(made.root, timeout_seconds=0.5)
        with pytest.raises(provider.ProviderError) as caught:
            await made_by.submit(desk.call(REQUEST))
        await made_by.close()
    assert type(caught.value) is kind
    assert len(made.to(CREATE)) == 1
    assert desk.noted == []
    assert "lighthouse" not in str(caught.value)


async def test_a_refused_connection_is_certain_to_have_made_nothing() -> None:
    async with wire.serving(wire.hangs) as server:
        root = server.url
    made_by = maker(root)
    with pytest.raises(provider.UnavailableError):
        await made_by.submit(Desk().call(REQUEST))
    await made_by.close()


async def test_the_time_to_wait_is_taken_from_the_answer() -> None:
    async with vendor(api__v1__jobs__createTask=refuses(429, status=429, **{"Retry-After": "7"})) as made:
        made_by = maker(made.root)
        with pytest.raises(provider.OverloadedError) as caught:
            await made_by.submit(Desk().call(REQUEST))
        await made_by.close()
    assert caught.value.retry_after_seconds == 7


async def test_a_storm_of_refusals_between_two_pictures_is_waited_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kie, "_PAUSES_SECONDS", (0.0, 0.0))
    desk = Desk()
    replies = [*created("a"), refuses(429), refuses(429), *created("b")]
    async with vendor(api__v1__jobs__createTask=replies) as made:
        made_by = maker(made.root)
        answer = await made_by.submit(desk.call(ImageRequest("kie/gpt-image-2", "x", "1024x1024", "standard", count=2)))
        await made_by.close()
    assert answer == Pending(("a", "b"))
    assert desk.noted == ["a", "b"]
    assert len(made.to(CREATE)) == 4


async def test_a_storm_that_does_not_end_leaves_what_was_created_to_be_followed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(kie, "_PAUSES_SECONDS", (0.0, 0.0))
    desk = Desk()
    async with vendor(api__v1__jobs__createTask=[*created("a"), refuses(429)]) as made:
        made_by = maker(made.root)
        with pytest.raises(provider.OverloadedError):
            await made_by.submit(desk.call(ImageRequest("kie/gpt-image-2", "x", "1024x1024", "standard", count=3)))
        await made_by.close()
    assert desk.noted == ["a"]


UPLOADS = {
    "refused": (refuses(401), provider.CredentialsError),
    "too large": (wire.says({"code": 413, "msg": "too large"}, 413), provider.BadRequestError),
    "server error": (refuses(500), provider.UnavailableError),
    "no address": (wire.says(ok({"fileName": "x"})), provider.UnavailableError),
    "an address of another kind": (wire.says(ok({"downloadUrl": "file:///etc/passwd"})), provider.UnavailableError),
    "never answers": (wire.hangs, provider.UnavailableError),
    "hangs up": (wire.hangs_up, provider.UnavailableError),
}  # fmt: skip


@pytest.mark.parametrize("name", UPLOADS)
async def test_an_upload_that_fails_has_cost_nothing_and_creates_nothing(name: str) -> None:
    reply, kind = UPLOADS[name]
    async with vendor(**{"api__file-stream-upload": reply}) as made:
        made_by = maker(made.root, timeout_seconds=0.5)
        with pytest.raises(provider.ProviderError) as caught:
            await made_by.submit(Desk().call(REQUEST, (Reference(b"x", "image/png"),)))
        await made_by.close()
    assert type(caught.value) is kind
    assert made.to(CREATE) == []


NO_RECORD = {
    "422 record null": refuses(422, "recordInfo is null"),
    "404": refuses(404),
    "404 by status": wire.says(b"", 404),
    "200 without data": wire.says(ok(None)),
}


@pytest.mark.parametrize("reply", NO_RECORD.values(), ids=NO_RECORD)
async def test_a_task_need_not_be_known_at_once(reply: wire.Reply) -> None:
    desk = Desk()
    async with vendor(api__v1__jobs__createTask=created("a"), files=wire.says(PIXELS)) as made:
        made.replies[RECORD] = [reply, reply, success(made)]
        made_by = maker(made.root)
        call = desk.call(REQUEST)
        assert await followed(made_by, call, await made_by.submit(call)) == 1
        await made_by.close()


@pytest.mark.parametrize("reply", NO_RECORD.values(), ids=NO_RECORD)
async def test_a_task_that_vanishes_leaves_its_outcome_unknown(reply: wire.Reply) -> None:
    async with vendor(api__v1__jobs__recordInfo=reply) as made:
        made_by = maker(made.root, grace_seconds=0)
        with pytest.raises(provider.OutcomeUnknownError):
            await made_by.poll(Desk().call(REQUEST), "a", 0)
        await made_by.close()


SAYS_NOTHING_OF_THE_TASK = {
    "429": refuses(429),
    "455": refuses(455),
    "500": refuses(500),
    "401": refuses(401),
    "402": refuses(402),
    "a page": wire.says(b"<html>", 502),
    "no state": wire.says(ok({"taskId": "a"})),
    "never answers": wire.hangs,
    "hangs up": wire.hangs_up,
}


@pytest.mark.parametrize("reply", SAYS_NOTHING_OF_THE_TASK.values(), ids=SAYS_NOTHING_OF_THE_TASK)
async def test_an_answer_that_says_nothing_of_the_task_ends_nothing(reply: wire.Reply) -> None:
    desk = Desk()
    async with vendor(files=wire.says(PIXELS)) as made:
        made.replies[RECORD] = [reply, reply, success(made)]
        made_by = maker(made.root, timeout_seconds=0.3)
        assert await followed(made_by, desk.call(REQUEST), Pending(("a",))) == 1
        await made_by.close()


# name → (record, error class)
ENDS = {
    "failed": (record("fail", failCode="500", failMsg="Internal error"), provider.DrawingFailedError),
    "failed without words": (record("fail", failCode=None, failMsg=None), provider.DrawingFailedError),
    "refused in words": (record("fail", failCode="400", failMsg="Flagged as NSFW content"), provider.RefusedError),
    "refused by code": (record("fail", failCode="SENSITIVE_CONTENT", failMsg=""), provider.RefusedError),
    "bad parameter": (record("fail", failCode="422", failMsg="size"), provider.BadRequestError),
    "funds": (record("fail", failCode="402", failMsg="low"), provider.OutOfFundsError),
    "reference expired there": (record("fail", failCode="451", failMsg="Failed to fetch"), provider.DrawingFailedError),
    "timed out there": (record("fail", failCode="408", failMsg=""), provider.DrawingFailedError),
    "failed by envelope": (refuses(501), provider.DrawingFailedError),
    "refused by envelope": (refuses(400, "violates our safety policy"), provider.RefusedError),
    "timed out by envelope": (refuses(408), provider.DrawingFailedError),
    "failed under another code": (refuses(501, data={"state": "fail", "failMsg": "nsfw"}), provider.RefusedError),
    "success without result": (record("success", resultJson=""), provider.BadAnswerError),
    "success with null": (record("success", resultJson=None), provider.BadAnswerError),
    "success with an empty list": (record("success", resultJson='{"resultUrls":[]}'), provider.BadAnswerError),
    "success with broken text": (record("success", resultJson='{"resultUrls":["http'), provider.BadAnswerError),
    "success with words": (record("success", resultJson="done"), provider.BadAnswerError),
}  # fmt: skip


@pytest.mark.parametrize("name", ENDS)
async def test_each_end_of_a_task_is_told_apart_and_final(name: str) -> None:
    reply, kind = ENDS[name]
    desk = Desk()
    async with vendor(api__v1__jobs__recordInfo=reply) as made:
        made_by = maker(made.root)
        with pytest.raises(provider.ProviderError) as caught:
            await made_by.poll(desk.call(REQUEST), "a", 0)
        await made_by.close()
    assert type(caught.value) is kind
    assert not caught.value.retryable
    assert desk.landed.pictures == []


@pytest.mark.parametrize(
    ("result", "found"),
    [
        ('{"resultUrls":["https://a/1","https://a/2"]}', ["https://a/1", "https://a/2"]),
        ('{"resultUrls":"https://a/1"}', ["https://a/1"]),
        ({"resultUrls": ["https://a/1"]}, ["https://a/1"]),
        ('"{\\"resultUrls\\":[\\"https://a/1\\"]}"', ["https://a/1"]),
        ('["https://a/1","https://a/1"]', ["https://a/1"]),
        ("https://a/1", ["https://a/1"]),
        ('{"resultObject":{"url":"https://a/1"}}', ["https://a/1"]),
        ('{"resultObject":"https://a/1"}', ["https://a/1"]),
        ('{"resultUrls":["https://a/v.mp4"],"lastFrameUrl":"https://a/l.png"}', ["https://a/v.mp4"]),
        ('{"resultUrls":[],"firstFrameUrl":"https://a/f.png","lastFrameUrl":"https://a/l.png"}', ["https://a/f.png"]),
        ('{"resultUrls":[7,null,"ftp://a/1",""]}', []),
        ("[" * 5000, []),
        (None, []),
        (12, []),
    ],
)
def test_results_are_read_in_all_their_shapes(result: Any, found: list[str]) -> None:
    assert answers.addresses(result) == found


@pytest.mark.parametrize(
    ("given", "micros"), [(8, 40_000), (0.8, 4_000), (None, None), ("8", None), (-1, None), (True, None)]
)
def test_credits_are_half_a_cent_each(given: Any, micros: int | None) -> None:
    said = line.Said(200, http.httpx.Headers(), ok({"state": "generating", "creditsConsumed": given}))
    assert answers.read(said).cost_micros == micros


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:9/x.png",
        "http://169.254.169.254/latest",
        "http://[::ffff:10.0.0.1]/x",
        "http://localhost:9/x",
        "https://user:secret@cdn.example/x",
        "http://[bad",
    ],
)
async def test_a_result_cannot_lead_inside(address: str) -> None:
    desk = Desk()
    reply = record("success", resultJson=json.dumps({"resultUrls": [address]}))
    async with vendor(api__v1__jobs__recordInfo=reply) as made:
        made_by = maker(made.root)
        with pytest.raises(provider.BadAnswerError):
            await followed(made_by, desk.call(REQUEST), Pending(("a",)))
        await made_by.close()
    assert desk.landed.pictures == []
    assert {asked.path.partition("?")[0] for asked in made.asked} == {RECORD}


async def test_a_result_that_redirects_to_a_private_address_is_not_followed() -> None:
    desk = Desk()
    async with vendor(inside=wire.says(PIXELS)) as made:
        made.replies["/files"] = [wire.says(b"", 302, {"Location": f"{made.root}/inside/x.png"})]
        made.replies[RECORD] = [success(made)]
        made_by = maker(made.root)
        with pytest.raises(provider.BadAnswerError):
            await made_by.poll(desk.call(REQUEST), "a", 0)
        await made_by.close()
    assert made.to("/inside") == []


async def test_a_public_result_goes_through_the_guard(monkeypatch: pytest.MonkeyPatch) -> None:
    fetched: list[tuple[str, int]] = []

    async def fetch(url: str, *, size_bytes_max: int, deadline_seconds: float) -> tuple[bytes, str]:
        fetched.append((url, size_bytes_max))
        return PIXELS, "image/png"

    monkeypatch.setattr(http, "fetch", fetch)
    reply = record("success", resultJson='{"resultUrls":["https://cdn.example/1.png"]}')
    async with vendor(api__v1__jobs__recordInfo=reply) as made:
        made_by = maker(made.root, artifact_bytes_max=5000)
        assert await followed(made_by, Desk().call(REQUEST), Pending(("a",))) == 1
        await made_by.close()
    assert fetched == [("https://cdn.example/1.png", 5000)]


def endless(promised: int | None) -> wire.Reply:
    async def reply(line: wire.Line) -> None:
        length = f"Content-Length: {promised}\r\n" if promised else ""
        await line.send(f"HTTP/1.1 200 OK\r\nConnection: close\r\n{length}\r\n".encode() + PIXELS)
        while line.sent < 4 << 30:
            await line.send(bytes(65536))

    return reply


@pytest.mark.parametrize("promised", [4 << 30, None], ids=["with its length", "streamed"])
async def test_four_gigabytes_are_not_read_to_their_end(promised: int | None) -> None:
    desk = Desk()
    async with vendor(files=endless(promised)) as made:
        made.replies[RECORD] = [success(made)]
        made_by = maker(made.root, artifact_bytes_max=4_000_000)
        with pytest.raises(provider.BadAnswerError):
            await made_by.poll(desk.call(REQUEST), "a", 0)
        await made_by.close()
    [kept] = [line for line in made.lines if line.asked.path.startswith("/files")]
    assert kept.sent < 40_000_000
    assert desk.landed.pictures == []


async def test_a_result_that_does_not_come_is_fetched_again_and_then_given_up() -> None:
    desk = Desk()
    async with vendor(files=[wire.says(b"", 503), wire.hangs_up, wire.says(PIXELS)]) as made:
        made.replies[RECORD] = [success(made)]
        made_by = maker(made.root)
        assert await followed(made_by, desk.call(REQUEST), Pending(("a",))) == 1
        made.replies["/files"] = [wire.says(b"", 503)]
        with pytest.raises(provider.BadAnswerError):
            await followed(made_by, desk.call(REQUEST), Pending(("b",)))
        await made_by.close()
    assert len(made.to("/files")) == 6, "three tries each"


async def test_a_link_that_has_expired_is_renewed() -> None:
    desk = Desk()
    async with vendor(files__old=wire.says(b"", 403), files__new=wire.says(PIXELS)) as made:
        made.replies[RECORD] = [success(made, "/files/old")]
        made.replies["/api/v1/common/download-url"] = [wire.says(ok(f"{made.root}/files/new"))]
        made_by = maker(made.root)
        assert await followed(made_by, desk.call(REQUEST), Pending(("a",))) == 1
        await made_by.close()
    assert made.to("/api/v1/common")[0].json == {"url": f"{made.root}/files/old"}
    assert desk.landed.pictures[0].data == PIXELS


async def test_what_goes_wrong_while_landing_reaches_the_caller_untouched() -> None:
    async def full(read: Any) -> None:
        await read()
        raise OSError("disk full")

    async with vendor(files=wire.says(PIXELS)) as made:
        made.replies[RECORD] = [success(made)]
        made_by = maker(made.root)
        with pytest.raises(OSError, match="disk full"):
            await made_by.poll(provider.Call(REQUEST, (), "who", full), "a", 0)
        await made_by.close()


async def test_the_check_reads_the_balance_and_pays_nothing() -> None:
    async with vendor(
        api__v1__chat__credit=[wire.says(ok(120.5)), wire.says(ok(0)), wire.says(ok("x")), refuses(401)]
    ) as made:
        made_by = maker(made.root)
        assert (await made_by.check()) == Findings(("The key is accepted; 120.5 credits are left there.",))
        assert (await made_by.check()).faults == ("No credits are left there.",)
        with pytest.raises(provider.BadAnswerError):
            await made_by.check()
        with pytest.raises(provider.CredentialsError):
            await made_by.check()
        assert made_by.missing() == ()
        await made_by.close()
    assert {asked.path for asked in made.asked} == {"/api/v1/chat/credit"}


async def test_it_knows_no_cancelling() -> None:
    made_by = KieProvider()
    assert await made_by.cancel("a") is False


async def sent(request: ImageRequest, *references: Reference, **settings: Any) -> dict[str, Any]:
    """The body of the create, with each uploaded picture named after its bytes."""

    async def upload(line: wire.Line) -> None:
        data = line.asked.body.split(b"\r\n\r\n")[-1].split(b"\r\n")[0].decode()
        await wire.says(ok({"downloadUrl": f"https://files.example/{data}"}))(line)

    async with vendor(api__v1__jobs__createTask=created("a"), **{"api__file-stream-upload": upload}) as made:
        made_by = maker(made.root, **settings)
        await made_by.submit(Desk().call(request, references))
        await made_by.close()
    return made.to(CREATE)[0].json


def video(model: str, **more: Any) -> ImageRequest:
    return ImageRequest(f"kie/{model}", "waves", "1280x720", "standard", **{"seconds": 5, "format": "mp4", **more})


FIRST, LAST = Reference(b"one", "image/png", "first_frame"), Reference(b"two", "image/png", "last_frame")
PLAIN = {"prompt": "waves", "aspect_ratio": "16:9", "resolution": "720p", "duration": 5, "generate_audio": False}
AT = "https://files.example/"


async def test_a_video_from_words_alone() -> None:
    assert await sent(video("seedance-2")) == {"model": "bytedance/seedance-2", "input": PLAIN}


async def test_a_video_between_two_stills_whatever_their_order() -> None:
    body = await sent(video("seedance-2", audio=True), LAST, FIRST)
    frames = {"first_frame_url": f"{AT}one", "last_frame_url": f"{AT}two"}
    assert body["input"] == {**PLAIN, "generate_audio": True, **frames}


async def test_a_video_from_references() -> None:
    body = await sent(video("seedance-2"), Reference(b"one", "image/png"), Reference(b"two", "image/png"))
    assert body["input"] == {**PLAIN, "reference_image_urls": [f"{AT}one", f"{AT}two"]}


async def test_a_model_of_frames_alone_takes_unnamed_pictures_as_frames() -> None:
    body = await sent(video("seedance-1.5-pro"), Reference(b"one", "image/png"), Reference(b"two", "image/png"))
    assert body["input"] == {**PLAIN, "nsfw_checker": True, "input_urls": [f"{AT}one", f"{AT}two"]}


@pytest.mark.parametrize(
    ("request_", "references"),
    [
        (video("seedance-2"), (LAST,)),
        (video("seedance-2"), (FIRST, Reference(b"x", "image/png"))),
        (video("seedance-2"), (FIRST, FIRST)),
        (video("seedance-2", seconds=99), ()),
        (video("seedance-1.5-pro"), (FIRST, LAST, Reference(b"x", "image/png"))),
        (ImageRequest("kie/z-image", "x", "1024x1024", "standard"), (Reference(b"x", "image/png"),)),
        (ImageRequest("kie/flux-2-pro", "x", "1024x1024", "standard"), (FIRST,)),
        (ImageRequest("kie/flux-2-pro", "x", "1000x1000", "standard"), ()),
        (ImageRequest("kie/seedream-5-pro", "x", "1024x1024", "standard", format="webp"), ()),
        (ImageRequest("kie/never-heard", "x", "1024x1024", "standard"), ()),
    ],
)
async def test_what_a_model_cannot_be_asked_is_never_sent(
    request_: ImageRequest, references: tuple[Reference, ...]
) -> None:
    async with vendor() as made:
        made_by = maker(made.root)
        with pytest.raises(provider.BadRequestError):
            await made_by.submit(Desk().call(request_, references))
        await made_by.close()
    assert made.asked == []


async def test_formats_seeds_and_the_content_check_go_only_where_there_is_a_field() -> None:
    qwen = await sent(ImageRequest("kie/qwen3", "x", "1024x1024", "standard", seed=7, format="jpeg"))
    assert qwen == {
        "model": "qwen3/text-to-image",
        "input": {
            "prompt": "x",
            "image_size": "1:1",
            "resolution": "1K",
            "prompt_extend": False,
            "output_format": "jpeg",
            "seed": 7,
            "nsfw_checker": True,
        },
    }
    banana = await sent(ImageRequest("kie/nano-banana-pro", "x", "2048x2048", "standard", format="jpeg"))
    assert banana["input"] == {"prompt": "x", "aspect_ratio": "1:1", "resolution": "2K", "output_format": "jpg"}
    unchecked = await sent(ImageRequest("kie/z-image", "x", "1024x1024", "standard"), nsfw_checker=False)
    assert unchecked["input"] == {"prompt": "x", "aspect_ratio": "1:1", "nsfw_checker": False}


async def test_each_of_the_vendors_six_names_for_references_is_used_where_it_belongs() -> None:
    fields = {}
    for model in catalogue.MODELS.values():
        if model.references and not model.spec.seconds:
            size = model.spec.sizes[0].value
            request = ImageRequest(model.spec.id, "x", size, "standard", format=model.spec.formats[0])
            body = await sent(request, Reference(b"one", "image/png"))
            [(name, value)] = [(k, v) for k, v in body["input"].items() if isinstance(v, list)]
            assert value == [f"{AT}one"]
            fields[model.spec.id] = (name, body["model"])
    assert fields["kie/gpt-image-2"] == ("input_urls", "gpt-image-2-image-to-image")
    assert fields["kie/nano-banana-2"] == ("image_input", "nano-banana-2")
    assert fields["kie/seedream-4.5"] == ("image_urls", "seedream/4.5-edit")
    assert fields["kie/flux-2-flex"] == ("input_urls", "flux-2/flex-image-to-image")
    assert fields["kie/qwen3-pro"] == ("image_urls", "qwen3/pro-image-to-image")


async def test_another_id_is_asked_like_the_model_it_is_said_to_resemble() -> None:
    models = "gpt-image-2-5-flare-text-to-image|gpt-image-2-5-flare-image-to-image=gpt-image-2"
    request = ImageRequest("kie/gpt-image-2-5-flare-text-to-image", "x", "1024x1024", "standard")
    assert (await sent(request, models=models))["model"] == "gpt-image-2-5-flare-text-to-image"
    body = await sent(request, Reference(b"one", "image/png"), models=models)
    assert body["model"] == "gpt-image-2-5-flare-image-to-image"
    assert body["input"]["input_urls"] == [f"{AT}one"]


async def test_the_operators_file_adds_a_model_that_is_asked_like_another(tmp_path: Path) -> None:
    file = tmp_path / "models.toml"
    file.write_text(
        '[kie."kie/flare"]\nlike = "kie/gpt-image-2"\nsend_as = "gpt-image-2-5-flare-text-to-image"\n'
        'sizes = ["Wide = 1536x640"]\nfields = { aspect_ratio = "21:9", mood = "calm" }\n'
    )
    config.override(CatalogueSettings(catalogue=str(file)))
    assert (await sent(ImageRequest("kie/flare", "x", "1536x640", "standard"))) == {
        "model": "gpt-image-2-5-flare-text-to-image",
        "input": {"prompt": "x", "aspect_ratio": "21:9", "mood": "calm"},
    }


def test_an_id_without_one_for_edits_takes_no_pictures() -> None:
    spec = catalogue.find("seedream/6=seedream-5-pro", "KIE.ai").spec
    assert (spec.id, spec.label, spec.references_max) == ("kie/seedream/6", "seedream/6", 0)
    assert catalogue.find("nano-banana-3=nano-banana-2", "KIE.ai").spec.references_max == 14


def test_a_model_that_is_not_known_is_refused_at_start() -> None:
    with pytest.raises(ValidationError, match="no model 'nano-pear'"):
        KieSettings(models="z-image, x=nano-pear")


@pytest.mark.parametrize("field", ["base_url", "upload_url"])
@pytest.mark.parametrize("url", ["ftp://x", "http://u:p@x", "localhost:8080", "http://x?key=1"])
def test_an_address_that_cannot_be_meant_is_refused_at_start(field: str, url: str) -> None:
    with pytest.raises(ValidationError):
        KieSettings(**{field: url})


def test_it_is_offered_with_a_key_and_says_where_prompts_go(monkeypatch: pytest.MonkeyPatch) -> None:
    assert KieProvider().models() == []
    assert KieProvider().missing() == ("KIE_API_KEY",)
    monkeypatch.setenv("KIE_API_KEY", "k")
    config.forget()
    offered = KieProvider().models()
    assert [model.id for model in offered] == list(catalogue.MODELS)
    assert {(model.destination, model.forwards) for model in offered} == {("KIE.ai", True)}


@pytest.mark.parametrize(
    ("url", "destination"), [("http://127.0.0.1:9", ""), ("https://relay.example", "relay.example")]
)
def test_another_address_needs_no_key_and_takes_the_uploads_itself(
    url: str, destination: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KIE_BASE_URL", url + "/")
    monkeypatch.setenv("GPT_IMAGE_UI_KIE_MODELS", "z-image")
    monkeypatch.setenv("GPT_IMAGE_UI_KIE_LANE", "3")
    [model] = KieProvider().models()
    assert (model.id, model.destination, KieProvider().lane) == ("kie/z-image", destination, 3)
    assert (model.forwards, model.region) == (bool(destination), "not stated" if destination else "")
    assert KieSettings().upload_base == url
    monkeypatch.setenv("KIE_UPLOAD_URL", "http://10.0.0.7:81")
    assert KieSettings().upload_base == "http://10.0.0.7:81"


@pytest.mark.parametrize("model", catalogue.MODELS.values(), ids=lambda m: m.spec.id)
def test_each_size_is_asked_for_in_its_own_way(model: catalogue.Model) -> None:
    told = [tuple(sorted(model.shapes[size.value].items())) for size in model.spec.sizes]
    assert len(set(told)) == len(told)
    for size in model.spec.sizes:
        ratio = next(value for value in model.shapes[size.value].values() if ":" in value)
        wide, high = map(int, ratio.split(":"))
        assert abs(size.width / size.height / (wide / high) - 1) < 0.07


def test_sizes_that_the_vendor_refuses_are_not_offered() -> None:
    shapes = [tuple(fields.values()) for fields in catalogue.MODELS["kie/gpt-image-2"].shapes.values()]
    assert ("1:1", "4K") not in shapes
    assert ("5:4", "2K") not in shapes
    assert ("5:4", "1K") in shapes
    assert ("16:9", "4K") in shapes


def test_a_price_follows_the_resolution_that_came() -> None:
    model = catalogue.MODELS["kie/nano-banana-2"].spec
    assert model.picture_micros(1024, 1024, "standard") == 40_000
    assert model.picture_micros(2048, 2048, "standard") == 60_000
    assert model.picture_micros(5504, 3072, "standard") == 90_000
    assert model.picture_micros(1360, 768, "standard") == 40_000, "whatever comes is priced by its area"
