"""Every finish by name. A finish may be laid over any motif."""

from collections.abc import Callable

from gpt_image_ui.providers.sketching import finishes_paint, finishes_print
from gpt_image_ui.providers.sketching.canvas import Array, Sheet

FINISHES: dict[str, Callable[[Sheet, Array], Array]] = {
    "plain": finishes_print.plain,
    "silkscreen": finishes_print.silkscreen,
    "halftone": finishes_print.halftone,
    "woodcut": finishes_print.woodcut,
    "papercut": finishes_print.papercut,
    "pixels": finishes_print.pixels,
    "watercolour": finishes_paint.watercolour,
    "ink_wash": finishes_paint.ink_wash,
    "pencil": finishes_paint.pencil,
    "oil": finishes_paint.oil,
    "mosaic": finishes_paint.mosaic,
    "stained_glass": finishes_paint.stained_glass,
}
