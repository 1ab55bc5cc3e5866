"""The source files that the rules below read, and the calls and words in them."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "gpt_image_ui"


@cache
def modules() -> dict[str, ast.Module]:
    """Every module of the package by its path in it, parsed."""
    found = {
        path.relative_to(PACKAGE).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(PACKAGE.rglob("*.py"))
        if "frontend" not in path.relative_to(PACKAGE).parts[:1]
    }
    assert len(found) > 80, "the search lost its way: most of the package is missing"
    return found


def using(*names: str) -> set[str]:
    """The modules that use any of these dotted names, as in 'os.environ' or '.commit' (of anything)."""
    return {path for path, tree in modules().items() if any(matches(node, names) for node in ast.walk(tree))}


def matches(node: ast.AST, names: tuple[str, ...]) -> bool:
    """Whether a node is one of the dotted names; a name that starts with a dot is met on any object."""
    if not isinstance(node, ast.Attribute):
        return False
    owner = node.value.id if isinstance(node.value, ast.Name) else ""
    return f".{node.attr}" in names or f"{owner}.{node.attr}" in names


def strings(tree: ast.Module) -> Iterator[str]:
    """Every string in a module, docstrings and parts of f-strings too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
