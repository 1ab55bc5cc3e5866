"""The wall's book (assets/book.js), run as it is by bun, which builds the screens and so is always there."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCENARIOS = Path(__file__).with_name("book_scenarios.mjs")
NAMES = re.findall(r"^  async (\w+)\(\) \{$", SCENARIOS.read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("name", NAMES)
def test_scenario(name: str) -> None:
    bun = shutil.which("bun", path=str(Path(sys.executable).parent)) or shutil.which("bun")
    assert bun, "bun comes with the product's own packages"
    ended = subprocess.run([bun, str(SCENARIOS), name], capture_output=True, text=True, timeout=60)
    assert ended.returncode == 0, ended.stderr


def test_the_file_was_read() -> None:
    assert len(NAMES) >= 15
