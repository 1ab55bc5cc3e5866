"""What the buttons of the queue strip do."""

import reflex as rx

from gpt_image_ui.core import db, ids
from gpt_image_ui.generation import cancel, submit
from gpt_image_ui.web import live
from gpt_image_ui.web.edge_events import require_account


class QueueState(rx.State):
    """Holds nothing: the strip is the account's feed."""

    @rx.event
    async def cancel(self, job_id: str):
        """Stops a job at any stage."""
        account = await require_account(self)
        await cancel.cancel(account.id, str(job_id))

    @rx.event(background=True)
    async def retry(self, job_id: str):
        """Sends a job again as a new one."""
        async with self:
            account = await require_account(self)
        await submit.retry(account.id, str(job_id), ids.new_id())
        await live.push(account.id)

    @rx.event
    async def dismiss(self, job_id: str):
        """Takes an ended job's card away."""
        account = await require_account(self)
        await db.transaction(submit.dismiss, account.id, str(job_id))
        await live.push(account.id)
