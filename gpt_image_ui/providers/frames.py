"""Which part each reference picture plays in what is made. Shared by the providers that make videos."""

from gpt_image_ui.providers.interface import FIRST_FRAME, LAST_FRAME, REFERENCE, BadRequestError, ModelSpec, Reference


def roles(spec: ModelSpec, references: tuple[Reference, ...]) -> tuple[str, ...]:
    """The role of each picture, in their order. Raises BadRequestError for pictures that do not go together.

    A model of frames alone takes pictures without a role as its first and its last frame.
    """
    if len(references) > spec.references_max:
        raise BadRequestError("more pictures than the model takes")
    given = tuple(reference.role for reference in references)
    if REFERENCE not in spec.roles and len(given) <= 2:
        frames = (FIRST_FRAME, LAST_FRAME)
        given = tuple(frames[k] if role == REFERENCE else role for k, role in enumerate(given))
    if not set(given) <= set(spec.roles):
        raise BadRequestError("a part that the model does not know")
    if set(given) - {REFERENCE} and sorted(given) not in ([FIRST_FRAME], [FIRST_FRAME, LAST_FRAME]):
        raise BadRequestError("a first frame, a first and a last, or references: one of the three")
    return given
