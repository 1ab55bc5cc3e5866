"""One call for each submit, and every way it can end told apart: real sockets, a server that behaves badly."""

import asyncio
import base64
import json
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from gpt_image_ui.core import clock, config, http
from gpt_image_ui.providers import interface as provider
from gpt_image_ui.providers.images_api import catalogue
from gpt_image_ui.providers.interface import Call, Completed, ImageRequest, Reference
from gpt_image_ui.providers.openai import OPENAI, OpenAIProvider, OpenAISettings
from tests import wire
from tests.providers.conftest import Landed

PIXELS = b"\x89PNG\r\n\x1a\n" + bytes(range(200))
DATA = {"b64_json": base64.b64encode(PIXELS).decode()}
REQUEST = ImageRequest("gpt-image-2", "a lighthouse", "1024x1024", "medium")


def answer(*items: Any, **more: Any) -> dict[str, Any]:
    return {"created": 1, "data": list(items or (DATA,)), **more}


def error(code: str | None = None, kind: str | None = None, message: str = "No.", **more: Any) -> dict[str, Any]:
    return {"error": {"message": message, "type": kind, "param": None, "code": code, **more}}


async def submit(
    url: str, landed: Landed, request: ImageRequest = REQUEST, references: tuple[Reference, ...] = (), **settings: Any
) -> Completed:
    config.override(OpenAISettings(base_url=url, **{"api_key": SecretStr("sk-test"), **settings}))
    maker = OpenAIProvider()
    try:
        return await maker.submit(Call(request, references, "who", landed))
    finally:
        await maker.close()


async def test_a_picture_lands_as_the_provider_gave_it(landed: Landed) -> None:
    usage = {
        "input_tokens": 20,
        "output_tokens": 1756,
        "input_tokens_details": {"text_tokens": 12, "image_tokens": 8},
    }
    said = answer({**DATA, "revised_prompt": "a tall lighthouse"}, usage=usage)
    async with wire.serving(wire.says(said, headers={"x-request-id": "req_7"})) as server:
        completed = await submit(server.url, landed)
    assert completed == Completed(1, "req_7", 12 * 5 + 8 * 8 + 1756 * 30)
    assert [(p.position, p.data, p.revised_prompt) for p in landed.pictures] == [(0, PIXELS, "a tall lighthouse")]
    assert server.paths() == ["/v1/images/generations"]
    asked = server.asked[0]
    assert asked.headers["authorization"] == "Bearer sk-test"
    assert asked.json == {
        "model": "gpt-image-2",
        "prompt": "a lighthouse",
        "n": 1,
        "size": "1024x1024",
        "quality": "medium",
        "output_format": "png",
        "user": "who",
    }


async def test_several_pictures_keep_their_order(landed: Landed) -> None:
    items = [{"b64_json": base64.b64encode(bytes([n]) * 30).decode()} for n in range(3)]
    async with wire.serving(wire.says(answer(*items))) as server:
        completed = await submit(server.url, landed, ImageRequest("gpt-image-2", "x", "1024x1024", "low", count=3))
    assert completed.delivered == 3
    assert [(p.position, p.data[0]) for p in landed.pictures] == [(0, 0), (1, 1), (2, 2)]
    assert server.asked[0].json["n"] == 3


async def test_fewer_pictures_than_asked_are_delivered_as_they_are(landed: Landed) -> None:
    items = (DATA, {"error": {"code": "moderation_blocked"}}, {"b64_json": "***"}, DATA)
    async with wire.serving(wire.says(answer(*items))) as server:
        completed = await submit(server.url, landed, ImageRequest("gpt-image-2", "x", "1024x1024", "low", count=4))
    assert (completed.delivered, completed.refused) == (2, 1)
    assert [p.position for p in landed.pictures] == [0, 1]


async def test_more_pictures_than_asked_are_not_taken(landed: Landed) -> None:
    async with wire.serving(wire.says(answer(DATA, DATA, DATA))) as server:
        assert (await submit(server.url, landed)).delivered == 1
    assert len(landed.pictures) == 1


async def test_references_go_as_a_form_in_their_order(landed: Landed) -> None:
    references = (Reference(b"first picture", "image/png"), Reference(b"second picture", "image/jpeg"))
    async with wire.serving(wire.says(answer())) as server:
        await submit(server.url, landed, references=references)
    assert server.paths() == ["/v1/images/edits"]
    body = server.asked[0].body
    assert server.asked[0].headers["content-type"].startswith("multipart/form-data; boundary=")
    assert body.count(b'name="image[]"') == 2
    assert body.index(b"first picture") < body.index(b"second picture")
    assert b'filename="1.png"\r\nContent-Type: image/png' in body
    assert b'filename="2.jpeg"\r\nContent-Type: image/jpeg' in body
    assert b'name="prompt"\r\n\r\na lighthouse\r\n' in body


async def test_a_transparent_background_and_another_format_are_asked_for(landed: Landed) -> None:
    request = ImageRequest("gpt-image-2", "x", "1024x1024", "low", background="transparent", format="webp")
    async with wire.serving(wire.says(answer())) as server:
        await submit(server.url, landed, request)
    assert server.asked[0].json["background"] == "transparent"
    assert server.asked[0].json["output_format"] == "webp"


async def test_a_model_we_do_not_know_is_told_only_what_every_server_understands(landed: Landed) -> None:
    request = ImageRequest("sd-cpp-local", "a <sd_cpp_extra_args>{}</SD_cpp_extra_args> b", "512x512", "standard")
    async with wire.serving(wire.says(answer())) as server:
        await submit(server.url, landed, request, api_key=SecretStr(""), models="sd-cpp-local")
    asked = server.asked[0]
    assert set(asked.json) == {"model", "prompt", "n", "size"}
    assert "<sd_cpp" not in asked.json["prompt"]
    assert "</sd_cpp" not in asked.json["prompt"].lower()
    assert "authorization" not in asked.headers


async def test_blanks_before_the_answer_are_waited_out_before_the_gate(landed: Landed) -> None:
    waiting_at_gate: list[int] = []

    async def gate(read):
        waiting_at_gate.append(server.lines[0].sent)
        await landed(read)

    async with wire.serving(wire.drips(20, answer())) as server:
        config.override(OpenAISettings(base_url=server.url))
        maker = OpenAIProvider()
        completed = await maker.submit(Call(REQUEST, (), "who", gate))
        await maker.close()
    assert completed.delivered == 1
    assert waiting_at_gate[0] >= 40, "all blanks had come before a place at the gate was taken"


# name → (answer, error class)
SAID = {
    "moderation_blocked": (
        wire.says(error("moderation_blocked", "image_generation_user_error"), 400),
        provider.RefusedError,
    ),
    "moderation in words only": (
        wire.says(error(message="rejected by the safety system. safety_violations=[violence]"), 400),
        provider.RefusedError,
    ),
    "content policy": (wire.says(error("content_policy_violation"), 400), provider.RefusedError),
    "bad parameter": (wire.says(error("invalid_value", param="size"), 400), provider.BadRequestError),
    "400 without words": (wire.says(b"no", 400), provider.BadRequestError),
    "payload too large": (wire.says(error(), 413), provider.BadRequestError),
    "unprocessable": (wire.says({"detail": [{"loc": ["body"]}]}, 422), provider.BadRequestError),
    "moved": (wire.says(b"", 307, {"Location": "http://127.0.0.1:9/"}), provider.BadRequestError),
    "wrong key": (wire.says(error("invalid_api_key", "invalid_request_error"), 401), provider.CredentialsError),
    "unverified organisation": (
        wire.says(error(message="Your organization must be verified to use the model"), 403),
        provider.CredentialsError,
    ),
    "relay: disabled key": (wire.says({"code": "API_KEY_DISABLED", "message": "off"}, 401), provider.CredentialsError),
    "no such model": (wire.says(error("model_not_found"), 404), provider.ModelUnavailableError),
    "no access to model": (wire.says(error("model_not_found"), 403), provider.ModelUnavailableError),
    "no such path": (wire.says(b"<html>", 404), provider.ModelUnavailableError),
    "quota": (wire.says(error("insufficient_quota", "insufficient_quota"), 429), provider.OutOfFundsError),
    "hard limit": (wire.says(error("billing_hard_limit_reached"), 400), provider.OutOfFundsError),
    "payment required": (wire.says(b"", 402), provider.OutOfFundsError),
    "relay: balance": (wire.says({"code": "INSUFFICIENT_BALANCE", "message": "0"}, 403), provider.OutOfFundsError),
    "rate limit": (wire.says(error("rate_limit_exceeded", "requests"), 429), provider.OverloadedError),
    "429 without words": (wire.says(b"", 429), provider.OverloadedError),
    "slow down": (wire.says(error("slow_down"), 503), provider.OverloadedError),
    "503": (wire.says(b"", 503), provider.UnavailableError),
    "500 in its own words": (wire.says(error(kind="server_error"), 500), provider.UnavailableError),
    "502 in its own words": (wire.says(error(kind="upstream_error"), 502), provider.UnavailableError),
    "500 without words": (wire.says(b"<html>", 500), provider.OutcomeUnknownError),
    "502 of a gateway": (wire.says(b"<html>", 502), provider.OutcomeUnknownError),
    "504": (wire.says(b"", 504), provider.OutcomeUnknownError),
    "524": (wire.says(error(), 524), provider.OutcomeUnknownError),
    "200 with an error after blanks": (
        wire.says(b" \n\n " + json.dumps(error(kind="upstream_error")).encode()),
        provider.UnavailableError,
    ),
    "200 with a refusal after blanks": (
        wire.says(b"   " + json.dumps(error("moderation_blocked")).encode()),
        provider.RefusedError,
    ),
    "200 with an error of unknown kind": (wire.says({"error": "broken"}), provider.BadAnswerError),
    "200 whose only picture was refused": (
        wire.says(answer({"error": {"code": "content_policy_violation"}})),
        provider.RefusedError,
    ),
    "200 without pictures": (wire.says({"data": []}), provider.BadAnswerError),
    "200 with null": (wire.says(b"null"), provider.BadAnswerError),
    "200 with nothing": (wire.says(b""), provider.BadAnswerError),
    "200 with a page": (wire.says(b"<html>welcome</html>"), provider.BadAnswerError),
    "200 cut but whole to HTTP": (wire.says(json.dumps(answer()).encode()[:-40]), provider.BadAnswerError),
    "200 with broken base64": (wire.says(answer({"b64_json": "%%%"})), provider.BadAnswerError),
    "200 deep enough to exhaust a parser": (wire.says(b"[" * 200_000), provider.BadAnswerError),
    "200 falsely packed": (wire.says(b"plain", headers={"Content-Encoding": "gzip"}), provider.BadAnswerError),
    "never answers": (wire.hangs, provider.OutcomeUnknownError),
    "hangs up": (wire.hangs_up, provider.OutcomeUnknownError),
    "drops in the middle": (wire.stops_after(b'{"data":[{"b64_json":"AAAA', 90_000), provider.OutcomeUnknownError),
    "blanks for ever": (wire.drips(10_000, answer(), 0.005), provider.OutcomeUnknownError),
}  # fmt: skip


@pytest.mark.parametrize("name", SAID)
async def test_each_failure_is_told_apart_and_the_call_is_never_repeated(name: str, landed: Landed) -> None:
    reply, kind = SAID[name]
    async with wire.serving(reply) as server:
        with pytest.raises(provider.ProviderError) as caught:
            await submit(server.url, landed, timeout_seconds=0.5)
    assert type(caught.value) is kind
    assert server.paths() == ["/v1/images/generations"]
    assert landed.pictures == []
    assert "lighthouse" not in str(caught.value)


async def test_a_body_that_stops_coming_ends_at_its_own_deadline(landed: Landed) -> None:
    async def stalls(line: wire.Line) -> None:
        await line.send(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{")
        await asyncio.sleep(3600)

    async with wire.serving(stalls) as server:
        with pytest.raises(provider.OutcomeUnknownError):
            await submit(server.url, landed, timeout_seconds=30, body_seconds=0.2)
    assert len(server.asked) == 1


async def test_an_answer_that_is_too_large_is_not_read_to_its_end(landed: Landed) -> None:
    async with wire.serving(wire.pours(80_000_000)) as server:
        with pytest.raises(provider.BadAnswerError):
            await submit(server.url, landed, answer_bytes_max=4_000_000)
    assert len(server.asked) == 1
    assert server.lines[0].sent < 40_000_000


async def test_a_refused_connection_is_certain_to_have_made_nothing(landed: Landed) -> None:
    async with wire.serving(wire.hangs) as server:
        url = server.url
    with pytest.raises(provider.UnavailableError):
        await submit(url, landed)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7.0),
        ("0.5", 0.5),
        ("999999", 3600.0),
        ("-3", 0.0),
        ("Fri, 20 Nov 2026 14:30:30 GMT", 30.0),
        ("soon", None),
        ("nan", None),
    ],
)
async def test_the_time_to_wait_is_taken_from_the_answer(
    header: str, seconds: float | None, landed: Landed, held_clock: Any
) -> None:
    assert clock.now().isoformat() == "2026-11-20T14:30:00+00:00"
    async with wire.serving(wire.says(b"", 429, {"Retry-After": header})) as server:
        with pytest.raises(provider.OverloadedError) as caught:
            await submit(server.url, landed)
    assert caught.value.retry_after_seconds == seconds


async def test_a_data_address_holds_the_picture_itself(landed: Landed) -> None:
    async with wire.serving(wire.says(answer({"url": "data:image/png;base64," + DATA["b64_json"]}))) as server:
        await submit(server.url, landed)
    assert landed.pictures[0].data == PIXELS


async def test_a_picture_by_address_is_fetched_from_the_same_private_server(landed: Landed) -> None:
    async def both(line: wire.Line) -> None:
        if line.asked.path == "/generated/1.png":
            await wire.says(PIXELS)(line)
        else:
            root = server.url.removesuffix("/v1")
            await wire.says(answer({"url": f"{root}/generated/1.png", "revised_prompt": "taller"}, DATA))(line)

    async with wire.serving(both) as server:
        completed = await submit(server.url, landed, ImageRequest("gpt-image-2", "x", "1024x1024", "low", count=2))
    assert server.paths() == ["/v1/images/generations", "/generated/1.png"]
    assert "authorization" not in server.asked[1].headers, "the key goes to the API alone"
    assert completed.delivered == 2
    assert {p.position: p.revised_prompt for p in landed.pictures} == {0: "taller", 1: ""}


@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1:9/x.png", "http://169.254.169.254/latest", "http://[::ffff:10.0.0.1]/x", "file:///etc/passwd"],
)
async def test_a_picture_by_address_cannot_lead_inside(address: str, landed: Landed) -> None:
    async with wire.serving(wire.says(answer({"url": address}))) as server:
        with pytest.raises(provider.BadAnswerError):
            await submit(server.url, landed)
    assert len(server.asked) == 1


async def test_a_public_address_goes_through_the_guard(landed: Landed, monkeypatch: pytest.MonkeyPatch) -> None:
    fetched: list[str] = []

    async def fetch(url: str, *, size_bytes_max: int, deadline_seconds: float) -> tuple[bytes, str]:
        fetched.append(url)
        return PIXELS, "image/png"

    monkeypatch.setattr(http, "fetch", fetch)
    async with wire.serving(wire.says(answer({"url": "https://cdn.example/1.png"}))) as server:
        assert (await submit(server.url, landed)).delivered == 1
    assert fetched == ["https://cdn.example/1.png"]


async def test_an_error_while_landing_is_not_taken_for_the_providers(landed: Landed) -> None:
    async def broken(read) -> None:
        await read()
        raise OSError("disk full")

    async with wire.serving(wire.says(answer())) as server:
        config.override(OpenAISettings(base_url=server.url))
        maker = OpenAIProvider()
        with pytest.raises(OSError, match="disk full"):
            await maker.submit(Call(REQUEST, (), "who", broken))
        await maker.close()


def test_without_key_or_address_nothing_is_offered() -> None:
    assert OpenAIProvider().models() == []


def test_with_a_key_the_catalogue_is_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-1")
    offered = OpenAIProvider().models()
    assert [model.id for model in offered] == list(catalogue.MODELS)
    assert {model.destination for model in offered} == {"OpenAI"}


@pytest.mark.parametrize(
    ("url", "destination"),
    [
        ("http://127.0.0.1:1234/v1", ""),
        ("http://sd-server:8080/v1/", ""),
        ("http://192.168.1.9/v1", ""),
        ("https://images.example.com/v1", "images.example.com"),
    ],
)
def test_another_address_needs_no_key_and_says_where_pictures_go(
    url: str, destination: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", url)
    [model] = OpenAIProvider().models()
    assert (model.id, model.label, model.destination) == ("gpt-image-2", "GPT Image 2", destination)
    assert model.references_max == 16


def test_models_of_another_server_are_named_in_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GPT_IMAGE_UI_OPENAI_BASE_URL", "http://127.0.0.1:1234/v1")
    monkeypatch.setenv("GPT_IMAGE_UI_OPENAI_MODELS", "flux-klein, gpt-image-2, flux-klein,")
    monkeypatch.setenv("GPT_IMAGE_UI_OPENAI_LANE", "2")
    maker = OpenAIProvider()
    assert [model.id for model in maker.models()] == ["flux-klein", "gpt-image-2"]
    assert maker.models()[0].quality(maker.models()[0].default_quality) is not None
    assert maker.lane == 2


def test_an_empty_address_means_openai(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "")
    assert OpenAISettings().base_url == OPENAI


@pytest.mark.parametrize("url", ["ftp://x/v1", "http://u:p@x/v1", "localhost:8080", "http://x/v1?key=1"])
def test_an_address_that_cannot_be_meant_is_refused_at_start(url: str) -> None:
    with pytest.raises(ValidationError):
        OpenAISettings(base_url=url)


@pytest.mark.parametrize(
    ("size", "quality", "micros"),
    [
        ((1024, 1024), "low", 6_000),
        ((1024, 1024), "medium", 53_000),
        ((1024, 1024), "high", 211_000),
        ((1536, 1024), "low", 5_000),
        ((1024, 1536), "medium", 41_000),
        ((1536, 1024), "high", 165_000),
    ],
)
def test_prices_are_the_published_ones(size: tuple[int, int], quality: str, micros: int) -> None:
    assert abs(catalogue.MODELS["gpt-image-2"].picture_micros(*size, quality) - micros) <= 500


@pytest.mark.parametrize("model", catalogue.MODELS.values(), ids=lambda m: m.id)
def test_every_size_offered_obeys_the_rules_of_the_api(model: provider.ModelSpec) -> None:
    for size in model.sizes:
        assert size.width % 16 == size.height % 16 == 0
        assert 655_360 <= size.width * size.height <= 8_294_400
        assert max(size.width, size.height) <= min(3840, 3 * min(size.width, size.height))
