"""The dialog of sent prompts and templates: lists, read when it opens and after each change."""

from dataclasses import dataclass
from typing import Any

import reflex as rx
from sqlmodel import Session

from gpt_image_ui.core import db, ids
from gpt_image_ui.core.errors import UserFacingError
from gpt_image_ui.prompting import history, templates
from gpt_image_ui.prompting.history import Entry
from gpt_image_ui.prompting.templates import Template
from gpt_image_ui.providers import registry
from gpt_image_ui.web.components.picture_state import whole_number
from gpt_image_ui.web.edge_events import require_account

_SHOWN_MAX = 600


@dataclass(frozen=True)
class Sent:
    """One prompt of the history; `line` says with which settings it was sent last."""

    id: int
    prompt: str
    line: str
    pinned: bool
    times: int
    used_ms: int


@dataclass(frozen=True)
class Chosen:
    """A template for the field; a new stamp puts it there."""

    stamp: str = ""
    id: str = ""
    name: str = ""
    text: str = ""


class PromptsState(rx.State):
    """One tab's dialog."""

    entries: rx.Field[list[Sent]] = rx.field(default_factory=list)
    templates: rx.Field[list[Template]] = rx.field(default_factory=list)
    chosen: rx.Field[Chosen] = rx.field(default_factory=Chosen)
    problem: rx.Field[str] = rx.field("")
    _query: str = ""

    @rx.event
    async def open(self):
        """The dialog opened, or "/" was typed into the prompt."""
        self.problem, self._query = "", ""
        await self._read()

    @rx.event
    async def search(self, query: str):
        """Every word must be in it."""
        self._query = str(query)[:200]
        await self._read()

    @rx.event
    async def pin(self, entry_id: int, pinned: bool):
        """Keeps a prompt at the top, or lets it go."""
        account = await require_account(self)
        await db.transaction(history.pin, account.id, whole_number(entry_id), bool(pinned))
        await self._read()

    @rx.event
    async def delete(self, entry_id: int):
        """Takes a prompt off the list; pictures keep their own."""
        account = await require_account(self)
        await db.transaction(history.delete, account.id, whole_number(entry_id))
        await self._read()

    @rx.event
    async def use(self, template_id: str):
        """Puts a template into the prompt, where its {placeholders} are asked for."""
        found = next((template for template in self.templates if template.id == template_id), None)
        if found:
            self.chosen = Chosen(ids.new_id(), found.id, found.name, found.text)

    @rx.event
    async def save(self, name: str, text: str):
        """Keeps the present prompt as a template."""
        account = await require_account(self)
        self.problem = ""
        try:
            await db.transaction(templates.save, account.id, str(name)[:200], str(text)[:40_000])
        except UserFacingError as error:
            self.problem = f"{error.message} Your words are as they were."
        await self._read()

    @rx.event
    async def remove(self, template_id: str):
        """Deletes one of the person's own templates."""
        account = await require_account(self)
        await db.transaction(templates.delete, account.id, str(template_id))
        await self._read()

    async def _read(self) -> None:
        account = await require_account(self)
        self.entries, self.templates = await db.read(_lists, account.id, self._query)


def _lists(session: Session, account_id: str, query: str) -> tuple[list[Sent], list[Template]]:
    entries = [_sent(entry) for entry in history.list_entries(session, account_id, query)]
    return entries, templates.list_templates(session, account_id, query)


def _sent(entry: Entry) -> Sent:
    return Sent(entry.id, entry.prompt[:_SHOWN_MAX], _line(entry.settings), entry.pinned, entry.times, entry.used_ms)


def _line(settings: dict[str, Any]) -> str:
    """'Sketch, 1536 × 1024, low, 2 pictures'."""
    model = registry.find_model(str(settings.get("model", "")))
    count = settings.get("count", 1)
    said = [
        model.label if model else str(settings.get("model", "")),
        str(settings.get("size", "")).replace("x", " × "),
        str(settings.get("quality", "")),
        "" if count == 1 else f"{count} pictures",
    ]
    return ", ".join(filter(None, said))
