"""What open tabs are shown is remembered for the latest of them only."""

import pytest

from gpt_image_ui.accounts import guests
from gpt_image_ui.core import db, ids
from gpt_image_ui.web import live


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
async def test_what_was_read_last_is_kept_for_a_few_accounts(database, monkeypatch):
    monkeypatch.setattr(live, "_last", {})
    monkeypatch.setattr(live, "_LAST_MAX", 2)
    first, second, third = [db.run(guests.create_guest, ids.new_secret()) for _ in range(3)]
    for account_id in (first, second, first, third):
        assert (await live._read(account_id)).available == 100
    assert list(live._last) == [first, third]
