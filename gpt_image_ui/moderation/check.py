"""The one door every request passes before anything is reserved or sent: our own rules, then OpenAI's endpoint."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from sqlmodel import Session

from gpt_image_ui.core import clock, config, log
from gpt_image_ui.moderation import policy
from gpt_image_ui.moderation.checkers import openai, rules
from gpt_image_ui.moderation.policy import ModerationSettings
from gpt_image_ui.moderation.tables import Verdict

_logger = log.get("moderation")
# Addresses that turned out to have no moderation endpoint, as many local servers; asked no more by this process.
_without_endpoint: set[str] = set()


class Picture(Protocol):
    """A reference picture, as far as a checker looks at it."""

    @property
    def data(self) -> bytes: ...

    @property
    def media_type(self) -> str: ...


@dataclass(frozen=True)
class Decision:
    """`action` is allow, block or hold; `message` is what the person reads about a block or a hold."""

    action: str
    category: str = ""
    message: str = ""
    checker: str = rules.NAME
    checker_model: str = rules.VERSION
    scores: dict[str, float] = field(default_factory=dict)


async def check(prompt: str, references: Sequence[Picture] = ()) -> Decision:
    """Judges a prompt with its references. Never allows what it could not check."""
    settings = config.get(ModerationSettings)
    # A long prompt takes some 40 ms, a usual one half of one.
    found = rules.judge(prompt) if len(prompt) < 2000 else await asyncio.to_thread(rules.judge, prompt)
    if category := policy.gravest(settings, found):
        message = policy.refusal(category, with_references=bool(references))
        return Decision(policy.BLOCK, category, message, scores=dict.fromkeys(sorted(found), 1.0))
    if not settings.asks_openai or settings.base_url in _without_endpoint:
        return Decision(policy.ALLOW)
    try:
        judged = await openai.judge(settings, prompt, references)
    except openai.MissingEndpointError:
        if settings.checker == "auto":
            _without_endpoint.add(settings.base_url)
            _logger.warning("no moderation endpoint at this address: the rules on this server check alone")
            return Decision(policy.ALLOW)
        return _outage(settings)
    except openai.UnreadableError as error:
        _logger.warning("moderation cannot read a request", cause=str(error))
        message = policy.unreadable(with_references=bool(references))
        return Decision(policy.BLOCK, "unreadable", message, openai.NAME, settings.model)
    except openai.OutageError as error:
        _logger.warning("moderation does not answer", cause=str(error))
        return _outage(settings)
    category = policy.gravest(settings, judged.categories)
    message = policy.refusal(category, with_references=bool(references)) if category else ""
    action = policy.BLOCK if category else policy.ALLOW
    return Decision(action, category or "", message, openai.NAME, judged.model, judged.scores)


def record(db: Session, account_id: str, job_id: str | None, decision: Decision) -> None:
    """Keeps what was decided and by which scores; never what was read."""
    db.add(
        Verdict(
            account_id=account_id,
            job_id=job_id,
            checker=decision.checker,
            checker_model=decision.checker_model[:64],
            action=decision.action,
            category=decision.category[:48],
            scores=decision.scores,
            created_at=clock.now(),
        )
    )


async def close() -> None:
    """Gives back connections."""
    await openai.close()


def forget() -> None:
    """Asks again where no endpoint was found; for tests."""
    _without_endpoint.clear()


def _outage(settings: ModerationSettings) -> Decision:
    message = policy.outage(settings.on_outage)
    return Decision(settings.on_outage, "outage", message, openai.NAME, settings.model)
