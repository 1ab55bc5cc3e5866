"""The operator's switch: one word ends the sending to a provider, in every process at once."""

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from gpt_image_ui.core import clock, config, db
from gpt_image_ui.generation.budget import BudgetSettings
from gpt_image_ui.generation.tables import ProviderState


def pause(session: Session, provider: str, reason: str) -> None:
    """Sends nothing more to a provider; calls under way end as they end."""
    state = lock(session, provider)
    state.paused, state.paused_at = reason or "The operator paused it.", clock.now()
    session.add(state)


def resume(session: Session, provider: str) -> bool:
    """Takes the pause back. False if there was none to take back here: one in the settings only they can end."""
    state = session.get(ProviderState, provider, with_for_update=True)
    if state is None or not state.paused:
        return False
    state.paused, state.paused_at = "", None
    session.add(state)
    return True


def find_reason(session: Session, provider: str) -> str:
    """Why the operator lets nothing be sent to a provider; '' when it may be used."""
    return reason_of(session.get(ProviderState, provider), provider)


def reason_of(state: ProviderState | None, provider: str) -> str:
    """As `find_reason`, for a row that was read already."""
    return config.get(BudgetSettings).paused.get(provider, "") or (state.paused if state else "")


def lock(session: Session, provider: str) -> ProviderState:
    """The provider's row, made if it is missing, and nobody else's until the transaction ends."""
    insert: Any = postgresql.insert if db.is_postgres() else sqlite.insert
    blank = ProviderState(provider=provider).model_dump()
    session.execute(insert(ProviderState).values(**blank).on_conflict_do_nothing())
    return session.get_one(ProviderState, provider, with_for_update=True, populate_existing=True)
