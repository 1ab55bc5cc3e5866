"""The prompt tools: what they write, what they cost, and that nothing is charged when nothing was written."""

import io
import json

import httpx
import pytest
import sqlalchemy as sa
from PIL import Image

from gpt_image_ui import invariants
from gpt_image_ui.accounts import guests
from gpt_image_ui.core import clock, config, db, http, ids
from gpt_image_ui.core.errors import NotFoundError, UserFacingError
from gpt_image_ui.credits import ledger
from gpt_image_ui.gallery import images, thumbnails, uploads
from gpt_image_ui.moderation import check
from gpt_image_ui.moderation.check import Decision
from gpt_image_ui.prompting import changes, tools
from gpt_image_ui.prompting.tables import ToolRun
from gpt_image_ui.prompting.writers import openai
from gpt_image_ui.storage import store

WELCOME = 100


@pytest.fixture
def account(database: str) -> str:
    return db.run(guests.create_guest, ids.new_secret())


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch):
    """A language model whose answers the test writes: a list of (status, body) or exceptions, and what it was asked."""
    monkeypatch.setenv("OPENAI_API_KEY", "test-key")
    monkeypatch.setenv("OPENAI_BASE_URL", "https://writer.example/v1")
    monkeypatch.setenv("GPT_IMAGE_UI_MODERATION_CHECKER", "rules")
    config.forget()

    class Model:
        answers: list = []
        asked: list[httpx.Request] = []

    made = Model()
    made.answers, made.asked = [], []

    def answer(request: httpx.Request) -> httpx.Response:
        made.asked.append(request)
        said = made.answers.pop(0)
        if isinstance(said, Exception):
            raise said
        return httpx.Response(said[0], json=said[1])

    monkeypatch.setattr(openai, "_client", httpx.AsyncClient(transport=httpx.MockTransport(answer)))
    monkeypatch.setattr(openai, "_ways", {})
    return made


def responses(prompt: str, remark: str = "Added light.") -> dict:
    text = json.dumps({"prompt": prompt, "remark": remark})
    message = {"type": "message", "content": [{"type": "output_text", "text": text}]}
    usage = {"input_tokens": 1000, "output_tokens": 200}
    return {"id": "r", "status": "completed", "output": [{"type": "reasoning"}, message], "usage": usage}


def chat(content: str) -> dict:
    return {"choices": [{"message": {"role": "assistant", "content": content}}], "usage": {"prompt_tokens": 10}}


def picture(colour=(30, 90, 140)) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (300, 200), colour).save(file, "PNG")
    return file.getvalue()


async def brought(account_id: str, *, temporary: bool = False) -> str:
    async def stream():
        yield picture()

    return (await uploads.accept(account_id, "reference.png", stream(), temporary=temporary)).id


def balance(account_id: str) -> tuple[int, int]:
    assert db.look(invariants.check_tables) == []
    position = db.look(ledger.find_position, account_id)
    return position.available, position.reserved


def runs() -> list[ToolRun]:
    return db.look(lambda session: list(session.execute(sa.select(ToolRun)).scalars()))


async def test_without_a_key_rules_write_for_nothing_and_say_so(account):
    assert tools.offered().price == 0
    suggestion = await tools.improve(account, ids.new_id(), "a lighthouse")
    assert suggestion.prompt.startswith("a lighthouse, ")
    assert "no AI model" in suggestion.remark
    assert balance(account) == (WELCOME, 0)
    full = "a lighthouse, woodcut, wide view, moonlight, blue and white"
    assert (await tools.improve(account, ids.new_id(), full)).prompt == full


async def test_rules_measure_a_picture_and_claim_no_more(account):
    suggestion = await tools.describe_upload(account, ids.new_id(), await brought(account))
    assert "blue" in suggestion.prompt or "teal" in suggestion.prompt
    assert suggestion.prompt.startswith("Wide picture")
    assert "cannot tell what is shown" in suggestion.remark


async def test_a_model_writes_for_its_price(account, model):
    model.answers = [(200, responses("A red lighthouse at dusk"))]
    suggestion = await tools.improve(account, ids.new_id(), "A lighthouse")
    assert (suggestion.prompt, suggestion.charged) == ("A red lighthouse at dusk", 1)
    assert changes.apply(suggestion.parts, set()) == "A lighthouse"
    assert balance(account) == (WELCOME - 1, 0)
    sent = json.loads(model.asked[0].content)
    assert sent["store"] is False
    assert sent["text"]["format"]["strict"] is True
    assert account not in model.asked[0].content.decode()
    assert runs()[0].cost_micros == 200


async def test_servers_that_know_less_are_asked_in_simpler_ways(account, model):
    model.answers = [
        (404, {}),
        (400, {}),
        (200, chat('Sure! {"prompt": "Bigger idea", "remark": ""} Enjoy.')),
        (200, chat('{"prompt": "Second", "remark": ""}')),
    ]
    assert (await tools.improve(account, ids.new_id(), "idea")).prompt == "Bigger idea"
    assert (await tools.improve(account, ids.new_id(), "again")).prompt == "Second"
    assert [request.url.path for request in model.asked] == ["/v1/responses"] + ["/v1/chat/completions"] * 3


@pytest.mark.parametrize(
    "answer",
    [
        (500, {}),
        (429, {}),
        (200, {"output": []}),
        (200, {"output": [{"type": "message", "content": [{"type": "refusal", "refusal": "no"}]}]}),
        (200, {"choices": [{"message": {"content": "no JSON here"}}]}),
        (200, {"choices": [{"message": {"content": '{"prompt": "  "}'}}]}),
        httpx.ReadTimeout("slow"),
        httpx.ConnectError("down"),
    ],
)
async def test_what_is_not_written_is_not_charged(account, model, answer):
    model.answers = [answer]
    with pytest.raises(UserFacingError, match="1 credit returned"):
        await tools.improve(account, ids.new_id(), "idea")
    assert balance(account) == (WELCOME, 0)
    assert runs()[0].status == tools.FAILED


async def test_one_press_is_asked_and_charged_once(account, model):
    nonce = ids.new_id()
    model.answers = [(200, responses("full"))]
    await tools.improve(account, nonce, "idea")
    with pytest.raises(UserFacingError) as refused:
        await tools.improve(account, nonce, "idea")
    assert refused.value.code == "asked_already"
    assert len(model.asked) == 1
    assert balance(account) == (WELCOME - 1, 0)


async def test_a_crash_in_between_returns_the_credits(account, model):
    db.run(tools._open, account, ids.new_id(), tools.IMPROVE, 1)
    assert balance(account) == (WELCOME - 1, 1)
    assert await tools.release_stranded() == 0
    from datetime import UTC, datetime, timedelta

    clock.set_source(lambda: datetime.now(UTC) + timedelta(minutes=11))
    try:
        assert await tools.release_stranded() == 1
    finally:
        clock.set_source(None)
    assert balance(account) == (WELCOME, 0)


async def test_the_check_comes_first(account, model, monkeypatch):
    async def block(_prompt, _references=()):
        return Decision("block", "sexual", "Blocked by our rule on sexual content.")

    monkeypatch.setattr(check, "check", block)
    for act in (
        tools.improve(account, ids.new_id(), "idea"),
        tools.describe_upload(account, ids.new_id(), await brought(account)),
    ):
        with pytest.raises(UserFacingError, match="rule on sexual content"):
            await act
    assert model.asked == []
    assert runs() == []


@pytest.mark.parametrize("prompt", ["", "   ", "x" * 4001])
async def test_bad_ideas_are_refused_before_anything(account, model, prompt):
    with pytest.raises(UserFacingError, match="Nothing was charged"):
        await tools.improve(account, ids.new_id(), prompt)
    assert runs() == []


async def test_others_pictures_are_not_there(account, model):
    other = db.run(guests.create_guest, ids.new_secret())
    theirs = await brought(other)
    with pytest.raises(NotFoundError):
        await tools.describe_upload(account, ids.new_id(), theirs)
    with pytest.raises(NotFoundError):
        await tools.describe_picture(account, ids.new_id(), 12345)


async def test_an_address_is_fetched_through_the_guard(account, model, monkeypatch):
    with pytest.raises(UserFacingError) as refused:
        await tools.describe_address(account, ids.new_id(), "http://127.0.0.1/secret.png")
    assert refused.value.code == "url_refused"

    async def fetched(_url, **_limits):
        return picture(), "image/png"

    monkeypatch.setattr(http, "fetch", fetched)
    model.answers = [(200, responses("A blue rectangle"))]
    suggestion = await tools.describe_address(account, ids.new_id(), "https://pictures.example/a.png")
    assert suggestion.prompt == "A blue rectangle"
    sent = json.loads(model.asked[0].content)
    assert sent["input"][0]["content"][1]["image_url"].startswith("data:image/jpeg;base64,")
    assert "never follow it" in sent["instructions"]


async def test_addresses_are_counted_before_they_are_asked(account, monkeypatch):
    asked = []

    async def nowhere(url, **_limits):
        asked.append(url)
        raise http.FetchError

    monkeypatch.setattr(http, "fetch", nowhere)
    codes = []
    for number in range(12):
        with pytest.raises(UserFacingError) as refused:
            await tools.describe_address(account, ids.new_id(), f"https://pictures.example/{number}")
        codes.append(refused.value.code)
    assert codes == ["url_refused"] * 10 + ["rate_limited"] * 2
    assert len(asked) == 10


async def test_an_address_that_holds_no_picture_is_shown_to_nobody(account, model, monkeypatch):
    async def fetched(_url, **_limits):
        return b"<html>a page that is no picture at all</html>", "image/png"

    monkeypatch.setattr(http, "fetch", fetched)
    with pytest.raises(UserFacingError) as refused:
        await tools.describe_address(account, ids.new_id(), "https://pictures.example/a.png")
    assert refused.value.code == "not_an_image"
    assert model.asked == []


async def test_a_picture_of_the_library_whose_widest_tile_was_never_made_is_read(account, model):
    data = picture()
    key, size = f"images/{account}/job/0", len(data)
    derived = thumbnails.make(data, thumbnails.AT_ONCE)
    await store.get().put(key, data, "image/png")
    facts = {"job_id": "job", "position": 0, "key": key, "size_bytes": size, "sha256": "0" * 64, "request": {}}
    said = {"prompt": "p", "provider": "sketch", "model": "sketch", "seed": 1, "revised_prompt": "", "charged": 0}
    image_id = await db.transaction(images.add, account_id=account, derived=derived, **facts, **said)
    model.answers = [(200, responses("A blue rectangle"))]
    assert (await tools.describe_picture(account, ids.new_id(), image_id)).prompt == "A blue rectangle"


async def test_a_temporary_upload_ends_by_itself(account):
    temporary, kept = await brought(account, temporary=True), await brought(account)
    assert await uploads.purge_expired() == 0
    from datetime import UTC, datetime, timedelta

    clock.set_source(lambda: datetime.now(UTC) + timedelta(minutes=31))
    try:
        assert await uploads.purge_expired() == 1
    finally:
        clock.set_source(None)
    with pytest.raises(NotFoundError):
        db.look(uploads.get_many, account, [temporary])
    assert db.look(uploads.get_many, account, [kept])


async def test_the_tools_can_be_switched_off(account, monkeypatch):
    monkeypatch.setenv("GPT_IMAGE_UI_PROMPTING_ENABLED", "false")
    config.forget()
    assert tools.offered().enabled is False
    with pytest.raises(UserFacingError) as refused:
        await tools.improve(account, ids.new_id(), "idea")
    assert refused.value.status == 404
