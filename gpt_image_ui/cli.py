"""The one command, `gpt-image-ui`. A verb's own modules are imported when it is called, so that each starts quickly.

Exit codes: 0 all is well, 1 what was asked could not be done or a check failed, 2 a setting or an argument is wrong.
"""

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

from pydantic import ValidationError

from gpt_image_ui.commands.report import CommandError


def main(arguments: Sequence[str] | None = None) -> int:
    """Does what the command line asks; returns the exit code."""
    options = _parser().parse_args(arguments)
    room, act = options.act.split(":")
    try:
        return getattr(importlib.import_module(f"gpt_image_ui.commands.{room}"), act)(options)
    except ValidationError as error:
        return _refuse_settings(error)
    except FileNotFoundError as error:
        if not str(error).startswith("no profile"):
            raise
        print(f"{error}. Set GPT_IMAGE_UI_PROFILE to a profile's name or to the path of a TOML file.", file=sys.stderr)
        return 2
    except CommandError as error:
        print(error, file=sys.stderr)
        return error.code
    except BrokenPipeError:
        # `gpt-image-ui jobs | head`: the reader has gone; Python would complain when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="gpt-image-ui", description="A self-hostable studio for generated pictures.")
    verbs = parser.add_subparsers(required=True, metavar="COMMAND", title="commands")

    run = _verb(verbs, "run", "serve:run", "serve the studio: screens, routes and, unless set otherwise, jobs")
    run.add_argument("--host", help="the address to listen on (default: 127.0.0.1)")
    run.add_argument("--port", type=_port, help="the port to listen on (default: 8000)")
    _verb(verbs, "worker", "serve:work", "run jobs in a process of their own (PostgreSQL only)")

    _verb(verbs, "migrate", "upkeep:migrate", "bring the database to this version; `run` does it too")
    build = _verb(verbs, "build", "upkeep:build", "compile the screens of a checkout")
    build.add_argument("--if-changed", action="store_true", help="only when a source has changed since the last time")
    build.add_argument("--keep", action="store_true", help="keep the compiler's working folder, .web")
    _verb(verbs, "sweep", "upkeep:sweep", "hand over forgotten jobs and close stuck ones, once, now")
    _verb(verbs, "version", "upkeep:version", "say which version this is", json=True)

    doctor = _verb(verbs, "doctor", "doctor:run", "check this installation and say what is unsafe", json=True)
    doctor.add_argument("--settings", action="store_true", help="list every setting as well, with where it came from")

    providers = _verb(verbs, "providers", "providers:show", "list who can draw, and what is missing", json=True)
    acts = providers.add_subparsers(metavar="COMMAND")
    check = _verb(acts, "check", "providers:check", "ask one provider with your key whether it can be used", json=True)
    pause = _verb(acts, "pause", "budgets:pause", "send nothing more to a provider, from now on")
    pause.add_argument("--reason", default="", help="people who choose its models read it")
    resume = _verb(acts, "resume", "budgets:resume", "take a pause back")
    for verb in (check, pause, resume):
        verb.add_argument("name")
    _verb(acts, "spend", "budgets:spend", "say what each provider has cost, and its budget", json=True)

    ledger = verbs.add_parser("ledger", help="look at credits").add_subparsers(required=True, metavar="COMMAND")
    _verb(ledger, "verify", "records:verify_ledger", "prove the chain, the sums and the cached balances", json=True)
    show = _verb(ledger, "show", "records:show_ledger", "an account's position and its transfers", json=True)
    show.add_argument("account")
    show.add_argument("--limit", type=int, default=50)

    grant = _verb(verbs, "grant", "records:grant", "give an account credits", json=True)
    grant.add_argument("account")
    grant.add_argument("amount", type=_amount)
    grant.add_argument("--reason", default="", help="kept in the ledger; the account's owner can read it")
    grant.add_argument("--reference", help="a name for this fact: the same name never grants twice")

    accounts = _verb(verbs, "accounts", "records:list_accounts", "list accounts, newest first", json=True)
    accounts.add_argument("--limit", type=int, default=100)
    jobs = _verb(verbs, "jobs", "records:list_jobs", "list jobs, newest first, without their prompts", json=True)
    jobs.add_argument("--status", help="only these, as in 'queued' or 'failed'")
    jobs.add_argument("--account", help="only this account's")
    jobs.add_argument("--limit", type=int, default=100)
    return parser


def _verb(
    verbs: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, act: str, says: str, *, json: bool = False
) -> argparse.ArgumentParser:
    made = verbs.add_parser(name, help=says, description=f"{says[0].upper()}{says[1:]}.")
    made.set_defaults(act=act)
    if json:
        made.add_argument("--json", action="store_true", help="answer in JSON")
    return made


def _port(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 65535:
        raise argparse.ArgumentTypeError("a port is a number from 1 to 65535")
    return number


def _amount(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("an amount is a whole number of credits, at least 1")
    return number


def _refuse_settings(error: ValidationError) -> int:
    print("A setting is wrong, so nothing was started.", file=sys.stderr)
    for fault in error.errors(include_url=False, include_input=False, include_context=False):
        name = ".".join([error.title, *map(str, fault["loc"])])
        print(f"  {name}: {fault['msg']}", file=sys.stderr)
    print("docs/OPERATING.md lists every setting and what it takes.", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
