"""Why a cap would refuse what Create would cost."""

from sqlmodel import Session

from gpt_image_ui.credits import caps, ledger


def reached(session: Session, account_id: str, total: int) -> str:
    """Why a cap would refuse this total, or nothing. The balance is the page's own sum."""
    position = ledger.find_position(session, account_id)
    limits = (
        (position.cap_job, 0),
        (position.cap_day, position.day_used),
        (position.cap_month, position.month_used),
    )
    reached = any(cap is not None and used + total > cap for cap, used in limits)
    return caps.build_refusal(position, total).message if reached else ""
