"""Which part each reference plays where a model gives them parts. Pure."""

from collections.abc import Sequence

from gpt_image_ui.providers.interface import FIRST_FRAME, LAST_FRAME, REFERENCE, ModelSpec

LABELS = {REFERENCE: "Reference", FIRST_FRAME: "First frame", LAST_FRAME: "Last frame"}
_FRAMES = (FIRST_FRAME, LAST_FRAME)


def fit(wanted: Sequence[str], model: ModelSpec) -> tuple[str, ...]:
    """The nearest parts that go together: one first frame, a first and a last, or references alone."""
    if model.roles == (REFERENCE,):
        return (REFERENCE,) * len(wanted)
    frames = FIRST_FRAME in model.roles and len(wanted) <= (2 if LAST_FRAME in model.roles else 1)
    if frames and (REFERENCE not in model.roles or any(role in _FRAMES for role in wanted)):
        return tuple(reversed(_FRAMES)) if tuple(wanted) == (LAST_FRAME, FIRST_FRAME) else _FRAMES[: len(wanted)]
    return (REFERENCE,) * len(wanted)


def change(roles: Sequence[str], at: int, role: str, model: ModelSpec) -> tuple[str, ...]:
    """One reference gets another part; the other one of two gives way to it."""
    given = list(roles)
    if role == REFERENCE:
        given = [REFERENCE] * len(given)
    elif role in _FRAMES and 0 <= at < len(given):
        other = FIRST_FRAME if role == LAST_FRAME else LAST_FRAME
        given = [role if number == at else other for number in range(len(given))]
    return fit(given, model)


def choices(model: ModelSpec, count: int) -> list[tuple[str, str]]:
    """Values and labels that so many references may have here; empty where there is nothing to choose."""
    frames = count <= (2 if LAST_FRAME in model.roles else 1)
    open_ = [role for role in model.roles if role == REFERENCE or frames]
    if count == 1:
        open_ = [role for role in open_ if role != LAST_FRAME]
    return [(role, LABELS[role]) for role in open_] if len(open_) > 1 else []
