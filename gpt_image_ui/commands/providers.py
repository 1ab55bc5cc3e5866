"""`providers`: who can draw here, what is missing to switch the others on, and whether a key works."""

import argparse
import asyncio
from collections.abc import Mapping
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from gpt_image_ui.commands import report
from gpt_image_ui.commands.report import CommandError
from gpt_image_ui.core import db
from gpt_image_ui.generation import failures, health, pricing
from gpt_image_ui.generation.breaker import Refusal
from gpt_image_ui.generation.health import Figures
from gpt_image_ui.providers import checking, registry
from gpt_image_ui.providers.checking import Checkable, Findings
from gpt_image_ui.providers.interface import ImageRequest, ModelSpec, Provider, ProviderError


def show(options: argparse.Namespace) -> int:
    """Lists every provider with its models, configured or not."""
    refusals, figures = _health()
    found = [describe(name, made, refusals, figures) for name, made in registry.providers().items()]
    if options.json:
        report.print_json(found)
        return 0
    for number, one in enumerate(found):
        if number:
            print()
        print(f"{one['id']}: {_state(one)}")
        if one["models"]:
            rows = [_row(model) for model in one["models"]]
            report.print_table(("  MODEL", "KIND", "CREDITS", "TAKES", "GOES TO", "TODAY", "NOTE"), rows)
    return 0


def check(options: argparse.Namespace) -> int:
    """Makes one real call to a provider with the operator's key; exits 1 when it cannot be used."""
    found = registry.providers().get(options.name)
    if found is None:
        raise CommandError(f"There is no provider {options.name!r}. There are {', '.join(registry.providers())}.", 2)
    findings = asyncio.run(_checked(found))
    if options.json:
        report.print_json({"id": options.name, "ok": not findings.faults, **vars(findings)})
    else:
        for line in (*findings.seen, *findings.faults):
            print(line)
        print(f"{options.name} {'cannot be used as it is set.' if findings.faults else 'can be used.'}")
    return 1 if findings.faults else 0


def describe(
    name: str,
    provider: Provider,
    refusals: Mapping[str, Refusal] | None,
    figures: Mapping[tuple[str, str], Figures] | None,
) -> dict[str, Any]:
    """One provider as JSON has it. Its health is None while there is no database to know it from."""
    models = [model for model in registry.models() if model.provider == name]
    missing = provider.missing() if isinstance(provider, Checkable) else ()
    refusal = (refusals or {}).get(name)
    state = {"ok": refusal is None, "reason": failures.reason(refusal) if refusal else ""}
    return {
        "id": name,
        "configured": not missing and bool(provider.models()),
        "missing": list(missing),
        "health": None if refusals is None else state,
        "models": [_model(model, (figures or {}).get((name, model.id))) for model in models],
    }


def _model(model: ModelSpec, today: Figures | None) -> dict[str, Any]:
    return {
        "id": model.id,
        "label": model.label,
        "kind": model.kind,
        "good_for": model.good_for,
        "destination": model.destination,
        "region": model.region,
        "forwards": model.forwards,
        "note": model.note,
        "retires": model.retires,
        "unavailable": model.unavailable,
        "limits": {
            "count": model.count_max,
            "references": model.references_max,
            "roles": model.roles if model.references_max else (),
            "prompt_chars": model.prompt_chars_max,
            "sizes": [size.value for size in model.sizes],
            "seconds": model.seconds,
            "formats": model.formats,
            "mask": model.mask,
            "transparency": model.transparency,
            "seed": model.seed,
            "previews": model.previews,
            "audio": model.audio,
        },
        "price": {quality.value: _price(model, quality.value) for quality in model.qualities},
        "today": today,
    }


def _price(model: ModelSpec, quality: str) -> dict[str, int]:
    """Of one picture, or of the shortest video, in the size that is offered first."""
    size, seconds = model.sizes[0], min(model.seconds, default=0)
    request = ImageRequest(model.id, "", size.value, quality, seconds=seconds)
    micros = model.picture_micros(size.width, size.height, quality) * max(1, seconds)
    return {"micros": micros, "credits": pricing.quote(model, request).each}


def _row(model: dict[str, Any]) -> tuple[object, ...]:
    limits, today = model["limits"], model["today"]
    prices = [price["credits"] for price in model["price"].values()]
    able = [name for name in ("mask", "transparency", "seed", "previews", "audio") if limits[name]]
    takes = [f"{limits['references']} references"] if limits["references"] else []
    notes = [model["note"]] if model["forwards"] else []
    notes += [f"until {model['retires']}"] if model["retires"] else []
    notes += [model["unavailable"]] if model["unavailable"] else []
    return (
        f"  {model['id']}",
        model["kind"],
        f"{min(prices)}" if min(prices) == max(prices) else f"{min(prices)} to {max(prices)}",
        ", ".join([*takes, *able]) or "words only",
        model["destination"] or "stays here",
        _today(today),
        "; ".join(notes),
    )


def _today(figures: Figures | None) -> str:
    if figures is None:
        return "not used"
    rate = f", {figures.success_percent} % good" if figures.success_percent is not None else ""
    return f"{figures.calls} calls{rate}{f', last error {figures.last_error}' if figures.last_error else ''}"


def _state(one: dict[str, Any]) -> str:
    if not one["configured"]:
        return f"off. Set {' and '.join(one['missing'])} to switch it on." if one["missing"] else "off."
    if one["health"] and not one["health"]["ok"]:
        return f"on, but {one['health']['reason']}"
    return "on."


def _health() -> tuple[Mapping[str, Refusal] | None, Mapping[tuple[str, str], Figures] | None]:
    try:
        return db.look(health.list_refusals), db.look(health.list_figures)
    except SQLAlchemyError:
        # Before the first start there are no tables; a provider can be set up all the same.
        return None, None


async def _checked(provider: Provider) -> Findings:
    try:
        if not isinstance(provider, Checkable):
            models = [model.label for model in provider.models()]
            return Findings((f"Nothing to ask: {', '.join(models)} needs no key and no network.",) if models else ())
        if missing := provider.missing():
            return Findings(faults=(f"It is off. Set {' and '.join(missing)} to switch it on.",))
        return await provider.check()
    except ProviderError as error:
        return Findings(faults=(checking.fault(error),))
    finally:
        await provider.close()
