"""Pages for what went wrong: what happened, what it cost, what to do next. Programs get the same as JSON."""

import json

from starlette.requests import Request
from starlette.responses import Response

from gpt_image_ui.core import errors
from gpt_image_ui.core.errors import UserFacingError
from gpt_image_ui.examples import catalogue
from gpt_image_ui.web.public import answer, pictures

_HEADINGS = {401: "Your session has ended", 403: "Not allowed", 404: "Nothing here", 429: "Too many requests"}


def not_found(request: Request) -> Response:
    """The answer for an address that leads nowhere."""
    message = "This address leads to no page. It may be mistyped, or what was here has been deleted."
    return _answer(request, 404, "not_found", message)


def refused(request: Request, error: UserFacingError) -> Response:
    """The answer for an ordinary refusal."""
    response = _answer(request, error.status, error.code, error.message, error.reference)
    if error.retry_after_seconds is not None:
        response.headers["retry-after"] = str(error.retry_after_seconds)
    return response


def server_error(request: Request, reference: str) -> Response:
    """The answer for a failure nobody foresaw; the log carries the same reference."""
    return _answer(request, 500, "server_error", errors.unexpected(reference), reference)


def prefers_json(request: Request) -> bool:
    """Whether the reader ranks JSON above HTML. A browser names HTML; a program names JSON or takes anything."""
    weights = {"text/html": 0.0, "application/json": 0.0}
    for part in request.headers.get("accept", "").split(","):
        name, *parameters = (piece.strip().lower() for piece in part.split(";"))
        if name in weights:
            weights[name] = max(weights[name], _weight(parameters))
    return weights["application/json"] > weights["text/html"]


def _weight(parameters: list[str]) -> float:
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return float(parameter[2:])
            except ValueError:
                return 0.0
    return 1.0


def _answer(request: Request, status: int, code: str, message: str, reference: str = "") -> Response:
    if prefers_json(request):
        body = {"error": message, "code": code, **({"reference": reference} if reference else {})}
        return answer.send(
            request, json.dumps(body).encode(), "application/json", {"cache-control": "no-store"}, status
        )
    example = catalogue.load().examples[0]
    home, studio = {"href": "/", "label": "Go to the start page"}, {"href": "/studio", "label": "Open studio"}
    return answer.page(
        request,
        "error.html",
        path="/",
        status=status,
        caching="no-store",
        rules=pictures.rules([example]),
        heading=_HEADINGS.get(status, "That did not work" if status < 500 else "Something failed"),
        message=message,
        reference=reference,
        example=example,
        step=home if status == 404 else studio,
    )
