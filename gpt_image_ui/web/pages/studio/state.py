"""The composer of one open tab: what is set, what it costs, and what Create does."""

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import reflex as rx

from gpt_image_ui.accounts.sessions import AccountView
from gpt_image_ui.core import db, ids
from gpt_image_ui.core.errors import UserFacingError
from gpt_image_ui.examples import catalogue
from gpt_image_ui.gallery import images, uploads
from gpt_image_ui.generation import fallback, health, routing, submit
from gpt_image_ui.prompting import history
from gpt_image_ui.providers.interface import ImageRequest, ModelSpec
from gpt_image_ui.web import live
from gpt_image_ui.web.components.mask import Painted
from gpt_image_ui.web.components.picture_state import whole_number
from gpt_image_ui.web.components.selection_state import SelectionState
from gpt_image_ui.web.edge_events import require_account
from gpt_image_ui.web.pages.studio import asked, attachments, caps_line, offer, roles
from gpt_image_ui.web.pages.studio.attachments import Attachment
from gpt_image_ui.web.pages.studio.comparison import ModelRow
from gpt_image_ui.web.pages.studio.offer import Choice, Offer, Settings

_PROMPT_MAX = 40_000
_TOLD_MAX = 20
# Opens the table of models as a press of its button would: on a phone the sheet comes first.
_OPEN_MODELS = """(() => {
  const sheet = document.getElementById("composer");
  if (sheet instanceof HTMLDialogElement && !sheet.open) sheet.showModal();
  document.querySelector("[popovertarget=choose-model]")?.click();
})()"""


@dataclass(frozen=True)
class Fill:
    """Words for the prompt's field; a new stamp puts them there."""

    text: str = ""
    stamp: str = "0"


class StudioState(rx.State):
    """What the tab holds beside the words, which stay in the browser until Create."""

    settings: rx.Field[Settings] = rx.field(default_factory=Settings)
    offer: rx.Field[Offer] = rx.field(default_factory=Offer)
    rows: rx.Field[tuple[ModelRow, ...]] = rx.field(())
    parts: rx.Field[tuple[Choice, ...]] = rx.field(())
    references: rx.Field[list[Attachment]] = rx.field(default_factory=list)
    mask: rx.Field[Painted] = rx.field(default_factory=Painted)
    fill: rx.Field[Fill] = rx.field(default_factory=Fill)
    nonce: rx.Field[str] = rx.field("")
    checking: rx.Field[str] = rx.field("")
    problem: rx.Field[str] = rx.field("")
    cap: rx.Field[str] = rx.field("")
    open_id: rx.Field[int] = rx.field(0)
    _filled: str = ""

    @rx.var
    def reference_ids(self) -> str:
        """The references as the form carries them."""
        return ",".join(ref.id for ref in self.references)

    @rx.var
    def reference_roles(self) -> str:
        """Their parts, in the same order."""
        return ",".join(ref.role for ref in self.references)

    @rx.var
    def mask_id(self) -> str:
        """The mask, while the picture that it was painted over comes first."""
        return self.mask.id if self.references and self.references[0].id == self.mask.over else ""

    @rx.event
    async def on_load(self):
        """Fills the page from the database and the composer from the address."""
        account = await require_account(self)
        await live.link(self, account.id)
        self.checking, self.nonce = "", ids.new_id()
        address = urlsplit(str(self.router.url))
        self.open_id = asked.image_in(address.path)
        if address.query and self._filled != asked.mark_of(address.query):
            self._filled = asked.mark_of(address.query)
            await self._take_query(account.id, dict(parse_qsl(address.query)))
        await self._price(account)
        return SelectionState.clear

    @rx.event
    async def choose(self, name: str, value: str):
        """A setting was chosen; what the model does not take falls back to what it does."""
        account = await require_account(self)
        if name in asked.CHOICES:
            self.settings = replace(self.settings, **{name: str(value)[:96]})
        await self._price(account)

    @rx.event
    async def compare(self):
        """The table of models was opened."""
        account = await require_account(self)
        models = await routing.offered(routing.tier_of(account.kind))
        self.rows = offer.compare(self.settings, models, await health.find_figures())

    @rx.event
    async def choose_count(self, count: int):
        """How many pictures."""
        account = await require_account(self)
        self.settings = replace(self.settings, count=whole_number(count))
        await self._price(account)

    @rx.event
    async def attach(self, upload: dict[str, Any]):
        """A file has arrived by HTTP; only its id is believed."""
        account = await require_account(self)
        await self._refer(account.id, [*(ref.id for ref in self.references), str(upload.get("id", ""))])
        await self._price(account)

    @rx.event
    async def detach(self, upload_id: str):
        """Takes a reference away; its file stays with the pictures that used it."""
        account = await require_account(self)
        self.references = [ref for ref in self.references if ref.id != upload_id]
        await self._price(account)

    @rx.event
    def move(self, upload_id: str, by: int):
        """Swaps a reference with its neighbour to the left (-1) or right (1)."""
        order = list(self.references)
        at = next((i for i, ref in enumerate(order) if ref.id == upload_id), None)
        to = -1 if at is None else at + (1 if by == 1 else -1)
        if at is not None and 0 <= to < len(order):
            order[at], order[to] = order[to], order[at]
            self.references = order

    @rx.event
    async def play(self, upload_id: str, role: str):
        """Gives a reference another part: the first frame, the last, or a reference."""
        account = await require_account(self)
        models = await routing.offered(routing.tier_of(account.kind))
        at = next((i for i, ref in enumerate(self.references) if ref.id == upload_id), -1)
        given = roles.change([ref.role for ref in self.references], at, str(role), offer.find(self.settings, models))
        self.references = [replace(ref, role=part) for ref, part in zip(self.references, given, strict=True)]
        await self._price(account)

    @rx.event
    async def start_with(self, slug: str):
        """An example's words and settings."""
        account = await require_account(self)
        example = catalogue.load().find(str(slug))
        if example:
            self.settings = Settings(example.model, example.size, example.quality, 1, str(example.seed))
            self.fill = Fill(example.prompt, ids.new_id())
            await self._price(account)

    @rx.event
    async def recall(self, image_id: int):
        """All of a picture's settings, words and references, back in the composer."""
        account = await require_account(self)
        await self._recall(account.id, whole_number(image_id))
        await self._price(account)

    @rx.event
    async def edit(self, job_id: str):
        """A failed or blocked job's request, back in the composer to be changed."""
        account = await require_account(self)
        job = await db.read(submit.get, account.id, str(job_id))
        await self._take(account.id, submit.from_json(job.request))
        await self._price(account)

    @rx.event
    async def elsewhere(self, job_id: str):
        """A failed job's request, back in the composer, and the table of models over it."""
        yield StudioState.edit(job_id)
        yield rx.call_script(_OPEN_MODELS)

    @rx.event
    async def use_again(self, entry_id: int):
        """A prompt of the history with the settings that it was sent with; references stay as they are."""
        account = await require_account(self)
        entry = await db.read(history.get, account.id, whole_number(entry_id))
        self.settings = offer.settings_of(ImageRequest(prompt=entry.prompt, **entry.settings))
        self.fill = Fill(entry.prompt, ids.new_id())
        await self._price(account)

    @rx.event
    async def refer_to(self, image_id: int):
        """Uses one of the account's pictures as a reference."""
        account = await require_account(self)
        await self._bring(account, [image_id])

    @rx.event
    async def refer_to_all(self, image_ids: list[int]):
        """Uses pictures that were chosen in the library picker, in the order in which they were chosen."""
        account = await require_account(self)
        await self._bring(account, image_ids)

    @rx.event(background=True)
    async def create(self, form: dict[str, Any]):
        """Create was pressed. The card appears before anything is asked of anyone."""
        nonce, prompt, problem = str(form.get("nonce", ""))[:64], str(form.get("prompt", ""))[:_PROMPT_MAX], ""
        async with self:
            account = await require_account(self)
            self.checking, self.problem = " ".join(prompt[:120].split()), ""
            models = await routing.offered(routing.tier_of(account.kind))
            settings, request = self._stands_for(form, prompt, models)
        try:
            offer.check_price(settings, request.references, str(form.get("price", "")), models)
            told = str(form.get("told", "")).splitlines()[:_TOLD_MAX]
            await submit.submit(account.id, nonce or ids.new_id(), request, told=told)
            await db.transaction(history.note, account.id, request)
            nonce = ids.new_id()
        except UserFacingError as error:
            problem = error.message
        finally:
            async with self:
                await self._answered(account, settings, nonce, problem)

    async def _answered(self, account: AccountView, settings: Settings, nonce: str, problem: str) -> None:
        self.settings, self.checking, self.nonce = settings, "", nonce
        await live.link(self, account.id)
        await self._price(account)
        self.problem = problem

    def _stands_for(self, form: dict[str, Any], prompt: str, models: list[ModelSpec]) -> tuple[Settings, ImageRequest]:
        """What the button said when it was pressed. The tab's state may have been lost since: a press made while the
        server was away arrives after its return."""
        settings = offer.fit(asked.settings_in(form, self.settings, self.settings.count), models)
        given = str(form.get("references", self.reference_ids))[:_PROMPT_MAX]
        references = tuple(name for name in given.split(",") if name)
        played = str(form.get("roles", self.reference_roles))[:_PROMPT_MAX].split(",")
        request = offer.request_of(settings, prompt, references, tuple(played))
        return settings, replace(request, mask=str(form.get("mask", self.mask_id))[:64])

    async def _price(self, account: AccountView) -> None:
        tier = routing.tier_of(account.kind)
        models = await routing.offered(tier)
        self.settings = offer.fit(self.settings, models)
        model = offer.find(self.settings, models)
        self._assign_roles(model)
        references = tuple(ref.id for ref in self.references)
        request = offer.request_of(self.settings, "-", references, tuple(ref.role for ref in self.references))
        self.offer = offer.build(self.settings, references, models, fallback.list_destinations(model, request, tier))
        self.problem = ""
        self.cap = await db.read(caps_line.reached, account.id, self.offer.total)

    def _assign_roles(self, model: ModelSpec) -> None:
        played = roles.fit([ref.role for ref in self.references], model)
        self.parts = tuple(Choice(*choice) for choice in roles.choices(model, len(self.references)))
        if played != tuple(ref.role for ref in self.references):
            self.references = [replace(ref, role=role) for ref, role in zip(self.references, played, strict=True)]

    async def _take_query(self, account_id: str, query: dict[str, str]) -> None:
        if query.get("from"):
            await self._recall(account_id, whole_number(query["from"]))
            return
        self.settings = asked.settings_in(query, self.settings, 1)
        if query.get("prompt"):
            self.fill = Fill(query["prompt"][:_PROMPT_MAX], self._filled)

    async def _recall(self, account_id: str, image_id: int) -> None:
        image = await db.read(images.get, account_id, image_id)
        request = submit.from_json(image.recipe)
        await self._take(account_id, request if request.seed is not None else replace(request, seed=image.seed))

    async def _take(self, account_id: str, request: Any) -> None:
        self.settings = offer.settings_of(request)
        self.fill = Fill(request.prompt, ids.new_id())
        kept = await db.read(attachments.still_kept, account_id, request.references)
        played = dict(zip(request.references, request.roles, strict=False))
        self.references = [replace(ref, role=played.get(ref.id, "")) for ref in kept]
        mask = await db.read(attachments.still_kept, account_id, (request.mask,) if request.references else ())
        self.mask = Painted(mask[0].id, request.references[0], mask[0].name) if mask else Painted()

    async def _bring(self, account: AccountView, image_ids: list[int]) -> None:
        known = [ref.id for ref in self.references]
        attachments.check_room(self.offer.model_label, self.offer.references_max, len(known) + len(image_ids))
        for image_id in image_ids:
            known.append(await attachments.copy_of(account.id, whole_number(image_id)))
        await self._refer(account.id, known)
        await self._price(account)

    async def _refer(self, account_id: str, upload_ids: list[str]) -> None:
        known = list(dict.fromkeys(upload_ids))
        attachments.check_room(self.offer.model_label, self.offer.references_max, len(known))
        rows = await db.read(uploads.get_many, account_id, known)
        played = {ref.id: ref.role for ref in self.references}
        self.references = [replace(attachments.shown(row), role=played.get(row.id, "")) for row in rows]
