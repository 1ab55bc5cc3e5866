"""The two tools, improve and describe, as priced acts: check, reserve, write, settle; the credits come back on failure.

A tool answers within a minute or so and is asked by one open tab, so it is no durable job; what a crash leaves
reserved is returned by `release_stranded`.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from types import ModuleType
from urllib.parse import urlsplit

import sqlalchemy as sa
from pydantic import Field
from sqlmodel import Session, col

from gpt_image_ui.core import clock, config, db, http, ids, money, rate_limit
from gpt_image_ui.core.errors import UserFacingError
from gpt_image_ui.credits import ledger
from gpt_image_ui.gallery import addresses, images, thumbnails, tiles, uploads
from gpt_image_ui.moderation import check
from gpt_image_ui.prompting import changes
from gpt_image_ui.prompting.changes import Part
from gpt_image_ui.prompting.tables import ToolRun
from gpt_image_ui.prompting.writers import openai, rules
from gpt_image_ui.prompting.writers.interface import Picture, WriterError, WriterRefusedError, Written
from gpt_image_ui.providers.interface import Reference

IMPROVE, DESCRIBE = "improve", "describe"
OPEN, DONE, FAILED = "open", "done", "failed"
PROMPT_MAX = 4000
_STRANDED = timedelta(minutes=10)
_rate = rate_limit.Rate("prompt tool", burst=20, every_seconds=3)


class PromptingSettings(config.Section):
    """Whether there are prompt tools, who writes ('auto': a language model if there is a key), and their price.

    `price_credits` is one use by a language model; what the rules on this server write is free.
    """

    model_config = config.section("prompting")
    enabled: bool = True
    writer: str = Field("auto", pattern="^(auto|rules|openai)$")
    price_credits: int = Field(1, ge=0)


@dataclass(frozen=True)
class Tool:
    """What a screen says of the tools before one is used: the price of one use and where the words go."""

    enabled: bool
    price: int
    destination: str
    remark: str


@dataclass(frozen=True)
class Suggestion:
    """What came of it: the text, its difference from what was there, a remark, and what it cost."""

    prompt: str
    parts: list[Part]
    remark: str
    charged: int


def offered() -> Tool:
    """The tools as this studio has them now."""
    settings = config.get(PromptingSettings)
    writer = _writer()
    local = writer is rules
    address = config.get(openai.WriterSettings).base_url
    host = urlsplit(address).hostname or ""
    destination = "OpenAI" if host == "api.openai.com" else host
    destination = "" if local or http.is_private_host(host) else destination
    return Tool(settings.enabled, 0 if local else settings.price_credits, destination, rules.REMARK if local else "")


async def improve(account_id: str, nonce: str, prompt: str) -> Suggestion:
    """Makes a full prompt of a short idea. Raises UserFacingError, and then nothing is charged."""
    prompt = prompt.strip()
    if not 1 <= len(prompt) <= PROMPT_MAX:
        words = "Write an idea first." if not prompt else f"Improving takes at most {PROMPT_MAX:,} characters."
        raise UserFacingError(f"{words} Nothing was charged.", "bad_idea")
    await _check(account_id, prompt, ())
    return await _run(account_id, nonce, IMPROVE, prompt, lambda: _writer().improve(prompt))


async def describe_upload(account_id: str, nonce: str, upload_id: str) -> Suggestion:
    """Reads an uploaded picture back into words."""
    row = (await db.read(uploads.get_many, account_id, [upload_id]))[0]
    return await _describe(account_id, nonce, await uploads.load_reference(row))


async def describe_picture(account_id: str, nonce: str, image_id: int) -> Suggestion:
    """Reads a picture of the library back into words."""
    row = await db.read(images.get, account_id, image_id)
    data = await tiles.read(row, max(thumbnails.WIDTHS))
    return await _describe(account_id, nonce, Reference(data, "image/webp"))


async def describe_address(account_id: str, nonce: str, url: str) -> Suggestion:
    """Reads the picture at a public address back into words. It is fetched by this server and not kept."""
    return await _describe(account_id, nonce, await addresses.read(account_id, url))


async def release_stranded() -> int:
    """Returns the credits of runs that a crash interrupted; safe to repeat."""
    return await db.transaction(_release_stranded)


async def _describe(account_id: str, nonce: str, reference: Reference) -> Suggestion:
    await _check(account_id, "Describe this picture.", (reference,))
    picture = Picture(reference.data, reference.media_type)
    return await _run(account_id, nonce, DESCRIBE, "", lambda: _writer().describe(picture))


async def _check(account_id: str, prompt: str, references: tuple[Reference, ...]) -> None:
    if not config.get(PromptingSettings).enabled:
        raise UserFacingError("This studio has no prompt tools.", "tools_off", status=404)
    rate_limit.take(_rate, account_id)
    decision = await check.check(prompt, references)
    if decision.action != "allow":
        await db.transaction(check.record, account_id, None, decision)
        raise UserFacingError(decision.message, "blocked", status=422)


async def _run(account_id: str, nonce: str, tool: str, old: str, write: Callable[[], Awaitable[Written]]) -> Suggestion:
    price = offered().price
    run_id = await db.transaction(_open, account_id, nonce, tool, price)
    status, charged, cost = FAILED, 0, 0
    try:
        written = await write()
        status, charged, cost = DONE, price, written.cost_micros
    except WriterError as error:
        refused = isinstance(error, WriterRefusedError)
        words = "The writer's safety system refused this." if refused else "The writer did not answer."
        money_line = f"{money.credits_text(price)} returned." if price else "Nothing was charged."
        raise UserFacingError(
            f"{words} {money_line} Your words are as they were. Try again.", "writer_failed"
        ) from error
    finally:
        await db.transaction(_close, run_id, status, charged, cost)
    return Suggestion(written.prompt, changes.between(old, written.prompt), written.remark, price)


def _open(session: Session, account_id: str, nonce: str, tool: str, price: int) -> str:
    known = sa.select(col(ToolRun.id)).where(col(ToolRun.account_id) == account_id, col(ToolRun.nonce) == nonce)
    if session.execute(known).scalar_one_or_none():
        raise UserFacingError("That was already asked. Nothing was charged twice.", "asked_already", status=409)
    run = ToolRun(
        id=ids.new_id(),
        account_id=account_id,
        nonce=nonce,
        tool=tool,
        writer=_writer().NAME,
        status=OPEN,
        quoted=price,
        created_at=clock.now(),
    )
    session.add(run)
    ledger.reserve(session, account_id, run.id, price)
    return run.id


def _close(session: Session, run_id: str, status: str, charged: int, cost_micros: int) -> None:
    run = session.get_one(ToolRun, run_id, with_for_update=True)
    if run.status != OPEN:
        return
    run.status, run.charged, run.cost_micros = status, charged, cost_micros
    session.add(run)
    if charged:
        ledger.settle(session, run_id, charged)
    else:
        ledger.release(session, run_id, "The prompt tool wrote nothing")


def _release_stranded(session: Session) -> int:
    query = sa.select(col(ToolRun.id)).where(
        col(ToolRun.status) == OPEN, col(ToolRun.created_at) < clock.now() - _STRANDED
    )
    found = list(session.execute(query).scalars())
    for run_id in found:
        _close(session, run_id, FAILED, 0, 0)
    return len(found)


def _writer() -> ModuleType:
    """The module that writes; both have NAME, improve and describe."""
    chosen = config.get(PromptingSettings).writer
    has_key = bool(config.get(openai.WriterSettings).api_key.get_secret_value())
    return openai if chosen == "openai" or (chosen == "auto" and has_key) else rules
