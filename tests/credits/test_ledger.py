"""Every act of the ledger on its own, and what people read when it refuses."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import exc
from sqlmodel import Session

from gpt_image_ui.core import clock, config, db
from gpt_image_ui.core.errors import UserFacingError
from gpt_image_ui.credits import caps, ledger
from gpt_image_ui.credits.tables import HOLDS, TRANSFERS, WALLETS

pytestmark = pytest.mark.usefixtures("database", "held_clock")

ACCOUNT = "a" * 32


@pytest.fixture
def wallet(database: str, held_clock: Any) -> str:
    """An account with 100 credits."""
    db.run(ledger.open_wallet, ACCOUNT)
    db.run(ledger.grant, ACCOUNT, 100, f"grant:welcome:{ACCOUNT}", "Welcome")
    return ACCOUNT


def balance(account_id: str = ACCOUNT) -> tuple[int, int]:
    position = db.look(ledger.find_position, account_id)
    return position.available, position.reserved


def used(account_id: str = ACCOUNT) -> tuple[int, int]:
    position = db.look(ledger.find_position, account_id)
    return position.day_used, position.month_used


def kinds(account_id: str = ACCOUNT) -> list[str]:
    return [t.kind for t in reversed(db.look(ledger.list_transfers, account_id))]


def refused(fn: Callable[..., Any], *args: Any) -> UserFacingError:
    with pytest.raises(UserFacingError) as caught:
        db.run(fn, *args)
    return caught.value


def assert_sound() -> None:
    assert db.look(ledger.verify) == []


def test_account_without_wallet_has_nothing() -> None:
    assert balance("nobody") == (0, 0)


def test_wallet_is_opened_once(wallet: str) -> None:
    db.run(ledger.open_wallet, wallet)
    assert balance() == (100, 0)


def test_grant_of_one_fact_counts_once(wallet: str) -> None:
    assert db.run(ledger.grant, wallet, 50, "stripe:cs_1") is True
    assert db.run(ledger.grant, wallet, 50, "stripe:cs_1") is False
    assert balance() == (150, 0)
    assert_sound()


def test_one_fact_cannot_be_granted_to_two_accounts(wallet: str) -> None:
    db.run(ledger.open_wallet, "b")
    db.run(ledger.grant, wallet, 50, "stripe:cs_1")
    assert db.run(ledger.grant, "b", 50, "stripe:cs_1") is False
    assert balance("b") == (0, 0)
    assert_sound()


def test_grant_of_nothing_leaves_no_trace(wallet: str) -> None:
    assert db.run(ledger.grant, wallet, 0, "grant:campaign") is False
    assert kinds() == ["grant"]


@pytest.mark.parametrize("reference", ["reserve:j", "settle:j", "release:j"])
def test_grant_may_not_take_the_name_of_a_jobs_transfer(wallet: str, reference: str) -> None:
    with pytest.raises(AssertionError, match="the ledger's own"):
        db.run(ledger.grant, wallet, 1, reference)


def test_negative_amounts_are_refused(wallet: str) -> None:
    with pytest.raises(AssertionError):
        db.run(ledger.grant, wallet, -1, "r")
    with pytest.raises(AssertionError):
        db.run(ledger.claw_back, wallet, -1, "r")
    with pytest.raises(AssertionError):
        db.run(ledger.reserve, wallet, "j", -1)
    assert balance() == (100, 0)


def test_reserve_moves_credits_from_available_to_reserved(wallet: str) -> None:
    assert db.run(ledger.reserve, wallet, "job", 12) is True
    assert balance() == (88, 12)
    assert used() == (12, 12)
    assert_sound()


def test_reserve_of_the_same_job_counts_once(wallet: str) -> None:
    db.run(ledger.reserve, wallet, "job", 12)
    assert db.run(ledger.reserve, wallet, "job", 12) is False
    assert balance() == (88, 12)


def test_reserve_again_after_the_end_does_not_charge_again(wallet: str) -> None:
    db.run(ledger.reserve, wallet, "job", 12)
    db.run(ledger.release, "job")
    assert db.run(ledger.reserve, wallet, "job", 12) is False
    assert balance() == (100, 0)


@pytest.mark.parametrize(("account_id", "amount"), [(ACCOUNT, 13), ("b", 12)])
def test_reserve_of_one_job_at_two_prices_or_for_two_accounts_is_a_defect(
    wallet: str, account_id: str, amount: int
) -> None:
    db.run(ledger.open_wallet, "b")
    db.run(ledger.reserve, wallet, "job", 12)
    with pytest.raises(AssertionError, match="reserved for once"):
        db.run(ledger.reserve, account_id, "job", amount)


def test_free_job_leaves_no_trace_and_ends_harmlessly(wallet: str) -> None:
    db.run(caps.set_caps, wallet, 0, 0, 0)
    assert db.run(ledger.reserve, wallet, "job", 0) is False
    assert db.run(ledger.settle, "job", 0) is False
    assert db.run(ledger.release, "job") is False
    assert kinds() == ["grant"]
    assert_sound()


def test_settle_spends_what_was_delivered_and_gives_the_rest_back(wallet: str) -> None:
    db.run(ledger.reserve, wallet, "job", 12)
    assert db.run(ledger.settle, "job", 5) is True
    assert balance() == (95, 0)
    assert used() == (5, 5)
    newest = db.look(ledger.list_transfers, wallet)
    assert [(t.kind, t.amount, t.reference) for t in newest[:2]] == [
        ("release", 7, "release:job"),
        ("settle", 5, "settle:job"),
    ]
    assert_sound()


def test_settle_in_full_releases_nothing(wallet: str) -> None:
    db.run(ledger.reserve, wallet, "job", 12)
    db.run(ledger.settle, "job", 12)
    assert kinds() == ["grant", "reserve", "settle"]
    assert balance() == (88, 0)


def test_settle_of_nothing_gives_everything_back(wallet: str) -> None:
    db.run(ledger.reserve, wallet, "job", 12)
    assert db.run(ledger.settle, "job", 0) is True
    assert balance() == (100, 0)
    assert_sound()


def test_a_job_ends_once(wallet: str) -> None:
    db.run(ledger.reserve, wallet, "settled", 12)
    db.run(ledger.reserve, wallet, "released", 12)
    assert db.run(ledger.settle, "settled", 12) is True
    assert db.run(ledger.release, "released") is True
    before = balance()
    for job in ("settled", "released"):
        assert db.run(ledger.settle, job, 12) is False
        assert db.run(ledger.release, job) is False
        assert balance() == before
    assert_sound()


def test_settle_above_the_reservation_is_a_defect(wallet: str) -> None:
    db.run(ledger.reserve, wallet, "job", 12)
    with pytest.raises(AssertionError, match="never costs more"):
        db.run(ledger.settle, "job", 13)
    assert balance() == (88, 12)


def test_settle_of_what_was_never_reserved_is_a_defect() -> None:
    with pytest.raises(AssertionError, match="only what was reserved"):
        db.run(ledger.settle, "unheard-of", 1)


def test_several_acts_in_one_transaction_chain(wallet: str) -> None:
    def whole(session: Session) -> None:
        ledger.reserve(session, wallet, "one", 10)
        ledger.reserve(session, wallet, "two", 10)
        ledger.settle(session, "one", 4)
        ledger.release(session, "two")

    db.run(whole)
    assert balance() == (96, 0)
    assert_sound()


def test_transaction_that_fails_later_moves_nothing(wallet: str) -> None:
    def broken(session: Session) -> None:
        ledger.reserve(session, wallet, "job", 12)
        raise OSError("the rest of the transaction failed")

    with pytest.raises(OSError, match="the rest"):
        db.run(broken)
    assert balance() == (100, 0)
    assert kinds() == ["grant"]
    assert_sound()


def test_refusal_that_the_caller_swallows_has_written_nothing(wallet: str) -> None:
    def swallow(session: Session) -> None:
        with pytest.raises(UserFacingError):
            ledger.reserve(session, wallet, "job", 101)

    db.run(swallow)
    assert balance() == (100, 0)
    assert_sound()


def test_too_few_credits_names_both_numbers(wallet: str) -> None:
    error = refused(ledger.reserve, wallet, "job", 112)
    assert (error.code, error.status) == ("too_few_credits", 402)
    assert error.message == (
        "This needs 112 credits and you have 100. Nothing was charged. "
        "Ask for fewer or smaller pictures, or a lower quality."
    )


def test_too_few_credits_tells_of_what_is_reserved(wallet: str) -> None:
    db.run(ledger.reserve, wallet, "first", 92)
    assert refused(ledger.reserve, wallet, "second", 12).message.startswith(
        "This needs 12 credits and you have 8. 92 more are reserved for jobs under way. Nothing was charged."
    )


def test_claw_back_takes_what_is_spent_and_then_refuses(wallet: str) -> None:
    db.run(ledger.reserve, wallet, "job", 60)
    db.run(ledger.settle, "job", 60)
    assert db.run(ledger.claw_back, wallet, 100, "refund:re_1", "Refund") is True
    assert db.run(ledger.claw_back, wallet, 100, "refund:re_1", "Refund") is False
    assert balance() == (-60, 0)
    error = refused(ledger.reserve, wallet, "next", 1)
    assert "you have none: 60 are owed, because a payment was taken back" in error.message
    db.run(ledger.grant, wallet, 61, "stripe:cs_2")
    assert db.run(ledger.reserve, wallet, "next", 1) is True
    assert_sound()


def test_claw_back_leaves_reserved_credits_to_their_job(wallet: str) -> None:
    db.run(ledger.reserve, wallet, "job", 60)
    db.run(ledger.claw_back, wallet, 100, "refund:re_1")
    assert balance() == (-60, 60)
    db.run(ledger.settle, "job", 50)
    assert balance() == (-50, 0)
    assert_sound()


def test_cap_of_one_job(wallet: str) -> None:
    db.run(caps.set_caps, wallet, 10, None, None)
    error = refused(ledger.reserve, wallet, "job", 11)
    assert error.code == "cap_job"
    assert error.message == (
        "This needs 11 credits and the cap for one job is 10. Nothing was charged. "
        "Ask for fewer or smaller pictures, or a lower quality."
    )
    assert db.run(ledger.reserve, wallet, "job", 10) is True


def test_daily_cap_tells_when_it_resets(wallet: str, held_clock: Any) -> None:
    db.run(caps.set_caps, wallet, None, 50, None)
    db.run(ledger.reserve, wallet, "first", 45)
    held_clock.advance(hours=6, minutes=30)
    error = refused(ledger.reserve, wallet, "second", 12)
    assert (error.code, error.status, error.retry_after_seconds) == ("cap_day", 429, 3 * 3600)
    assert error.message == (
        "This needs 12 credits and the daily cap leaves 5: 45 of 50 used. Resets at 00:00 UTC, in 3 h. "
        "Nothing was charged. Ask for fewer or smaller pictures, or a lower quality."
    )
    db.run(ledger.reserve, wallet, "third", 5)
    assert refused(ledger.reserve, wallet, "second", 12).message == (
        "Daily cap reached: 50 of 50. Resets at 00:00 UTC, in 3 h. Nothing was charged."
    )
    held_clock.advance(hours=2, minutes=59, seconds=59)
    error = refused(ledger.reserve, wallet, "second", 12)
    assert "in 1 min." in error.message
    assert error.retry_after_seconds == 1
    held_clock.advance(seconds=1)
    assert used() == (0, 50)
    assert db.run(ledger.reserve, wallet, "second", 12) is True
    assert used() == (12, 62)
    assert_sound()


def test_monthly_cap_tells_when_it_resets(wallet: str, held_clock: Any) -> None:
    db.run(caps.set_caps, wallet, None, None, 50)
    db.run(ledger.reserve, wallet, "first", 50)
    error = refused(ledger.reserve, wallet, "second", 12)
    assert error.code == "cap_month"
    assert error.message == (
        "Monthly cap reached: 50 of 50. Resets on 1 December at 00:00 UTC, in 11 days. Nothing was charged."
    )
    held_clock.now = datetime(2026, 12, 1, tzinfo=UTC)
    assert used() == (0, 0)
    assert db.run(ledger.reserve, wallet, "second", 12) is True
    assert_sound()


def test_monthly_cap_in_december_resets_in_january(wallet: str, held_clock: Any) -> None:
    held_clock.now = datetime(2026, 12, 31, 23, 59, 30, tzinfo=UTC)
    db.run(caps.set_caps, wallet, None, None, 10)
    db.run(ledger.reserve, wallet, "first", 10)
    error = refused(ledger.reserve, wallet, "second", 1)
    assert "Resets on 1 January at 00:00 UTC, in 1 min." in error.message


def test_cap_below_the_price_does_not_promise_that_waiting_helps(wallet: str) -> None:
    db.run(caps.set_caps, wallet, None, 10, None)
    error = refused(ledger.reserve, wallet, "job", 12)
    assert (error.code, error.retry_after_seconds) == ("cap_day", None)
    assert error.message.startswith("This needs 12 credits and the daily cap is 10. Nothing was charged.")


def test_cap_of_nothing_stops_everything(wallet: str) -> None:
    db.run(caps.set_caps, wallet, None, 0, None)
    assert refused(ledger.reserve, wallet, "job", 1).code == "cap_day"


def test_operators_cap_holds_whatever_the_account_sets(wallet: str) -> None:
    config.override(caps.CreditSettings(cap_day=20))
    db.run(caps.set_caps, wallet, None, 90, None)
    assert db.look(ledger.find_position, wallet).cap_day == 20
    assert refused(ledger.reserve, wallet, "job", 21).code == "cap_day"
    db.run(caps.set_caps, wallet, None, 15, None)
    assert db.look(ledger.find_position, wallet).cap_day == 15
    assert refused(ledger.reserve, wallet, "job", 16).code == "cap_day"
    db.run(caps.set_caps, wallet, None, None, None)
    assert db.run(ledger.reserve, wallet, "job", 20) is True


@pytest.mark.parametrize("name", ["cap_job", "cap_day", "cap_month"])
def test_operators_caps_are_each_enforced(wallet: str, name: str) -> None:
    config.override(caps.CreditSettings(**{name: 20}))
    assert refused(ledger.reserve, wallet, "job", 21).code == name
    assert db.run(ledger.reserve, wallet, "job", 20) is True


def test_the_longest_obstacle_is_named_first(wallet: str) -> None:
    db.run(caps.set_caps, wallet, None, 10, 10)
    assert refused(ledger.reserve, wallet, "job", 101).code == "cap_month"


def test_cap_that_would_be_met_exactly_is_no_obstacle(wallet: str) -> None:
    db.run(caps.set_caps, wallet, None, 40, 50)
    assert refused(ledger.reserve, wallet, "job", 50).code == "cap_day"


def test_cap_as_large_as_the_price_frees_up_by_waiting(wallet: str) -> None:
    db.run(caps.set_caps, wallet, None, 12, None)
    db.run(ledger.reserve, wallet, "first", 5)
    error = refused(ledger.reserve, wallet, "second", 12)
    assert error.message.startswith("This needs 12 credits and the daily cap leaves 7: 5 of 12 used. Resets at 00:00")
    assert error.retry_after_seconds == 34_200


def test_caps_need_a_wallet() -> None:
    with pytest.raises(AssertionError, match="open wallet"):
        db.run(caps.set_caps, "nobody", 1, 1, 1)


def test_release_gives_back_the_use_of_its_own_day_and_month_only(wallet: str, held_clock: Any) -> None:
    held_clock.now = datetime(2026, 11, 29, 12, tzinfo=UTC)
    db.run(ledger.reserve, wallet, "old", 10)
    held_clock.advance(days=1)
    db.run(ledger.reserve, wallet, "yesterday", 10)
    db.run(ledger.reserve, wallet, "also", 5)
    assert used() == (15, 25)
    db.run(ledger.release, "old")
    assert used() == (15, 15)
    db.run(ledger.release, "also")
    assert used() == (10, 10)
    held_clock.advance(days=1)
    db.run(ledger.reserve, wallet, "today", 7)
    db.run(ledger.release, "yesterday")
    assert used() == (7, 7)
    assert_sound()


def test_clock_that_turns_back_does_not_empty_the_counters(wallet: str, held_clock: Any) -> None:
    db.run(caps.set_caps, wallet, None, 50, None)
    held_clock.now = datetime(2026, 12, 1, 0, 0, 1, tzinfo=UTC)
    db.run(ledger.reserve, wallet, "ahead", 50)
    held_clock.now = datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC)
    assert refused(ledger.reserve, wallet, "behind", 1).code == "cap_day"
    assert used() == (50, 50)
    db.run(ledger.release, "ahead")
    assert db.run(ledger.reserve, wallet, "behind", 50) is True
    assert_sound()


def test_statement_pages_from_the_newest(wallet: str) -> None:
    for number in range(5):
        db.run(ledger.grant, wallet, 1, f"gift:{number}")
    first = db.look(ledger.list_transfers, wallet, 4)
    assert [t.sequence for t in first] == [6, 5, 4, 3]
    rest = db.look(ledger.list_transfers, wallet, 4, first[-1].sequence)
    assert [t.sequence for t in rest] == [2, 1]
    assert rest[0].created_at == clock.now()


def test_long_reason_is_cut_to_what_the_column_holds(wallet: str) -> None:
    db.run(ledger.reserve, wallet, "job", 10)
    db.run(ledger.release, "job", "x" * 500)
    assert db.look(ledger.list_transfers, wallet, 1)[0].reason == "x" * 200
    assert_sound()


def test_act_on_a_wallet_that_has_moved_on_is_stopped(wallet: str, monkeypatch: pytest.MonkeyPatch) -> None:
    stale = db.look(ledger._lock, wallet)
    db.run(ledger.grant, wallet, 1, "gift")
    monkeypatch.setattr(ledger, "_lock", lambda *_: stale)
    with pytest.raises((AssertionError, exc.IntegrityError)):
        db.run(ledger.reserve, wallet, "job", 1)
    monkeypatch.undo()
    assert balance() == (101, 0)
    assert_sound()


def test_amounts_beyond_32_bits_are_kept(wallet: str) -> None:
    db.run(ledger.grant, wallet, 5_000_000_000, "grant:large")
    db.run(ledger.reserve, wallet, "job", 4_999_999_999)
    assert balance() == (101, 4_999_999_999)
    assert_sound()


@pytest.mark.parametrize("act", [sa.update(TRANSFERS).values(amount=1), sa.delete(TRANSFERS)], ids=["update", "delete"])
def test_the_database_refuses_to_change_a_transfer(wallet: str, act: sa.Executable) -> None:
    with pytest.raises(exc.DBAPIError, match="never changed"):
        db.run(lambda session: session.connection().execute(act))
    assert_sound()


def test_the_database_refuses_impossible_rows(wallet: str) -> None:
    db.run(ledger.reserve, wallet, "job", 10)
    for statement in (
        sa.update(WALLETS).values(reserved=-1),
        sa.update(WALLETS).values(day_used=-1),
        sa.update(HOLDS).values(settled=11),
        sa.update(HOLDS).values(open=False),
    ):
        with pytest.raises(exc.IntegrityError):
            db.run(lambda session, s=statement: session.connection().execute(s))
