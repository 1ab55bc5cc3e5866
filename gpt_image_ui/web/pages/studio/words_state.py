"""The prompt tools of one open tab: what is being asked, what came of it. The field itself stays in the browser."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import reflex as rx

from gpt_image_ui.core import ids
from gpt_image_ui.core.errors import UserFacingError
from gpt_image_ui.core.money import credits_text
from gpt_image_ui.prompting import tools
from gpt_image_ui.prompting.changes import Part
from gpt_image_ui.prompting.tools import Suggestion, Tool
from gpt_image_ui.web import live
from gpt_image_ui.web.components.picture_state import whole_number
from gpt_image_ui.web.edge_events import require_account

Ask = Callable[[str, str], Awaitable[Suggestion]]


@dataclass(frozen=True)
class Shown:
    """A suggestion under the field; an empty stamp is none."""

    stamp: str = ""
    parts: tuple[Part, ...] = ()
    remark: str = ""
    cost: str = ""


class WordsState(rx.State):
    """Nothing here reaches the field unless a person accepts it."""

    tool: rx.Field[Tool] = rx.field(default_factory=tools.offered)
    shown: rx.Field[Shown] = rx.field(default_factory=Shown)
    doing: rx.Field[str] = rx.field("")
    problem: rx.Field[str] = rx.field("")

    @rx.event
    def discard(self):
        """The suggestion was used or is not wanted."""
        self.shown, self.problem = Shown(), ""

    @rx.event(background=True)
    async def improve(self, words: str):
        """Makes a full prompt of what stands in the field."""
        text = str(words)[: tools.PROMPT_MAX + 1]
        await _ask(self, "Improving your words", lambda account, nonce: tools.improve(account, nonce, text))

    @rx.event(background=True)
    async def describe_upload(self, upload_id: str):
        """Reads a file that was just uploaded for this."""
        await _ask(self, _READING, lambda account, nonce: tools.describe_upload(account, nonce, str(upload_id)))

    @rx.event(background=True)
    async def describe_picture(self, image_id: int):
        """Reads one of the account's own pictures."""
        number = whole_number(image_id)
        await _ask(self, _READING, lambda account, nonce: tools.describe_picture(account, nonce, number))

    @rx.event
    def describe_picked(self, image_ids: list[int]):
        """One picture was chosen in the library picker."""
        return WordsState.describe_picture(image_ids[0]) if image_ids else None

    @rx.event(background=True)
    async def describe_address(self, url: str):
        """Reads the picture at an address."""
        await _ask(self, _READING, lambda account, nonce: tools.describe_address(account, nonce, str(url)[:2000]))


_READING = "Describing the picture"


async def _ask(state: WordsState, doing: str, ask: Ask) -> None:
    """One tool at a time in a tab; the price that was shown is the price of the run."""
    async with state:
        account = await require_account(state)
        if state.doing:
            return
        state.doing, state.problem, state.shown = doing, "", Shown()
    nonce, shown, problem = ids.new_id(), Shown(), ""
    try:
        shown = _show(await ask(account.id, nonce), nonce)
    except UserFacingError as error:
        problem = error.message
    finally:
        async with state:
            state.doing, state.shown, state.problem = "", shown, problem
        await live.push(account.id)


def _show(found: Suggestion, stamp: str) -> Shown:
    cost = f"Cost {credits_text(found.charged)}." if found.charged else "Free."
    remark = found.remark if not found.remark or found.remark.endswith(".") else f"{found.remark}."
    return Shown(stamp, tuple(found.parts), remark, cost)
