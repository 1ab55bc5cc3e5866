"""A wheel built from the project serves the studio from any folder, with nothing of the checkout in reach."""

import os
import signal
import socket
import subprocess
import sys
import urllib.request
import zipfile
from pathlib import Path

import pytest

from gpt_image_ui.web import frontend

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel's content, as pip would unpack it."""
    if not frontend.is_built():
        subprocess.run([sys.executable, "-m", "gpt_image_ui.cli", "build"], cwd=ROOT, check=True)
    folder = tmp_path_factory.mktemp("wheel")
    build = ["pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(ROOT)]
    subprocess.run([sys.executable, "-m", *build], check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def test_it_carries_what_serving_needs(installed: Path) -> None:
    package = installed / "gpt_image_ui"
    migrations = {path.name for path in (ROOT / "alembic" / "versions").glob("*.py")}
    assert {path.name for path in (package / "migrations" / "versions").glob("*.py")} == migrations
    assert (package / "frontend" / "build" / "client" / "studio.html").is_file()
    assert (package / "profiles" / "default.toml").is_file()
    assert (installed / "rxconfig.py").is_file()
    licences = {path.name for path in installed.glob("*.dist-info/licenses/*")}
    assert licences == {"LICENSE", "NOTICE"}


def test_it_serves_from_any_folder(installed: Path, tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    code = f"import sys; from gpt_image_ui import cli; sys.exit(cli.main(['run', '--port', '{port}']))"
    environment = {**os.environ, "PYTHONPATH": str(installed), "GPT_IMAGE_UI_DATA": str(tmp_path / "kept")}
    process = subprocess.Popen(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        assert "ready" in process.stdout.readline()
        for path, words in (
            ("/", b"Try it"),
            ("/studio", b"<html"),
            ("/examples", b"examples/"),
            ("/tokens.css", b"--"),
        ):
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}") as response:
                assert words in response.read(), path
        assert {path.name for path in tmp_path.iterdir()} == {"kept"}
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
    assert process.returncode == 0
