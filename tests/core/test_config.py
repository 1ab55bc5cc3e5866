"""Settings: where a value comes from, and that mistakes are loud."""

import multiprocessing
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from gpt_image_ui.core import config


class Sample(config.Section):
    """A section of every kind of value."""

    model_config = config.section("sample")
    number: int = 1
    key: SecretStr = SecretStr("")


@pytest.fixture
def profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Writes a profile and chooses it."""

    def write(text: str) -> None:
        path = tmp_path / "mine.toml"
        path.write_text(text)
        monkeypatch.setenv("GPT_IMAGE_UI_PROFILE", str(path))
        config.forget()

    return write


def test_environment_beats_profile_beats_default(profile, monkeypatch: pytest.MonkeyPatch) -> None:
    assert config.get(Sample).number == 1
    assert config.get(Sample).origins()["number"] == "default"
    profile("[sample]\nnumber = 2")
    assert config.get(Sample).number == 2
    assert config.get(Sample).origins()["number"] == "profile"
    monkeypatch.setenv("GPT_IMAGE_UI_SAMPLE_NUMBER", "3")
    config.forget()
    assert config.get(Sample).number == 3
    assert config.get(Sample).origins()["number"] == "environment"


def test_values_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    assert config.get(Sample).number == 1
    monkeypatch.setenv("GPT_IMAGE_UI_SAMPLE_NUMBER", "3")
    assert config.get(Sample).number == 1


def test_override_lasts_until_forgotten() -> None:
    config.override(Sample(number=9))
    assert config.get(Sample).number == 9
    config.forget()
    assert config.get(Sample).number == 1


def test_settings_cannot_be_changed_in_place() -> None:
    with pytest.raises(ValidationError):
        config.get(Sample).number = 2


def test_misspelt_key_of_a_profile_is_an_error(profile) -> None:
    profile("[sample]\nnumbr = 2")
    with pytest.raises(ValidationError, match="numbr"):
        config.get(Sample)


def test_misspelt_table_and_variable_are_found(profile, monkeypatch: pytest.MonkeyPatch) -> None:
    profile("[sampel]\nnumber = 2\n[sample]\nnumber = 2")
    monkeypatch.setenv("GPT_IMAGE_UI_SAMPLE_NUMBR", "2")
    monkeypatch.setenv("GPT_IMAGE_UI_SAMPLE_NUMBER", "2")
    assert config.unknown_tables([Sample]) == ["sampel"]
    assert config.unknown_variables([Sample]) == ["GPT_IMAGE_UI_SAMPLE_NUMBR"]


def test_profile_that_does_not_exist_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GPT_IMAGE_UI_PROFILE", "nowhere")
    config.forget()
    with pytest.raises(FileNotFoundError, match="nowhere"):
        config.get(Sample)


def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    assert config.get(Sample).shown() == {"number": 1, "key": ""}
    config.override(Sample(key=SecretStr("hunter2")))
    assert config.get(Sample).shown()["key"] == "set"
    assert "hunter2" not in repr(config.get(Sample))


def test_database_is_a_file_in_the_data_directory_by_default(tmp_path: Path) -> None:
    assert config.get(config.DatabaseSettings).resolved_url() == f"sqlite:///{tmp_path / 'data' / 'studio.db'}"


@pytest.mark.parametrize("given", ["postgres://u:p@h:1/d?sslmode=require", "postgresql://u:p@h:1/d?sslmode=require"])
@pytest.mark.parametrize("variable", ["DATABASE_URL", "GPT_IMAGE_UI_DATABASE_URL"])
def test_database_url_names_our_driver(monkeypatch: pytest.MonkeyPatch, given: str, variable: str) -> None:
    monkeypatch.setenv(variable, given)
    settings = config.get(config.DatabaseSettings)
    assert settings.resolved_url() == "postgresql+psycopg://u:p@h:1/d?sslmode=require"
    assert settings.origins()["url"] == "environment"
    assert settings.shown()["url"] == "set"


def test_our_own_variable_beats_the_platforms(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "sqlite:///platform.db")
    monkeypatch.setenv("GPT_IMAGE_UI_DATABASE_URL", "sqlite:///ours.db")
    monkeypatch.setenv("PORT", "9001")
    monkeypatch.setenv("GPT_IMAGE_UI_SERVER_PORT", "9002")
    assert config.get(config.DatabaseSettings).resolved_url() == "sqlite:///ours.db"
    assert config.get(config.ServerSettings).port == 9002


def test_database_url_from_a_profile(profile) -> None:
    profile('[database]\nurl = "sqlite:///elsewhere.db"')
    assert config.get(config.DatabaseSettings).resolved_url() == "sqlite:///elsewhere.db"
    assert config.get(config.DatabaseSettings).origins()["url"] == "profile"


def test_variable_of_another_program_is_not_taken_for_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("URL", "https://site.example")
    assert config.get(config.DatabaseSettings).resolved_url().startswith("sqlite:///")


def test_origins_are_local_until_a_public_address_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "9000")
    assert config.get(config.ServerSettings).allowed_origins() == ["http://localhost:9000", "http://127.0.0.1:9000"]
    monkeypatch.setenv("GPT_IMAGE_UI_SERVER_PUBLIC_URL", "https://studio.example/")
    config.forget()
    assert config.get(config.ServerSettings).allowed_origins() == ["https://studio.example"]


def test_data_directory_is_private() -> None:
    assert config.data_directory().stat().st_mode & 0o777 == 0o700


def test_installation_secret_is_made_once_and_private() -> None:
    first = config.installation_secret()
    config.forget()
    assert config.installation_secret() == first
    assert len(first) == 64
    assert [path.name for path in config.data_directory().iterdir()] == ["secret"]
    assert (config.data_directory() / "secret").stat().st_mode & 0o777 == 0o600


def test_installation_secret_may_be_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GPT_IMAGE_UI_SERVER_SECRET", "given")
    assert config.installation_secret() == "given"


def test_processes_that_start_together_agree_on_the_secret() -> None:
    with multiprocessing.get_context("fork").Pool(8) as pool:
        secrets = set(pool.starmap(config.installation_secret, [()] * 32, chunksize=1))
    assert len(secrets) == 1
    assert len(secrets.pop()) == 64


def test_environment_set_for_libraries_does_not_overrule_the_operator(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GPT_IMAGE_UI_X", "operator")
    config.set_environment({"GPT_IMAGE_UI_X": "ours"})
    assert config.unknown_variables([]) == ["GPT_IMAGE_UI_X"]
    import os

    assert os.environ["GPT_IMAGE_UI_X"] == "operator"
