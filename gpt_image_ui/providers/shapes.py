"""The pixels behind ratios and resolution keywords, and prices by them: what several vendors' catalogues share.

Read on 2026-11-20 from copies of Google's and ModelArk's tables of recommended and delivered sizes.
"""

import math
from collections.abc import Callable, Sequence

from gpt_image_ui.providers.interface import Size

Pixels = tuple[int, int]
# Keyword of a resolution → ratio → the pixels that it stands for.
Shapes = dict[str, dict[str, Pixels]]


def by_area(edges: dict[str, int], ratios: str, edge_max: int = 8192) -> Shapes:
    """Sizes of one area for each keyword, in steps of 16: where the vendor publishes no pixels."""
    return {key: {name: _of_area(edge, name, edge_max) for name in ratios.split()} for key, edge in edges.items()}


def times(base: dict[str, Pixels], factors: dict[str, float]) -> Shapes:
    """The same shapes, enlarged for each keyword."""
    return {key: {name: (int(w * by), int(h * by)) for name, (w, h) in base.items()} for key, by in factors.items()}


def without(shapes: Shapes, left_out: dict[str, str]) -> Shapes:
    """The shapes less the ratios that a keyword does not go with."""
    return {
        key: {name: pixels for name, pixels in sizes.items() if name not in left_out.get(key, "").split()}
        for key, sizes in shapes.items()
    }


def both_ways(wide: dict[str, Pixels]) -> dict[str, Pixels]:
    """Adds to each landscape its portrait, except to 21:9, which has none."""
    found: dict[str, Pixels] = {}
    for name, (width, height) in wide.items():
        found[name] = (width, height)
        if name not in ("1:1", "21:9"):
            found[":".join(reversed(name.split(":")))] = (height, width)
    return found


def list_sizes(shapes: Shapes) -> list[tuple[Size, str, str]]:
    """Every size with its ratio and its keyword. The first keyword goes without saying."""
    first = next(iter(shapes))
    return [
        (Size(ratio if keyword == first else f"{ratio} {keyword}", *pixels), ratio, keyword)
        for keyword, sizes in shapes.items()
        for ratio, pixels in sizes.items()
    ]


def nearest(shapes: Shapes, width: int, height: int) -> str:
    """The keyword whose area is nearest: what comes is rarely to the pixel what a keyword stands for."""
    area = math.log(max(1, width * height))
    return min(shapes, key=lambda key: abs(area - math.log(math.prod(next(iter(shapes[key].values()))))))


def tariff(shapes: Shapes, prices: Sequence[int]) -> Callable[[int, int, str], int]:
    """A price for each keyword, in their order, and so for any pixels."""
    by_keyword = dict(zip(shapes, prices, strict=True))

    def micros(width: int, height: int, quality: str) -> int:
        return by_keyword[nearest(shapes, width, height)]

    return micros


def dearest(micros: Callable[[int, int, str], int], sizes: Sequence[Size], quality: str = "") -> int:
    """The most that a megapixel costs among the sizes, for whoever wants one figure."""
    return max(-(-micros(s.width, s.height, quality) * 1_000_000 // (s.width * s.height)) for s in sizes)


def _of_area(edge: int, name: str, edge_max: int) -> Pixels:
    wide, high = (int(part) for part in name.split(":"))
    edge = min(edge, int(edge_max * math.sqrt(min(wide, high) / max(wide, high))))
    root = math.sqrt(wide / high)
    return 16 * round(edge * root / 16), 16 * round(edge / root / 16)


# Google's table for 1K; 2K and 4K are its double and fourfold.
BANANA = both_ways(
    {
        "1:1": (1024, 1024),
        "3:2": (1264, 848),
        "4:3": (1200, 896),
        "5:4": (1152, 928),
        "16:9": (1376, 768),
        "21:9": (1584, 672),
    }
)
BANANA_LONG = {"4:1": (2048, 512), "1:4": (512, 2048), "8:1": (3072, 384), "1:8": (384, 3072)}
# ModelArk's tables of recommended pixels for Seedream.
SEEDREAM: Shapes = {
    "2K": both_ways(
        {"1:1": (2048, 2048), "3:2": (2496, 1664), "4:3": (2304, 1728), "16:9": (2848, 1600), "21:9": (3136, 1344)}
    ),
    "3K": both_ways(
        {"1:1": (3072, 3072), "3:2": (3744, 2496), "4:3": (3456, 2592), "16:9": (4096, 2304), "21:9": (4704, 2016)}
    ),
    "4K": both_ways(
        {"1:1": (4096, 4096), "3:2": (4992, 3328), "4:3": (4704, 3520), "16:9": (5504, 3040), "21:9": (6240, 2656)}
    ),
}
SEEDREAM_PRO = both_ways(
    {"1:1": (1024, 1024), "3:2": (1248, 832), "4:3": (1184, 888), "16:9": (1408, 792), "21:9": (1568, 672)}
)
# ModelArk's tables of what Seedance makes; the first is what is offered first.
SEEDANCE: Shapes = {
    "720p": both_ways({"16:9": (1280, 720), "4:3": (1112, 834), "1:1": (960, 960), "21:9": (1470, 630)}),
    "480p": both_ways({"16:9": (864, 496), "4:3": (752, 560), "1:1": (640, 640), "21:9": (992, 432)}),
    "1080p": both_ways({"16:9": (1920, 1080), "4:3": (1664, 1248), "1:1": (1440, 1440), "21:9": (2206, 946)}),
    "4k": both_ways({"16:9": (3840, 2160), "4:3": (3326, 2494), "1:1": (2880, 2880), "21:9": (4398, 1886)}),
}
