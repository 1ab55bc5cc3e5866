"""What the provider tests share: no key of this machine's, a landing place, a fake of OpenAI by other people."""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from gpt_image_ui.core import config
from gpt_image_ui.providers.interface import GeneratedImage

AIMOCK = "@copilotkit/aimock@1.43.0"
_SCRIPT = Path(__file__).with_name("aimock.mjs")


@pytest.fixture(autouse=True)
def _no_account(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in list(os.environ):
        if name.startswith(("OPENAI_", "SUB2API_", "LOCAL_")):
            monkeypatch.delenv(name)
    config.forget()
    yield
    config.forget()


@dataclass
class Landed:
    """A landing place that keeps what it is given, and how it was given it."""

    pictures: list[GeneratedImage] = field(default_factory=list)
    batches: list[int] = field(default_factory=list)

    async def __call__(self, read: Callable[[], Awaitable[list[GeneratedImage]]]) -> None:
        pictures = await read()
        self.batches.append(len(pictures))
        while pictures:
            self.pictures.append(pictures.pop(0))


@pytest.fixture
def landed() -> Landed:
    return Landed()


@dataclass(frozen=True)
class Aimock:
    """A running fake that nobody of this project wrote. `url` is what OPENAI_BASE_URL is set to."""

    root: str

    @property
    def url(self) -> str:
        return f"{self.root}/v1"

    def paths(self) -> list[str]:
        return [entry["path"] for entry in self._journal()]

    def reset(self) -> None:
        httpx.post(f"{self.root}/__aimock/reset/journal", trust_env=False).raise_for_status()

    def _journal(self) -> list[dict[str, Any]]:
        answer = httpx.get(f"{self.root}/__aimock/journal", trust_env=False).raise_for_status().json()
        return answer if isinstance(answer, list) else answer["entries"]


@pytest.fixture(scope="session")
def _aimock_running() -> Iterator[Aimock]:
    module = _installed() / "node_modules/@copilotkit/aimock/dist/index.js"
    process = subprocess.Popen(["node", _SCRIPT, module.as_uri()], stdout=subprocess.PIPE, stdin=subprocess.PIPE)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, "aimock did not start"
        yield Aimock(json.loads(line)["url"])
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture
def aimock(_aimock_running: Aimock) -> Aimock:
    _aimock_running.reset()
    return _aimock_running


def _installed() -> Path:
    """The package, installed once for this machine and kept between runs."""
    kept = Path(tempfile.gettempdir()) / f"gpt-image-ui-{AIMOCK.rsplit('/', 1)[1].replace('@', '-')}"
    if (kept / "node_modules").is_dir():
        return kept
    fresh = Path(tempfile.mkdtemp(prefix="aimock-"))
    done = subprocess.run(
        ["npm", "install", "--no-save", "--no-audit", "--no-fund", "--prefix", fresh, AIMOCK],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        pytest.fail(f"{AIMOCK} could not be installed:\n{done.stderr}", pytrace=False)
    try:
        fresh.rename(kept)
    except OSError:  # another run was quicker
        shutil.rmtree(fresh, ignore_errors=True)
    return kept
