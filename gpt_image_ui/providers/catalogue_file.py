"""The operator's own file of models: changes to those we know, and models that we do not.

A TOML table for each model, as in `[openai."gpt-image-2"]` or `[local."flux-klein"]`, named with or without the
provider before it. What it may say is in `Entry`.
"""

import re
import tomllib
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from gpt_image_ui.core import config
from gpt_image_ui.providers.images_api import fields, sizes
from gpt_image_ui.providers.interface import FIRST_FRAME, LAST_FRAME, REFERENCE, Call, ModelSpec, Quality, Size

_SIZE = re.compile(r"(?:(\S.*?) *= *)?([1-9]\d{1,4})x([1-9]\d{1,4})")
_ROLES = (REFERENCE, FIRST_FRAME, LAST_FRAME)


class Entry(BaseModel):
    """What an operator says of one model; what is not said stays as it is.

    `like` names the model that a new one takes its options from. `sizes` are written as "1024x1024" or
    "Wide = 1536x640". `prices` maps each quality to micro-USD for a megapixel and replaces the provider's own
    reckoning. `send_as` is the id that the provider is told. `fields` are sent with each request: `{prompt}`, `{seed}`,
    `{width}` and the like are filled in, and the text "null" takes a field out. `only_fields` sends nothing else.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    hidden: bool = False
    like: str = ""
    label: str = ""
    good_for: str = ""
    note: str | None = None
    unavailable: str | None = None
    retires: date | None = None
    sizes: tuple[str, ...] = ()
    prices: dict[str, int] = {}
    micros_per_reference: int | None = Field(None, ge=0)
    default_quality: str = ""
    count_max: int | None = Field(None, ge=1, le=10)
    references_max: int | None = Field(None, ge=0, le=16)
    prompt_chars_max: int | None = Field(None, ge=1, le=32_000)
    roles: tuple[str, ...] | None = None
    seconds: tuple[int, ...] | None = None
    formats: tuple[str, ...] | None = None
    seed: bool | None = None
    mask: bool | None = None
    transparency: bool | None = None
    audio: bool | None = None
    send_as: str = ""
    fields: dict[str, Any] = {}
    only_fields: bool = False

    @field_validator("sizes")
    @classmethod
    def _readable(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        if wrong := [value for value in values if not _SIZE.fullmatch(value)]:
            raise ValueError(f"{wrong[0]!r} is no size: write 1024x1024, or a name before it as in 'Wide = 1536x640'")
        if len({value.rpartition("=")[2].strip() for value in values}) < len(values):
            raise ValueError("the same size twice")
        return values

    @field_validator("prices")
    @classmethod
    def _priced(cls, values: dict[str, int]) -> dict[str, int]:
        if any(price < 1 for price in values.values()):
            raise ValueError("a price is a whole number of micro-USD for a megapixel, at least 1")
        return values

    @field_validator("roles")
    @classmethod
    def _known_roles(cls, values: tuple[str, ...] | None) -> tuple[str, ...] | None:
        if values is not None and not (values and set(values) <= set(_ROLES)):
            raise ValueError(f"roles are {', '.join(_ROLES)}")
        return values


class CatalogueSettings(config.Section):
    """`catalogue` is the path of a TOML file with the operator's own models, prices and labels; it is read at start."""

    model_config = config.section("providers")
    catalogue: str = ""

    @field_validator("catalogue")
    @classmethod
    def _readable(cls, value: str) -> str:
        if value:
            read.cache_clear()
            read(value)
        return value


@cache
def read(path: str) -> dict[str, dict[str, Entry]]:
    """The file's entries, by provider and model. Raises ValueError that names every fault."""
    try:
        tables = tomllib.loads(Path(path).expanduser().read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} cannot be read: {getattr(error, 'strerror', None) or 'not UTF-8'}") from error
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{path} is not TOML: {error}") from error
    found: dict[str, dict[str, Entry]] = {}
    faults: list[str] = []
    for provider, models in tables.items():
        for model_id, values in models.items() if isinstance(models, dict) else ():
            try:
                found.setdefault(provider, {})[model_id] = Entry.model_validate(values)
            except ValidationError as error:
                faults += [f"[{provider}.{model_id}] {_said(fault)}" for fault in error.errors()]
        if not isinstance(models, dict):
            faults.append(f"{provider} is no table of models")
    if faults:
        raise ValueError(f"{path}: {'; '.join(faults)}")
    return found


def faults(known: dict[str, Sequence[ModelSpec]]) -> list[str]:
    """What only shows beside the providers themselves. `known` are the models of each before the file changes them."""
    said = []
    for provider, entries in _entries().items():
        if provider not in known:
            said.append(f"there is no provider {provider!r}; there are {', '.join(known)}")
            continue
        by_id = {model.id: model for model in known[provider]}
        for model_id, entry in entries.items():
            if by_id and entry.like and _full(provider, entry.like, by_id) not in by_id:
                said.append(f"[{provider}.{model_id}] like: there is no model {entry.like!r} at {provider}")
            if entry.default_quality and entry.prices and entry.default_quality not in entry.prices:
                said.append(f"[{provider}.{model_id}] default_quality: {entry.default_quality!r} has no price")
    return said


def apply(provider: str, models: Sequence[ModelSpec]) -> list[ModelSpec]:
    """A provider's models as the operator wants them: changed, hidden, added at the end. A provider that is off, and
    so offers none, stays off."""
    if provider not in _entries() or not models:
        return list(models)
    by_id = {model.id: model for model in models}
    entries = {_full(provider, name, by_id): entry for name, entry in _entries()[provider].items()}
    new = [_new(model_id, entry, by_id, models[0]) for model_id, entry in entries.items() if model_id not in by_id]
    return [
        _changed(model, entries[model.id]) if model.id in entries else model
        for model in [*models, *new]
        if not (model.id in entries and entries[model.id].hidden)
    ]


def ids(provider: str) -> set[str]:
    """The models that the file names for a provider, with and without the provider's name before them."""
    names = _entries().get(provider, {})
    return {*names, *(f"{provider}/{name}" for name in names)}


def complete(provider: str, said: dict[str, Any], call: Call) -> dict[str, Any]:
    """A request's fields with what the operator wants sent besides or instead."""
    entry = _find(provider, call.request.model)
    if entry is None:
        return said
    known = {} if entry.only_fields else dict(said)
    if entry.send_as and "model" in known:
        known["model"] = entry.send_as
    merged = known | fields.fill({k: v for k, v in entry.fields.items() if v != "null"}, call)
    return {name: value for name, value in merged.items() if entry.fields.get(name) != "null"}


def like(provider: str, model_id: str) -> str:
    """The model whose options, and way of being asked, the file gives to another; empty if it gives none."""
    entry = _find(provider, model_id)
    return _full(provider, entry.like, (model_id,)) if entry and entry.like else ""


def sent_as(provider: str, model_id: str) -> str:
    """The id that the provider is told: without its own name, which only keeps ids of several providers apart."""
    entry = _find(provider, model_id)
    return (entry.send_as if entry else "") or model_id.removeprefix(f"{provider}/")


def _entries() -> dict[str, dict[str, Entry]]:
    path = config.get(CatalogueSettings).catalogue
    return read(path) if path else {}


def _find(provider: str, model_id: str) -> Entry | None:
    entries = _entries().get(provider, {})
    return entries.get(model_id) or entries.get(model_id.removeprefix(f"{provider}/"))


def _full(provider: str, name: str, by_id: Collection[str]) -> str:
    """A model's id where the provider's name stands before all of its ids."""
    prefix = f"{provider}/"
    prefixed = any(model_id.startswith(prefix) for model_id in by_id)
    return name if name in by_id or name.startswith(prefix) or not prefixed else prefix + name


def _new(model_id: str, entry: Entry, by_id: dict[str, ModelSpec], first: ModelSpec) -> ModelSpec:
    label = model_id.removeprefix(f"{first.provider}/")
    like = _full(first.provider, entry.like, by_id)
    if like in by_id:
        return replace(by_id[like], id=model_id, label=label, retires=None, unavailable="")
    return ModelSpec(
        id=model_id,
        provider=first.provider,
        label=label,
        good_for="What this studio's operator added it for",
        sizes=sizes.CLASSIC,
        qualities=(Quality("standard", "Standard", 50_000),),
        default_quality="standard",
        destination=first.destination,
        region=first.region,
        forwards=first.forwards,
    )


def _changed(model: ModelSpec, entry: Entry) -> ModelSpec:
    plain = ("note", "unavailable", "retires", "micros_per_reference", "count_max", "references_max", "formats")
    plain += ("prompt_chars_max", "roles", "seconds", "seed", "mask", "transparency", "audio")
    changes: dict[str, Any] = {name: value for name in plain if (value := getattr(entry, name)) is not None}
    changes |= {name: value for name in ("label", "good_for", "default_quality") if (value := getattr(entry, name))}
    if entry.sizes:
        changes["sizes"] = tuple(_size(value) for value in entry.sizes)
    if entry.prices:
        names = {quality.value: quality.label for quality in model.qualities}
        changes["qualities"] = tuple(
            Quality(value, names.get(value, value.capitalize()), price) for value, price in entry.prices.items()
        )
        changes["tariff"] = None
        default = str(changes.get("default_quality", model.default_quality))
        changes["default_quality"] = default if default in entry.prices else next(iter(entry.prices))
    changed = replace(model, **changes)
    if changed.quality(changed.default_quality):
        return changed
    return replace(changed, default_quality=model.default_quality)


def _size(value: str) -> Size:
    found = _SIZE.fullmatch(value)
    assert found, "checked when the file was read"
    width, height = int(found[2]), int(found[3])
    return Size(found[1] or f"{width} × {height}", width, height)


def _said(fault: Any) -> str:
    """One fault of pydantic's as a person reads it."""
    if fault["type"] == "extra_forbidden":
        return f"{fault['loc'][0]}: there is no such setting"
    return f"{'.'.join(map(str, fault['loc']))}: {fault['msg'].removeprefix('Value error, ')}"
