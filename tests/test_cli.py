"""The command line: what it prints, what it exits with, and what it never shows."""

import json
from pathlib import Path

import pytest
import sqlalchemy as sa

from gpt_image_ui import cli, schema
from gpt_image_ui.accounts import guests
from gpt_image_ui.commands import serve
from gpt_image_ui.core import clock, config, db, ids
from gpt_image_ui.generation.tables import Job
from gpt_image_ui.web import frontend


@pytest.fixture
def account(database: str) -> str:
    return db.run(guests.create_guest, ids.new_secret())


@pytest.fixture(autouse=True)
def _built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Screens that look built, whether or not this checkout has them."""
    monkeypatch.setattr(frontend, "BUILT", tmp_path / "frontend")
    frontend.client_directory().mkdir(parents=True)


def answer(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> str:
    """Calls a command and gives what it printed to standard output; its exit code has to be `code`."""
    capsys.readouterr()
    assert cli.main(arguments) == code
    return capsys.readouterr().out


def parsed(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0):
    """The same with --json, read."""
    return json.loads(answer(capsys, *arguments, "--json", code=code))


def test_version_names_the_schema(capsys) -> None:
    assert parsed(capsys, "version")["schema"] == schema.head()
    assert schema.head() in answer(capsys, "version")


def test_migrate_says_what_it_did(capsys) -> None:
    assert "was brought to" in answer(capsys, "migrate")
    assert "is at" in answer(capsys, "migrate")


def test_commands_that_read_ask_for_a_migration_first(capsys) -> None:
    for command in (["ledger", "verify"], ["accounts"], ["jobs"], ["ledger", "show", "x"], ["grant", "x", "1"]):
        assert cli.main(command) == 1
        assert "gpt-image-ui migrate" in capsys.readouterr().err


def test_ledger_verify_proves_and_disproves(account: str, capsys) -> None:
    good = parsed(capsys, "ledger", "verify")
    assert good == {"ok": True, "wallets": 1, "transfers": 1, "findings": []}
    db.run(lambda session: session.execute(sa.text("UPDATE wallet SET available = 7")))
    bad = parsed(capsys, "ledger", "verify", code=1)
    assert bad["ok"] is False
    assert bad["findings"][0]["account_id"] == account
    assert account in answer(capsys, "ledger", "verify", code=1)


def test_grant_gives_once_for_each_reference(account: str, capsys) -> None:
    first = parsed(capsys, "grant", account, "50", "--reason", "thank you", "--reference", "invoice-7")
    assert first == {"granted": True, "account": account, "available": 150}
    again = parsed(capsys, "grant", account, "50", "--reference", "invoice-7")
    assert again == {"granted": False, "account": account, "available": 150}
    assert "now has 151" in answer(capsys, "grant", account, "1")
    shown = parsed(capsys, "ledger", "show", account)
    assert shown["position"]["available"] == 151
    assert [t["reason"] for t in shown["transfers"]] == ["", "thank you", "Welcome credits"]
    assert "thank you" in answer(capsys, "ledger", "show", account)


@pytest.mark.parametrize("amount", ["0", "-5", "1.5", "many"])
def test_grant_takes_whole_positive_credits_only(capsys, amount: str) -> None:
    with pytest.raises(SystemExit) as exit_:
        cli.main(["grant", "someone", amount])
    assert exit_.value.code == 2


def test_grant_needs_an_account_that_exists(account: str, capsys) -> None:
    assert cli.main(["grant", "nobody", "5"]) == 1
    assert "no account nobody" in capsys.readouterr().err


def test_accounts_are_listed_with_their_credits(account: str, capsys) -> None:
    (row,) = parsed(capsys, "accounts")
    assert (row["id"], row["kind"], row["available"]) == (account, "guest", 100)
    assert account in answer(capsys, "accounts")


def test_jobs_are_listed_without_what_people_wrote(account: str, capsys) -> None:
    db.run(_add_job, account, "queued")
    failed = db.run(_add_job, account, "failed")
    assert len(parsed(capsys, "jobs")) == 2
    (row,) = parsed(capsys, "jobs", "--status", "failed")
    assert row["id"] == failed
    assert parsed(capsys, "jobs", "--account", "another") == []
    for text in (answer(capsys, "jobs"), answer(capsys, "jobs", "--json")):
        assert failed in text
        assert "a secret garden" not in text


def test_a_worker_needs_postgresql(capsys) -> None:
    assert cli.main(["worker"]) == 1
    assert "PostgreSQL" in capsys.readouterr().err


def test_a_wrong_setting_is_named_and_nothing_starts(capsys, monkeypatch) -> None:
    monkeypatch.setenv("GPT_IMAGE_UI_STORAGE_KIND", "tape")
    config.forget()
    assert cli.main(["doctor"]) == 2
    assert "storage.kind: Input should be 'local' or 's3'" in capsys.readouterr().err


def test_a_wrong_key_in_a_profile_is_named(capsys, monkeypatch, tmp_path) -> None:
    profile = tmp_path / "mine.toml"
    profile.write_text("[credits]\nwelcome_grannt = 5\n")
    monkeypatch.setenv("GPT_IMAGE_UI_PROFILE", str(profile))
    config.forget()
    assert cli.main(["doctor"]) == 2
    assert "credits.welcome_grannt" in capsys.readouterr().err


def test_a_profile_that_is_not_there_is_named(capsys, monkeypatch) -> None:
    monkeypatch.setenv("GPT_IMAGE_UI_PROFILE", "castle")
    config.forget()
    assert cli.main(["migrate"]) == 2
    assert "castle" in capsys.readouterr().err


def test_a_second_process_is_told_who_was_first(capsys) -> None:
    schema.upgrade()
    with serve.sole_process():
        assert cli.main(["sweep"]) == 1
        assert cli.main(["run", "--port", "1"]) == 1
    said = capsys.readouterr().err
    assert said.count(str(config.data_directory())) == 2


def _add_job(session, account_id: str, status: str) -> str:
    made = ids.new_id()
    session.add(
        Job(
            id=made, account_id=account_id, nonce=made, provider="sketch", model="sketch", prompt="a secret garden",
            request={}, quote={}, status=status, asked=1, quoted=0, created_at=clock.now(),
        )
    )  # fmt: skip
    return made
