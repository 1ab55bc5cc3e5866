"""Every setting of every room: found by itself, so that none can be left out of `doctor` and the manual."""

import importlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import AliasChoices
from pydantic.fields import FieldInfo

from gpt_image_ui.core import config
from gpt_image_ui.core.config import Section

# How sections spell a choice of words.
_CHOICES = re.compile(r"\^\((?:\?i:)?([\w|]+)\)\$")
PACKAGE = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Setting:
    """One value as it is now. Secrets appear as 'set' or ''."""

    section: str
    name: str
    variables: tuple[str, ...]
    value: Any
    origin: str


@cache
def sections() -> list[type[Section]]:
    """Every section that some module declares, by name. Only those modules are imported."""
    for path in sorted(PACKAGE.rglob("*.py")):
        if "config.section(" in path.read_text(encoding="utf-8") and path != Path(__file__):
            importlib.import_module(".".join(("gpt_image_ui", *path.relative_to(PACKAGE).with_suffix("").parts)))
    ours = [section for section in Section.__subclasses__() if section.__module__.startswith("gpt_image_ui.")]
    return sorted(ours, key=name_of)


def name_of(section: type[Section]) -> str:
    """The section's name: its table in a profile, and the middle of its variables."""
    return str(section.model_config.get("title"))


def variables_of(section: type[Section], field: str) -> tuple[str, ...]:
    """The environment variables that set a field, strongest first."""
    alias = section.model_fields[field].validation_alias
    if isinstance(alias, AliasChoices):
        return tuple(str(name) for name in alias.choices if str(name).isupper())
    return (f"{section.model_config.get('env_prefix')}{field}".upper(),)


def list_settings() -> list[Setting]:
    """Every setting with its present value and where that came from. Raises ValidationError for a wrong one."""
    found = []
    for section in sections():
        values = config.get(section)
        shown, origins = values.shown(), values.origins()
        found += [
            Setting(name_of(section), field, variables_of(section, field), shown[field], origins[field])
            for field in section.model_fields
        ]
    return found


def manual() -> str:
    """The chapter of docs/OPERATING.md that lists every setting, as Markdown."""
    lines: list[str] = []
    for section in sections():
        about = " ".join((section.__doc__ or "").split())
        lines += [f"### {name_of(section)}", "", about, "", "| variable | default | takes |", "|---|---|---|"]
        for name, field in section.model_fields.items():
            names = " or ".join(f"`{variable}`" for variable in variables_of(section, name))
            lines.append(f"| {names} | {_default(field)} | {_takes(section, name)} |")
        lines.append("")
    return "\n".join(lines)


def _default(field: FieldInfo) -> str:
    value = field.get_default(call_default_factory=True)
    text = value.get_secret_value() if hasattr(value, "get_secret_value") else value
    return "none" if text in ("", None, ()) else f"`{_shown(text)}`"


def _shown(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _takes(section: type[Section], field: str) -> str:
    """The field's type and limits in words, from the JSON schema that pydantic makes of it."""
    properties = section.model_json_schema(by_alias=False)["properties"]
    found = properties[field]
    options = [option for option in found.get("anyOf", [found]) if option.get("type") != "null"]
    empty = " or nothing" if len(options) < len(found.get("anyOf", [found])) else ""
    return " or ".join(map(_words, options)) + empty


def _words(option: dict[str, Any]) -> str:
    if option.get("writeOnly"):
        return "a secret"
    if "enum" in option:
        return ", ".join(f"`{value}`" for value in option["enum"])
    kinds = {"integer": "whole number", "number": "number", "boolean": "`true` or `false`", "array": "list (JSON)"}
    words = kinds.get(option.get("type", ""), "mapping (JSON)" if option.get("type") == "object" else "text")
    limits = [
        f"{word} {option[key]:,}"
        for key, word in (("minimum", "from"), ("exclusiveMinimum", "above"), ("maximum", "to"))
        if key in option
    ]
    if choices := _CHOICES.fullmatch(option.get("pattern", "")):
        return ", ".join(f"`{choice}`" for choice in choices[1].split("|"))
    pattern = [f"matching `{option['pattern']}`".replace("|", "\\|")] if "pattern" in option else []
    return " ".join([words, *limits, *pattern])
