"""The curated pictures as style: each keeps its place and shows its mean colour before it has loaded."""

from collections.abc import Iterable

from gpt_image_ui.examples.catalogue import Example


def rules(examples: Iterable[Example]) -> str:
    """One style rule for each picture on a page: the content policy allows no style attributes."""
    return "".join(
        f".x-{e.slug}{{--ar:{e.width}/{e.height};--r:{e.width / e.height:.4f};--c:{e.colour}}}"
        for e in dict.fromkeys(examples)
    )
