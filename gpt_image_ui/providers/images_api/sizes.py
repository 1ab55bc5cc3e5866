"""The sizes offered of those that a rule allows: plain shapes in about one, three and eight megapixels."""

from gpt_image_ui.providers.interface import Size

# Shape → its smallest size in multiples of 16, and how often that is taken for each step. Edges are multiples of 16, at
# most 3:1, 655,360 to 8,294,400 pixels, no edge over 3840; every size here is exactly of its shape.
_SHAPES: dict[str, tuple[int, int, tuple[int, int, int]]] = {
    "1:1": (16, 16, (64, 128, 180)),
    "3:2": (48, 32, (32, 48, 73)),
    "2:3": (32, 48, (32, 48, 73)),
    "4:3": (64, 48, (18, 32, 51)),
    "3:4": (48, 64, (18, 32, 51)),
    "16:9": (256, 144, (5, 10, 15)),
    "9:16": (144, 256, (5, 10, 15)),
    "21:9": (112, 48, (14, 24, 34)),
    "3:1": (48, 16, (32, 56, 80)),
}
_STEPS = ("", " 2K", " 4K")


def _build() -> tuple[Size, ...]:
    return tuple(
        Size(f"{shape}{step}", width * times[number], height * times[number])
        for number, step in enumerate(_STEPS)
        for shape, (width, height, times) in _SHAPES.items()
    )


# GPT Image 2 and later take any size within the rule.
FREE = _build()
# The families before took these three.
CLASSIC = tuple(size for size in FREE if size.value in ("1024x1024", "1536x1024", "1024x1536"))
# For a server of which nothing is known.
SERVER = (*CLASSIC, Size("1:1 small", 512, 512), Size("1:1 medium", 768, 768))
