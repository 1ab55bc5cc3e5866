"""The studio as a program of its own, in a folder of its own, and what it takes of this machine."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_START_SECONDS = 60
# Room for many guests from one address, and credits for all that they make here.
_ROOMY = {"GPT_IMAGE_UI_GUEST_PER_ADDRESS_PER_HOUR": "1000000", "GPT_IMAGE_UI_CREDITS_WELCOME_GRANT": "1000000"}
_OURS = ("GPT_IMAGE_UI_", "OPENAI_", "DATABASE_URL", "PORT", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED")


@dataclass(frozen=True)
class Program:
    """A running program: where it answers, its process, its folder and the environment it was given."""

    url: str
    pid: int
    data: Path
    environment: Mapping[str, str]


@contextlib.contextmanager
def studio(
    settings: Mapping[str, str] | None = None, *, data: Path | None = None, wait: str = "/readyz"
) -> Iterator[Program]:
    """Serves while the block runs. Without `data` its folder is new and goes with it."""
    own = None if data else Path(tempfile.mkdtemp(prefix="bench-"))
    folder = data or own
    assert folder is not None
    port = free_port()
    environment = environment_with({"GPT_IMAGE_UI_DATA": str(folder), **(settings or {})})
    command = [sys.executable, "-m", "gpt_image_ui.cli", "run", "--port", str(port)]
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        made = Program(f"http://localhost:{port}", process.pid, folder, environment)
        if wait:
            try:
                await_answer(made.url + wait, process)
            except RuntimeError as error:
                raise RuntimeError((folder / "log").read_text(errors="replace")[-800:]) from error
        yield made
    finally:
        stop(process)
        if own:
            shutil.rmtree(own, ignore_errors=True)


@contextlib.contextmanager
def provider(delay_seconds: float) -> Iterator[str]:
    """An images server that answers after that time; gives its address for OPENAI_BASE_URL."""
    port = free_port()
    command = [sys.executable, "-m", "bench.provider", str(port), str(delay_seconds)]
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        await_answer(f"http://127.0.0.1:{port}/v1/models", process)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        stop(process)


def with_provider(address: str, lane: int = 200) -> dict[str, str]:
    """Settings for a studio whose pictures come from that address, checked by its own rules."""
    return {
        "OPENAI_BASE_URL": address,
        "GPT_IMAGE_UI_OPENAI_LANE": str(lane),
        "GPT_IMAGE_UI_MODERATION_CHECKER": "rules",
    }


def environment_with(settings: Mapping[str, str]) -> dict[str, str]:
    """This environment without what was set for other studios."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    return {**kept, **_ROOMY, **settings}


def await_answer(url: str, process: subprocess.Popen[bytes] | None = None, every_seconds: float = 0.02) -> float:
    """Waits until the address answers 200; gives the moment when it did."""
    until = time.perf_counter() + _START_SECONDS
    while time.perf_counter() < until:
        if process and process.poll() is not None:
            raise RuntimeError(f"the program ended with {process.returncode} before it answered")
        with (
            contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError),
            urllib.request.urlopen(url, timeout=5) as answer,
        ):
            if answer.status == 200:
                return time.perf_counter()
        time.sleep(every_seconds)
    raise RuntimeError(f"no answer from {url}")


def stop(process: subprocess.Popen[bytes]) -> None:
    """Asks it to end, and ends it when it does not."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(25)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def free_port() -> int:
    """A port that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def tree(pid: int) -> list[int]:
    """A process and all that it started."""
    found = [pid]
    for each in found:
        with contextlib.suppress(OSError):
            for task in Path(f"/proc/{each}/task").iterdir():
                found += [int(child) for child in (task / "children").read_text().split()]
    return found


def memory_mb(pid: int) -> float:
    """Proportional share of memory of the whole tree."""
    return sum(_kilobytes(each, "smaps_rollup", "Pss:") for each in tree(pid)) / 1024


def resident_mb(pid: int, *, peak: bool = False) -> float:
    """Resident memory of the whole tree, now or at its highest since `forget_peak`."""
    return sum(_kilobytes(each, "status", "VmHWM:" if peak else "VmRSS:") for each in tree(pid)) / 1024


def forget_peak(pid: int) -> None:
    """Starts counting the highest anew."""
    for each in tree(pid):
        Path(f"/proc/{each}/clear_refs").write_text("5")


def _kilobytes(pid: int, file: str, name: str) -> int:
    with contextlib.suppress(OSError):
        for each in Path(f"/proc/{pid}/{file}").read_text().splitlines():
            if each.startswith(name):
                return int(each.split()[1])
    return 0
