"""Typed settings in sections. Each feature declares the section it reads; values come, strongest first, from the
environment, the profile file (TOML) and the declared default. The only module that reads `os.environ`."""

import ipaddress
import os
import secrets
import socket
import tomllib
from contextlib import suppress
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar

from pydantic import AliasChoices, Field, SecretStr, field_validator
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

PREFIX = "GPT_IMAGE_UI_"
PROFILES = resources.files("gpt_image_ui") / "profiles"


def section(name: str) -> SettingsConfigDict:
    """The model config of a section: variables named GPT_IMAGE_UI_<NAME>_<FIELD> and the TOML table [<name>]."""
    return SettingsConfigDict(
        env_prefix=f"{PREFIX}{name.upper()}_",
        frozen=True,
        extra="forbid",
        populate_by_name=True,
        title=name,
    )


class Section(BaseSettings):
    """One feature's settings. Subclasses set `model_config = section("name")`; an unknown key is an error at start."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        table = _profile().get(str(cls.model_config.get("title")), {})
        return init_settings, EnvSettingsSource(settings_cls), InitSettingsSource(settings_cls, table)

    def origins(self) -> dict[str, str]:
        """Where each value came from: 'environment', 'profile' or 'default', by field name."""
        environment = EnvSettingsSource(type(self))()
        profile = _profile().get(str(self.model_config.get("title")), {})
        return {
            name: "environment"
            if _given(name, field.validation_alias, environment)
            else "profile"
            if name in profile
            else "default"
            for name, field in type(self).model_fields.items()
        }

    def shown(self) -> dict[str, Any]:
        """The values with every secret masked, fit for a screen or a log."""
        return {
            name: ("set" if value.get_secret_value() else "") if isinstance(value, SecretStr) else value
            for name, value in ((name, getattr(self, name)) for name in type(self).model_fields)
        }


class ServerSettings(Section):
    """Where the studio listens and what it is called from outside. `trusted_proxies`: addresses or networks whose
    X-Forwarded-For is believed. `metrics`: who may read /metrics, programs on this machine, everybody, or nobody."""

    model_config = section("server")
    host: str = "127.0.0.1"
    port: int = Field(8000, validation_alias=AliasChoices("GPT_IMAGE_UI_SERVER_PORT", "PORT", "port"))
    public_url: str = ""
    extra_origins: tuple[str, ...] = ()
    name: str = "GPT Image UI"
    trusted_proxies: tuple[str, ...] = ()
    session_days: int = 90
    metrics: str = Field("local", pattern="^(local|open|off)$")
    secret: SecretStr = SecretStr("")

    @field_validator("trusted_proxies")
    @classmethod
    def _addresses(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(str(ipaddress.ip_network(address, strict=False)) for address in given)

    def origin(self) -> str:
        """The address people use, without a trailing slash."""
        return (self.public_url or f"http://localhost:{self.port}").rstrip("/")

    def allowed_origins(self) -> list[str]:
        """Every origin whose browser may open the socket or post to our routes."""
        local = [f"http://localhost:{self.port}", f"http://127.0.0.1:{self.port}"]
        return list(dict.fromkeys([self.origin(), *(local if not self.public_url else []), *self.extra_origins]))


class DatabaseSettings(Section):
    """The one database. Empty means a SQLite file in the data directory."""

    model_config = section("database")
    url: SecretStr = Field(SecretStr(""), validation_alias=AliasChoices("GPT_IMAGE_UI_DATABASE_URL", "DATABASE_URL"))
    pool_size: int = Field(8, ge=1, le=100)
    synchronous: str = Field("NORMAL", pattern="^(NORMAL|FULL)$")

    def resolved_url(self) -> str:
        """A SQLAlchemy URL with our driver named; `postgres://` forms are accepted."""
        url = self.url.get_secret_value()
        if not url:
            return f"sqlite:///{data_directory() / 'studio.db'}"
        scheme, _, rest = url.partition("://")
        return f"postgresql+psycopg://{rest}" if scheme in ("postgres", "postgresql") else url


S = TypeVar("S", bound=Section)
_cached: dict[type[Section], Section] = {}


def get(section_class: type[S]) -> S:
    """The section's values, read once in the life of the process."""
    if section_class not in _cached:
        _cached[section_class] = section_class()
    return _cached[section_class]  # type: ignore[return-value]


def override(values: Section) -> None:
    """Replaces a section for the rest of the process. For tests and for command-line options."""
    _cached[type(values)] = values


def forget() -> None:
    """Reads everything anew at the next `get`; for tests that change the environment."""
    _cached.clear()
    _profile.cache_clear()
    installation_secret.cache_clear()


def data_directory() -> Path:
    """The folder that holds everything the studio keeps, made private if it is new."""
    path = Path(os.environ.get(f"{PREFIX}DATA", "data")).expanduser().resolve()
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


@cache
def installation_secret() -> str:
    """The key of this installation's pseudonyms: the `server.secret` setting, else a file made once in the data folder.

    Processes that share a database must share it too, by setting or by folder.
    """
    given = get(ServerSettings).secret.get_secret_value()
    if given:
        return given
    path = data_directory() / "secret"
    draft = path.with_name(f"secret.{process_id()}")
    if not path.exists():
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
        # Linked when it is whole: a process that starts at the same moment must not read half a key.
        with suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_text()


@cache
def process_id() -> str:
    """A name for this boot of this process, unlike any other's."""
    return f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"


def profile_name() -> str:
    """The chosen profile: a name from gpt_image_ui/profiles or the path of a TOML file."""
    return os.environ.get(f"{PREFIX}PROFILE") or "default"


def unknown_variables(known: list[type[Section]]) -> list[str]:
    """Variables that carry our prefix but set nothing: a typing error that would otherwise stay silent."""
    names = {f"{PREFIX}DATA", f"{PREFIX}PROFILE"}
    for cls in known:
        prefix = str(cls.model_config.get("env_prefix"))
        names |= {f"{prefix}{field}".upper() for field in cls.model_fields}
    return sorted(name for name in os.environ if name.startswith(PREFIX) and name not in names)


def unknown_tables(known: list[type[Section]]) -> list[str]:
    """Tables of the profile that no section reads: the same error, in the file."""
    return sorted(_profile().keys() - {str(cls.model_config.get("title")) for cls in known})


def set_environment(values: dict[str, str]) -> None:
    """Sets variables that libraries read at import; called once, before they are imported."""
    for name, value in values.items():
        os.environ.setdefault(name, value)


@cache
def _profile() -> dict[str, dict[str, Any]]:
    name = profile_name()
    source = Path(name) if name.endswith(".toml") else PROFILES / f"{name}.toml"
    if not source.is_file():
        raise FileNotFoundError(f"no profile {name!r}: {source} does not exist")
    return tomllib.loads(source.read_text(encoding="utf-8"))


def _given(name: str, alias: object, values: dict[str, Any]) -> bool:
    names = {
        name.lower(),
        *(str(choice).lower() for choice in (alias.choices if isinstance(alias, AliasChoices) else ())),
    }
    return any(key.lower() in names for key in values)
