"""KIE.ai and BytePlus behind the real engine, over real sockets: one set of pictures, one charge, each time."""

import base64
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from gpt_image_ui import worker
from gpt_image_ui.accounts import guests
from gpt_image_ui.core import config, db, ids
from gpt_image_ui.generation import calls, follow
from gpt_image_ui.generation.tables import ProviderCall
from gpt_image_ui.jobs import lifecycle
from gpt_image_ui.providers import registry
from tests import wire
from tests.generation.scripted import ended, png, position, send
from tests.providers.tasks import Vendor, vendor

WELCOME = 100
CREATE, RECORD, DRAW = "/api/v1/jobs/createTask", "/api/v1/jobs/recordInfo", "/api/v3/images/generations"
# What describes a person, or the machine that they came by, in any request.
PERSONAL = ("x-forwarded-for", "forwarded", "cookie", "referer", "x-real-ip", "from")


@pytest.fixture
async def studio(monkeypatch: pytest.MonkeyPatch, database: str) -> AsyncIterator[tuple[Vendor, str]]:
    """The real registry, configured by the environment alone, before a server of our own, and a guest's account."""
    monkeypatch.setattr(follow, "_PACE", ((float("inf"), 0.02),))
    async with vendor(files=wire.says(png(1024, 1024))) as made:
        monkeypatch.setenv("KIE_BASE_URL", made.root)
        monkeypatch.setenv("KIE_API_KEY", "k-test")
        monkeypatch.setenv("ARK_BASE_URL", f"{made.root}/api/v3")
        monkeypatch.setenv("ARK_API_KEY", "k-test")
        monkeypatch.setenv("GPT_IMAGE_UI_SERVER_PUBLIC_URL", "https://studio.example")
        config.forget()
        registry.providers.cache_clear()
        account = await db.transaction(guests.create_guest, ids.new_secret())
        async with worker.running(execute=True):
            yield made, account
    registry.providers.cache_clear()


def created(*tasks: str) -> list[wire.Reply]:
    return [wire.says({"code": 200, "msg": "success", "data": {"taskId": task}}) for task in tasks]


def record(made: Vendor, state: str = "success", **more: Any) -> wire.Reply:
    result = json.dumps({"resultUrls": [f"{made.root}/files/1.png"]}) if state == "success" else ""
    return wire.says({"code": 200, "data": {"state": state, "resultJson": result, **more}})


def sent(account: str, model: str, **more: Any):
    return send(account, **{"model": model, "size": "1024x1024", "quality": "standard", **more})


async def cost_of(job_id: str) -> int:
    return (await db.read(lambda session: session.get_one(ProviderCall, (job_id, 0)))).cost_micros


async def test_each_task_becomes_one_picture_and_the_job_one_charge(studio: tuple[Vendor, str]) -> None:
    made, account = studio
    made.replies[CREATE] = created("a", "b")
    missing = wire.says({"code": 422, "msg": "recordInfo is null", "data": None})
    made.replies[RECORD] = [missing, record(made, "waiting"), record(made, creditsConsumed=6)]
    job_id = await sent(account, "kie/gpt-image-2", count=2)
    job = await ended(job_id)
    assert (job.status, job.delivered, job.charged) == (lifecycle.DONE, 2, 6)
    assert position(account) == (WELCOME - 6, 0)
    assert await cost_of(job_id) == 60_000
    assert len(made.to(CREATE)) == 2
    callback = calls.callback_url(job_id)
    assert [asked.json["callBackUrl"] for asked in made.to(CREATE)] == [callback] * 2
    assert follow.wake(job_id, callback.rsplit("/", 1)[1]), "a callback that comes late, and again, is harmless"
    for asked in made.asked:
        assert not set(asked.headers) & set(PERSONAL)
        assert account.encode() not in asked.body + asked.path.encode()


async def test_one_task_without_a_picture_leaves_the_other(studio: tuple[Vendor, str]) -> None:
    made, account = studio
    made.replies[CREATE] = created("a", "b")
    made.replies[RECORD] = [record(made), record(made, "success", resultJson="")]
    job = await ended(await sent(account, "kie/gpt-image-2", count=2))
    assert (job.status, job.delivered, job.charged) == (lifecycle.PARTIAL, 1, 3)
    assert position(account) == (WELCOME - 3, 0)


async def test_an_empty_account_there_costs_nothing_here(studio: tuple[Vendor, str]) -> None:
    made, account = studio
    made.replies[CREATE] = [wire.says({"code": 402, "msg": "Credits insufficient", "data": None})]
    job = await ended(await sent(account, "kie/z-image"))
    assert (job.status, job.error_code, job.charged) == (lifecycle.FAILED, "provider_funds", 0)
    assert position(account) == (WELCOME, 0)
    assert len(made.to(CREATE)) == 1


async def test_a_line_that_breaks_after_sending_is_never_sent_again(studio: tuple[Vendor, str]) -> None:
    made, account = studio
    made.replies[CREATE] = [wire.hangs_up]
    job = await ended(await sent(account, "kie/z-image"))
    assert (job.status, job.charged) == (lifecycle.UNKNOWN, 0)
    assert position(account) == (WELCOME, 0)
    assert len(made.to(CREATE)) == 1


async def test_pictures_that_came_are_charged_and_one_refused_is_not(studio: tuple[Vendor, str]) -> None:
    made, account = studio
    picture = {"data": [{"b64_json": base64.b64encode(png(1024, 1024)).decode()}], "usage": {"generated_images": 1}}
    refused = {"data": [{"error": {"code": "OutputImageSensitiveContentDetected", "message": "x"}}]}
    made.replies[DRAW] = [wire.says(picture), wire.says(refused), wire.says(picture)]
    job_id = await sent(account, "seedream-4-0-250828", count=3, format="jpeg")
    job = await ended(job_id)
    assert (job.status, job.delivered, job.charged) == (lifecycle.PARTIAL, 2, 6)
    assert position(account) == (WELCOME - 6, 0)
    assert await cost_of(job_id) == 60_000
    assert len(made.to(DRAW)) == 3
