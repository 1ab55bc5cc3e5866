"""What the studio remembers of one open tab, and what its buttons do."""

import reflex as rx

from gpt_image_ui.core import ids
from gpt_image_ui.core.errors import UserFacingError
from gpt_image_ui.generation import submit
from gpt_image_ui.providers.interface import ImageRequest
from gpt_image_ui.web import live
from gpt_image_ui.web.session import SessionState


class StudioState(rx.State):
    """One tab's composer and open picture."""

    problem: rx.Field[str] = rx.field("")

    @rx.event
    async def on_load(self):
        """Fills the page from the database."""
        session = await self.get_state(SessionState)
        account = await session._account()
        if account is None:
            return rx.redirect("/")
        session.account_id = account.id
        await live.link(self, account.id)

    @rx.event
    async def create(self, form: dict[str, str]):
        """Create was pressed."""
        session = await self.get_state(SessionState)
        account = await session._account()
        if account is None:
            return rx.redirect("/")
        self.problem = ""
        request = ImageRequest("sketch", str(form.get("prompt", "")), "1024x1024", "low")
        try:
            await submit.submit(account.id, str(form.get("nonce") or ids.new_id()), request)
        except UserFacingError as error:
            self.problem = error.message
        await live.push(account.id)
