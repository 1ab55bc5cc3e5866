"""Rules that need no network. They read a prompt as a person would: through accents, digits for letters, blanks and
stray signs between letters, and letters borrowed from other alphabets."""

import re
import tomllib
import unicodedata
from functools import cache
from importlib import resources
from typing import Any

NAME = "rules"
_TABLE = tomllib.loads((resources.files("gpt_image_ui.moderation.checkers") / "rules.toml").read_text(encoding="utf-8"))
VERSION: str = _TABLE["version"]

# Cyrillic and Greek letters that look like Latin ones.
_LOOKS = str.maketrans("асеорхуіјѕԁһкмтвнпαεοιυνκτρχ", "aceopxyijsdhkmtbhnaeoiuvktpx")
_DIGITS = str.maketrans("034578@$", "oeastbas")
_AGES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
)
_NUMBER = rf"(?:1[0-7]|[1-9]|{_AGES.replace(' ', '|')})"
_AGE = re.compile(
    rf"(?<=\s)(?:{_NUMBER} ?(?:yo|y o|(?:yr|yrs|year|years) (?:olds?|of age))|(?:age|aged) {_NUMBER})(?=\s)"
)
_WORD = re.compile(r"[^\W_]+")
_CHUNK = re.compile(r"\S+")
_LETTER_RUN = re.compile(r"(?<=\s)(?:[^\W\d_] ){2,}[^\W\d_](?=\s)")
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
_BAR = " | "


def judge(prompt: str) -> set[str]:
    """The categories whose rules a prompt meets."""
    found: set[str] = set()
    for text in _readings(prompt):
        text = _harmless().sub(_BAR, text)
        met = {name for name, pattern in _lists().items() if pattern.search(text)}
        found |= {category for category, needed in _combinations() if needed <= met}
        found |= {category for category, pattern in _phrases() if pattern.search(text)}
    return found


def _readings(prompt: str) -> list[str]:
    """The ways a prompt may be meant: as written, and with its disguises taken off (1 stands for i or for l)."""
    plain = _fold(prompt)
    return list(dict.fromkeys([_spaced(plain), _unmasked(plain, "i"), _unmasked(plain, "l")]))


def _fold(text: str) -> str:
    """Lower case, compatible forms joined, accents and invisible signs gone."""
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    return "".join(c for c in text if unicodedata.category(c) not in ("Mn", "Cf", "Cc") or c in "\n\t")


def _spaced(text: str) -> str:
    words = f" {' '.join(_WORD.findall(text))} "
    words = _LETTER_RUN.sub(lambda run: run.group().replace(" ", ""), words)
    return _AGE.sub("underageyears", words)


def _unmasked(text: str, one: str) -> str:
    text = text.translate(_LOOKS)
    chunks = [_letters(chunk, one) for chunk in _CHUNK.findall(text)]
    # Signs inside a word (na-ked, por.n) hide it: the word is also read without them, apart from its neighbours.
    joined = ["".join(parts) for chunk in chunks if len(parts := _WORD.findall(chunk)) > 1]
    return _STRETCHED.sub(r"\1", f"{_spaced(' '.join(chunks))}{_BAR}{_BAR.join(joined)} ")


def _letters(chunk: str, one: str) -> str:
    if chunk.isalpha() or not any(c.isalpha() for c in chunk) or _counts_something(chunk):
        return chunk
    return re.sub(r"(?<=[^\W\d_])!(?=[^\W\d_])", "i", chunk.translate(_DIGITS).replace("1", one))


def _counts_something(chunk: str) -> bool:
    """12yo, 4k, 35mm, 13-year-old: a number with its unit, not a disguised word."""
    return re.match(r"\d+[-.]?(yo|y|yr|yrs|year|years|k|mm|cm|m|d|x|px|th|st|nd|rd|s|p|fps|am|pm)\b", chunk) is not None


@cache
def _harmless() -> re.Pattern[str]:
    return _pattern(_TABLE["harmless"])


@cache
def _lists() -> dict[str, re.Pattern[str]]:
    return {name: _pattern(entries) for name, entries in _TABLE["lists"].items()}


@cache
def _combinations() -> list[tuple[str, frozenset[str]]]:
    return [(rule["category"], frozenset(rule["all"])) for rule in _TABLE["rule"] if "all" in rule]


@cache
def _phrases() -> list[tuple[str, re.Pattern[str]]]:
    return [(rule["category"], _pattern(rule["any"])) for rule in _TABLE["rule"] if "any" in rule]


def _pattern(entries: list[str]) -> re.Pattern[str]:
    """One expression for a list. Scripts written without blanks match inside a run of letters."""
    folded: list[Any] = [_fold(entry) for entry in entries]
    whole = [entry for entry in folded if not _unspaced(entry)]
    inside = [entry for entry in folded if _unspaced(entry)]
    parts = ([rf"(?<=\s)(?:{'|'.join(whole)})(?=\s)"] if whole else []) + inside
    return re.compile("|".join(parts))


def _unspaced(entry: str) -> bool:
    return any("\u1100" <= c <= "\u11ff" or c >= "\u2e80" for c in entry)
