"""What the documents and the packaging say is what the code does."""

import re
import tomllib

from gpt_image_ui.commands import settings
from gpt_image_ui.core import config
from tests.architecture import sources
from tests.architecture.write_manual import BEGIN, END

# What a distribution is imported as, where that differs from its name.
IMPORTED_AS = {"pillow": "PIL", "psycopg": "psycopg"}


def test_the_manual_lists_every_setting_as_it_is() -> None:
    text = (sources.ROOT / "docs" / "OPERATING.md").read_text(encoding="utf-8")
    listed = text[text.index(BEGIN) + len(BEGIN) : text.index(END)].strip()
    assert listed == settings.manual().strip(), "run `make manual`"


def test_every_section_is_found() -> None:
    declared = {
        match
        for path in sources.modules()
        for match in re.findall(r'model_config = (?:config\.)?section\("(\w+)"\)', _text(path))
        if path != "commands/settings.py"
    } - {"name"}
    assert len(declared) >= 12
    assert {settings.name_of(section) for section in settings.sections()} == declared


def test_no_two_settings_share_a_variable_of_ours() -> None:
    ours = [
        settings.variables_of(section, field)[0] for section in settings.sections() for field in section.model_fields
    ]
    assert len(ours) == len(set(ours))
    assert all(name.startswith(config.PREFIX) for name in ours)


def test_every_dependency_is_used() -> None:
    project = tomllib.loads((sources.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = [re.split(r"[\[<>=!~; ]", line)[0] for line in project["dependencies"]]
    assert len(names) > 10
    texts = "\n".join(_text(path) for path in sources.modules())
    unused = [
        name
        for name in names
        if (module := IMPORTED_AS.get(name, name.replace("-", "_")))
        and not re.search(rf"^\s*(?:import|from) {module}\b", texts, re.M)
    ]
    assert unused == []


def test_every_dependency_is_locked() -> None:
    file = tomllib.loads((sources.ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [*file["project"]["dependencies"], *file["dependency-groups"]["dev"]]
    locked = (sources.ROOT / "requirements.lock").read_text(encoding="utf-8")
    pinned = {line.partition("==")[0].lower().replace("_", "-") for line in locked.splitlines()}
    assert [line for line in wanted if re.split(r"[\[<>=!~; ]", line)[0].lower() not in pinned] == []
    assert "://" not in locked


def _text(path: str) -> str:
    return (sources.PACKAGE / path).read_text(encoding="utf-8")
