"""The relay and its ways: blanks and errors under 200, two shapes of errors, tasks that it may or may not keep."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import SecretStr

from gpt_image_ui.core import config
from gpt_image_ui.providers import interface as provider
from gpt_image_ui.providers import registry
from gpt_image_ui.providers.checking import Findings
from gpt_image_ui.providers.interface import Call, Completed, ImageRequest, Pending, Reference
from gpt_image_ui.providers.sub2api import Sub2ApiProvider, Sub2ApiSettings
from tests import wire
from tests.providers.conftest import Landed

PIXELS = b"\x89PNG\r\n\x1a\n" + bytes(range(200))
DATA = {"b64_json": base64.b64encode(PIXELS).decode()}
NO_TASKS = wire.says({"error": {"type": "not_found_error", "message": "async image tasks are not enabled"}}, 404)
REQUEST = ImageRequest("sub2api/gpt-image-2", "a lighthouse", "1024x1024", "medium")


def request(count: int = 1) -> ImageRequest:
    return ImageRequest("sub2api/gpt-image-2", "a lighthouse", "1024x1024", "low", count=count)


class Relay:
    """The adapter before a server, and what it noted."""

    def __init__(self, url: str, landed: Landed, **settings: Any) -> None:
        config.override(Sub2ApiSettings(**{"base_url": url, "api_key": SecretStr("sk-relay"), **settings}))
        self.maker, self.landed, self.noted = Sub2ApiProvider(), landed, []

    def call(self, asked: ImageRequest = REQUEST, references: tuple[Reference, ...] = ()) -> Call:
        async def note(task: str) -> None:
            self.noted.append(task)

        return Call(asked, references, "who", self.landed, note=note)

    async def submit(self, asked: ImageRequest = REQUEST, references: tuple[Reference, ...] = ()):
        return await self.maker.submit(self.call(asked, references))


@pytest.fixture
async def relay(landed: Landed):
    made: list[Relay] = []

    def make(url: str, **settings: Any) -> Relay:
        made.append(Relay(url, landed, **settings))
        return made[-1]

    yield make
    for one in made:
        await one.maker.close()


Make = Callable[..., Relay]


def by_path(replies: dict[str, wire.Reply]) -> wire.Reply:
    """Answers by the end of the path."""

    async def reply(line: wire.Line) -> None:
        await next(reply for end, reply in replies.items() if line.asked.path.endswith(end))(line)

    return reply


def made(number: int) -> wire.Reply:
    task = {"id": f"imgtask_{number}", "task_id": f"imgtask_{number}", "status": "processing"}
    return wire.says(task, 202, {"Retry-After": "3"})


def ended(**fields: Any) -> wire.Reply:
    return wire.says({"id": "imgtask_1", "object": "image.generation.task", **fields})


async def test_without_tasks_each_picture_is_one_call_that_streams(relay: Make, landed: Landed) -> None:
    async with wire.serving(NO_TASKS, wire.says({"data": [DATA], "usage": {"output_tokens": 10}})) as server:
        one = relay(server.url)
        medium = ImageRequest("sub2api/gpt-image-2", "a lighthouse", "1024x1024", "medium", count=3)
        done = await one.submit(medium)
    assert server.paths() == ["/v1/images/generations/async", *["/v1/images/generations"] * 3]
    assert done == Completed(3, "", 3 * 10 * 30)
    assert [(p.position, p.data) for p in landed.pictures] == [(n, PIXELS) for n in range(3)]
    assert one.noted == []
    for asked in server.asked[1:]:
        assert asked.headers["authorization"] == "Bearer sk-relay"
        assert asked.json == {
            "model": "gpt-image-2",
            "prompt": "a lighthouse",
            "n": 1,
            "size": "1024x1024",
            "quality": "medium",
            "output_format": "png",
            "user": "who",
            "stream": True,
            "partial_images": 1,
        }


async def test_a_relay_that_keeps_no_tasks_is_not_asked_for_them_again(relay: Make) -> None:
    async with wire.serving(NO_TASKS, wire.says({"data": [DATA]})) as server:
        one = relay(server.url)
        await one.submit()
        await one.submit()
    assert [path.endswith("/async") for path in server.paths()] == [True, False, False]


async def test_tasks_can_be_switched_off(relay: Make) -> None:
    async with wire.serving(wire.says({"data": [DATA]})) as server:
        await relay(server.url, tasks="off").submit()
    assert server.paths() == ["/v1/images/generations"]


async def test_what_had_landed_before_a_failure_stays(relay: Make, landed: Landed) -> None:
    failed = wire.says({"error": {"type": "upstream_error", "message": "no"}}, 502)
    async with wire.serving(wire.says({"data": [DATA]}), failed) as server:
        with pytest.raises(provider.UnavailableError):
            await relay(server.url, tasks="off").submit(request(3))
    assert len(landed.pictures) == 1
    assert len(server.asked) == 2


async def test_each_picture_is_a_task_noted_before_the_next(relay: Make) -> None:
    noted_before: list[int] = []

    def noting(number: int) -> wire.Reply:
        async def reply(line: wire.Line) -> None:
            noted_before.append(len(one.noted))
            await made(number)(line)

        return reply

    async with wire.serving(*(noting(number) for number in range(3))) as server:
        one = relay(server.url)
        pending = await one.submit(request(3))
    assert pending == Pending(("imgtask_0", "imgtask_1", "imgtask_2"), 3.0)
    assert noted_before == [0, 1, 2]
    assert server.paths() == ["/v1/images/generations/async"] * 3
    assert {asked.json["n"] for asked in server.asked} == {1}
    assert not any("stream" in asked.json for asked in server.asked)


async def test_an_edit_is_a_task_too(relay: Make) -> None:
    async with wire.serving(made(1)) as server:
        await relay(server.url).submit(references=(Reference(b"first", "image/png"),))
    assert server.paths() == ["/v1/images/edits/async"]
    assert b'name="image[]"' in server.asked[0].body


async def test_a_failure_in_the_midst_leaves_what_was_noted(relay: Make) -> None:
    broke = wire.says({"code": "INSUFFICIENT_BALANCE", "message": "0"}, 403)
    async with wire.serving(made(0), broke) as server:
        one = relay(server.url)
        with pytest.raises(provider.OutOfFundsError):
            await one.submit(request(3))
    assert one.noted == ["imgtask_0"]


async def test_a_task_is_asked_after_until_its_picture_lands_at_its_place(relay: Make, landed: Landed) -> None:
    result = {"created": 1, "data": [{"url": "", "revised_prompt": "taller"}], "usage": {"output_tokens": 2}}

    async def finished(line: wire.Line) -> None:
        result["data"][0]["url"] = f"{server.url}/files/1.png"
        await ended(status="completed", http_status=200, result=result)(line)

    async with wire.serving(ended(status="processing"), finished, wire.says(PIXELS)) as server:
        one = relay(server.url)
        assert await one.maker.poll(one.call(), "imgtask_1", 2) == Pending(("imgtask_1",), 3.0)
        assert await one.maker.poll(one.call(), "imgtask_1", 2) == Completed(1, "imgtask_1", 60)
    assert server.paths() == ["/v1/images/tasks/imgtask_1"] * 2 + ["/v1/files/1.png"]
    assert server.asked[0].headers["authorization"] == "Bearer sk-relay"
    assert "authorization" not in server.asked[2].headers
    assert [(p.position, p.data, p.revised_prompt) for p in landed.pictures] == [(2, PIXELS, "taller")]


async def test_files_at_another_private_address_are_fetched_if_the_operator_named_it(
    relay: Make, landed: Landed
) -> None:
    async with wire.serving(wire.says(PIXELS)) as files:
        completed = ended(status="completed", image_url=f"{files.url}/1.png")
        async with wire.serving(completed) as server:
            one = relay(server.url)
            with pytest.raises(provider.BadAnswerError):
                await one.maker.poll(one.call(), "imgtask_1", 0)
            assert files.asked == []
            one = relay(server.url, files_url=files.url)
            await one.maker.poll(one.call(), "imgtask_1", 0)
    assert landed.pictures[0].data == PIXELS


# What a question about a task may find → the error, and whether the task may be asked after again.
POLLS = {
    "refused": (
        ended(status="failed", http_status=400, error={"code": "moderation_blocked", "message": "no"}),
        provider.RefusedError,
        False,
    ),
    "failed upstream": (
        ended(status="failed", http_status=502, error={"type": "upstream_error", "message": "no"}),
        provider.UnavailableError,
        False,
    ),
    "no funds upstream": (
        ended(status="failed", http_status=429, error={"error": {"code": "insufficient_quota", "message": "no"}}),
        provider.OutOfFundsError,
        False,
    ),
    "failed in words": (ended(status="failed", error="no"), provider.UnavailableError, False),
    "failed without words": (ended(status="failed"), provider.UnavailableError, False),
    "done without a picture": (ended(status="completed", result={"data": []}), provider.BadAnswerError, False),
    "done with an error": (
        ended(status="completed", result={"data": [{"error": {"code": "content_policy_violation"}}]}),
        provider.RefusedError,
        False,
    ),
    "gone": (wire.says({"error": {"type": "not_found_error"}}, 404), provider.OutcomeUnknownError, False),
    "key changed": (wire.says({"code": "INVALID_API_KEY", "message": "no"}, 401), provider.CredentialsError, False),
    "a state we do not know": (ended(status="polishing"), provider.UnavailableError, True),
    "no state": (wire.says({}), provider.UnavailableError, True),
    "a page": (wire.says(b"<html>"), provider.UnavailableError, True),
    "busy": (wire.says(b"", 429), provider.UnavailableError, True),
    "524": (wire.says(b"", 524), provider.UnavailableError, True),
    "hangs up": (wire.hangs_up, provider.UnavailableError, True),
}  # fmt: skip


@pytest.mark.parametrize("name", POLLS)
async def test_what_ends_a_task_is_told_from_what_says_nothing_of_it(name: str, relay: Make, landed: Landed) -> None:
    reply, kind, again = POLLS[name]
    async with wire.serving(reply) as server:
        one = relay(server.url)
        with pytest.raises(provider.ProviderError) as caught:
            await one.maker.poll(one.call(), "imgtask_1", 0)
    assert (type(caught.value), caught.value.retryable) == (kind, again)
    assert landed.pictures == []


async def test_a_task_name_cannot_lead_elsewhere(relay: Make) -> None:
    async with wire.serving(ended(status="processing")) as server:
        one = relay(server.url)
        await one.maker.poll(one.call(), "../../admin?x=1", 0)
    assert server.paths() == ["/v1/images/tasks/..%2F..%2Fadmin%3Fx%3D1"]


UPSTREAM = {"error": {"type": "upstream_error", "message": "no"}}
CREATES = {
    "no key": (wire.says({"code": "API_KEY_REQUIRED", "message": "no"}, 401), provider.CredentialsError),
    "user inactive": (wire.says({"code": "USER_INACTIVE", "message": "no"}, 401), provider.CredentialsError),
    "no balance": (wire.says({"code": "INSUFFICIENT_BALANCE", "message": "no"}, 403), provider.OutOfFundsError),
    "quota": (wire.says({"code": "USAGE_LIMIT_EXCEEDED", "message": "no"}, 429), provider.OutOfFundsError),
    "no such feature": (
        wire.says({"error": {"type": "permission_error", "message": "images are off"}}, 403),
        provider.CredentialsError,
    ),
    "no account free": (wire.says({"error": {"type": "api_error", "message": "no"}}, 503), provider.UnavailableError),
    "too large": (wire.says({"error": {"type": "invalid_request_error"}}, 413), provider.BadRequestError),
    "busy": (wire.says({"error": {"type": "rate_limit_error", "message": "no"}}, 429), provider.OverloadedError),
    "524": (wire.says(b"<html>", 524), provider.OutcomeUnknownError),
    "hangs up": (wire.hangs_up, provider.OutcomeUnknownError),
    "error under 200": (wire.says(b"  \n" + json.dumps(UPSTREAM).encode()), provider.UnavailableError),
    "words instead of a picture": (
        wire.says({"error": {"type": "upstream_error", "message": "upstream did not return image output"}}, 502),
        provider.BadAnswerError,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CREATES)
@pytest.mark.parametrize("tasks", ["auto", "off"])
async def test_each_failure_is_told_apart_and_the_call_is_never_repeated(
    name: str, tasks: str, relay: Make, landed: Landed
) -> None:
    reply, kind = CREATES[name]
    async with wire.serving(reply) as server:
        with pytest.raises(provider.ProviderError) as caught:
            await relay(server.url, tasks=tasks).submit()
    assert type(caught.value) is kind
    assert len(server.asked) == 1
    assert "lighthouse" not in str(caught.value)


async def test_a_platform_without_pictures_is_no_model_to_use(relay: Make) -> None:
    platform = {"error": {"type": "not_found_error", "message": "Images API is not supported for this platform"}}
    async with wire.serving(wire.says(platform, 404)) as server:
        with pytest.raises(provider.ModelUnavailableError):
            await relay(server.url).submit()
    assert server.paths() == ["/v1/images/generations/async", "/v1/images/generations"]


async def test_a_task_made_without_a_name_that_can_be_read_is_unknown(relay: Make) -> None:
    async with wire.serving(wire.says({"status": "processing"}, 202)) as server:
        with pytest.raises(provider.OutcomeUnknownError):
            await relay(server.url).submit()
    assert len(server.asked) == 1


async def test_a_data_address_and_blanks_before_the_answer(relay: Make, landed: Landed) -> None:
    answer = {"data": [{"url": "data:image/png;base64," + DATA["b64_json"], "revised_prompt": "taller"}]}
    async with wire.serving(NO_TASKS, wire.drips(5, answer)) as server:
        await relay(server.url).submit()
    assert [(p.data, p.revised_prompt) for p in landed.pictures] == [(PIXELS, "taller")]


async def test_a_check_says_whether_tasks_are_kept(relay: Make) -> None:
    models = wire.says({"data": [{"id": "gpt-5"}]})
    unknown = wire.says({"error": {"type": "not_found_error", "message": "task not found"}}, 404)
    for tasks, words in ((unknown, "It keeps tasks."), (NO_TASKS, "It keeps no tasks: pictures are streamed.")):
        async with wire.serving(by_path({"/models": models, "imgtask_check": tasks})) as server:
            found = await relay(server.url).maker.check()
        assert found == Findings((f"{server.url} takes the key and lists 1 models.", words))


@pytest.mark.parametrize(
    ("variables", "missing"),
    [
        ({}, ("SUB2API_BASE_URL", "SUB2API_API_KEY")),
        ({"SUB2API_BASE_URL": "https://relay.example/v1"}, ("SUB2API_API_KEY",)),
        ({"SUB2API_API_KEY": "sk"}, ("SUB2API_BASE_URL",)),
    ],
)
def test_it_is_off_until_both_are_set(
    variables: dict[str, str], missing: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert Sub2ApiProvider().missing() == missing
    assert Sub2ApiProvider().models() == []


def test_it_says_who_receives_and_that_they_pass_it_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUB2API_BASE_URL", "https://relay.example/v1/")
    monkeypatch.setenv("SUB2API_API_KEY", "sk")
    monkeypatch.setenv("SUB2API_MODELS", "gpt-image-2, gpt-image-3")
    first, second = [model for model in registry.models() if model.provider == "sub2api"]
    assert (first.id, first.label, first.destination) == ("sub2api/gpt-image-2", "GPT Image 2", "relay.example")
    assert first.forwards
    assert "passes prompts and pictures on" in first.note
    assert second.id == "sub2api/gpt-image-3"
    assert "passes prompts and pictures on" in second.note
