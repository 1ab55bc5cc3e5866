"""`make run` on a clean clone: the way of somebody who has just found the project."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

from bench import product
from bench.report import Row

_LIMIT_SECONDS = 900


def clean(_runs: int) -> list[Row]:
    """Seconds from `make run` to the first answer, and what is then on the disk. Downloads are in it."""
    folder = Path(tempfile.mkdtemp(prefix="bench-clone-"))
    port = product.free_port()
    environment = product.environment_with({"PORT": str(port), "GPT_IMAGE_UI_DATA": str(folder / "data")})
    environment.pop("VIRTUAL_ENV", None)
    try:
        subprocess.run(["git", "clone", "-q", str(product.ROOT), str(folder / "clone")], check=True)
        first = _run(folder / "clone", port, environment)
        second = _run(folder / "clone", port, environment)
        size = _megabytes(folder / "clone" / ".venv")
        whole = _megabytes(folder / "clone")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return [
        Row(
            "`make run`, clean clone",
            "≤ 90 s after downloads",
            f"{first:.0f} s",
            first <= 90,
            f"downloads included, from the package index this machine is set to; the second time {second:.1f} s",
        ),
        Row("the same: installed", "≤ 450 MB", f"{size:.0f} MB", size <= 450, f".venv; with the clone {whole:.0f} MB"),
    ]


def _run(folder: Path, port: int, environment: dict[str, str]) -> float:
    began = time.perf_counter()
    # A session of its own, so that make and all that it started can be ended together.
    with (folder.parent / "log").open("wb") as log:
        process = subprocess.Popen(
            ["make", "run"], cwd=folder, env=environment, start_new_session=True, stdout=log, stderr=log
        )
    try:
        return _await(process, port) - began
    except RuntimeError as error:
        raise RuntimeError((folder.parent / "log").read_text(errors="replace")[-800:]) from error
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(60)


def _await(process: subprocess.Popen[bytes], port: int) -> float:
    until = time.perf_counter() + _LIMIT_SECONDS
    while time.perf_counter() < until:
        try:
            return product.await_answer(f"http://127.0.0.1:{port}/readyz", process, every_seconds=0.2)
        except RuntimeError:
            if process.poll() is not None:
                raise
    raise RuntimeError("`make run` did not come to an answer")


def _megabytes(folder: Path) -> float:
    files = (path.lstat() for path in folder.rglob("*") if not path.is_dir())
    return sum(each.st_blocks * 512 for each in files) / 1e6
