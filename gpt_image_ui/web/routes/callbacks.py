"""Where providers say that a task changed. Nothing they send is read: it only makes us ask them now."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from gpt_image_ui.core.errors import NotFoundError
from gpt_image_ui.generation import follow
from gpt_image_ui.jobs import notices


async def changed(request: Request) -> Response:
    """204 for the job's own secret address, however often it comes and also after the job's end; 404 for any other."""
    job_id = request.path_params["job_id"]
    if not follow.wake(job_id, request.path_params["secret"]):
        raise NotFoundError()
    await notices.send_wake(job_id)
    return Response(status_code=204)


routes = [Route("/callbacks/{job_id}/{secret}", changed, methods=["POST"])]
