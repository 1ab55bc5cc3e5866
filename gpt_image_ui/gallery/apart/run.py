"""Starts a reader in a process of its own: whatever its libraries do with hostile bytes ends there.

It gets the bytes as a file without a name, none of this process's environment, and half a minute.
"""

import os
import subprocess
import sys
import tempfile

from gpt_image_ui.core import config

SECONDS_MAX = 30
ANSWER_BYTES_MAX = 64 * 1024 * 1024


class FailedError(Exception):
    """The reader broke, took too long or said nothing. The text is for logs."""


def read(module: str, data: bytes, *words: str) -> bytes:
    """What `gpt_image_ui.gallery.apart.<module>` writes about the data. Slow: for a worker thread.

    Raises FailedError.
    """
    # The child finds its libraries where this process did; -P keeps whatever lies in the working directory out.
    places = os.pathsep.join(place for place in sys.path if place)
    command = [sys.executable, "-P", "-m", f"{__package__}.{module}", *words]
    with tempfile.TemporaryFile(dir=config.data_directory()) as file:
        file.write(data)
        file.seek(0)
        try:
            done = subprocess.run(  # noqa: S603 - our own module, and words that we chose
                command,
                stdin=file,
                capture_output=True,
                env={"PYTHONPATH": places, "PYTHONDONTWRITEBYTECODE": "1"},
                timeout=SECONDS_MAX,
                check=False,
            )
        except (subprocess.TimeoutExpired, OSError) as error:
            raise FailedError(type(error).__name__) from error
    if done.returncode or not 0 < len(done.stdout) <= ANSWER_BYTES_MAX:
        said = done.stderr[-500:].decode("utf-8", "replace").strip().splitlines()
        raise FailedError(f"ended with {done.returncode}: {said[-1] if said else 'no word'}"[:300])
    return done.stdout
