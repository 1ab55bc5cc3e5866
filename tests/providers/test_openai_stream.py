"""Streams: unfinished pictures are shown, the finished one lands, and a cut never counts as an answer."""

import base64
import io
import json
from typing import Any

import pytest
from PIL import Image
from pydantic import SecretStr

from gpt_image_ui.core import config
from gpt_image_ui.providers import interface as provider
from gpt_image_ui.providers.images_api.events import Events
from gpt_image_ui.providers.interface import Call, Completed, ImageRequest, Reference
from gpt_image_ui.providers.openai import OpenAIProvider, OpenAISettings
from tests import wire
from tests.providers.conftest import Landed

FINISHED, UNFINISHED = b"\x89PNG finished", b"\x89PNG unfinished"
REQUEST = ImageRequest("gpt-image-2", "a lighthouse", "1024x1024", "medium")
USAGE = {"input_tokens": 10, "output_tokens": 1956, "input_tokens_details": {"text_tokens": 10, "image_tokens": 0}}
COST = 10 * 5 + 1956 * 30


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def event(name: str, *, named: bool = True, end: str = "\n", **fields: Any) -> bytes:
    head = f"event: {name}{end}" if named else ""
    return f"{head}data: {json.dumps({'type': name, **fields})}{end}{end}".encode()


def partial(number: int = 0, **more: Any) -> bytes:
    return event("image_generation.partial_image", b64_json=b64(UNFINISHED), partial_image_index=number, **more)


def completed(kind: str = "image_generation", **more: Any) -> bytes:
    return event(f"{kind}.completed", b64_json=b64(FINISHED), usage=USAGE, **more)


def streams(*parts: bytes, cut: bool = False) -> wire.Reply:
    """Sends each part by itself; then ends the answer in order, or drops the connection."""

    async def reply(line: wire.Line) -> None:
        await line.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
        for part in parts:
            await line.send(b"%x\r\n%b\r\n" % (len(part), part))
        if cut:
            line.cut()
        else:
            await line.send(b"0\r\n\r\n")

    return reply


class Shown(list[bytes]):
    async def __call__(self, data: bytes) -> None:
        self.append(data)


async def submit(
    url: str,
    landed: Any,
    request: ImageRequest = REQUEST,
    references: tuple[Reference, ...] = (),
    mask: Reference | None = None,
    previews: int = 2,
    **settings: Any,
) -> tuple[Completed, Shown]:
    config.override(OpenAISettings(base_url=url, api_key=SecretStr("sk-test"), previews=previews, **settings))
    maker, shown = OpenAIProvider(), Shown()
    try:
        return await maker.submit(Call(request, references, "who", landed, mask, preview=shown)), shown
    finally:
        await maker.close()


async def test_unfinished_pictures_are_shown_and_the_finished_one_lands(landed: Landed) -> None:
    async with wire.serving(streams(partial(), partial(1), completed())) as server:
        done, shown = await submit(server.url, landed)
    assert shown == [UNFINISHED, UNFINISHED]
    assert [(p.position, p.data) for p in landed.pictures] == [(0, FINISHED)]
    assert done == Completed(1, "", COST)
    assert len(server.asked) == 1
    assert server.asked[0].json["stream"] is True
    assert server.asked[0].json["partial_images"] == 2


@pytest.mark.parametrize(
    "parts",
    [
        pytest.param([completed()], id="no partial comes"),
        pytest.param([partial(end="\r\n"), completed(end="\r\n")], id="CRLF"),
        pytest.param([b": alive\n\n", partial(), b":\n: alive\n", completed()], id="comments"),
        pytest.param([partial(named=False), completed(named=False)], id="names only in the data"),
        pytest.param([bytes([b]) for b in partial() + completed()], id="one byte at a time"),
        pytest.param([partial() + completed() + b"data: [DONE]\n\n"], id="all at once"),
        pytest.param([b"id: 7\nretry: 100\n", b"data: [DONE]\n\n", b"data\n\ndata:\n\n", completed()], id="odd fields"),
        pytest.param([event("image_generation.heartbeat"), completed()], id="an event we do not know"),
        pytest.param([partial().replace(b64(UNFINISHED).encode(), b"***"), completed()], id="an unreadable partial"),
        pytest.param([completed().removesuffix(b"\n")], id="no blank line at the end"),
    ],
)
async def test_however_it_is_written_the_finished_picture_lands_once(parts: list[bytes], landed: Landed) -> None:
    async with wire.serving(streams(*parts)) as server:
        done, _ = await submit(server.url, landed)
    assert done.delivered == 1
    assert [p.data for p in landed.pictures] == [FINISHED]


async def test_an_edit_streams_under_its_own_names_and_sends_a_form(landed: Landed) -> None:
    parts = [event("image_edit.partial_image", b64_json=b64(UNFINISHED)), completed("image_edit")]
    async with wire.serving(streams(*parts)) as server:
        done, shown = await submit(server.url, landed, references=(Reference(b"first", "image/png"),))
    assert (done.delivered, shown) == (1, [UNFINISHED])
    assert server.paths() == ["/v1/images/edits"]
    assert b'name="stream"\r\n\r\ntrue\r\n' in server.asked[0].body


ERROR = {"error": {"code": "moderation_blocked", "message": "No.", "type": "image_generation_user_error"}}
BUSY = {"error": {"type": "server_error", "message": "No."}}
BROKEN = {
    "ends without its last event": (streams(partial()), provider.OutcomeUnknownError),
    "ends at once": (streams(), provider.OutcomeUnknownError),
    "cut between events": (streams(partial(), cut=True), provider.OutcomeUnknownError),
    "cut within the finished picture": (streams(partial(), completed()[:-30], cut=True), provider.OutcomeUnknownError),
    "ends within the finished picture": (streams(partial(), completed()[:-30]), provider.OutcomeUnknownError),
    "refused": (streams(event("error", **ERROR)), provider.RefusedError),
    "refused, named only in the data": (streams(event("error", named=False, **ERROR)), provider.RefusedError),
    "failed before anything was shown": (streams(event("error", **BUSY)), provider.UnavailableError),
    "an error without words": (streams(b"event: error\ndata: {}\n\n"), provider.BadAnswerError),
    "finished without a picture": (streams(event("image_generation.completed")), provider.BadAnswerError),
    "finished with broken base64": (
        streams(event("image_generation.completed", b64_json="%%%")),
        provider.BadAnswerError,
    ),
    "data that is no JSON": (streams(b'data: {"type":\n\n'), provider.BadAnswerError),
}


@pytest.mark.parametrize("name", BROKEN)
async def test_each_failure_is_told_apart_and_the_call_is_never_repeated(name: str, landed: Landed) -> None:
    reply, kind = BROKEN[name]
    async with wire.serving(reply) as server:
        with pytest.raises(provider.ProviderError) as caught:
            await submit(server.url, landed)
    assert type(caught.value) is kind
    assert len(server.asked) == 1
    assert landed.pictures == []
    assert "lighthouse" not in str(caught.value)


async def test_a_failure_after_something_was_shown_is_not_tried_again(landed: Landed) -> None:
    async with wire.serving(streams(partial(), event("error", **BUSY))) as server:
        with pytest.raises(provider.UnavailableError) as caught:
            await submit(server.url, landed)
    assert not caught.value.retryable


async def test_a_stream_that_falls_silent_ends_at_the_deadline(landed: Landed) -> None:
    async def falls_silent(line: wire.Line) -> None:
        await line.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n" + partial())
        await wire.hangs(line)

    async with wire.serving(falls_silent) as server:
        with pytest.raises(provider.OutcomeUnknownError):
            await submit(server.url, landed, timeout_seconds=0.3)


@pytest.mark.parametrize("name", ["image_generation.completed", "image_generation.partial_image"])
async def test_a_stream_that_is_too_large_is_not_read_to_its_end(name: str, landed: Landed) -> None:
    async def pours(line: wire.Line) -> None:
        await line.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
        await line.send(f'event: {name}\ndata: {{"b64_json":"'.encode())
        while line.sent < 80_000_000:
            await line.send(b"A" * 65536)

    async with wire.serving(pours) as server:
        with pytest.raises(provider.BadAnswerError):
            await submit(server.url, landed, answer_bytes_max=4_000_000)
    assert server.lines[0].sent < 40_000_000


async def test_the_finished_picture_is_not_read_before_there_is_a_place_to_land() -> None:
    size = 30_000_000
    sent_at_gate: list[int] = []
    whole = Landed()

    async def gate(read: Any) -> None:
        sent_at_gate.append(server.lines[0].sent)
        await whole(read)

    large = event("image_generation.completed", b64_json=b64(bytes(size)))
    async with wire.serving(streams(*(large[n : n + 65536] for n in range(0, len(large), 65536)))) as server:
        await submit(server.url, gate)
    assert len(whole.pictures[0].data) == size
    assert sent_at_gate[0] < size / 2


async def test_several_pictures_and_quick_ones_are_not_streamed(landed: Landed) -> None:
    answer = {"data": [{"b64_json": b64(FINISHED)}] * 2}
    async with wire.serving(wire.says(answer)) as server:
        await submit(server.url, landed, ImageRequest("gpt-image-2", "x", "1024x1024", "medium", count=2))
        await submit(server.url, landed, ImageRequest("gpt-image-2", "x", "1024x1024", "low"))
        await submit(server.url, landed, previews=0)
    assert not any("stream" in asked.json for asked in server.asked)


async def test_a_server_that_does_not_stream_is_understood(landed: Landed) -> None:
    async with wire.serving(wire.says({"data": [{"b64_json": b64(FINISHED)}]})) as server:
        done, shown = await submit(server.url, landed)
    assert (done.delivered, shown) == (1, [])


def test_previews_are_on_at_openai_alone_and_cost_what_they_add() -> None:
    config.override(OpenAISettings(api_key=SecretStr("sk")))
    model = OpenAIProvider().models()[0]
    config.override(OpenAISettings(api_key=SecretStr("sk"), previews=0))
    plain = OpenAIProvider().models()[0]
    assert (model.previews, plain.previews) == (True, False)
    extra = [
        model.picture_micros(1024, 1024, q.value) - plain.picture_micros(1024, 1024, q.value) for q in plain.qualities
    ]
    assert extra == [0, 3_000, 3_000]
    config.override(OpenAISettings(base_url="http://127.0.0.1:1/v1"))
    assert not OpenAIProvider().models()[0].previews


def picture(mode: str, size: tuple[int, int], colour: Any = None) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, colour).save(out, "PNG")
    return out.getvalue()


async def test_a_mask_goes_with_the_form_as_large_as_the_first_reference(landed: Landed) -> None:
    painted = Image.new("RGBA", (64, 64), (255, 0, 0, 255))
    painted.paste((0, 0, 0, 0), (0, 0, 32, 64))
    out = io.BytesIO()
    painted.save(out, "WEBP", lossless=True)
    references = (
        Reference(picture("RGB", (128, 64), "teal"), "image/png"),
        Reference(picture("RGB", (9, 9), "red"), "image/png"),
    )
    async with wire.serving(wire.says({"data": [{"b64_json": b64(FINISHED)}]})) as server:
        await submit(server.url, landed, references=references, mask=Reference(out.getvalue(), "image/webp"))
    body = server.asked[0].body
    assert body.count(b'name="mask"; filename="mask.png"\r\nContent-Type: image/png') == 1
    start = body.index(b"\r\n\r\n", body.index(b'name="mask"')) + 4
    sent = Image.open(io.BytesIO(body[start:]))
    assert (sent.format, sent.size) == ("PNG", (128, 64))
    alpha = sent.convert("RGBA").getchannel("A")
    assert (alpha.getpixel((10, 30)), alpha.getpixel((120, 30))) == (0, 255)


@pytest.mark.parametrize("mask", [b"no picture", picture("RGB", (64, 64), "red")])
async def test_a_mask_that_is_none_is_refused_before_anything_is_sent(mask: bytes, landed: Landed) -> None:
    reference = Reference(picture("RGB", (64, 64), "teal"), "image/png")
    async with wire.serving(wire.hangs) as server:
        with pytest.raises(provider.BadRequestError):
            await submit(server.url, landed, references=(reference,), mask=Reference(mask, "image/png"))
    assert server.asked == []


async def test_data_over_several_lines_is_one() -> None:
    async def chunks():
        yield b"event: a\ndata: one\ndata:two\n\nevent: b\n\ndata: three\n\n"

    events = Events(chunks(), 1000)
    assert (await events.next(), await events.data()) == ("a", b"one\ntwo")
    assert (await events.next(), await events.data()) == ("", b"three")
    assert await events.next() is None
