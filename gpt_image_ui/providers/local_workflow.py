"""ComfyUI workflows as files: in its API format, with `{prompt}` and the like where a request's values belong."""

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from gpt_image_ui.providers.images_api import fields

_NAMES = re.compile(r"\{(prompt|seed|width|height|model|mask|image\d*)\}")


@dataclass(frozen=True)
class Workflow:
    """The nodes, the names that stand in them, and the classes of the nodes."""

    nodes: dict[str, Any]
    names: frozenset[str]
    classes: tuple[str, ...]

    @property
    def images(self) -> tuple[str, ...]:
        """The names of its pictures, first to last: `image` or `image1`, `image2` and so on."""
        found = [name for name in self.names if name.startswith("image")]
        return tuple(sorted(found, key=lambda name: int(name[5:] or 1)))


@cache
def read(path: str) -> Workflow:
    """The workflow in a file. Raises ValueError that says what is wrong with it."""
    try:
        nodes = json.loads(Path(path).expanduser().read_text(encoding="utf-8"))
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise ValueError(f"{path} is not JSON") from error
    if isinstance(nodes, dict) and isinstance(nodes.get("nodes"), list):
        raise ValueError(f"{path} is in the editor's format: save it with 'Export (API)'")
    if not isinstance(nodes, dict) or not nodes or not all(_is_node(node) for node in nodes.values()):
        raise ValueError(f"{path} is no workflow in ComfyUI's API format")
    names = frozenset(_NAMES.findall(json.dumps([node.get("inputs") for node in nodes.values()])))
    return Workflow(nodes, names, tuple(dict.fromkeys(str(node["class_type"]) for node in nodes.values())))


def check(workflow: Workflow, wanted: tuple[str, ...], path: str) -> None:
    """Raises ValueError for a workflow in which a name is missing."""
    names = workflow.names | ({"image"} if workflow.images else set())
    if missing := [f"{{{name}}}" for name in wanted if name not in names]:
        raise ValueError(f"{path} has no {' and no '.join(missing)} among its nodes' inputs")


def fill(workflow: Workflow, known: dict[str, Any]) -> dict[str, Any]:
    """The nodes with every name replaced, once: what a person writes is not searched for names."""
    return fields.place(workflow.nodes, known)


def _is_node(node: Any) -> bool:
    return isinstance(node, dict) and isinstance(node.get("class_type"), str)
