"""The difference between two prompts in words, to be accepted whole or in part. Pure."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

KEEP, CHANGE = "keep", "change"


@dataclass(frozen=True)
class Part:
    """A stretch of text. For a change, `old` is what goes and `new` what comes; either may be empty."""

    kind: str
    old: str
    new: str


def between(old: str, new: str) -> list[Part]:
    """The parts that lead from one text to the other; joined, their olds and news are the two texts."""
    before, after = _words(old), _words(new)
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    return [
        Part(KEEP if tag == "equal" else CHANGE, "".join(before[a:b]), "".join(after[c:d]))
        for tag, a, b, c, d in matcher.get_opcodes()
    ]


def apply(parts: list[Part], accepted: set[int]) -> str:
    """The text with the accepted changes made (by index among all parts) and the others left as they were."""
    chosen = (part.new if part.kind == KEEP or at in accepted else part.old for at, part in enumerate(parts))
    return re.sub(r"[ \t]{2,}", " ", "".join(chosen)).strip()


def _words(text: str) -> list[str]:
    # A word carries the space after it, so that parts can be put together again without guessing.
    return re.findall(r"\S+\s*|\s+", text)
