"""One test for each rule that a reader of the code may rely on. Exceptions are listed here, with their reason."""

import ast
import re

import pytest

from tests.architecture import sources

LINES_MAX = 300
# What has outgrown that, and how far at most: to be divided before it grows again.
TALL = {"jobs/engine.py": 330, "gallery/uploads.py": 330, "providers/sketching/motifs_objects.py": 315}
# A dictionary is looked up, not read.
DICTIONARIES = {"providers/sketching/words.py"}

# Who else than core/config.py reads the environment: the compiler of the screens hands its own on to a child process.
READS_ENVIRONMENT = {"core/config.py", "web/frontend.py"}
# The web edge, the job edge (attempts, recovery, recurring acts, the watch over a lane), each with a reference.
CATCHES_ALL = {"web/edge.py", "generation/run.py", "generation/recover.py", "jobs/engine.py", "schedule.py"}
VAGUE = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "service", "base"}
UNFINISHED = re.compile(r"(?i:coming soon|lorem ipsum|not implemented)|\bTODO\b|\bFIXME\b|\bXXX\b")


def test_one_module_commits() -> None:
    assert sources.using(".commit") == {"core/db.py"}


def test_the_environment_is_read_in_one_place() -> None:
    assert sources.using("os.environ", "os.getenv") == READS_ENVIRONMENT


def test_the_wall_clock_is_read_in_one_place() -> None:
    names = ("datetime.now", "datetime.utcnow", "date.today", "time.time", "time.time_ns")
    assert sources.using(*names) == {"core/clock.py"}


def test_no_room_has_a_vague_name() -> None:
    names = {part for path in sources.modules() for part in path.removesuffix(".py").split("/")}
    assert names & VAGUE == set()
    assert "ledger" in names


def test_nothing_is_left_for_later() -> None:
    suffixes = {".py", ".jsx", ".js", ".css", ".html", ".toml", ".md"}
    folders = [sources.PACKAGE, sources.ROOT / "assets", sources.ROOT / "docs", sources.ROOT / "alembic"]
    files = [path for folder in folders for path in folder.rglob("*") if path.suffix in suffixes]
    files = [path for path in files if "frontend" not in path.relative_to(sources.ROOT).parts[:2]]
    assert len(files) > 100
    found = [
        f"{path.relative_to(sources.ROOT)}:{number}"
        for path in [*files, *sources.ROOT.glob("*.md")]
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if UNFINISHED.search(line)
    ]
    assert found == []


def test_everything_is_caught_at_the_edges_only() -> None:
    found = {
        path
        for path, tree in sources.modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or ast.unparse(node.type) in ("Exception", "BaseException"))
    }
    assert found == CATCHES_ALL


def test_no_module_outgrows_a_sitting() -> None:
    lengths = {
        path: len((sources.PACKAGE / path).read_text(encoding="utf-8").splitlines())
        for path in sources.modules().keys() - DICTIONARIES
    }
    assert {path: length for path, length in lengths.items() if length > TALL.get(path, LINES_MAX)} == {}


@pytest.mark.parametrize("path", [path for path in sources.modules() if path.endswith("__init__.py")])
def test_a_package_says_what_it_is_and_nothing_more(path: str) -> None:
    tree = sources.modules()[path]
    assert ast.get_docstring(tree)
    assert len(tree.body) == 1


def test_every_module_says_what_it_is_for() -> None:
    assert [path for path, tree in sources.modules().items() if not ast.get_docstring(tree)] == []


def test_screens_take_their_colours_from_the_tokens() -> None:
    hexadecimal = re.compile(r"#(?:[0-9a-fA-F]{3,4}|[0-9a-fA-F]{6}|[0-9a-fA-F]{8})\b")
    screens = {path: tree for path, tree in sources.modules().items() if path.startswith("web/")}
    assert len(screens) > 20
    found = [
        f"{path}: {text}"
        for path, tree in screens.items()
        for text in sources.strings(tree)
        if hexadecimal.search(text)
    ]
    assert found == []


def test_texts_do_not_shout() -> None:
    """No exclamation mark ends a sentence that a person may read."""
    shouting = re.compile(r"[a-z]!(\s|$)")
    found = [
        f"{path}: {text[:60]}"
        for path, tree in sources.modules().items()
        for text in sources.strings(tree)
        if shouting.search(text)
    ]
    assert found == []
