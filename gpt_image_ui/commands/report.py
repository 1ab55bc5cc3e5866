"""How commands speak: a table or JSON on standard output, and one sentence when they cannot do what was asked."""

import json
from collections.abc import Sequence
from dataclasses import asdict, is_dataclass
from datetime import date
from typing import Any


class CommandError(Exception):
    """What the person at the terminal reads instead of a traceback."""

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.code = code


def print_json(value: Any) -> None:
    """One JSON document; dataclasses become objects, moments ISO 8601."""
    print(json.dumps(value, default=_plain, ensure_ascii=False, indent=2))


def print_table(headers: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Columns as wide as they need; numbers to the right."""
    texts = [["" if cell is None else str(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(headers, *texts, strict=True)]
    right = [bool(rows) and all(isinstance(row[i], int) for row in rows) for i in range(len(headers))]
    for line in [list(headers), *texts]:
        cells = (
            cell.rjust(width) if numeric else cell.ljust(width)
            for cell, width, numeric in zip(line, widths, right, strict=True)
        )
        print("  ".join(cells).rstrip())


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else str(value)
