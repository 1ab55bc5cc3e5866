"""The built front end: made once by `build`, shipped in the wheel, served without Node or bun."""

import gzip
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent
BUILT = PACKAGE / "frontend"
_COMPRESSED = {".js", ".css", ".html", ".svg", ".json", ".txt", ".webmanifest"}


def client_directory() -> Path:
    """The folder of documents, scripts and assets that browsers get."""
    return BUILT / "build" / "client"


def is_built() -> bool:
    """Whether this installation can serve screens."""
    return client_directory().is_dir()


def environment() -> dict[str, str]:
    """What Reflex must find in the environment to serve the built front end instead of compiling one."""
    return {
        "REFLEX_WEB_WORKDIR": str(BUILT),
        "REFLEX_ENV_MODE": "prod",
        "REFLEX_STATE_MANAGER_MODE": "memory",
        "REFLEX_TELEMETRY_ENABLED": "false",
        "__REFLEX_SKIP_COMPILE": "true",
        "__REFLEX_MOUNT_FRONTEND_COMPILED_APP": "true",
    }


def build(root: Path) -> None:
    """Compiles the screens of the checkout at `root` with bun. Raises CalledProcessError with the compiler's output."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    command = [sys.executable, "-m", "reflex", "export", "--no-zip", "--env", "prod"]
    env = {**os.environ, "PATH": path, "REFLEX_TELEMETRY_ENABLED": "false", "REFLEX_USE_SYSTEM_BUN": "true"}
    subprocess.run(command, cwd=root, env=env, check=True)  # noqa: S603
    shutil.rmtree(BUILT, ignore_errors=True)
    shutil.copytree(root / ".web" / "build" / "client", client_directory())
    shutil.copytree(root / ".web" / "backend", BUILT / "backend")
    _use_page_origin(client_directory())
    _compress(client_directory())


def _use_page_origin(client: Path) -> None:
    """Reflex writes the build's own address into the script; the page's address is the right one anywhere."""
    for script in (client / "assets").glob("reflex-env-*.js"):
        text = script.read_text(encoding="utf-8")
        text = re.sub(r"`http://localhost:\d+", "`${location.origin}", text)
        text = re.sub(r"`ws://localhost:\d+", "`${location.origin.replace(/^http/,'ws')}", text)
        script.write_text(text, encoding="utf-8")


def _compress(client: Path) -> None:
    for path in client.rglob("*"):
        packed = path.with_name(path.name + ".gz")
        # Reflex has packed some files already, also the one whose addresses were changed above.
        if path.suffix in _COMPRESSED and (path.stat().st_size > 1000 or packed.exists()):
            packed.write_bytes(gzip.compress(path.read_bytes(), 9))
