"""What the composer offers, and how settings bend to what a model takes."""

from dataclasses import replace

import pytest

from gpt_image_ui.core import config
from gpt_image_ui.generation.health import Figures
from gpt_image_ui.moderation.policy import ModerationSettings
from gpt_image_ui.providers.interface import FIRST_FRAME, REFERENCE, VIDEO, ModelSpec, Quality, Size
from gpt_image_ui.web.pages.studio import destination, offer
from gpt_image_ui.web.pages.studio.offer import Settings

PLAIN = ModelSpec(
    id="plain",
    provider="here",
    label="Plain",
    good_for="Tests",
    sizes=(Size("1:1", 1024, 1024), Size("3:2", 1536, 1024)),
    qualities=(Quality("low", "Low", 9_500), Quality("medium", "Medium", 19_000)),
    note="Drawn by this server",
    seed=True,
)
RICH = replace(
    PLAIN,
    id="rich",
    label="Rich",
    destination="Faraway (US)",
    sizes=(Size("9:16", 720, 1280), Size("1:1 large", 2048, 2048), Size("16:9", 1280, 720)),
    count_max=2,
    references_max=3,
    micros_per_reference=10_000,
    seed=False,
    transparency=True,
    formats=("png", "webp"),
)
MODELS = [PLAIN, RICH]


def fitted(**wanted: object) -> Settings:
    return offer.fit(replace(Settings(), **wanted), MODELS)


def test_nothing_chosen_becomes_the_first_model_with_its_defaults():
    assert fitted() == Settings("plain", "1024x1024", "medium", 1, "", "auto", "png")


def test_a_model_that_is_gone_falls_back_to_the_first():
    assert fitted(model="retired").model == "plain"


def test_a_size_the_model_has_not_becomes_the_nearest_shape():
    assert fitted(model="rich", size="1536x1024").size == "1280x720"
    assert fitted(model="rich", size="1024x1024").size == "2048x2048"


@pytest.mark.parametrize("size", ["", "x", "0x0", "1024", "1x2x3", "' OR 1=1", "nanxinf"])
def test_a_size_that_cannot_be_read_becomes_the_default(size: str):
    assert fitted(size=size).size == "1024x1024"


@pytest.mark.parametrize(("asked", "kept"), [(-3, 1), (0, 1), (2, 2), (99, 4)])
def test_the_count_stays_within_what_the_model_makes(asked: int, kept: int):
    assert fitted(count=asked).count == kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("42", "42"),
        (" 7 ", "7"),
        ("", ""),
        ("-1", ""),
        ("1e9", ""),
        ("²", ""),
        ("2147483647", "2147483647"),
        ("2147483648", ""),
    ],
)
def test_a_seed_is_a_number_that_fits_or_nothing(typed: str, kept: str):
    assert fitted(seed=typed).seed == kept


def test_a_seed_is_dropped_where_the_model_takes_none():
    assert fitted(model="rich", seed="42").seed == ""


def test_background_and_format_follow_the_model():
    assert fitted(model="rich", background="transparent", format="webp").background == "transparent"
    assert fitted(background="transparent", format="webp") == fitted()


def test_prices_stand_beside_every_choice():
    drawn = offer.build(fitted(size="1536x1024", quality="low", count=3), (), MODELS)
    assert [choice.line for choice in drawn.qualities] == ["2 each", "3 each"]
    assert (drawn.each, drawn.total, drawn.extra) == (2, 6, 0)
    assert drawn.breakdown == "3 pictures × 2"
    rows = offer.compare(fitted(size="1536x1024", quality="low", count=3), MODELS, {})
    assert [(row.price, row.priced) for row in rows] == [(6, "3 pictures"), (2, "2 pictures")]


def test_references_are_priced_and_named_in_the_destination():
    drawn = offer.build(fitted(model="rich"), ("a", "b"), MODELS)
    assert drawn.extra == 2
    assert drawn.destination == "Goes to Faraway (US): prompt and 2 references."
    assert destination.line(RICH, 1) == "Goes to Faraway (US): prompt and 1 reference."
    assert destination.line(RICH, 0) == "Goes to Faraway (US): prompt only."


def test_what_stays_here_says_so():
    assert destination.line(PLAIN, 2) == "Drawn by this server. Nothing leaves it."


def test_only_what_the_model_declares_is_offered():
    plain, rich = (offer.build(fitted(model=name), (), MODELS) for name in ("plain", "rich"))
    assert (plain.seed, len(plain.backgrounds), len(plain.formats)) == (True, 1, 1)
    assert (rich.seed, len(rich.backgrounds), len(rich.formats)) == (False, 3, 2)


def test_settings_survive_the_way_through_a_request():
    chosen = fitted(size="1536x1024", count=2, seed="9")
    assert offer.settings_of(offer.request_of(chosen, "A pear", ())) == chosen


FILM = replace(
    PLAIN,
    id="film",
    label="Film",
    destination="Faraway",
    region="Asia",
    forwards=True,
    sizes=(Size("16:9", 1280, 720), Size("1:1", 960, 960), Size("16:9 480p", 864, 496), Size("1:1 480p", 640, 640)),
    kind=VIDEO,
    count_max=1,
    references_max=2,
    roles=(REFERENCE, FIRST_FRAME),
    seconds=(4, 6, 8),
    audio=True,
)


def film(**wanted: object) -> offer.Offer:
    chosen = offer.fit(replace(Settings(), model="film", **wanted), [FILM])
    return offer.build(chosen, (), [FILM])


def test_a_video_is_priced_by_its_seconds_and_has_no_count():
    drawn = film(seconds="8", size="1280x720")
    assert (drawn.video, drawn.count_max, drawn.total) == (True, 1, 15)
    assert drawn.breakdown.startswith("1 video × ")
    assert [choice.value for choice in drawn.seconds] == ["4", "6", "8"]


@pytest.mark.parametrize(("asked", "kept"), [("", "4"), ("7", "6"), ("99", "8"), ("x", "4"), ("-6", "4"), ("1e9", "4")])
def test_a_length_that_there_is_not_becomes_the_nearest(asked: str, kept: str):
    assert offer.fit(replace(Settings(), model="film", seconds=asked), [FILM]).seconds == kept


def test_sound_and_seconds_are_dropped_where_the_model_has_none():
    chosen = offer.fit(replace(Settings(), model="film", audio="on", seconds="6"), [FILM, PLAIN])
    assert (chosen.audio, offer.request_of(chosen, "", ()).audio) == ("on", True)
    plain = offer.fit(replace(chosen, model="plain"), [FILM, PLAIN])
    assert (plain.audio, plain.seconds, offer.request_of(plain, "", ()).seconds) == ("", "", 0)


def test_a_shape_keeps_its_resolution_and_a_resolution_its_shape():
    drawn = film(size="640x640")
    assert [(tile.label, tile.value, tile.chosen) for tile in drawn.sizes] == [
        ("16:9", "864x496", False),
        ("1:1", "640x640", True),
    ]
    assert [(step.label, step.value) for step in drawn.steps] == [("480p", "640x640"), ("720p", "960x960")]


def test_a_size_alone_is_no_choice_of_resolution():
    assert offer.build(fitted(), (), MODELS).steps == ()


def test_the_line_names_the_region_who_else_and_who_passes_on():
    assert destination.line(FILM, 0) == "Goes to Faraway (Asia): prompt only. It passes them on to other AI providers."
    assert destination.line(RICH, 0, ["Elsewhere"]).endswith("If that fails: Elsewhere, for no more.")


def test_the_line_names_the_safety_check_where_it_is_elsewhere(monkeypatch: pytest.MonkeyPatch):
    def asked(**given: object) -> None:
        settings = ModerationSettings(checker="openai", **given)  # pyright: ignore[reportArgumentType]
        monkeypatch.setattr(config, "get", lambda section: settings)

    asked(base_url="https://api.openai.com/v1")
    assert destination.line(PLAIN, 0) == "Drawn by this server. OpenAI checks it first."
    assert destination.line(replace(RICH, destination="OpenAI"), 0) == "Goes to OpenAI: prompt only."
    asked(base_url="http://127.0.0.1:9/v1")
    assert destination.line(PLAIN, 0) == "Drawn by this server. Nothing leaves it."


def test_a_row_of_the_table_says_what_there_is_to_know():
    known = {("here", "film"): Figures("here", "film", 10, 90, 23.4)}
    plain, films = offer.compare(fitted(), [PLAIN, FILM], known)
    assert (films.seconds, films.percent, films.priced, films.video) == (23.4, 90, "4 s video", True)
    assert films.goes_to == "Faraway, Asia"
    assert "4 to 8 s" in films.limits
    assert (plain.seconds, plain.percent, plain.goes_to, plain.edits) == (-1, -1, "This server", False)


def test_a_model_that_cannot_be_used_stays_with_its_reason_and_is_nobody_s_default():
    off = replace(RICH, unavailable="its key is refused.")
    assert offer.fit(Settings(), [off, PLAIN]).model == "plain"
    assert offer.fit(Settings(model="rich"), [off, PLAIN]).model == "rich"
    assert offer.build(fitted(model="rich"), (), [off]).unavailable == "Rich cannot be used now: its key is refused."
    assert [row.unavailable for row in offer.compare(fitted(), [off, PLAIN], {})] == ["its key is refused.", ""]


def test_roles_travel_only_when_they_say_something():
    chosen = offer.fit(Settings(model="film"), [FILM])
    assert offer.request_of(chosen, "", ("a",), (REFERENCE,)).roles == ()
    assert offer.request_of(chosen, "", ("a",), (FIRST_FRAME,)).roles == (FIRST_FRAME,)
    assert offer.request_of(chosen, "", ("a", "b"), (FIRST_FRAME,)).roles == ()
