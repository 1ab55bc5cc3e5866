"""What the frame around every screen knows: the balance in full, and what being a guest means here."""

from dataclasses import dataclass

import reflex as rx

from gpt_image_ui.accounts.guests import GuestSettings
from gpt_image_ui.core import config, db
from gpt_image_ui.credits import ledger
from gpt_image_ui.credits.caps import Position
from gpt_image_ui.web.edge_events import require_account


@dataclass(frozen=True)
class Spending:
    """The day and the month in words, as in '12 of 100'."""

    day: str = ""
    month: str = ""
    job: str = ""


class FrameState(rx.State):
    """Filled when the balance is opened."""

    spending: rx.Field[Spending] = rx.field(default_factory=Spending)

    @rx.var
    def kept(self) -> str:
        """How long a guest's pictures stay, as in '30 days'."""
        hours = config.get(GuestSettings).keep_hours
        return f"{hours} h" if hours < 48 else f"{hours // 24} days"

    @rx.event
    async def read_balance(self):
        """The balance was opened."""
        account = await require_account(self)
        self.spending = build_spending(await db.read(ledger.find_position, account.id))


def build_spending(position: Position) -> Spending:
    """What was used, and against which cap."""
    return Spending(
        day=_against(position.day_used, position.cap_day),
        month=_against(position.month_used, position.cap_month),
        job="No cap" if position.cap_job is None else f"At most {position.cap_job:,}",
    )


def _against(used: int, cap: int | None) -> str:
    return f"{used:,}, no cap" if cap is None else f"{used:,} of {cap:,}"
