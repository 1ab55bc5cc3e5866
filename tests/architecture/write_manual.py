"""Writes the chapter of docs/OPERATING.md that lists every setting: `make manual`."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from gpt_image_ui.commands import settings  # noqa: E402

BEGIN, END = "<!-- settings: written by `make manual` -->", "<!-- settings: end -->"

if __name__ == "__main__":
    path = ROOT / "docs" / "OPERATING.md"
    text = path.read_text(encoding="utf-8")
    before, after = text[: text.index(BEGIN) + len(BEGIN)], text[text.index(END) :]
    path.write_text(f"{before}\n\n{settings.manual().strip()}\n\n{after}", encoding="utf-8")
