"""Nothing passes unchecked: rules first, then the endpoint; one that fails holds or blocks and never allows."""

import base64
import io
from dataclasses import dataclass
from typing import Any

import pytest
import sqlmodel
from PIL import Image
from pydantic import SecretStr, ValidationError

from gpt_image_ui.core import config, db
from gpt_image_ui.moderation import check, policy
from gpt_image_ui.moderation.policy import ModerationSettings
from gpt_image_ui.moderation.tables import Verdict
from tests import wire

NAMES = [
    c
    for c in policy.CATEGORIES
    if c not in ("sexual/real-people", "illicit/weapons", "illicit/documents", policy.UNNAMED)
]


@dataclass(frozen=True)
class Picture:
    data: bytes
    media_type: str = "image/png"


def judged(flagged: tuple[str, ...] = (), **scores: float) -> dict[str, Any]:
    """An answer of the real shape. Scores are named with _ for - and __ for /."""
    given = {name.replace("__", "/").replace("_", "-"): score for name, score in scores.items()}
    result = {
        "flagged": bool(flagged),
        "categories": {name: name in flagged for name in NAMES},
        "category_scores": dict.fromkeys(NAMES, 0.001) | given,
        "category_applied_input_types": {name: ["text"] for name in NAMES},
    }
    return {"id": "modr-1", "model": "omni-moderation-2024-09-26", "results": [result]}


def use(server: wire.Wire | None = None, **values: Any) -> None:
    if server is not None:
        values = {"api_key": SecretStr("sk-test"), "base_url": server.url, **values}
    config.override(ModerationSettings(**values))


async def test_without_a_key_the_rules_check_alone() -> None:
    decision = await check.check("a lighthouse")
    assert (decision.action, decision.checker, decision.message) == ("allow", "rules", "")
    assert decision.checker_model.startswith("rules-")


async def test_a_refusal_names_the_rule_the_money_and_the_next_step() -> None:
    decision = await check.check("a naked child")
    assert (decision.action, decision.category) == ("block", "sexual/minors")
    assert decision.message == (
        "Blocked by our rule on sexual content involving minors. Nothing was drawn and nothing was charged. "
        "Change the prompt and try again."
    )


async def test_a_refusal_with_references_says_that_they_may_be_the_cause() -> None:
    decision = await check.check("undress her", [Picture(b"x")])
    assert decision.message.endswith("Change the prompt or the references and try again.")


async def test_rules_come_first_and_what_they_refuse_goes_nowhere() -> None:
    async with wire.serving(wire.says(judged())) as server:
        use(server)
        decision = await check.check("a naked child")
    assert (decision.action, decision.checker) == ("block", "rules")
    assert server.asked == []


async def test_a_key_brings_in_the_endpoint() -> None:
    async with wire.serving(wire.says(judged())) as server:
        use(server)
        decision = await check.check("a lighthouse")
    assert (decision.action, decision.checker, decision.checker_model) == (
        "allow",
        "openai",
        "omni-moderation-2024-09-26",
    )
    assert server.paths() == ["/v1/moderations"]
    assert server.asked[0].json == {"model": "omni-moderation-latest", "input": "a lighthouse"}
    assert server.asked[0].headers["authorization"] == "Bearer sk-test"


async def test_the_images_key_and_address_are_the_checks_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-env")
    async with wire.serving(wire.says(judged())) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", f"{server.url}/")
        config.forget()
        assert (await check.check("a lighthouse")).checker == "openai"
    assert server.asked[0].headers["authorization"] == "Bearer sk-env"


async def test_rules_alone_if_the_operator_wants_it_so() -> None:
    async with wire.serving(wire.says(judged())) as server:
        use(server, checker="rules")
        assert (await check.check("a lighthouse")).checker == "rules"
    assert server.asked == []


@pytest.mark.parametrize("category", NAMES)
async def test_each_category_blocks_by_default_and_is_named(category: str) -> None:
    scores = {category.replace("/", "__").replace("-", "_"): 0.97}
    async with wire.serving(wire.says(judged((category,), **scores))) as server:
        use(server)
        decision = await check.check("a lighthouse")
    assert (decision.action, decision.category) == ("block", category)
    assert f"our rule on {policy.CATEGORIES[category]}." in decision.message
    assert decision.scores[category] == 0.97


@pytest.mark.parametrize("category", NAMES)
async def test_each_category_can_be_allowed(category: str) -> None:
    async with wire.serving(wire.says(judged((category,)))) as server:
        use(server, actions={category: "allow"})
        assert (await check.check("a lighthouse")).action == "allow"


async def test_an_ordinary_battle_is_drawn_although_the_endpoint_flags_it() -> None:
    async with wire.serving(wire.says(judged(("violence",), violence=0.6))) as server:
        use(server)
        assert (await check.check("a battle")).action == "allow"


async def test_a_threshold_replaces_the_endpoints_own_verdict() -> None:
    async with wire.serving(wire.says(judged(sexual=0.3))) as server:
        use(server, thresholds={"sexual": 0.25})
        assert (await check.check("a lighthouse")).category == "sexual"


async def test_the_gravest_category_is_the_one_told() -> None:
    async with wire.serving(wire.says(judged(("sexual", "sexual/minors", "harassment")))) as server:
        use(server)
        assert (await check.check("a lighthouse")).category == "sexual/minors"


async def test_a_category_nobody_here_has_heard_of_blocks() -> None:
    answer = judged()
    answer["results"][0] |= {"flagged": True, "categories": {"sorcery": True}}
    async with wire.serving(wire.says(answer)) as server:
        use(server)
        decision = await check.check("a lighthouse")
    assert (decision.action, decision.category) == ("block", "sorcery")
    assert "our rule on unsafe content." in decision.message


async def test_a_verdict_without_reasons_blocks() -> None:
    async with wire.serving(wire.says({"results": [{"flagged": True, "categories": {}}]})) as server:
        use(server)
        assert (await check.check("a lighthouse")).action == "block"


async def test_each_reference_is_asked_about_with_the_prompt_and_the_highest_score_counts() -> None:
    replies = [wire.says(judged(sexual=0.2)), wire.says(judged(("sexual",), sexual=0.9)), wire.says(judged(sexual=0.1))]
    async with wire.serving(*replies) as server:
        use(server)
        decision = await check.check(
            "a lighthouse", [Picture(b"one"), Picture(b"two", "image/jpeg"), Picture(b"three")]
        )
    assert (decision.action, decision.scores["sexual"]) == ("block", 0.9)
    assert len(server.asked) == 3
    parts = [asked.json["input"] for asked in server.asked]
    assert all(part[0] == {"type": "text", "text": "a lighthouse"} for part in parts)
    addresses = {part[1]["image_url"]["url"] for part in parts}
    assert f"data:image/jpeg;base64,{base64.b64encode(b'two').decode()}" in addresses
    assert len(addresses) == 3


async def test_a_large_reference_is_judged_from_a_small_copy() -> None:
    large = io.BytesIO()
    Image.effect_noise((2000, 1600), 90).convert("RGB").save(large, "PNG")
    async with wire.serving(wire.says(judged())) as server:
        use(server)
        assert (await check.check("a lighthouse", [Picture(large.getvalue())])).action == "allow"
    address = server.asked[0].json["input"][1]["image_url"]["url"]
    assert address.startswith("data:image/jpeg;base64,")
    copy = Image.open(io.BytesIO(base64.b64decode(address.partition(",")[2])))
    assert copy.size == (1536, 1229)


OUTAGES = {
    "500": wire.says(b"", 500),
    "503": wire.says(b"", 503),
    "429": wire.says({"error": {"message": "slow"}}, 429),
    "401": wire.says({"error": {"message": "key"}}, 401),
    "moved": wire.says(b"", 302, {"Location": "/elsewhere"}),
    "never answers": wire.hangs,
    "hangs up": wire.hangs_up,
    "cut": wire.stops_after(b'{"results":', 900),
    "not JSON": wire.says(b"<html>"),
    "a list": wire.says([]),
    "no results": wire.says({"results": []}),
    "results of another kind": wire.says({"results": ["fine"]}),
    "no verdict": wire.says({"results": [{"categories": {"sexual": False}}]}),
    "no categories": wire.says({"results": [{"flagged": False}]}),
    "scores no numbers": wire.says({"results": [{"flagged": False, "categories": {}, "category_scores": {"a": "b"}}]}),
    "too large": wire.pours(5_000_000),
}  # fmt: skip


@pytest.mark.parametrize("action", ["hold", "block"])
@pytest.mark.parametrize("checker", ["auto", "openai"])
@pytest.mark.parametrize("name", OUTAGES)
async def test_an_outage_holds_or_blocks_as_set_and_never_allows(name: str, checker: str, action: str) -> None:
    async with wire.serving(OUTAGES[name]) as server:
        use(server, checker=checker, on_outage=action, timeout_seconds=0.3)
        decision = await check.check("a lighthouse")
    assert (decision.action, decision.category) == (action, "outage")
    assert "othing " in decision.message
    assert "charged" in decision.message


async def test_one_reference_that_could_not_be_checked_is_enough_to_hold() -> None:
    async with wire.serving(wire.says(judged()), wire.says(b"", 500)) as server:
        use(server)
        assert (await check.check("a lighthouse", [Picture(b"one"), Picture(b"two")])).action == "hold"


async def test_what_the_endpoint_cannot_read_is_refused_since_waiting_would_not_help() -> None:
    async with wire.serving(wire.says({"error": {"code": "invalid_image"}}, 400)) as server:
        use(server)
        decision = await check.check("a lighthouse", [Picture(b"one")])
    assert (decision.action, decision.category) == ("block", "unreadable")
    assert "Nothing was drawn and nothing was charged." in decision.message


async def test_a_connection_that_broke_is_tried_once_more() -> None:
    async with wire.serving(wire.hangs_up, wire.says(judged())) as server:
        use(server)
        assert (await check.check("a lighthouse")).action == "allow"
    assert len(server.asked) == 2


async def test_auto_leaves_a_server_without_the_endpoint_alone_from_then_on() -> None:
    async with wire.serving(wire.says(b"not found", 404)) as server:
        use(server)
        first, second = await check.check("a lighthouse"), await check.check("a harbour")
    assert [first.action, second.action] == ["allow", "allow"]
    assert [first.checker, second.checker] == ["rules", "rules"]
    assert len(server.asked) == 1


async def test_openai_by_name_does_not_do_without_it() -> None:
    async with wire.serving(wire.says(b"not found", 404)) as server:
        use(server, checker="openai")
        decision = await check.check("a lighthouse")
    assert decision.action == "hold"


@pytest.mark.parametrize(
    "values",
    [
        {"checker": "none"},
        {"on_outage": "allow"},
        {"actions": {"sexual": "warn"}},
        {"actions": {"sexuel": "allow"}},
        {"thresholds": {"sexual": 0}},
        {"thresholds": {"sexuel": 0.5}},
    ],
)
def test_settings_that_would_open_a_gap_are_refused_at_start(values: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ModerationSettings(**values)


def test_tables_can_be_set_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GPT_IMAGE_UI_MODERATION_ACTIONS", '{"violence/graphic": "allow"}')
    monkeypatch.setenv("GPT_IMAGE_UI_MODERATION_THRESHOLDS", '{"sexual": 0.4}')
    settings = ModerationSettings()
    assert not settings.blocks("violence/graphic")
    assert settings.blocks("violence")
    assert settings.threshold("sexual") == 0.4
    assert settings.threshold("violence") == 0.85


async def test_a_verdict_is_kept_without_what_was_read(database: str) -> None:
    decision = await check.check("a naked child with a red kite")
    await db.transaction(check.record, "account", None, decision)
    kept = await db.read(lambda session: session.exec(sqlmodel.select(Verdict)).one())
    assert (kept.action, kept.category, kept.checker) == ("block", "sexual/minors", "rules")
    assert kept.scores == {"sexual/minors": 1.0}
    assert "kite" not in str(kept.model_dump())
