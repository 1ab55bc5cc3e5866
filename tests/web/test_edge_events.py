"""An event that fails says something useful, and never what went wrong inside."""

from gpt_image_ui.core.errors import UserFacingError
from gpt_image_ui.web import edge_events
from gpt_image_ui.web.session import session_ended


def shown(error: Exception) -> str:
    return " ".join(str(event) for event in edge_events.answer(error))


def test_a_refusal_is_shown_in_its_own_words():
    assert "Nothing was charged" in shown(UserFacingError("Too many. Nothing was charged.", "queue_full"))


def test_a_defect_shows_a_reference_and_nothing_of_itself():
    text = shown(RuntimeError("SELECT secret FROM wallet"))
    assert "quote reference" in text
    assert "secret" not in text
    assert "RuntimeError" not in text


def test_a_dead_session_raises_the_banner_instead_of_a_toast():
    assert "dataset.ended" in shown(session_ended())
