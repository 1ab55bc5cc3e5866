"""The drawing engine behind the sketch provider: it repeats itself exactly and does what the words say."""

import hashlib
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from gpt_image_ui.providers.sketching import palettes
from gpt_image_ui.providers.sketching.draw import draw, draw_plan
from gpt_image_ui.providers.sketching.finishes import FINISHES
from gpt_image_ui.providers.sketching.motifs import MOTIFS
from gpt_image_ui.providers.sketching.plan import Plan
from gpt_image_ui.providers.sketching.reading import read
from gpt_image_ui.providers.sketching.words import MOTIFS as SUBJECTS
from gpt_image_ui.providers.sketching.words import OPEN_MOTIFS, SUITED

ACCENTS = frozenset(
    {"snow", "rain", "fog", "boat", "house", "birds", "balloon", "cactus", "fruit", "vase", "flower", "rocket"}
)


def digest(image: Image.Image) -> str:
    return hashlib.sha256(image.tobytes()).hexdigest()


def brightness(image: Image.Image) -> float:
    return float(np.asarray(image.convert("L"), np.float32).mean())


def hue_share(image: Image.Image, low: int, high: int) -> float:
    """The share of the clearly coloured pixels whose hue (0-255) lies between low and high."""
    hue, saturation, value = (np.asarray(band, np.int16) for band in image.convert("HSV").split())
    coloured = (saturation > 40) & (value > 30)
    return float(((hue >= low) & (hue <= high) & coloured).sum() / max(1, coloured.sum()))


def test_same_arguments_give_same_bytes():
    first = draw("a lighthouse at night, woodcut", 320, 256, 7)
    assert digest(first) == digest(draw("a lighthouse at night, woodcut", 320, 256, 7))


def test_bytes_do_not_depend_on_the_process():
    code = (
        "import hashlib; from gpt_image_ui.providers.sketching.draw import draw;"
        "print(hashlib.sha256(draw('blue cat', 256, 256, 3).tobytes()).hexdigest())"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": s}
        )
        for s in ("1", "2")
    ]
    assert {run.stdout.strip() for run in runs} == {digest(draw("blue cat", 256, 256, 3))}


@pytest.mark.parametrize("prompt", ["mountains", "a bottle and a bowl", "abstract layers", "portrait", "city at night"])
def test_seeds_give_clearly_different_pictures_of_the_same_motif(prompt: str):
    assert len({read(prompt, seed).motif for seed in range(6)}) == 1
    pictures = [np.asarray(draw(prompt, 256, 256, seed), np.float32) for seed in range(4)]
    for k, one in enumerate(pictures):
        for other in pictures[k + 1 :]:
            assert np.abs(one - other).mean() > 6


@pytest.mark.parametrize("size", [(256, 256), (257, 513), (901, 301), (301, 901), (1024, 640)])
@pytest.mark.parametrize("quality", ["low", "medium", "high"])
def test_size_is_exact_at_every_quality(size: tuple[int, int], quality: str):
    image = draw("red boat on a lake", *size, 1, quality)
    assert image.size == size
    assert image.mode == "RGB"


def test_largest_size():
    assert draw("two birds", 3840, 1280, 1, "low").size == (3840, 1280)


def test_impossible_size_is_refused():
    with pytest.raises(ValueError, match="between"):
        draw("a hill", 0, 256, 1)


# Four finishes for each motif, shifted from motif to motif: each pair of neighbours is met without drawing all of them.
PAIRS = [(m, f) for k, m in enumerate(MOTIFS) for j, f in enumerate(FINISHES) if (j + k) % 3 == 0]


@pytest.mark.parametrize(("motif", "finish"), PAIRS)
def test_motifs_take_finishes_at_odd_sizes(motif: str, finish: str):
    turn = list(MOTIFS).index(motif) + list(FINISHES).index(finish)
    size = [(421, 389), (385, 997), (1003, 387)][turn // 3 % 3]
    light = ["day", "night", "dusk", "dawn"][turn // 3 % 4]
    plan = Plan(motif, palettes.named("lagoon"), finish, light=light, accents=ACCENTS, room="top", count=3)
    image = draw_plan(plan, *size)
    assert image.size == size
    assert np.asarray(image.convert("L")).std() > 4, "an empty picture"


@pytest.mark.parametrize(
    ("prompt", "low", "high"),
    [
        ("a blue harbour", 135, 180),
        ("green hills, flat", 55, 125),
        ("purple abstract pattern", 175, 225),
        ("teal waves", 110, 140),
        ("orange desert", 5, 32),
        ("ein Berg, blau", 135, 180),
        ("une vague verte", 55, 125),
    ],
)
def test_named_colour_dominates(prompt: str, low: int, high: int):
    assert hue_share(draw(prompt, 384, 384, 2), low, high) > 0.5


def test_two_named_colours_are_both_there():
    image = draw("teal and coral abstract layers", 384, 384, 1)
    assert hue_share(image, 110, 145) > 0.15
    assert hue_share(image, 0, 22) > 0.15


def test_black_and_white_has_no_colour():
    _, saturation, _ = draw("op art, black and white", 384, 384, 1).convert("HSV").split()
    assert np.median(np.asarray(saturation)) < 20


@pytest.mark.parametrize("seed", range(5))
def test_lighthouse_at_night_is_dark_and_by_day_is_not(seed: int):
    plan = read("a lighthouse at night", seed)
    assert (plan.motif, plan.light) == ("lighthouse", "night")
    assert brightness(draw("a lighthouse at night", 384, 384, seed)) < 90
    assert brightness(draw("a lighthouse at noon", 384, 384, seed)) > 100


@pytest.mark.parametrize(
    ("prompt", "motif"),
    [
        ("a sleeping black cat", "cat"),
        ("snowy mountains above a valley", "ridges"),
        ("city skyline in the rain", "skyline"),
        ("three bottles and a bowl of lemons", "still_life"),
        ("portrait of a woman with glasses", "portrait"),
        ("spiral galaxy", "nebula"),
        ("topographic map of an island", "contours"),
        ("misty mountains, sumi-e ink", "mist_peaks"),
        ("bouquet of tulips", "bouquet"),
        ("eine Katze am Fenster", "cat"),
        ("un phare en bretagne", "lighthouse"),
        ("two birds on a branch, lots of space at the top for a headline", "bird"),
    ],
)
def test_subject_chooses_motif(prompt: str, motif: str):
    assert read(prompt, 1).motif == motif


@pytest.mark.parametrize(
    ("prompt", "finish"),
    [
        ("hills, woodcut", "woodcut"),
        ("a harbour in watercolour", "watercolour"),
        ("risograph of a tree", "halftone"),
        ("paper-cut mountains", "papercut"),
        ("mosaic of the sea", "mosaic"),
        ("oil painting of a forest", "oil"),
        ("pencil sketch of a city", "pencil"),
        ("stained glass bird", "stained_glass"),
        ("pixel art castle", "pixels"),
        ("silkscreen desert poster", "silkscreen"),
    ],
)
def test_technique_chooses_finish(prompt: str, finish: str):
    assert read(prompt, 1).finish == finish


def test_composition_words():
    assert read("a tree on the left", 1).focus < 0.4
    assert read("a tree on the right", 1).focus > 0.6
    assert read("mountains, room for a title at the top", 1).room == "top"
    assert read("mountains, room for a title at the top", 1).horizon > 0.6
    assert read("close-up of a vase", 1).scale > read("wide shot of a vase", 1).scale
    assert read("four sailboats", 1).count == 4


def test_refused_things_are_left_out():
    plan = read("a harbour without boats, no moon", 1)
    assert not plan.accents & {"moon"}
    assert read("a garden, no cats", 1).motif != "cat"


def test_room_for_a_title_is_not_a_room_with_arches():
    assert read("eucalyptus, room for a title at the top", 1).motif == "botanical"


@pytest.mark.parametrize(
    "prompt",
    [
        "",
        "   ",
        "a",
        "\x00\x07",
        "🐈‍⬛🌊🔥",
        "منارة في الليل على الساحل",
        "夜の灯台",
        "mountain " * 20_000,
        "\ud800 lone surrogate",
        "((((",
        "%s {x}",
    ],
)
def test_any_prompt_yields_a_picture(prompt: str):
    assert draw(prompt, 256, 300, 0).size == (256, 300)


def test_unknown_words_keep_their_motif_for_every_seed():
    motifs = {read("our quarterly results", seed).motif for seed in range(8)}
    assert len(motifs) == 1
    assert motifs <= set(OPEN_MOTIFS)


def test_reference_palette_is_used():
    red = draw("mountains", 256, 256, 1, reference_palette=[(190, 20, 30), (240, 120, 90)])
    assert hue_share(red, 0, 25) + hue_share(red, 240, 255) > 0.6


def test_palette_of_a_picture_lists_its_colours_by_weight():
    image = Image.new("RGB", (90, 90), (200, 30, 40))
    image.paste((20, 40, 200), (0, 0, 90, 30))
    first, second, *_ = palettes.palette_of(image)
    assert np.abs(np.subtract(first, (200, 30, 40))).max() < 12
    assert np.abs(np.subtract(second, (20, 40, 200))).max() < 40


def test_tables_name_only_what_exists():
    assert set(SUBJECTS.values()) == set(MOTIFS)
    assert set(OPEN_MOTIFS) <= set(MOTIFS)
    assert set(SUITED) == set(MOTIFS)
    assert {finish for finishes in SUITED.values() for finish in finishes} <= set(FINISHES)


@pytest.mark.parametrize("mood", palettes.MOODS)
def test_palettes_run_from_dark_to_light(mood: str):
    for palette in (palettes.named(mood), palettes.after_dark(palettes.named(mood))):
        lightness = [palettes.to_oklab(rgb)[0] for rgb in palette.ramp]
        assert lightness == sorted(lightness)
        assert len(lightness) == 6


def test_a_colour_before_fruit_colours_the_fruit_and_not_the_picture():
    plan = read("three red apples", 1)
    assert plan.palette.spot == (200, 50, 47)
    assert plan.count == 3
    assert hue_share(draw("a red mountain", 256, 256, 1), 0, 22) > hue_share(
        draw("three red apples", 256, 256, 1), 0, 22
    )


def test_a_black_cat_is_black_in_a_picture_that_is_not():
    assert "black_coat" in read("a black cat by the window at noon", 1).accents
    assert brightness(draw("a black cat by the window at noon", 256, 256, 1)) > 90
