"""Two studios that run as programs for all journeys, one browser, and visitors with a browser profile each."""

import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright, expect

from gpt_image_ui.web import frontend
from tests.journeys.programs import ROOT, ImagesServer, Studio
from tests.journeys.visitor import DESK, Hand, Visitor, describe_trouble

_PATIENCE = 20_000  # ms; a slow machine is not a defect, and nothing here waits longer than it has to

Enter = Callable[..., Awaitable[Visitor]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One loop for all journeys: the browser and the studios belong to it."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest.fixture(scope="session")
def screens() -> None:
    """The built front end, made here only where nobody has made it."""
    if not frontend.is_built():
        subprocess.run([sys.executable, "-m", "gpt_image_ui.cli", "build"], cwd=ROOT, check=True)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """The system's Chromium."""
    expect.set_options(timeout=_PATIENCE)
    async with async_playwright() as playwright:
        program = ROOT / "tests" / "chromium.sh"
        browser = await playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        await browser.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def studio(screens: None, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Studio]:
    """A studio without any key: it draws by itself."""
    program = Studio(tmp_path_factory.mktemp("plain") / "data")
    await program.start()
    yield program
    program.stop()


@pytest.fixture(scope="session")
def provider() -> Iterator[ImagesServer]:
    """The images server that the prompts tell how to behave."""
    server = ImagesServer()
    yield server
    server.stop()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def provided_studio(
    screens: None, provider: ImagesServer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Studio]:
    """A studio whose pictures and whose safety check come from the images server; one attempt for each job."""
    program = make_provided(provider, tmp_path_factory.mktemp("provided"))
    await program.start()
    yield program
    program.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def mortal_studio(screens: None, provider: ImagesServer, tmp_path: Path) -> AsyncIterator[Studio]:
    """Like `provided_studio`, for one test alone, which may kill it."""
    program = make_provided(provider, tmp_path)
    await program.start()
    yield program
    program.kill()


def make_provided(provider: ImagesServer, folder: Path) -> Studio:
    """A studio at the images server, not yet started."""
    return Studio(
        folder / "data",
        OPENAI_BASE_URL=f"{provider.address}/v1",
        OPENAI_API_KEY="test",
        GPT_IMAGE_UI_JOBS_ATTEMPTS_MAX="1",
        GPT_IMAGE_UI_JOBS_LEASE_SECONDS="2",
    )


@pytest_asyncio.fixture(loop_scope="session")
async def enter(browser: Browser) -> AsyncIterator[Enter]:
    """Lets a new visitor in; at the end no page may have had an error of its own."""
    visitors: list[Visitor] = []

    async def let_in(studio: Studio, hand: type[Hand] = DESK, path: str = "/studio", **profile) -> Visitor:
        context = await browser.new_context(base_url=studio.address, **{**hand.profile, **profile})
        context.set_default_timeout(_PATIENCE)
        visitor = Visitor(context, hand)
        visitors.append(visitor)
        await visitor.open(path)
        return visitor

    yield let_in
    for visitor in visitors:
        await visitor.context.close()
    trouble = [line for visitor in visitors for line in visitor.trouble]
    assert not trouble, describe_trouble(trouble)
