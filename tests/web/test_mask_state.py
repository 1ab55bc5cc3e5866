"""The composer's mask: whose picture is painted over, what becomes the first reference, and which model is chosen."""

from collections.abc import AsyncIterator
from dataclasses import replace
from io import BytesIO

import pytest
from PIL import Image

from gpt_image_ui.core import db
from gpt_image_ui.core.errors import NotFoundError, UserFacingError
from gpt_image_ui.gallery import uploads
from gpt_image_ui.gallery.tables import Upload
from gpt_image_ui.generation import routing, submit
from gpt_image_ui.providers import registry
from gpt_image_ui.providers.interface import ImageRequest, ModelSpec
from gpt_image_ui.storage import store
from gpt_image_ui.web.components.mask import Easel, Painted
from gpt_image_ui.web.pages.studio import mask_state
from gpt_image_ui.web.pages.studio.mask_state import MaskState
from gpt_image_ui.web.pages.studio.state import StudioState
from tests.gallery import pictures
from tests.web.tabs import Tab, send

[SKETCH] = [model for model in registry.models() if model.id == "sketch"]
PLAIN = replace(SKETCH, id="plain", label="Plain", mask=False, mask_exact=False)
GUIDED = replace(SKETCH, id="guided", label="Guided", provider="far", mask_exact=False, references_max=1)
FULL = replace(SKETCH, id="full", label="Full", unavailable="its key is missing")


@pytest.fixture
async def studio(database: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Tab, StudioState, MaskState]]:
    tab = Tab(monkeypatch)
    composer, masking = await tab.state(StudioState), await tab.state(MaskState)
    await send(composer, "choose", "quality", "low")
    yield tab, composer, masking
    await store.close()


async def test_a_picture_painted_over_becomes_the_first_reference_with_its_mask(studio):
    tab, composer, masking = studio
    other = await bring(tab, opaque(), "Other")
    await send(composer, "attach", {"id": other.id})
    image_id = await picture(tab, 1536, 1024)
    await send(masking, "paint_picture", image_id)
    assert masking.easel == Easel(
        f"/media/{image_id}/original", 1536, 1024, "A harbour at dawn", note="Sketch keeps everything outside as it is."
    )
    mask = await bring(tab, clear(), "Mask 12 %")
    await send(masking, "use", mask.id)
    first, second = composer.references
    assert (first.name, second.id) == ("A harbour at dawn", other.id)
    assert composer.mask == Painted(mask.id, first.id, "Mask 12 %")
    assert (composer.mask_id, composer.settings.size) == (mask.id, "1536x1024")
    assert masking.easel == Easel()


async def test_the_same_picture_painted_again_stays_one_reference_and_goes_on_with_its_mask(studio):
    tab, composer, masking = studio
    image_id = await picture(tab)
    for share in ("Mask 12 %", "Mask 20 %"):
        await send(masking, "paint_picture", image_id)
        before = composer.mask_id
        assert masking.easel.start == (f"/media/uploads/{before}?full=1" if before else "")
        await send(masking, "use", (await bring(tab, clear(), share)).id)
    assert len(composer.references) == 1
    assert composer.mask.label == "Mask 20 %"


async def test_a_mask_belongs_to_its_reference_and_only_while_that_comes_first(studio):
    tab, composer, masking = studio
    first, second = [await bring(tab, opaque(), name) for name in ("First", "Second")]
    for upload in (first, second):
        await send(composer, "attach", {"id": upload.id})
    await send(masking, "paint_reference", second.id)
    assert (masking.easel.src, masking.easel.width) == (f"/media/uploads/{second.id}?full=1", 60)
    mask = await bring(tab, clear(), "anything at all")
    await send(masking, "use", mask.id)
    assert [ref.id for ref in composer.references] == [second.id, first.id]
    assert composer.mask.label == "Mask"
    await send(composer, "move", second.id, 1)
    assert composer.mask_id == ""
    await send(composer, "move", second.id, -1)
    assert composer.mask_id == mask.id
    await send(composer, "detach", second.id)
    assert composer.mask_id == ""


async def test_create_sends_the_mask_of_its_form(studio, monkeypatch: pytest.MonkeyPatch):
    tab, composer, masking = studio
    sent: list[ImageRequest] = []

    async def note(account: str, nonce: str, request: ImageRequest, *_: object, **__: object) -> str:
        sent.append(request)
        return "1" * 32

    monkeypatch.setattr(submit, "submit", note)
    await send(masking, "paint_picture", await picture(tab))
    await send(masking, "use", (await bring(tab, clear(), "Mask 12 %")).id)
    form = {"prompt": "A pear", "nonce": "n1", "references": composer.reference_ids, "mask": composer.mask_id}
    await send(composer, "create", form)
    await send(masking, "take_away")
    await send(composer, "create", {"prompt": "A pear", "nonce": "n2"})
    assert [(bool(request.references), bool(request.mask)) for request in sent] == [(True, True), (True, False)]


async def test_recall_brings_the_mask_back_while_it_is_kept(studio):
    tab, composer, masking = studio
    target, mask = await bring(tab, opaque(), "Pear"), await bring(tab, clear(), "Mask 9 %")
    asked = {"model": "sketch", "prompt": "A pear", "size": "1024x1024", "quality": "low"}
    made = pictures.add("2" * 32, account=tab.account_id, request={**asked, "references": [target.id], "mask": mask.id})
    await send(composer, "recall", made)
    assert (composer.mask_id, composer.mask.label) == (mask.id, "Mask 9 %")
    await send(masking, "paint_picture", made)
    assert masking.easel.previous == f"/media/uploads/{mask.id}?full=1"
    await uploads.discard(tab.account_id, mask.id)
    await send(composer, "recall", made)
    assert (composer.mask_id, len(composer.references)) == ("", 1)


async def test_another_s_picture_reference_and_mask_are_not_here(studio):
    tab, composer, masking = studio
    theirs = await uploads.accept(pictures.BORIS, "Theirs", once(clear()))
    image_id = pictures.add("3" * 32, account=pictures.BORIS)
    for handler, value in (("paint_picture", image_id), ("paint_reference", theirs.id), ("paint_picture", "x")):
        with pytest.raises(NotFoundError):
            await send(masking, handler, value)
    await send(masking, "paint_picture", await picture(tab))
    await send(masking, "use", theirs.id)
    assert "not here any more" in masking.trouble
    assert (composer.mask_id, masking.easel.src != "") == ("", True)


async def test_a_video_takes_no_mask(studio):
    tab, _, masking = studio
    film = pictures.add("4" * 32, account=tab.account_id, derived=pictures.filmed(5000))
    with pytest.raises(UserFacingError, match="video"):
        await send(masking, "paint_picture", film)


async def test_a_model_without_masks_gives_way_and_that_is_said(studio, monkeypatch: pytest.MonkeyPatch):
    tab, composer, masking = studio
    monkeypatch.setattr(routing, "offered", listing(PLAIN, GUIDED))
    kept = await bring(tab, opaque(), "Other")
    await send(composer, "choose", "model", "plain")
    await send(composer, "attach", {"id": kept.id})
    await send(masking, "paint_picture", await picture(tab))
    assert masking.easel.note.startswith("Guided treats masks as guidance")
    said = await send(masking, "use", (await bring(tab, clear(), "Mask 12 %")).id)
    assert composer.settings.model == "guided"
    assert len(composer.references) == 1
    assert "Plain takes no mask, so Guided is chosen. References without room were left out." in str(said)


@pytest.mark.parametrize(
    ("asked", "models", "chosen"),
    [
        ("sketch", [PLAIN, SKETCH], "sketch"),
        ("plain", [GUIDED, PLAIN, SKETCH], "sketch"),
        ("gone", [PLAIN, GUIDED], "guided"),
    ],
)
def test_the_nearest_model_that_takes_masks(asked: str, models: list[ModelSpec], chosen: str):
    assert mask_state.choose_model(asked, models).id == chosen


def test_where_no_model_takes_masks_nothing_is_changed():
    with pytest.raises(UserFacingError, match="Nothing was changed"):
        mask_state.choose_model("plain", [PLAIN, FULL])


def listing(*models: ModelSpec):
    async def offered(_tier: str) -> list[ModelSpec]:
        return list(models)

    return offered


async def once(data: bytes) -> AsyncIterator[bytes]:
    yield data


async def bring(tab: Tab, data: bytes, name: str) -> Upload:
    return await uploads.accept(tab.account_id, name, once(data))


async def picture(tab: Tab, width: int = 60, height: int = 40) -> int:
    """A finished picture whose original is in the store."""
    key = f"images/{tab.account_id}/{'1' * 32}/0"
    await store.get().put(key, opaque(), "image/png")
    return db.run(pictures.put, "1" * 32, account=tab.account_id, key=key, derived=pictures.derived(width, height))


def opaque() -> bytes:
    return packed("RGB")


def clear() -> bytes:
    return packed("RGBA")


def packed(mode: str) -> bytes:
    out = BytesIO()
    Image.new(mode, (60, 40)).save(out, "PNG")
    return out.getvalue()
