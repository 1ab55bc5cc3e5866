"""A bucket on any server that speaks S3. The only module that knows boto3, which is imported at the first call: it
costs half a second and 30 MB that a studio on a disk never pays."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import quote

from gpt_image_ui.storage import keys
from gpt_image_ui.storage.interface import MissingError, StorageError, Stored

R = TypeVar("R")

_CHUNK = 256 * 1024
_THREADS = 8
_ABSENT = {"NoSuchKey", "NotFound", "404"}


@dataclass(frozen=True)
class Bucket:
    """Where the objects are. `path_style` puts the bucket in the path, as most servers other than AWS expect."""

    name: str
    endpoint: str
    region: str
    access_key: str
    secret_key: str
    prefix: str = ""
    path_style: bool = True


class S3Store:
    """Objects in one bucket, under a prefix. `links` allows addresses that need no login."""

    def __init__(self, bucket: Bucket, *, links: bool) -> None:
        self._bucket = bucket
        self._links = links
        self._prefix = f"{bucket.prefix.strip('/')}/" if bucket.prefix.strip("/") else ""
        self._pool = ThreadPoolExecutor(_THREADS, "s3")
        self._lock = threading.Lock()
        self._made: Any = None

    async def put(self, key: str, data: bytes, media_type: str) -> None:
        await self._call("put_object", key, Body=data, ContentType=media_type)

    async def get(self, key: str) -> bytes:
        answer = await self._call("get_object", key)
        return await self._run(_read, answer["Body"], None)

    async def open(self, key: str, start: int = 0, end: int | None = None) -> Stored:
        whole = start == 0 and end is None
        wanted = {} if whole else {"Range": f"bytes={start}-{'' if end is None else end}"}
        answer = await self._call("get_object", key, **wanted)
        size = answer["ContentLength"] if whole else int(answer["ContentRange"].rpartition("/")[2])
        return Stored(size, self._stream(answer["Body"]))

    async def exists(self, key: str) -> bool:
        try:
            await self._call("head_object", key)
        except MissingError:
            return False
        return True

    async def delete(self, keys: list[str]) -> None:
        # One by one: the request for many demands a checksum header on which servers disagree.
        await asyncio.gather(*(self._call("delete_object", key) for key in keys))

    async def link(self, key: str, seconds: int, media_type: str, filename: str | None) -> str | None:
        if not self._links:
            return None
        shown = f"attachment; filename*=UTF-8''{quote(filename, safe='')}" if filename else "inline"
        asked = self._named(key) | {"ResponseContentType": media_type, "ResponseContentDisposition": shown}
        return await self._run(
            lambda: self._client().generate_presigned_url("get_object", Params=asked, ExpiresIn=seconds)
        )

    async def close(self) -> None:
        await asyncio.to_thread(self._pool.shutdown, wait=True)
        if self._made is not None:
            self._made.close()

    def _named(self, key: str) -> dict[str, Any]:
        return {"Bucket": self._bucket.name, "Key": self._prefix + keys.checked(key)}

    async def _call(self, operation: str, key: str, **arguments: Any) -> dict[str, Any]:
        arguments |= self._named(key)
        return await self._run(lambda: getattr(self._client(), operation)(**arguments))

    async def _run(self, fn: Callable[..., R], *args: Any) -> R:
        def work() -> R:
            with _as_storage_error():
                return fn(*args)

        return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    async def _stream(self, body: Any) -> AsyncIterator[bytes]:
        try:
            while chunk := await self._run(_read, body, _CHUNK):
                yield chunk
        finally:
            body.close()

    def _client(self) -> Any:
        with self._lock:
            if self._made is None:
                self._made = _connect(self._bucket)
            return self._made


def _connect(bucket: Bucket) -> Any:
    from boto3.session import Session
    from botocore.config import Config

    return Session().client(
        "s3",
        endpoint_url=bucket.endpoint or None,
        region_name=bucket.region,
        aws_access_key_id=bucket.access_key,
        aws_secret_access_key=bucket.secret_key,
        config=Config(
            signature_version="s3v4",
            # The default checksums are refused by several servers other than AWS.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            s3={"addressing_style": "path" if bucket.path_style else "virtual"},
            connect_timeout=5,
            read_timeout=30,
            retries={"mode": "standard", "total_max_attempts": 3},
            max_pool_connections=_THREADS,
        ),
    )


def _read(body: Any, size: int | None) -> bytes:
    return body.read(size)


@contextmanager
def _as_storage_error() -> Iterator[None]:
    """Lets nothing of the library out: its messages may carry addresses and key ids."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        raise (MissingError if code in _ABSENT else StorageError)(f"S3 answered {code}") from error
    except (BotoCoreError, OSError, ValueError) as error:
        raise StorageError(f"S3 did not answer: {type(error).__name__}") from error
