"""The provider without key or network: this server draws the pictures itself, the same ones for the same seed."""

import asyncio
import io
import os
import secrets
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from PIL import Image

from gpt_image_ui.providers import masking
from gpt_image_ui.providers.at_once import AtOnce
from gpt_image_ui.providers.interface import (
    BadRequestError,
    Call,
    Completed,
    GeneratedImage,
    ModelSpec,
    Quality,
    Reference,
    Size,
)

# Prices that come to 1, 2 and 3 credits for a square of 1024 when a credit is a US cent.
_MODEL = ModelSpec(
    id="sketch",
    provider="sketch",
    label="Sketch",
    good_for="Trying the studio, drafts of colour and composition",
    sizes=(
        Size("1:1", 1024, 1024),
        Size("3:2", 1536, 1024),
        Size("2:3", 1024, 1536),
        Size("16:9", 1280, 720),
        Size("9:16", 720, 1280),
    ),
    qualities=(
        Quality("low", "Low", 9_500),
        Quality("medium", "Medium", 19_000),
        Quality("high", "High", 28_600),
    ),
    note="Drawn by this server, no AI model",
    count_max=4,
    references_max=4,
    seed=True,
    mask=True,
    mask_exact=True,
)
_SEEDS = 2**31 - 8
_SWATCH = 96


class SketchProvider(AtOnce):
    """The provider named `sketch`. Always configured; its calls cost nobody anything."""

    name = "sketch"
    lane = 4
    repeatable = True

    def __init__(self) -> None:
        self._threads: ThreadPoolExecutor | None = None

    def models(self) -> list[ModelSpec]:
        return [_MODEL]

    async def submit(self, call: Call) -> Completed:
        request = call.request
        first = secrets.randbelow(_SEEDS) if request.seed is None else request.seed
        palette = await self._run(_palette, call.references) if call.references else None
        for position in range(request.count):
            picture = await self._run(_picture, call, position, first + position, palette)

            async def drawn(picture: GeneratedImage = picture) -> list[GeneratedImage]:
                return [picture]

            await call.land(drawn)
        return Completed(delivered=request.count, cost_micros=0)

    async def close(self) -> None:
        if self._threads is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)
        self._threads = None

    async def _run(self, fn: Any, *args: Any) -> Any:
        # One core stays free, so that drawing does not hold up the screens.
        self._threads = self._threads or ThreadPoolExecutor(max(1, min(4, (os.cpu_count() or 2) - 1)), "sketch")
        return await asyncio.get_running_loop().run_in_executor(self._threads, fn, *args)


def _picture(call: Call, position: int, seed: int, palette: Any) -> GeneratedImage:
    request = call.request
    # Here, in its thread: numpy and the engine would add a tenth of a second to every start.
    from gpt_image_ui.providers.sketching import draw

    sheet = draw.draw(request.prompt, request.width, request.height, seed, request.quality, palette)
    if call.mask is not None and call.references:
        sheet = masking.keep_outside(sheet, call.mask.data, call.references[0].data)
    packed = io.BytesIO()
    # Level 1 is a third of the time of the usual level for a tenth more bytes.
    sheet.save(packed, "PNG", compress_level=1)
    return GeneratedImage(position, packed.getvalue(), seed)


def _palette(references: tuple[Reference, ...]) -> Any:
    """The colours of all the references together, read from one strip of small copies."""
    from gpt_image_ui.providers.sketching import palettes

    strip = Image.new("RGB", (_SWATCH * len(references), _SWATCH))
    for number, reference in enumerate(references):
        try:
            with Image.open(io.BytesIO(reference.data)) as opened:
                opened.draft("RGB", (_SWATCH, _SWATCH))
                strip.paste(opened.convert("RGB").resize((_SWATCH, _SWATCH)), (number * _SWATCH, 0))
        except (OSError, ValueError, Image.DecompressionBombError) as error:
            raise BadRequestError("a reference cannot be opened") from error
    return palettes.palette_of(strip)
