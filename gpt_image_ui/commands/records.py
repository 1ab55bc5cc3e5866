"""Looking at what is kept, and giving credits."""

import argparse
from dataclasses import asdict
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, col

from gpt_image_ui import schema
from gpt_image_ui.accounts.tables import Account
from gpt_image_ui.commands import report
from gpt_image_ui.commands.report import CommandError
from gpt_image_ui.core import db, ids
from gpt_image_ui.core.money import credits_text
from gpt_image_ui.credits import ledger
from gpt_image_ui.credits.tables import Transfer, Wallet
from gpt_image_ui.generation.tables import Job


def verify_ledger(options: argparse.Namespace) -> int:
    """Proves the ledger; exits 1 when something does not add up."""
    _require_database()
    findings = db.look(ledger.verify)
    wallets, transfers = db.look(_count, Wallet), db.look(_count, Transfer)
    if options.json:
        report.print_json({"ok": not findings, "wallets": wallets, "transfers": transfers, "findings": findings})
    elif findings:
        report.print_table(("ACCOUNT", "FINDING"), [(finding.account_id, finding.what) for finding in findings])
        print(f"{len(findings)} findings in {wallets} wallets and {transfers} transfers.")
    else:
        print(f"The ledger holds: {wallets} wallets, {transfers} transfers, every chain, sum and balance agrees.")
    return 1 if findings else 0


def show_ledger(options: argparse.Namespace) -> int:
    """One account's position and its newest transfers."""
    _require_account(options.account)
    position = db.look(ledger.find_position, options.account)
    transfers = db.look(ledger.list_transfers, options.account, options.limit)
    if options.json:
        rows = [transfer.model_dump() for transfer in transfers]
        report.print_json({"account": options.account, "position": position, "transfers": rows})
        return 0
    print(f"{credits_text(position.available)} available, {position.reserved:,} reserved")
    report.print_table(
        ("#", "WHEN", "KIND", "AMOUNT", "REFERENCE", "REASON"),
        [(t.sequence, _minute(t.created_at), t.kind, t.amount, t.reference, t.reason) for t in transfers],
    )
    return 0


def grant(options: argparse.Namespace) -> int:
    """Gives credits. With a reference that has granted before, nothing moves and the answer says so."""
    _require_account(options.account)
    reference = f"grant:operator:{options.reference or ids.new_id()}"
    given = db.run(ledger.grant, options.account, options.amount, reference, options.reason)
    available = db.look(ledger.find_position, options.account).available
    if options.json:
        report.print_json({"granted": given, "account": options.account, "available": available})
    elif given:
        print(f"{credits_text(options.amount)} granted; {options.account} now has {available:,}.")
    else:
        print(f"That reference has granted before, so nothing moved; {options.account} has {available:,}.")
    return 0


def list_accounts(options: argparse.Namespace) -> int:
    """Accounts, newest first."""
    _require_database()
    rows = db.look(_accounts, options.limit)
    if options.json:
        report.print_json(rows)
    else:
        cells = [(r["id"], r["kind"], _minute(r["created_at"]), _minute(r["seen_at"]), r["available"]) for r in rows]
        report.print_table(("ACCOUNT", "KIND", "CREATED", "SEEN", "AVAILABLE"), cells)
    return 0


def list_jobs(options: argparse.Namespace) -> int:
    """Jobs, newest first. What people wrote is not shown: an operator needs it rarely, and then asks the database."""
    _require_database()
    rows = db.look(_jobs, options.status, options.account, options.limit)
    if options.json:
        report.print_json(rows)
        return 0
    report.print_table(
        ("JOB", "ACCOUNT", "STATUS", "MODEL", "GOT", "QUOTED", "CHARGED", "CREATED", "ERROR", "REFERENCE"),
        [
            (r["id"], r["account_id"], r["status"], r["model"], f"{r['delivered']}/{r['asked']}", r["quoted"],
             r["charged"], _minute(r["created_at"]), r["error_code"], r["error_reference"])
            for r in rows
        ],
    )  # fmt: skip
    return 0


def _require_database() -> None:
    try:
        with db.engine().connect() as connection:
            found = schema.current(connection)
    except OperationalError as error:
        raise CommandError(f"The database does not answer: {error.orig}") from error
    if found != schema.head():
        raise CommandError("The database is not at this version. Run `gpt-image-ui migrate` first.")


def _require_account(account_id: str) -> None:
    _require_database()
    if db.look(lambda session: session.get(Account, account_id)) is None:
        raise CommandError(f"There is no account {account_id}. `gpt-image-ui accounts` lists them.")


def _count(session: Session, table: type[Any]) -> int:
    return session.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


def _accounts(session: Session, limit: int) -> list[dict[str, Any]]:
    found = session.execute(sa.select(Account).order_by(col(Account.created_at).desc()).limit(limit)).scalars()
    return [{**account.model_dump(), **asdict(ledger.find_position(session, account.id))} for account in found]


def _jobs(session: Session, status: str | None, account_id: str | None, limit: int) -> list[dict[str, Any]]:
    query = sa.select(Job).order_by(col(Job.created_at).desc(), col(Job.id).desc()).limit(limit)
    if status:
        query = query.where(col(Job.status) == status)
    if account_id:
        query = query.where(col(Job.account_id) == account_id)
    hidden = {"prompt", "request", "quote", "error", "hidden", "nonce"}
    return [job.model_dump(exclude=hidden) for job in session.execute(query).scalars()]


def _minute(moment: Any) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment else ""
