"""Reference pictures come and go by plain HTTP: one raw body a file, so that the browser can show progress."""

from urllib.parse import unquote

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from gpt_image_ui.core.errors import UserFacingError
from gpt_image_ui.gallery import addresses, uploads
from gpt_image_ui.gallery.tables import Upload
from gpt_image_ui.web import session


async def receive(request: Request) -> Response:
    """Takes one file as the request's whole body; its name travels percent-encoded in X-File-Name. `?for=` says what
    for: a prompt tool or a mask, else a reference."""
    session.require_same_origin(request)
    account = await session.require_account(request)
    name = unquote(request.headers.get("x-file-name", ""), errors="replace")
    said = request.headers.get("content-length", "")
    length = int(said) if said.isascii() and said.isdigit() and len(said) < 20 else None
    try:
        use = request.query_params.get("for")
        upload = await uploads.accept(
            account.id, name, request.stream(), length, temporary=use == "tool", mask=use == "mask"
        )
    except ClientDisconnect:
        return Response(status_code=400)  # nobody is there to read it
    return _answer(upload)


async def fetch(request: Request) -> Response:
    """Fetches the picture at the address in the JSON body's `url`, as if it had been uploaded."""
    session.require_same_origin(request)
    account = await session.require_account(request)
    try:
        url = str((await request.json())["url"])[:2000]
    except (ValueError, KeyError, TypeError) as error:
        raise UserFacingError("Give the address of a picture.", "bad_request") from error
    return _answer(await addresses.accept(account.id, url))


async def remove(request: Request) -> Response:
    """Deletes one reference picture and its bytes."""
    session.require_same_origin(request)
    account = await session.require_account(request)
    await uploads.discard(account.id, request.path_params["upload_id"])
    return Response(status_code=204)


def _answer(upload: Upload) -> Response:
    return JSONResponse(
        {
            "id": upload.id,
            "name": upload.name,
            "width": upload.width,
            "height": upload.height,
            "colour": upload.colour,
            "src": f"/media/uploads/{upload.id}",
        }
    )


routes = [
    Route("/api/uploads/fetch", fetch, methods=["POST"]),
    Route("/api/uploads", receive, methods=["PUT"]),
    Route("/api/uploads/{upload_id:str}", remove, methods=["DELETE"]),
]
