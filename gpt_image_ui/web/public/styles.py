"""The style sheet of the public pages: tokens, shared parts and page rules, cut down to what these pages use.

It is written into the page, so that the first paint waits for one answer only; the content policy names its hash.
"""

import base64
import hashlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from gpt_image_ui.web import frontend

_CHECKOUT = Path(__file__).resolve().parents[3] / "assets"
# An installed wheel has them among the compiled screens only.
ASSETS = _CHECKOUT if (_CHECKOUT / "tokens.css").is_file() else frontend.client_directory()
TEMPLATES = Path(__file__).parent / "templates"
SHEETS = ("tokens.css", "components.css", "public.css")

_COMMENT = re.compile(r"/\*.*?\*/", re.S)
_CLASS = re.compile(r"\.(-?[A-Za-z_][\w-]*)")
_WORD = re.compile(r"[A-Za-z_][\w-]*")
_NESTING = ("@media", "@container", "@supports", "@layer")


@cache
def sheet() -> str:
    """Every rule whose classes all occur in a template."""
    text = "\n".join((ASSETS / name).read_text(encoding="utf-8") for name in SHEETS)
    used = frozenset(
        word for path in TEMPLATES.glob("*.html") for word in _WORD.findall(path.read_text(encoding="utf-8"))
    )
    return cut_down(text, used)


def cut_down(text: str, used: frozenset[str]) -> str:
    """The style sheet without comments, slack and the rules that name a class outside `used`."""
    kept = _kept(_COMMENT.sub("", text), used)
    rules = "".join(block for block in kept if not block.startswith("@keyframes"))
    motions = (block for block in kept if block.startswith("@keyframes"))
    return rules + "".join(block for block in motions if _is_named(block, rules))


def hash_of(style: str) -> str:
    """The content policy's source expression for an inline style element."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}'"


def _kept(text: str, used: frozenset[str]) -> list[str]:
    kept = []
    for head, body in _blocks(text):
        if head.startswith(_NESTING):
            inner = "".join(_kept(body, used))
            if inner:
                kept.append(f"{head}{{{inner}}}")
        elif head.startswith("@"):
            kept.append(f"{head}{{{_tight(body)}}}")
        elif selectors := [s for s in _selectors(head) if all(name in used for name in _CLASS.findall(s))]:
            kept.append(f"{','.join(selectors)}{{{_tight(body)}}}")
    return kept


def _blocks(text: str) -> Iterator[tuple[str, str]]:
    """Top-level `head { body }` pairs; bodies may nest."""
    start = depth = opened = 0
    for at, char in enumerate(text):
        if char == "{":
            depth += 1
            opened = at if depth == 1 else opened
        elif char == "}":
            depth -= 1
            if depth == 0:
                yield " ".join(text[start:opened].split()), text[opened + 1 : at]
                start = at + 1


def _selectors(head: str) -> list[str]:
    """The parts of a selector list, split at commas outside brackets."""
    parts, depth = [""], 0
    for char in head:
        depth += (char in "([") - (char in ")]")
        if char == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += char
    return [part.strip() for part in parts]


def _tight(body: str) -> str:
    return re.sub(r"\s*([;{}])\s*", r"\1", re.sub(r":\s+", ":", " ".join(body.split()))).strip(" ;")


def _is_named(keyframes: str, rest: str) -> bool:
    name = keyframes.removeprefix("@keyframes").split("{")[0].strip()
    return re.search(rf"animation[^;}}]*\b{re.escape(name)}\b", rest) is not None
