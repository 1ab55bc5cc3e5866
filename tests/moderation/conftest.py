"""What the moderation tests share: no key of this machine's, and no endpoint remembered as missing."""

from collections.abc import AsyncIterator

import pytest

from gpt_image_ui.core import config
from gpt_image_ui.moderation import check


@pytest.fixture(autouse=True)
async def _fresh(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    config.forget()
    check.forget()
    yield
    await check.close()
    check.forget()
    config.forget()
