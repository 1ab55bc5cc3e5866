"""Whoever changes the books behind the ledger's back is found out."""

import hashlib
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import Session

from gpt_image_ui.core import clock, db
from gpt_image_ui.credits import ledger, proof
from gpt_image_ui.credits.tables import HOLDS, TRANSFERS, WALLETS

pytestmark = pytest.mark.usefixtures("held_clock")


@pytest.fixture
def books(database: str) -> str:
    """Two accounts with every kind of transfer between them, and no triggers in the tamperer's way."""
    for account in ("a", "b"):
        db.run(ledger.open_wallet, account)
        db.run(ledger.grant, account, 100, f"grant:welcome:{account}", "Welcome")
        db.run(ledger.reserve, account, f"{account}-settled", 20)
        db.run(ledger.settle, f"{account}-settled", 15)
        db.run(ledger.reserve, account, f"{account}-released", 10)
        db.run(ledger.release, f"{account}-released")
        db.run(ledger.claw_back, account, 5, f"refund:{account}")
        db.run(ledger.reserve, account, f"{account}-open", 30)
    assert db.look(ledger.verify) == []
    drop = (
        ["DROP TRIGGER transfer_no_change ON transfer"]
        if database == "postgres"
        else ["DROP TRIGGER transfer_no_update", "DROP TRIGGER transfer_no_delete"]
    )
    change(*(sa.text(statement) for statement in drop))
    return database


def change(*statements: sa.Executable) -> None:
    def apply(session: Session) -> None:
        for statement in statements:
            session.connection().execute(statement)

    db.run(apply)


def found(account_id: str | None = None) -> list[str]:
    findings = db.look(ledger.verify, account_id)
    assert {finding.account_id for finding in findings} <= {"a"}, "the other account is sound"
    return [finding.what for finding in findings]


def one(sequence: int) -> sa.ColumnElement[bool]:
    return sa.and_(TRANSFERS.c.account_id == "a", TRANSFERS.c.sequence == sequence)


def forge(**fields: Any) -> sa.Executable:
    """A transfer that links properly to the end of the chain, by someone who knows how links are made."""
    last = db.look(ledger.list_transfers, "a", 1)[0]
    known = {"account_id": "a", "sequence": last.sequence + 1, "previous_hash": last.hash, "created_at": clock.now()}
    row = {**known, "reason": "", **fields}
    return sa.insert(TRANSFERS).values(**row, hash=proof.build_link(**row))


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("amount", 99),
        ("reason", "Other"),
        ("reference", "grant:other"),
        ("kind", "claw_back"),
        ("target", "spent"),
        ("job_id", "x"),
        ("created_at", "2020"),
        ("hash", "0" * 64),
    ],
)
def test_changed_transfer(books: str, column: str, value: Any) -> None:
    value = clock.now().replace(year=2020) if value == "2020" else value
    change(sa.update(TRANSFERS).where(one(1)).values({column: value}))
    assert found()[0] == "transfer 1 was changed after it was written"
    assert found("a") == found()
    assert found("b") == []


def test_change_with_its_hash_made_anew(books: str) -> None:
    rows = db.look(lambda session: session.connection().execute(sa.select(TRANSFERS).where(one(2))).one())
    fields = {name: value for name, value in rows._mapping.items() if name not in ("id", "hash")}
    fields["amount"] = 19
    change(sa.update(TRANSFERS).where(one(2)).values(amount=19, hash=proof.build_link(**fields)))
    assert "transfer 3 does not follow the one before it" in found()


def test_deleted_transfers(books: str) -> None:
    change(sa.delete(TRANSFERS).where(one(4)))
    assert "transfer 4 is missing" in found()


def test_deleted_first_transfer(books: str) -> None:
    change(sa.delete(TRANSFERS).where(one(1)))
    assert "transfer 1 is missing" in found()


def test_deleted_end_of_the_chain(books: str) -> None:
    last = db.look(ledger.list_transfers, "a", 1)[0].sequence
    change(sa.delete(TRANSFERS).where(one(last)))
    assert f"the chain ends at transfer {last - 1} and is not the one whose end the wallet remembers" in found()


def test_deleted_history(books: str) -> None:
    change(sa.delete(TRANSFERS).where(TRANSFERS.c.account_id == "a"))
    assert "the wallet has a history, and there are no transfers" in found()


def test_deleted_wallet(books: str) -> None:
    change(sa.delete(WALLETS).where(WALLETS.c.account_id == "a"))
    assert "transfers without a wallet" in found()


@pytest.mark.parametrize("column", ["available", "reserved"])
def test_changed_balance(books: str, column: str) -> None:
    before = db.look(ledger.find_position, "a")
    change(sa.update(WALLETS).where(WALLETS.c.account_id == "a").values({column: WALLETS.c[column] + 1}))
    says = getattr(before, column)
    assert found() == [f"{column}: the wallet says {says + 1}, the transfers say {says}"]


@pytest.mark.parametrize(("column", "value"), [("head", "0" * 64), ("sequence", 3)])
def test_changed_end_of_chain_in_the_wallet(books: str, column: str, value: Any) -> None:
    change(sa.update(WALLETS).where(WALLETS.c.account_id == "a").values({column: value}))
    assert "not the one whose end the wallet remembers" in found()[0]


@pytest.mark.parametrize("column", ["day_used", "month_used"])
def test_changed_counter(books: str, column: str) -> None:
    change(sa.update(WALLETS).where(WALLETS.c.account_id == "a").values({column: 0}))
    assert len(found()) == 1
    assert "the holds say 45 and 45" in found()[0]


def test_credits_in_an_untouched_wallet(books: str) -> None:
    db.run(ledger.open_wallet, "c")
    assert db.look(ledger.verify) == []
    change(sa.update(WALLETS).where(WALLETS.c.account_id == "c").values(available=1000))
    assert db.look(ledger.verify) == [
        proof.Finding("c", "the wallet has a history, and there are no transfers"),
    ]


@pytest.mark.parametrize(
    ("job", "values"),
    [
        ("a-settled", {"settled": 20, "released": 0}),
        ("a-released", {"settled": 10, "released": 0}),
        ("a-settled", {"settled": 0, "released": 0, "open": True}),
        ("a-open", {"open": False, "released": 30}),
        ("a-open", {"amount": 31}),
    ],
)
def test_changed_hold(books: str, job: str, values: dict[str, Any]) -> None:
    change(sa.update(HOLDS).where(HOLDS.c.job_id == job).values(**values))
    assert any(what.startswith(f"job {job}: the ") for what in found())


def test_deleted_hold(books: str) -> None:
    change(sa.delete(HOLDS).where(HOLDS.c.job_id == "a-open"))
    assert "transfer 8 (reserve) belongs to no hold" in found()


def test_invented_hold(books: str) -> None:
    today = clock.today()
    invented = {"job_id": "x", "account_id": "a", "amount": 1, "settled": 0, "released": 0, "open": True}
    change(sa.insert(HOLDS).values(**invented, day=today, created_at=clock.now()))
    assert any(what.startswith("job x: the open hold says 1 reserved") for what in found())


def test_hold_of_another_account(books: str) -> None:
    change(sa.update(HOLDS).where(HOLDS.c.job_id == "b-open").values(account_id="a"))
    findings = db.look(ledger.verify)
    assert proof.Finding("b", "transfer 8 (reserve) belongs to no hold") in findings
    assert any(f.account_id == "a" and f.what.startswith("job b-open: the open hold says 30") for f in findings)


@pytest.mark.parametrize("told", [0, 5])
def test_open_job_that_has_spent_already(books: str, told: int) -> None:
    change(
        forge(kind="settle", source="reserved", target="spent", amount=5, reference="settle:a-open", job_id="a-open"),
        sa.update(HOLDS).where(HOLDS.c.job_id == "a-open").values(settled=told),
    )
    says = f"job a-open: the open hold says 30 reserved, {told} settled, 0 released; the transfers say 30, 5 and 0"
    assert says in found()


def test_job_both_settled_and_released_by_a_well_linked_forgery(books: str) -> None:
    change(
        forge(
            kind="release", source="reserved", target="available", amount=15,
            reference="release:a-settled-again", job_id="a-settled",
        )
    )  # fmt: skip
    assert any("names another job than its reference" in what for what in found())
    assert any("20 reserved, 15 settled, 5 released; the transfers say 20, 15 and 20" in what for what in found())


def test_credits_from_a_bucket_that_does_not_exist(books: str) -> None:
    change(forge(kind="grant", source="nowhere", target="available", amount=5, reference="gift", job_id=None))
    assert "transfer 9 (grant) goes from nowhere to available" in found()


def test_credits_spent_before_they_were_there(books: str) -> None:
    change(
        forge(
            kind="reserve", source="available", target="reserved", amount=1000, reference="reserve:x", job_id="x"
        )
    )  # fmt: skip
    assert "transfer 9 (reserve) moves credits that were not there" in found()


@pytest.mark.parametrize("place", [1, 50, 51, 120])
def test_long_chains_are_read_to_the_end(books: str, place: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proof, "_CHUNK", 50)

    def fill(session: Session) -> None:
        ledger.open_wallet(session, "long")
        for number in range(120):
            ledger.grant(session, "long", 1, f"gift:{number}")

    db.run(fill)
    assert db.look(ledger.verify) == []
    where = sa.and_(TRANSFERS.c.account_id == "long", TRANSFERS.c.sequence == place)
    change(sa.update(TRANSFERS).where(where).values(reason="x"))
    assert db.look(ledger.verify) == [proof.Finding("long", f"transfer {place} was changed after it was written")]


def test_findings_come_to_an_end(books: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proof, "_FINDINGS_MAX", 1)
    change(sa.update(WALLETS).values(available=0, day_used=0))
    assert len(db.look(ledger.verify)) == 1


def test_link_covers_every_field() -> None:
    fields: dict[str, Any] = {
        "account_id": "a", "sequence": 1, "kind": "grant", "source": "issued", "target": "available", "amount": 5,
        "reference": "r", "job_id": None, "reason": "", "created_at": clock.now(), "previous_hash": "",
    }  # fmt: skip
    others: dict[str, Any] = {**dict.fromkeys(fields, "other"), "sequence": 2, "amount": 6}
    others["created_at"] = fields["created_at"].replace(year=2020)
    links = {proof.build_link(**{**fields, name: others[name]}) for name in fields} | {proof.build_link(**fields)}
    assert len(links) == len(fields) + 1


def test_link_can_be_recomputed_by_anyone(held_clock: Any) -> None:
    text = (
        '["a",1,"grant","issued","available",100,"grant:welcome:a",null,"Welcome",'
        '"2026-11-20T14:30:00.000000+00:00","before"]'
    )
    link = proof.build_link(
        account_id="a", sequence=1, kind="grant", source="issued", target="available", amount=100,
        reference="grant:welcome:a", job_id=None, reason="Welcome", created_at=clock.now(), previous_hash="before",
    )  # fmt: skip
    assert link == hashlib.sha256(text.encode()).hexdigest()
