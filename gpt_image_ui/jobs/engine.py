"""The durable engine behind five verbs: register, start, hand_over, outcome, stop. Only it and dbos_setup know DBOS.

What is run is a `Plan`: functions of a job id that are safe to repeat, because each act guards itself (intent rows,
names derived from the job id, compare-and-set). The engine adds that a started job is taken up again after a crash.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextvars import Context
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from dbos import DBOS, DBOSClient, SetEnqueueOptions, SetWorkflowID
from pydantic import Field

from gpt_image_ui.core import clock, config, db, log
from gpt_image_ui.jobs import dbos_setup
from gpt_image_ui.jobs.lanes import Lane

WORKFLOW = "job"
_STATES = {"PENDING": "working", "ENQUEUED": "working", "DELAYED": "working", "SUCCESS": "ended"}
_ASKED_AT_ONCE = 200
_logger = log.get("jobs")


class JobSettings(config.Section):
    """How work is executed. `workers`: 'here' in the web process, or 'elsewhere' by `gpt-image-ui worker`."""

    model_config = config.section("jobs")
    workers: str = Field("here", pattern="^(here|elsewhere)$")
    attempts_max: int = 3
    history_days: int = 7
    lease_seconds: int = 15
    drain_seconds: int = 10
    save_pauses_seconds: tuple[float, ...] = (1, 5, 20, 60, 120, 300, 300)


# What one attempt came to, as the engine keeps it: plain JSON values. 'wait_seconds' above zero asks for another
# attempt after that pause; 'postponed', for the same one, since it was not made.
Result = dict[str, Any]


@dataclass(frozen=True)
class Plan:
    """How a job is executed: `attempt` makes the paid call, `follow` waits for the tasks it may have created, `save`
    brings what could not be stored to the store (False: not yet), `finish` settles. Each may be called again after a
    crash."""

    attempt: Callable[[str, int], Awaitable[Result]]
    follow: Callable[[str, int], Awaitable[Result]]
    save: Callable[[str, Result], Awaitable[bool]]
    finish: Callable[[str, Result], Awaitable[None]]


_plan: Plan | None = None
_lanes: dict[str, Lane] = {}
_client: DBOSClient | None = None
_running = False
_starting: set[asyncio.Task[None]] = set()
_under_way: set[asyncio.Task[Any]] = set()


def register(plan: Plan) -> None:
    """Says how jobs are executed in this process. Before `start`."""
    global _plan
    _plan = plan


async def start(lanes: dict[str, int]) -> None:
    """Opens the engine on the running loop; jobs that a crash interrupted are taken up at once.

    Blocks the loop for about 0.1 s: it belongs before the first request. Without a plan (a web process whose workers
    are elsewhere) it only opens the door through which jobs are handed over.
    """
    global _running, _client
    for name, width in lanes.items():
        _lanes[name] = Lane(name, width)
    if _plan is None:
        _client = await asyncio.to_thread(DBOSClient, system_database_url=dbos_setup.url())
        return
    DBOS(config=dbos_setup.configuration())
    DBOS.launch()
    # Only processes that share work need queues in the database: each is asked twenty times a second, also at rest.
    for lane in _lanes.values() if db.is_postgres() else ():
        await DBOS.register_queue_async(_queue(lane.name), worker_concurrency=lane.width, polling_interval_sec=0.05)
    _running = True


async def stop() -> None:
    """Lets running jobs end for a while, then closes. Pools and clients are closed after this, never before.

    A job that is still at work then is dropped, not failed: the next start takes it up where its intent says.
    """
    global _running, _client
    if _running:
        _running = False
        drain = config.get(JobSettings).drain_seconds if _under_way else 0
        dropping = asyncio.get_running_loop().call_later(drain, _drop)
        # The engine looks once a second whether all have ended; the margin lets it see that the dropped ones have.
        await asyncio.to_thread(DBOS.destroy, workflow_completion_timeout_sec=drain and drain + 2)
        dropping.cancel()
    if _client:
        await asyncio.to_thread(_client.destroy)
        _client = None
    _lanes.clear()


def executes_here() -> bool:
    """Whether this web process executes jobs itself."""
    return config.get(JobSettings).workers == "here"


def is_running() -> bool:
    """Whether jobs can be handed over now."""
    return _running or _client is not None


async def hand_over(job_id: str, lane_name: str, *, ahead: int) -> None:
    """Gives a job to the engine; giving it again does nothing. A free lane starts it at once, else it queues.

    `ahead` is how many unfinished jobs its account already has: the queue takes low numbers first, so that accounts
    take turns however many jobs each has sent.
    """
    if _client:
        await _client.enqueue_async(
            {
                "workflow_name": WORKFLOW,
                "queue_name": _queue(lane_name),
                "workflow_id": job_id,
                "app_version": dbos_setup.VERSION,
                "priority": ahead + 1,
            },
            job_id,
            lane_name,
        )
        return
    lane = _lanes[lane_name]
    if lane.is_free():
        lane.taken += 1
        await _start(lane, job_id)
    elif db.is_postgres():
        with SetWorkflowID(job_id), SetEnqueueOptions(priority=ahead + 1):
            await DBOS.enqueue_workflow_async(_queue(lane_name), _job, job_id, lane_name)
    else:
        # In memory, where the next is found without asking; what a crash forgets, the sweep at start hands over again.
        lane.wait(job_id, ahead)


async def outcome(job_id: str) -> str:
    """What the engine knows of a job: '' nothing, 'working', 'ended', or 'stuck' when it gave up or was cancelled."""
    return (await outcomes([job_id]))[job_id]


async def outcomes(job_ids: Sequence[str]) -> dict[str, str]:
    """The same of many jobs, a few questions for all."""
    found: dict[str, str] = {}
    for start in range(0, len(job_ids), _ASKED_AT_ONCE):
        part = job_ids[start : start + _ASKED_AT_ONCE]
        listed = await (_client or DBOS).list_workflows_async(
            workflow_ids=[*part, *map(_followed, part)], load_input=False, load_output=False
        )
        states = {workflow.workflow_id: _STATES.get(workflow.status, "stuck") for workflow in listed}
        for job_id in part:
            sent, followed = states.get(job_id, ""), states.get(_followed(job_id), "")
            waits = any(lane.holds(job_id) for lane in _lanes.values())
            found[job_id] = "working" if waits or "working" in (sent, followed) else followed or sent
    return found


async def take_over(executor_ids: list[str]) -> int:
    """Puts the unfinished jobs of dead executors back in line; returns how many."""
    found = []
    for executor_id in executor_ids:
        found += await DBOS.list_workflows_async(
            executor_id=executor_id, status="PENDING", app_version=dbos_setup.VERSION
        )
    for workflow in found:
        await DBOS.resume_workflow_async(workflow.workflow_id)
    return len(found)


async def delete_history() -> int:
    """Forgets what the engine kept of jobs that ended longer ago than the setting says; returns how many."""
    until = clock.now() - timedelta(days=config.get(JobSettings).history_days)
    old = await DBOS.list_workflows_async(
        status=["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"],
        completed_before=until.isoformat(),
        limit=1000,
        load_input=False,
        load_output=False,
    )
    if old:
        await DBOS.delete_workflows_async([workflow.workflow_id for workflow in old])
    return len(old)


@DBOS.workflow(name=WORKFLOW, max_recovery_attempts=5)
async def _job(job_id: str, lane_name: str) -> None:
    lane = _lanes[lane_name]
    _track(asyncio.current_task())
    number = 0
    while True:
        # Queue and direct starts together could fill a lane twice; this is the one place that both pass.
        async with lane.gate:
            result = await _attempt(job_id, number)
        if result.get("pending"):
            # A workflow of its own: work that waits at the provider keeps no place in the lane from those to be sent.
            with SetWorkflowID(_followed(job_id)):
                await DBOS.start_workflow_async(_followed_job, job_id, number)
            return
        if not result.get("wait_seconds"):
            break
        number += not result.get("postponed")
        _leave(lane)
        await DBOS.sleep_async(result["wait_seconds"])
        lane.taken += 1
    await _conclude(job_id, result)


@DBOS.workflow(name="followed job", max_recovery_attempts=5)
async def _followed_job(job_id: str, number: int) -> None:
    _track(asyncio.current_task())
    await _conclude(job_id, await _follow(job_id, number))


async def _conclude(job_id: str, result: Result) -> None:
    for pause in config.get(JobSettings).save_pauses_seconds if result.get("unsaved") else ():
        if await _save(job_id, result):
            break
        await DBOS.sleep_async(pause)
    await _finish(job_id, result)


def _drop() -> None:
    for task in _under_way:
        task.cancel()


def _track(task: asyncio.Task[Any] | None) -> None:
    assert task is not None
    _under_way.add(task)
    task.add_done_callback(_under_way.discard)


@DBOS.step(name="attempt")
async def _attempt(job_id: str, number: int) -> Result:
    assert _plan is not None
    return await _plan.attempt(job_id, number)


@DBOS.step(name="follow")
async def _follow(job_id: str, number: int) -> Result:
    assert _plan is not None
    return await _plan.follow(job_id, number)


@DBOS.step(name="save")
async def _save(job_id: str, result: Result) -> bool:
    assert _plan is not None
    return await _plan.save(job_id, result)


@DBOS.step(name="finish", retries_allowed=True, max_attempts=5, interval_seconds=0.2, backoff_rate=3)
async def _finish(job_id: str, result: Result) -> None:
    assert _plan is not None
    await _plan.finish(job_id, result)


async def _start(lane: Lane, job_id: str) -> None:
    """In the place that the caller took for it."""
    try:
        with SetWorkflowID(job_id):
            handle = await DBOS.start_workflow_async(_job, job_id, lane.name)
    except BaseException:
        lane.taken -= 1
        raise
    _apart(_watch(lane, handle))


async def _watch(lane: Lane, handle: Any) -> None:
    try:
        await handle.get_result(polling_interval_sec=0.05)
    except Exception as error:  # the sweep closes the job; here only the lane's place matters
        _logger.error("job interrupted", error=type(error).__name__)
    finally:
        _leave(lane)


def _leave(lane: Lane) -> None:
    """Gives a place back, to whoever waits for it."""
    lane.taken -= 1
    if _running and (job_id := lane.next()):
        lane.taken += 1
        _apart(_start(lane, job_id))


def _apart(work: Coroutine[Any, Any, None]) -> None:
    # In a context of its own: started in another job's, it would become a part of that job.
    task = asyncio.get_running_loop().create_task(work, context=Context())
    _starting.add(task)
    task.add_done_callback(_starting.discard)


def _followed(job_id: str) -> str:
    return f"{job_id}.followed"


def _queue(lane: str) -> str:
    return f"lane-{lane}"
