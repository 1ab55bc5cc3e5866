"""Keeping an installation in order: migrations, screens, the sweep, the version."""

import argparse
import asyncio
import hashlib
import shutil
import subprocess
from importlib import metadata
from pathlib import Path

from gpt_image_ui import schema
from gpt_image_ui.commands import report, serve
from gpt_image_ui.commands.report import CommandError

# What the screens are compiled from.
_SOURCES = ("assets", "gpt_image_ui", "reflex.lock", "rxconfig.py", "pyproject.toml")


def migrate(_options: argparse.Namespace) -> int:
    """Brings the database to this version."""
    changed = serve.migrate()
    print(f"The database {'was brought to' if changed else 'is at'} revision {schema.head()}.")
    return 0


def build(options: argparse.Namespace) -> int:
    """Compiles the screens of a checkout, and says where they went."""
    from gpt_image_ui.web import frontend

    root = schema.PACKAGE.parent
    if not (root / "pyproject.toml").is_file():
        raise CommandError("This studio was installed from a package that has its screens. There is nothing to build.")
    mark = frontend.BUILT / "sources.sha256"
    if options.if_changed and mark.is_file() and mark.read_text() == digest_sources(root):
        print("The screens are up to date.")
        return 0
    try:
        frontend.build(root)
    except subprocess.CalledProcessError as error:
        raise CommandError(
            f"The screens could not be compiled (exit {error.returncode}); the reason is above."
        ) from error
    # After the compilation, which may have written the lock of its own packages.
    mark.write_text(digest_sources(root))
    if not options.keep:
        # 150 MB that only a compilation needs; the next one takes them from bun's own cache.
        shutil.rmtree(root / ".web", ignore_errors=True)
    print(f"The screens are in {frontend.BUILT}.")
    return 0


def digest_sources(root: Path) -> str:
    """One hash over everything that the screens are compiled from."""
    files = sorted(
        path
        for name in _SOURCES
        for path in ([root / name] if (root / name).is_file() else (root / name).rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts and "frontend" not in path.relative_to(root).parts[1:2]
    )
    total = hashlib.sha256()
    for path in files:
        total.update(f"{path.relative_to(root)}\0".encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def sweep(_options: argparse.Namespace) -> int:
    """Mends jobs once, now. On SQLite a running studio does it by itself, and only one process may."""
    with serve.sole_process():
        serve.migrate()
        print(f"{asyncio.run(_sweep())} jobs mended.")
    return 0


def version(options: argparse.Namespace) -> int:
    """Says which version this is, and which schema it keeps."""
    found = {"version": installed_version(), "schema": schema.head()}
    report.print_json(found) if options.json else print(f"gpt-image-ui {found['version']} (schema {found['schema']})")
    return 0


def installed_version() -> str:
    """The version of the installed package; a checkout that nobody installed has none."""
    try:
        return metadata.version("gpt-image-ui")
    except metadata.PackageNotFoundError:
        return "0+checkout"


async def _sweep() -> int:
    from gpt_image_ui import worker
    from gpt_image_ui.core import log
    from gpt_image_ui.generation import recover

    log.configure()
    # On PostgreSQL the workers execute; here jobs are only handed over. On SQLite this process is alone, and what it
    # takes up it also has to finish.
    async with worker.running(execute=not serve.is_postgres()):
        return await recover.sweep()
