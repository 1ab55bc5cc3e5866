"""`gpt-image-ui run` as an operator meets it: one address when it is ready, one sentence when it cannot start."""

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import simple_websocket

from gpt_image_ui import cli
from gpt_image_ui.commands import serve
from gpt_image_ui.commands.report import CommandError
from gpt_image_ui.core import config
from gpt_image_ui.web import frontend

ROOT = Path(__file__).resolve().parents[2]

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture(scope="module")
def _screens() -> None:
    if not frontend.is_built():
        subprocess.run([sys.executable, "-m", "gpt_image_ui.cli", "build"], cwd=ROOT, check=True)


@pytest.fixture
def start(_screens: None) -> Iterator[Start]:
    """Starts the command with arguments and variables; ends what is left at the end."""
    processes: list[subprocess.Popen[str]] = []

    def run(*arguments: str, **variables: str) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "gpt_image_ui.cli", *arguments]
        processes.append(
            subprocess.Popen(
                command, cwd=ROOT, env={**os.environ, **variables}, text=True,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            )
        )  # fmt: skip
        return processes[-1]

    yield run
    for process in processes:
        process.kill()
        process.communicate()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_it_serves_refuses_a_second_and_stops(start: Start) -> None:
    port = free_port()
    first = start("run", "--port", str(port))
    assert first.stdout is not None
    assert first.stdout.readline() == f"The studio is ready: http://localhost:{port}\n"
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz") as response:
        assert response.status == 200

    second = start("run", "--port", str(free_port()))
    _, said = second.communicate(timeout=60)
    assert second.returncode == 1
    assert f"process {first.pid}," in said

    other = start("run", "--port", str(port), GPT_IMAGE_UI_DATA=f"{config.data_directory()}-other")
    _, said = other.communicate(timeout=60)
    assert other.returncode == 1
    assert f"Port {port}" in said

    first.send_signal(signal.SIGTERM)
    _, said = first.communicate(timeout=60)
    assert first.returncode == 0, said
    assert "Traceback" not in said
    with serve.sole_process():
        pass


def test_a_tab_that_stays_open_does_not_keep_it_alive(start: Start) -> None:
    port = free_port()
    process = start("run", "--port", str(port))
    assert process.stdout is not None
    process.stdout.readline()
    address = f"ws://127.0.0.1:{port}/_event/?EIO=4&transport=websocket&token=a-tab"
    tab = simple_websocket.Client(address, headers={"Origin": f"http://localhost:{port}"})
    assert "sid" in str(tab.receive(timeout=30))
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 0, said
    # The database is closed, not left behind: its last connection takes the write-ahead log along.
    assert not (config.data_directory() / "studio.db-wal").exists()


def test_an_interrupt_from_the_keyboard_stops_it_as_well(start: Start) -> None:
    process = start("run", "--port", str(free_port()))
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 0, said
    assert "Traceback" not in said


def test_a_database_that_does_not_answer_is_one_sentence(start: Start) -> None:
    process = start("run", "--port", str(free_port()), DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")
    _, said = process.communicate(timeout=120)
    assert process.returncode == 1
    assert said.startswith("The database does not answer")
    assert "Traceback" not in said


def test_a_sweep_takes_the_lock_and_gives_it_back(start: Start) -> None:
    for _ in range(2):
        process = start("sweep")
        printed, said = process.communicate(timeout=120)
        assert (process.returncode, printed) == (0, "0 jobs mended.\n"), said


def test_screens_that_are_not_built_are_one_sentence(capsys, monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(frontend, "BUILT", tmp_path)
    assert cli.main(["run", "--port", str(free_port())]) == 1
    assert "gpt-image-ui build" in capsys.readouterr().err


def test_a_port_that_others_would_share_counts_as_taken() -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(CommandError, match=f"Port {port} .* taken"):
            serve._check_port("127.0.0.1", port)
    serve._check_port("127.0.0.1", port)


def test_options_win_over_settings(monkeypatch) -> None:
    monkeypatch.setenv("PORT", "8500")
    config.forget()
    options = cli._parser().parse_args(["run", "--port", "8600"])
    assert serve._settings(options).port == 8600
    assert config.get(config.ServerSettings).allowed_origins()[0] == "http://localhost:8600"


@pytest.mark.parametrize("port", ["0", "70000", "http"])
def test_a_port_is_a_port(port: str) -> None:
    with pytest.raises(SystemExit) as exit_:
        cli.main(["run", "--port", port])
    assert exit_.value.code == 2
