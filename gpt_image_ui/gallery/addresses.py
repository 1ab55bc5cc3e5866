"""Pictures at public addresses. This server fetches them, through the guard, and counts the asking, not the finding."""

from collections.abc import AsyncIterator
from urllib.parse import urlsplit

from gpt_image_ui.core import config, http, rate_limit
from gpt_image_ui.core.errors import UserFacingError
from gpt_image_ui.gallery import uploads
from gpt_image_ui.gallery.tables import Upload
from gpt_image_ui.providers.interface import Reference

_DEADLINE_SECONDS = 20
_rate = rate_limit.Rate("fetch", burst=10, every_seconds=3)


async def accept(account_id: str, url: str) -> Upload:
    """Keeps the picture as if it had been uploaded. Raises as `read` and `uploads.accept` do."""
    data = await _fetched(account_id, url)
    name = urlsplit(url).path.rsplit("/", 1)[-1] or "picture"
    return await uploads.accept(account_id, name, _whole(data), len(data))


async def read(account_id: str, url: str) -> Reference:
    """A working copy without metadata, of which nothing is kept. Raises UserFacingError url_refused, the same for every
    reason, rate_limited (429), not_an_image (415) or too_many_pixels (413)."""
    return await uploads.working_copy(_whole(await _fetched(account_id, url)))


async def _fetched(account_id: str, url: str) -> bytes:
    # Before the fetch: what fails would otherwise cost its sender nothing, and strangers' servers our visits.
    rate_limit.take(_rate, account_id)
    size = config.get(uploads.UploadSettings).megabytes_max * 1_000_000
    try:
        data, _ = await http.fetch(url.strip(), size_bytes_max=size, deadline_seconds=_DEADLINE_SECONDS)
    except http.FetchError as error:
        raise UserFacingError(
            "That address is not reachable from here, or holds no picture. Nothing was charged. Upload it instead.",
            "url_refused",
        ) from error
    return data


async def _whole(data: bytes) -> AsyncIterator[bytes]:
    yield data
