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
    parts: list[Part] = []
    for tag, a, b, c, d in matcher.get_opcodes():
        part = Part(KEEP if tag == "equal" else CHANGE, "".join(before[a:b]), "".join(after[c:d]))
        parts.append(part)
        # Two changes with nothing but a gap between them are read, and taken, as one.
        if len(parts) > 2 and part.kind == CHANGE and not parts[-2].old.strip() and parts[-3].kind == CHANGE:
            first, gap, last = parts[-3:]
            parts[-3:] = [Part(CHANGE, first.old + gap.old + last.old, first.new + gap.new + last.new)]
    return parts


def apply(parts: list[Part], accepted: set[int]) -> str:
    """The text with the accepted changes made (by index among all parts) and the others left as they were."""
    chosen = (part.new if part.kind == KEEP or at in accepted else part.old for at, part in enumerate(parts))
    return re.sub(r"[ \t]{2,}", " ", "".join(chosen)).strip()


def _words(text: str) -> list[str]:
    # Words, marks and spaces are told apart, so that a comma after a word does not change the word.
    return re.findall(r"\w+|\s+|[^\w\s]", text)
