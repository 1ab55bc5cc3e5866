"""Waiting for tasks at a provider: asked after at a growing distance, woken by callbacks, ended by a deadline.

It costs one sleeping coroutine for each job. A callback is never believed, it only makes the next question come now.
"""

import asyncio
import contextlib

from gpt_image_ui.core import clock, db, ids
from gpt_image_ui.generation import calls, failures, routing
from gpt_image_ui.generation.tables import Job
from gpt_image_ui.jobs import engine
from gpt_image_ui.providers import registry
from gpt_image_ui.providers.interface import VIDEO, Call, Pending, Provider, ProviderError

DEADLINE_SECONDS = {VIDEO: 2 * 3600.0}
_DEADLINE_IMAGE_SECONDS = 15 * 60.0
# (until this age of the job, ask again after): KIE's advice, which suits the others too.
_PACE = ((30.0, 2.5), (120.0, 6.0), (900.0, 20.0), (float("inf"), 30.0))
_wakes: dict[str, asyncio.Event] = {}


async def until_ended(job: Job, provider: Provider, call: Call, tasks: list[str]) -> engine.Result:
    """Asks after every task until each has landed or failed. Past the deadline the rest is given up as unknown."""
    open_tasks = dict(enumerate(tasks))
    failed: list[ProviderError] = []
    cost = 0
    wake = _wakes.setdefault(job.id, asyncio.Event())
    try:
        while open_tasks:
            wake.clear()
            pace = _pace(job)
            for position, task in list(open_tasks.items()):
                try:
                    answer = await provider.poll(call, task, position)
                except ProviderError as error:
                    if not error.retryable:
                        failed.append(error)
                        del open_tasks[position]
                    continue
                if isinstance(answer, Pending):
                    pace = min(pace, answer.poll_after_seconds or pace)
                else:
                    cost += answer.cost_micros or 0
                    del open_tasks[position]
            if open_tasks and _age(job) > _deadline(job):
                return {**failures.late(), "followed": True, "cost_micros": cost}
            if open_tasks:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(wake.wait(), pace)
    finally:
        _wakes.pop(job.id, None)
    ended = failures.describe(failed[0], 0, delivered=len(tasks) - len(failed), final=True) if failed else {}
    return {**ended, "followed": True, "cost_micros": cost, "request_id": tasks[0] if tasks else ""}


def wake(job_id: str, secret: str) -> bool:
    """Makes the next question come now, if the secret is this job's. False for a forged address."""
    if not ids.equal(secret, calls.callback_secret(job_id)):
        return False
    wake_here(job_id)
    return True


def wake_here(job_id: str) -> None:
    """Wakes the job if this process follows it. Only for callers that have checked the secret."""
    if event := _wakes.get(job_id):
        event.set()


async def stop(job: Job, number: int) -> None:
    """Asks the provider to stop what it works on for a cancelled job; whatever it answers, the credits come back."""
    _, tasks = await db.read(calls.find_tasks, job.id, number)
    for task in tasks:
        with contextlib.suppress(ProviderError):
            await registry.providers()[job.provider].cancel(task)


def _age(job: Job) -> float:
    return (clock.now() - (job.started_at or job.created_at)).total_seconds()


def _pace(job: Job) -> float:
    age = _age(job)
    return next(seconds for until, seconds in _PACE if age <= until)


def _deadline(job: Job) -> float:
    model = routing.find(job.provider, job.model)
    return DEADLINE_SECONDS.get(model.kind if model else "", _DEADLINE_IMAGE_SECONDS)
