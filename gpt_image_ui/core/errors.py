"""What a person may read when something goes wrong.

UserFacingError        an ordinary refusal: bad input, too few credits, a limit, not found
└── NotFoundError      absent, or another account's: the two are told apart by nobody

Everything else is a defect or an outage: the web edge and the job edge log it under a reference and show that.
"""

from gpt_image_ui.core import ids


class UserFacingError(Exception):
    """Says in `message` what happened to the picture, what happened to the money, and what to do next."""

    def __init__(self, message: str, code: str, *, status: int = 400, retry_after_seconds: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.status = status
        self.retry_after_seconds = retry_after_seconds
        self.reference = ids.new_reference()


class NotFoundError(UserFacingError):
    """Raised for a missing thing and for another account's thing alike."""

    def __init__(self, message: str = "That is not here. It may have been deleted.") -> None:
        super().__init__(message, "not_found", status=404)


def unexpected(reference: str, *, charged: bool = False) -> str:
    """The sentence for a failure nobody foresaw."""
    money = "Credits that were reserved come back." if charged else "Nothing was charged."
    return f"Something failed on our side. {money} Try again, or quote reference {reference}."
