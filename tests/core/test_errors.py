"""What people read when something goes wrong."""

from gpt_image_ui.core import errors


def test_refusal_carries_what_the_screen_needs() -> None:
    error = errors.UserFacingError("Too many.", "rate_limited", status=429, retry_after_seconds=3)
    assert (str(error), error.message, error.code) == ("Too many.", "Too many.", "rate_limited")
    assert (error.status, error.retry_after_seconds) == (429, 3)


def test_each_refusal_has_a_reference_of_its_own() -> None:
    assert errors.UserFacingError("a", "b").reference != errors.UserFacingError("a", "b").reference


def test_missing_and_foreign_things_read_alike() -> None:
    error = errors.NotFoundError()
    assert (error.status, error.code) == (404, "not_found")
    assert error.message == errors.NotFoundError().message


def test_unexpected_names_the_money_and_the_reference() -> None:
    assert "Nothing was charged" in errors.unexpected("K7Q2")
    assert "reserved come back" in errors.unexpected("K7Q2", charged=True)
    assert "K7Q2" in errors.unexpected("K7Q2")
