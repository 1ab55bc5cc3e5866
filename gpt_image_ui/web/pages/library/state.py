"""The library's search: words and facets, kept in the address."""

from dataclasses import asdict, dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import reflex as rx
import sqlalchemy as sa
from sqlmodel import Session, col

from gpt_image_ui.core import db
from gpt_image_ui.core.errors import UserFacingError
from gpt_image_ui.gallery import feed
from gpt_image_ui.gallery.feed import WallFilter
from gpt_image_ui.gallery.tables import Image
from gpt_image_ui.providers import registry
from gpt_image_ui.web import live
from gpt_image_ui.web.components.picture_state import whole_number
from gpt_image_ui.web.components.selection_state import SelectionState
from gpt_image_ui.web.edge_events import require_account

# What a facet reads as when it is the one that leaves nothing, and what its button takes away.
_NAMES = {
    "q": ("“{}”", "words"),
    "model": ("{}", "model"),
    "shape": ("{}", "shape"),
    "kind": ("This kind", "kind"),
    "rating": ("Rating {} or more", "rating"),
    "from_day": ("From {}", "first day"),
    "to_day": ("To {}", "last day"),
}
_MODELS_MAX = 50


@dataclass(frozen=True)
class Facets:
    """What is looked for; text, as the address has it. Empty means everything."""

    q: str = ""
    model: str = ""
    shape: str = ""
    kind: str = ""
    rating: str = ""
    from_day: str = ""
    to_day: str = ""


@dataclass(frozen=True)
class ModelName:
    """A model that made some of the pictures here."""

    id: str
    label: str


class LibraryState(SelectionState):
    """One tab's search. `found` counts what it leaves; `blame` names the facet that leaves nothing."""

    facets: rx.Field[Facets] = rx.field(default_factory=Facets)
    active: rx.Field[int] = rx.field(0)
    found: rx.Field[int] = rx.field(0)
    models: rx.Field[list[ModelName]] = rx.field(default_factory=list)
    model_label: rx.Field[str] = rx.field("")
    blame: rx.Field[str] = rx.field("")
    blame_line: rx.Field[str] = rx.field("")
    blame_action: rx.Field[str] = rx.field("")
    opened: rx.Field[int] = rx.field(0)
    open_id: rx.Field[int] = rx.field(0)

    @rx.event
    async def on_load(self):
        """Reads the address."""
        account = await require_account(self)
        await live.link(self, account.id)
        asked = dict(parse_qsl(urlsplit(str(self.router.url)).query))
        shown = self.facets.q
        self.facets = Facets(**{name: _text(name, asked.get(name, "")) for name in _NAMES})
        self.models = [ModelName(name, label_of(name)) for name in await db.read(_list_models, account.id)]
        # Making the field anew would take away what a quick hand has typed already.
        self.opened += self.facets.q != shown
        await self._look(account.id)

    @rx.event
    async def set_facet(self, name: str, value: str):
        """One facet; an empty value takes it away."""
        account = await require_account(self)
        if name in _NAMES:
            self.facets = replace(self.facets, **{name: _text(name, str(value))})
        await self._look(account.id)
        if name != "q":
            self.opened += 1
        return _show_address(self.query)

    @rx.event
    async def take_blamed(self):
        """The button below an empty search: unlike typing, it has to change what stands in the field."""
        account = await require_account(self)
        if self.blame in _NAMES:
            self.facets = replace(self.facets, **{self.blame: ""})
        self.opened += 1
        await self._look(account.id)
        return _show_address(self.query)

    @rx.event
    async def clear_facets(self):
        """Everything is shown again."""
        account = await require_account(self)
        self.facets = Facets()
        self.opened += 1
        await self._look(account.id)
        return _show_address(self.query)

    @rx.event
    def recall(self, image_id: int):
        """The composer is in the studio."""
        return rx.redirect(f"/studio?from={whole_number(image_id)}")

    async def _look(self, account_id: str) -> None:
        asked = {name: value for name, value in asdict(self.facets).items() if value.strip()}
        self.query, self.active = urlencode(asked), len(asked)
        self.ranges, self.chosen = [], 0
        self.model_label = label_of(self.facets.model) if self.facets.model else ""
        try:
            self.found = await db.read(feed.count, account_id, WallFilter.from_params(asked))
        except UserFacingError:
            self.facets, self.query, self.active = Facets(), "", 0
            raise
        self.blame, most = ("", 0) if self.found else await db.read(_find_blame, account_id, asked)
        if self.blame:
            words, short = _NAMES[self.blame]
            name = self.model_label if self.blame == "model" else asked[self.blame].capitalize()
            self.blame_line = f"{words.format(name)} removes the last {'one' if most == 1 else f'{most:,}'}."
            self.blame_action = f"Clear {short}"


def label_of(model_id: str) -> str:
    """A model's name for people; its id once it is not offered any more."""
    model = registry.find_model(model_id)
    return model.label if model else model_id


def _text(name: str, value: str) -> str:
    # No least rating is no facet.
    return "" if (name, value) == ("rating", "0") else value[:200]


def _find_blame(session: Session, account_id: str, asked: dict[str, str]) -> tuple[str, int]:
    """The one facet without which most would be found, and how many."""
    best, most = "", 0
    for name in asked:
        others = {other: value for other, value in asked.items() if other != name}
        left = feed.count(session, account_id, WallFilter.from_params(others))
        if left > most:
            best, most = name, left
    return best, most


def _list_models(session: Session, account_id: str) -> list[str]:
    query = sa.select(col(Image.model)).where(col(Image.account_id) == account_id, col(Image.deleted_at).is_(None))
    return list(session.execute(query.distinct().limit(_MODELS_MAX)).scalars())


def _show_address(query: str) -> Any:
    address = "/library" + (f"?{query}" if query else "")
    return rx.call_script(f"history.replaceState(history.state, '', {address!r})")
