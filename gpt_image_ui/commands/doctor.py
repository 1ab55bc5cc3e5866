"""`doctor`: what is configured, where each value came from, what is unsafe, what is broken."""

import argparse
import asyncio
import shutil
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from gpt_image_ui import invariants, schema
from gpt_image_ui.commands import report, safety, serve, settings, upkeep
from gpt_image_ui.core import config, db, ids
from gpt_image_ui.generation import failures, health, routing
from gpt_image_ui.jobs.engine import JobSettings
from gpt_image_ui.providers import registry
from gpt_image_ui.storage import store
from gpt_image_ui.storage.interface import StorageError
from gpt_image_ui.web import frontend

OK, UNSAFE, BROKEN = "ok", "unsafe", "broken"
_POSTGRES_MIN = 150000
_FREE_BYTES_MIN, _FREE_BYTES_LOW = 200 * 1024**2, 2 * 1024**3


@dataclass(frozen=True)
class Check:
    """One thing that was looked at. `message` says what was found and, unless it is ok, what to do."""

    name: str
    status: str
    message: str


def run(options: argparse.Namespace) -> int:
    """Exits 1 when something is broken; what is unsafe is said and left to the operator."""
    checks = asyncio.run(examine())
    values = settings.list_settings()
    broken = any(check.status == BROKEN for check in checks)
    if options.json:
        about = {"ok": not broken, "version": upkeep.installed_version(), "profile": config.profile_name()}
        report.print_json({**about, "checks": checks, "settings": values})
    else:
        _print(checks, values, every=options.settings)
    return 1 if broken else 0


async def examine() -> list[Check]:
    """Looks at everything; what depends on a broken part is left out."""
    checks = [_screens(), _disk(), _database(), _providers()]
    checks.append(await _storage())
    if all(check.status != BROKEN for check in checks):
        checks += await _kept()
    checks += [Check("settings", UNSAFE, text) for text in safety.list_warnings()]
    await store.close()
    db.close()
    return checks


def _screens() -> Check:
    if frontend.is_built():
        return Check("screens", OK, "built")
    return Check("screens", BROKEN, "not built: run `gpt-image-ui build`")


def _disk() -> Check:
    free = shutil.disk_usage(config.data_directory()).free
    message = f"{free / 1024**3:.1f} GB free in {config.data_directory()}"
    if free < _FREE_BYTES_MIN:
        return Check("disk", BROKEN, f"{message}: too little to keep a picture; make room")
    return Check("disk", UNSAFE if free < _FREE_BYTES_LOW else OK, message)


def _database() -> Check:
    kind = "PostgreSQL" if serve.is_postgres() else "SQLite"
    if not serve.is_postgres() and config.get(JobSettings).workers != "here":
        return Check("database", BROKEN, "jobs.workers is 'elsewhere', which needs PostgreSQL")
    try:
        with db.engine().connect() as connection:
            found = schema.current(connection)
            weak = _postgres_faults(connection) if serve.is_postgres() else []
    except SQLAlchemyError as error:
        return Check("database", BROKEN, f"{kind} does not answer: {getattr(error, 'orig', error)}".strip())
    if weak:
        return Check("database", UNSAFE, "; ".join(weak))
    if found == schema.head():
        return Check("database", OK, f"{kind}, revision {found}")
    if not found:
        return Check("database", OK, f"{kind}, empty: the first start fills it")
    return Check(
        "database", BROKEN, f"{kind} is at revision {found}, this version needs {schema.head()}: run `migrate`"
    )


def _postgres_faults(connection: sa.Connection) -> list[str]:
    def show(name: str) -> str:
        return str(connection.exec_driver_sql(f"SHOW {name}").scalar())

    faults = []
    if int(show("server_version_num")) < _POSTGRES_MIN:
        faults.append(f"PostgreSQL {show('server_version')} is older than 15, the oldest that is tested")
    faults += [
        f"PostgreSQL runs with {name} = off: a crash may lose ledger entries"
        for name in ("fsync", "full_page_writes", "synchronous_commit")
        if show(name) == "off"
    ]
    return faults


def _providers() -> Check:
    if faults := registry.catalogue_faults():
        return Check("providers", BROKEN, f"the catalogue file is wrong: {'; '.join(faults)}")
    models = registry.models()
    if not models:
        return Check("providers", BROKEN, "no model can be chosen")
    if unknown := routing.list_unknown():
        return Check("providers", BROKEN, f"routing.rules names {', '.join(unknown)}, which is no provider")
    offered = [f"{model.label} ({model.destination or 'this server'})" for model in models]
    return Check("providers", OK, ", ".join(offered))


async def _storage() -> Check:
    key, sent = f"doctor/{ids.new_id()}", b"written by gpt-image-ui doctor"
    try:
        await store.get().put(key, sent, "text/plain")
        got = await store.get().get(key)
        await store.get().delete([key])
    except StorageError as error:
        return Check("storage", BROKEN, f"a file could not be written, read and deleted: {error}")
    if got != sent:
        return Check("storage", BROKEN, "a file came back different from what was written")
    return Check("storage", OK, "a file was written, read and deleted")


async def _kept() -> list[Check]:
    def at_head() -> bool:
        with db.engine().connect() as connection:
            return schema.current(connection) == schema.head()

    if not await asyncio.to_thread(at_head):
        return []
    refused = [Check("providers", UNSAFE, failures.reason(r)) for r in (await health.find_refusals()).values()]
    found = await invariants.check()
    if not found:
        return [*refused, Check("data", OK, f"{len(invariants.RULES)} rules and the ledger hold")]
    return [*refused, *(Check("data", BROKEN, f"{breach.rule}: {breach.what}") for breach in found)]


def _print(checks: list[Check], values: list[settings.Setting], *, every: bool) -> None:
    for check in checks:
        print(f"{check.status:7} {check.name}: {check.message}")
    shown = [value for value in values if every or value.origin != "default"]
    print(f"\nProfile: {config.profile_name()}. " + ("" if shown else "Every setting has its default."))
    if shown:
        report.print_table(("SETTING", "VALUE", "FROM"), [(f"{v.section}.{v.name}", v.value, v.origin) for v in shown])
    if not every:
        print("`--settings` lists every setting, also those with their default.")
