"""The studio and its provider as programs of their own, as an operator runs them."""

import asyncio
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).parents[2]
_START_SECONDS = 60


class Studio:
    """`gpt-image-ui run` on a port and a data folder of its own; both stay the same over a restart."""

    def __init__(self, data: Path, **environment: str) -> None:
        self.data = data
        self.port = _free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        own = {name: value for name, value in os.environ.items() if not name.startswith(("GPT_IMAGE_UI_", "OPENAI_"))}
        for name in ("DATABASE_URL", "PORT"):
            own.pop(name, None)
        # Every visitor of these tests comes from one address.
        self._environment = own | {
            "GPT_IMAGE_UI_DATA": str(data),
            "GPT_IMAGE_UI_GUEST_PER_ADDRESS_PER_HOUR": "10000",
            **environment,
        }
        self._log = data.with_suffix(".log")
        self._process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        """Returns once the studio says that it can serve."""
        self._process = self._spawn()
        deadline = time.monotonic() + _START_SECONDS
        while not await asyncio.to_thread(self._is_ready):
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"The studio did not start:\n{self.log()}")
            await asyncio.sleep(0.05)

    def kill(self) -> None:
        """Ends it as a power cut would."""
        assert self._process
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        """Ends it as an operator would."""
        assert self._process
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self.kill()

    def log(self) -> str:
        """Everything it has written so far."""
        return self._log.read_text(encoding="utf-8", errors="replace")

    def change(self, statement: str, *values: object) -> list[tuple]:
        """Runs one statement on the studio's database, past the studio."""
        with sqlite3.connect(self.data / "studio.db", timeout=30) as database:
            return database.execute(statement, values).fetchall()

    def newest_account(self) -> str:
        """The account of whoever came last."""
        return self.change("SELECT id FROM account ORDER BY created_at DESC, rowid DESC LIMIT 1")[0][0]

    def _spawn(self) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "gpt_image_ui.cli", "run", "--port", str(self.port)]
        with self._log.open("ab") as log:
            return subprocess.Popen(command, cwd=ROOT, env=self._environment, stdout=log, stderr=log)

    def _is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}/readyz", timeout=5) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False


class ImagesServer:
    """The fake provider with its journal."""

    def __init__(self) -> None:
        program = [sys.executable, str(ROOT / "tests" / "fakes" / "images_server.py"), "0"]
        self._process = subprocess.Popen(program, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout
        self.address = f"http://127.0.0.1:{self._process.stdout.readline().strip()}"

    def calls(self) -> list[dict]:
        """Every call so far, in order."""
        with urllib.request.urlopen(f"{self.address}/journal", timeout=10) as answer:
            return json.load(answer)

    def stop(self) -> None:
        """Ends it, whatever it is doing."""
        self._process.kill()
        self._process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
