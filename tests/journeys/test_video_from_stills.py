"""Two stills become a video: sent as first and last frame; what comes back is played and paid for."""

import json
import re
import threading
from collections.abc import AsyncIterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.gallery import clips, corpus
from tests.journeys.programs import Studio
from tests.journeys.visitor import DESK, Visitor

FILM = clips.clip("webm", (640, 360), 5, sound=False)


class VideoMaker(ThreadingHTTPServer):
    """BytePlus's video tasks, as its documents show them: a task is pending once, then there."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.created: list[dict] = []
        self.asked = 0
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: VideoMaker

    def log_message(self, *_args: object) -> None:
        """Silent."""

    def do_POST(self) -> None:
        self.server.created.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
        self._answer(json.dumps({"id": "cgt-1"}).encode())

    def do_GET(self) -> None:
        if self.path.endswith("/film.webm"):
            self._answer(FILM, "video/webm")
            return
        self.server.asked += 1
        task: dict = {"id": "cgt-1", "status": "running" if self.server.asked == 1 else "succeeded", "error": None}
        if self.server.asked > 1:
            task["content"] = {"video_url": f"{self.server.address}/film.webm"}
            task["usage"] = {"completion_tokens": 40_000, "total_tokens": 40_000}
        self._answer(json.dumps(task).encode())

    def _answer(self, body: bytes, media_type: str = "application/json") -> None:
        self.send_response(200)
        self.send_header("content-type", media_type)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest_asyncio.fixture(loop_scope="session")
async def video_studio(
    screens: None, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[Studio, VideoMaker]]:
    """A studio whose videos come from the maker above."""
    maker = VideoMaker()
    studio = Studio(
        tmp_path_factory.mktemp("video") / "data",
        ARK_BASE_URL=f"{maker.address}/api/v3",
        GPT_IMAGE_UI_CREDITS_WELCOME_GRANT="5000",
    )
    await studio.start()
    yield studio, maker
    studio.stop()
    maker.shutdown()


async def test_a_video_from_its_first_and_last_frame(video_studio: tuple[Studio, VideoMaker], enter) -> None:
    studio, maker = video_studio
    visitor: Visitor = await enter(studio, DESK)
    await visitor.choose("Model", re.compile("Seedance 1.5 Pro"))
    await expect(visitor.composer.get_by_role("button", name=re.compile("^How many"))).to_have_count(0)
    async with visitor.page.expect_file_chooser() as chooser:
        await visitor.press(visitor.composer.get_by_role("button", name="Attach pictures").first)
    files = [
        {"name": name, "mimeType": "image/png", "buffer": corpus.png((640, 360))} for name in ("first.png", "last.png")
    ]
    await (await chooser.value).set_files(files)  # type: ignore[arg-type]
    for number, part in ((1, "first_frame"), (2, "last_frame")):
        await expect(visitor.composer.get_by_label(f"Part of reference {number}")).to_have_value(part)

    promised = await visitor.create("The boat leaves the harbour")
    assert promised > 0
    tile = visitor.picture("The boat leaves the harbour")
    await expect(tile).to_have_count(1)
    await expect(tile).to_have_attribute("aria-label", re.compile("video, 0:05"))
    roles = [part.get("role") for part in maker.created[0]["content"] if part["type"] == "image_url"]
    assert roles == ["first_frame", "last_frame"]
    assert len(maker.created) == 1
    # It came smaller than asked, so it costs less than was promised.
    assert 5000 - promised < await visitor.credits() < 5000
    await tile.click()
    await expect(visitor.large.locator("video")).to_be_visible()
