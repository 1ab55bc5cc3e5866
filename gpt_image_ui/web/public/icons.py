"""Icons of the sprite, written into the page: a page that shows five icons does not fetch seventy."""

import re
from functools import cache

from markupsafe import Markup

from gpt_image_ui.web.public import styles

_SYMBOL = re.compile(r'<symbol id="i-([\w-]+)" viewBox="([^"]+)">(.*?)</symbol>', re.S)


@cache
def _symbols() -> dict[str, tuple[str, str]]:
    text = (styles.ASSETS / "icons.svg").read_text(encoding="utf-8")
    return {name: (box, paths) for name, box, paths in _SYMBOL.findall(text)}


def icon(name: str, extra: str = "") -> Markup:
    """One decorative icon; the words beside it carry the meaning."""
    box, paths = _symbols()[name]
    return Markup('<svg class="i {}" viewBox="{}" aria-hidden="true">{}</svg>').format(
        extra,
        box,
        Markup(paths),  # noqa: S704
    )
