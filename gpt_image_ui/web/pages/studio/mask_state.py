"""The mask of the composer's first reference: painted over a picture or a reference, kept, reopened, taken away."""

from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

import reflex as rx
from sqlmodel import Session

from gpt_image_ui.accounts.sessions import AccountView
from gpt_image_ui.core import db
from gpt_image_ui.core.errors import NotFoundError, UserFacingError
from gpt_image_ui.gallery import images, uploads
from gpt_image_ui.gallery.tables import Image, Upload
from gpt_image_ui.generation import routing
from gpt_image_ui.providers.interface import IMAGE, ModelSpec
from gpt_image_ui.storage import store
from gpt_image_ui.web.components.mask import Easel, Painted
from gpt_image_ui.web.components.picture_state import whole_number
from gpt_image_ui.web.edge_events import require_account, say
from gpt_image_ui.web.pages.studio import offer
from gpt_image_ui.web.pages.studio.state import StudioState

_FORGET_ADDRESS = "history.replaceState(history.state, '', '/studio')"


class MaskState(StudioState):
    """What the editor is open over. The mask itself, once used, is the composer's."""

    easel: rx.Field[Easel] = rx.field(default_factory=Easel)
    trouble: rx.Field[str] = rx.field("")
    paintable: rx.Field[bool] = rx.field(False)  # whether a model here takes masks
    _image_id: int = 0  # the picture below the editor; 0 when it is a reference
    _upload_id: str = ""  # the reference below the editor
    _brought: tuple[int, str] = (0, "")  # the picture that was made a reference last, and as which upload

    @rx.event
    async def on_load(self):
        """An address may name a picture to paint over."""
        account = await require_account(self)
        models = await routing.offered(routing.tier_of(account.kind))
        self.paintable = any(takes_masks(model) for model in models)
        asked = dict(parse_qsl(urlsplit(str(self.router.url)).query)).get("mask", "")
        if asked:
            yield rx.call_script(_FORGET_ADDRESS)
            yield MaskState.paint_picture(whole_number(asked))

    @rx.event
    async def paint_picture(self, image_id: int):
        """Opens the editor over one of the account's pictures."""
        account = await require_account(self)
        image = await db.read(images.get, account.id, whole_number(image_id))
        if image.kind != IMAGE:
            raise UserFacingError("A video takes no mask. Nothing was changed.", "no_picture")
        self._image_id, self._upload_id = whole_number(image_id), ""
        again = self.mask_id if self._brought == (self._image_id, self.mask.over) else ""
        await self._open(
            account,
            Easel(
                f"/media/{image.id}/original",
                image.width,
                image.height,
                image.title,
                start=address_of(again),
                previous=address_of(await db.read(_kept_mask, account.id, image)),
            ),
        )

    @rx.event
    async def paint_reference(self, upload_id: str):
        """Opens the editor over a reference, which comes first then."""
        account = await require_account(self)
        row = await db.read(uploads.get, account.id, str(upload_id))
        self._image_id, self._upload_id = 0, row.id
        start = self.mask.id if self.mask.over == row.id else ""
        await self._open(account, Easel(address_of(row.id), row.width, row.height, row.name, start=address_of(start)))

    @rx.event
    async def use(self, upload_id: str):
        """The editor has kept a mask: its picture becomes the first reference, for a model that takes masks."""
        account = await require_account(self)
        try:
            mask = await db.read(uploads.get, account.id, str(upload_id))
            switched = await self._attach(account, mask)
        except UserFacingError as error:
            self.trouble = error.message
            return None
        self.easel, self.trouble = Easel(), ""
        return say(switched) if switched else None

    @rx.event
    def leave(self):
        """The editor was shut; the composer stays as it was."""
        self.easel, self.trouble = Easel(), ""

    @rx.event
    def take_away(self):
        """The composer's request has no mask any more."""
        self.mask = Painted()

    async def _open(self, account: AccountView, easel: Easel) -> None:
        model = choose_model(self.settings.model, await routing.offered(routing.tier_of(account.kind)))
        self.easel, self.trouble = replace(easel, note=note_of(model)), ""

    async def _attach(self, account: AccountView, mask: Upload) -> str:
        """What to say about the model, if it changed."""
        models = await routing.offered(routing.tier_of(account.kind))
        before = offer.find(self.settings, models)
        model = choose_model(before.id, models)
        target = await self._target(account)
        size = f"{target.width}x{target.height}"
        self.settings = replace(self.settings, model=model.id, size=size)
        others = [ref.id for ref in self.references if ref.id != target.id]
        await self._price(account)  # the new model's room counts
        await self._refer(account.id, [target.id, *others[: max(0, model.references_max - 1)]])
        self.mask = Painted(mask.id, target.id, label_of(mask))
        await self._price(account)
        left_out = len(others) - max(0, model.references_max - 1)
        said = f"{before.label} takes no mask, so {model.label} is chosen." if model.id != before.id else ""
        return f"{said} References without room were left out.".strip() if left_out > 0 else said

    async def _target(self, account: AccountView) -> Upload:
        """The reference to be changed: the one below the editor, or the picture below it as a reference."""
        known = [ref.id for ref in self.references]
        if self._upload_id:
            return await db.read(uploads.get, account.id, self._upload_id)
        if self._brought[0] == self._image_id and self._brought[1] in known:
            return await db.read(uploads.get, account.id, self._brought[1])
        image = await db.read(images.get, account.id, self._image_id)
        stored = await store.get().open(image.key)
        upload = await uploads.accept(account.id, image.title or "Picture", stored.body)
        self._brought = (self._image_id, upload.id)
        return upload


def takes_masks(model: ModelSpec) -> bool:
    """Whether a picture can be changed within a mask here and now."""
    return model.mask and model.kind == IMAGE and not model.unavailable


def choose_model(model_id: str, models: list[ModelSpec]) -> ModelSpec:
    """The chosen model if it takes masks, else one of its provider's, else the first. Raises UserFacingError."""
    able = [model for model in models if takes_masks(model)]
    chosen = next((model for model in models if model.id == model_id), None)
    nearest = [model for model in able if chosen and model.provider == chosen.provider]
    if not able:
        raise UserFacingError("No model here takes a mask now. Nothing was changed.", "mask_unsupported")
    return next((model for model in able if model.id == model_id), (nearest or able)[0])


def note_of(model: ModelSpec) -> str:
    """What the model makes of a mask, in words."""
    if model.mask_exact:
        return f"{model.label} keeps everything outside as it is."
    return f"{model.label} treats masks as guidance: a little may change outside."


def label_of(mask: Upload) -> str:
    """The editor names its uploads by what they cover."""
    return mask.name if mask.name.startswith("Mask ") and len(mask.name) < 24 else "Mask"


def address_of(upload_id: str) -> str:
    """The working copy of an upload, or nothing."""
    return f"/media/uploads/{upload_id}?full=1" if upload_id else ""


def _kept_mask(session: Session, account_id: str, image: Image) -> str:
    """The mask with which a picture was made, while it is kept."""
    try:
        return uploads.get(session, account_id, str(image.recipe.get("mask") or "")).id
    except NotFoundError:
        return ""
