"""References with parts: what goes together, and what gives way."""

from dataclasses import replace

import pytest

from gpt_image_ui.providers import frames
from gpt_image_ui.providers.interface import FIRST_FRAME, LAST_FRAME, REFERENCE, Reference
from gpt_image_ui.web.pages.studio import roles
from tests.web.test_offer import PLAIN

STILLS = replace(PLAIN, references_max=2, roles=(FIRST_FRAME, LAST_FRAME))
BOTH = replace(PLAIN, references_max=9, roles=(REFERENCE, FIRST_FRAME, LAST_FRAME))
ANY = (REFERENCE, FIRST_FRAME, LAST_FRAME, "", "nonsense")


@pytest.mark.parametrize("model", [STILLS, BOTH], ids=["stills", "both"])
@pytest.mark.parametrize("count", [0, 1, 2])
@pytest.mark.parametrize("wanted", ANY)
def test_whatever_is_wanted_a_provider_takes_what_comes_of_it(model, count: int, wanted: str):
    given = roles.fit([wanted] * count, model)
    assert frames.roles(model, tuple(Reference(b"", "", role) for role in given)) == given


def test_pictures_for_a_model_of_frames_are_its_first_and_its_last():
    assert roles.fit(["", ""], STILLS) == (FIRST_FRAME, LAST_FRAME)


def test_where_there_is_a_choice_pictures_are_references_until_one_is_a_frame():
    assert roles.fit(["", ""], BOTH) == (REFERENCE, REFERENCE)
    assert roles.change((REFERENCE, REFERENCE), 1, LAST_FRAME, BOTH) == (FIRST_FRAME, LAST_FRAME)
    assert roles.change((FIRST_FRAME, LAST_FRAME), 0, LAST_FRAME, BOTH) == (LAST_FRAME, FIRST_FRAME)
    assert roles.change((FIRST_FRAME, LAST_FRAME), 0, REFERENCE, BOTH) == (REFERENCE, REFERENCE)


def test_more_than_two_pictures_can_only_be_references():
    assert roles.fit([FIRST_FRAME] * 3, BOTH) == (REFERENCE,) * 3
    assert roles.choices(BOTH, 3) == []


def test_a_last_frame_alone_is_not_offered():
    assert [value for value, _ in roles.choices(BOTH, 1)] == [REFERENCE, FIRST_FRAME]
    assert roles.choices(STILLS, 1) == []
    assert roles.choices(PLAIN, 2) == []
