"""The one place for bytes, chosen by a setting."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, model_validator

from gpt_image_ui.core import config
from gpt_image_ui.storage.interface import Store
from gpt_image_ui.storage.local import LocalStore
from gpt_image_ui.storage.s3 import Bucket, S3Store


class StorageSettings(config.Section):
    """Where pictures are kept: in a folder (empty: `media` in the data directory) or in an S3 bucket.

    `links` lets a browser read originals from the bucket itself, by an address that works for `link_seconds` for
    whoever holds it. `sync` waits for the disk, so that a paid picture survives a power cut.
    """

    model_config = config.section("storage")
    kind: Literal["local", "s3"] = "local"
    folder: str = ""
    sync: bool = True
    links: bool = False
    link_seconds: int = Field(60, ge=5, le=3600)
    s3_endpoint: str = ""
    s3_bucket: str = ""
    s3_region: str = "us-east-1"
    s3_access_key: SecretStr = SecretStr("")
    s3_secret_key: SecretStr = SecretStr("")
    s3_prefix: str = Field("", pattern=r"^([a-z0-9][a-z0-9._-]*/?)*$")
    s3_path_style: bool = True

    @model_validator(mode="after")
    def _complete(self) -> "StorageSettings":
        if self.kind == "s3" and not (self.s3_bucket and self.s3_access_key.get_secret_value()):
            raise ValueError("storage.kind = s3 needs s3_bucket, s3_access_key and s3_secret_key")
        return self


_store: Store | None = None


def get() -> Store:
    """The store of this process, made at first use."""
    global _store
    if _store is None:
        settings = config.get(StorageSettings)
        _store = _bucket(settings) if settings.kind == "s3" else _folder(settings)
    return _store


async def close() -> None:
    """Gives back threads and connections; the next `get` opens anew."""
    global _store
    closing, _store = _store, None
    if closing is not None:
        await closing.close()


def _folder(settings: StorageSettings) -> Store:
    folder = Path(settings.folder).expanduser().resolve() if settings.folder else config.data_directory() / "media"
    return LocalStore(folder, sync=settings.sync)


def _bucket(settings: StorageSettings) -> Store:
    bucket = Bucket(
        name=settings.s3_bucket,
        endpoint=settings.s3_endpoint,
        region=settings.s3_region,
        access_key=settings.s3_access_key.get_secret_value(),
        secret_key=settings.s3_secret_key.get_secret_value(),
        prefix=settings.s3_prefix,
        path_style=settings.s3_path_style,
    )
    return S3Store(bucket, links=settings.links)
