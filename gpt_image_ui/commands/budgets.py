"""`providers pause`, `resume` and `spend`: the operator's switch, and what providers have cost."""

import argparse

from gpt_image_ui.commands import report
from gpt_image_ui.commands.report import CommandError
from gpt_image_ui.core import db
from gpt_image_ui.core.money import dollars_text
from gpt_image_ui.generation import budget, switch
from gpt_image_ui.providers import registry


def pause(options: argparse.Namespace) -> int:
    """Sends nothing more to a provider, in every process at once."""
    db.run(switch.pause, _known(options.name), options.reason)
    print(f"Nothing more is sent to {options.name}. What it works on ends as it ends; people read the reason.")
    return 0


def resume(options: argparse.Namespace) -> int:
    """Takes a pause back."""
    ended = db.run(switch.resume, _known(options.name))
    if reason := db.look(switch.find_reason, options.name):
        raise CommandError(f"{options.name} stays paused by the setting budget.paused: {reason}")
    print(f"{options.name} is used again." if ended else f"{options.name} was not paused.")
    return 0


def spend(options: argparse.Namespace) -> int:
    """Says what each provider has cost today and this month."""
    found = db.look(budget.list_spend, list(registry.providers()))
    if options.json:
        report.print_json(found)
        return 0
    rows = [(s.provider, _of(s.day, s.day_max), _of(s.month, s.month_max)) for s in found]
    report.print_table(("PROVIDER", "TODAY", "THIS MONTH"), rows)
    return 0


def _of(micros: int, most: int | None) -> str:
    return dollars_text(micros) if most is None else f"{dollars_text(micros)} of {dollars_text(most)}"


def _known(name: str) -> str:
    if name not in registry.providers():
        raise CommandError(f"There is no provider {name!r}. There are {', '.join(registry.providers())}.", 2)
    return name
