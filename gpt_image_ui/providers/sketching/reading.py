"""Reads a prompt into a plan: every word may choose the subject, the colours, the light or the hand."""

import hashlib
import re
import unicodedata
from dataclasses import replace
from itertools import pairwise

import numpy as np

from gpt_image_ui.providers.sketching import palettes, words
from gpt_image_ui.providers.sketching.plan import Palette, Plan, Rgb

READ_CHARACTERS_MAX = 6000
NEGATIONS = frozenset(
    ["no", "not", "without", "ohne", "kein", "keine", "sans", "sin", "never", "minus", "avoid", "except"]
)
FALLBACK_MOODS = ("dusk", "moss", "ember", "glacier", "clay", "lagoon", "orchard", "bloom", "harbour", "wheat", "retro",
                  "summer", "tropic", "plum", "autumn", "spring", "candy")  # fmt: skip
MOODS_OF = {
    "nebula": ("night", "plum", "neon", "lagoon", "ember", "candy"),
    "planet": ("night", "plum", "retro", "ember", "lagoon", "dusk"),
    "sea": ("lagoon", "harbour", "dusk", "glacier", "summer", "candy"),
    "waves": ("lagoon", "harbour", "glacier", "summer", "retro"),
    "lighthouse": ("harbour", "dusk", "retro", "lagoon", "storm", "summer"),
    "fish": ("lagoon", "harbour", "glacier", "night", "ink", "summer"),
    "forest": ("moss", "glacier", "autumn", "orchard", "storm", "spring"),
    "desert": ("clay", "ember", "wheat", "dusk", "candy", "retro"),
    "meadow": ("orchard", "spring", "moss", "wheat", "summer", "tropic"),
    "botanical": ("moss", "orchard", "wheat", "sepia", "spring", "retro"),
    "bouquet": ("bloom", "spring", "orchard", "candy", "summer", "plum"),
    "mist_peaks": ("ink", "moss", "harbour", "glacier", "sepia"),
    "ridges": ("dusk", "glacier", "moss", "ember", "harbour", "lagoon", "plum", "autumn"),
    "lone_tree": ("autumn", "dusk", "spring", "orchard", "lagoon", "ember"),
    "skyline": ("dusk", "night", "neon", "harbour", "retro", "plum", "wheat"),
}
ROOM = re.compile(
    r"\b(lots of |plenty of |some )?(room|(copy |negative |empty |blank )?space|area)\b[^.;,]{0,60}", re.IGNORECASE
)
ROOM_FOR = re.compile(
    r"title|text|copy|headline|caption|logo|letter|negative|empty|blank|\b(at|on) (the )?(top|bottom|left|right)",
    re.IGNORECASE,
)
EDGES = {"top": "top|above|upper", "bottom": "bottom|below|lower", "left": "left", "right": "right"}
BY_NIGHT = frozenset({"nebula", "planet"})


def read(prompt: str, seed: int) -> Plan:
    """The plan for a prompt. The seed varies what the words leave open and nothing that they say."""
    room, rest = _room(prompt[:READ_CHARACTERS_MAX])
    tokens = _tokens(rest)
    chance = np.random.default_rng(_digest(prompt, seed))
    subject = np.random.default_rng(_digest(prompt, None))
    motif = _motif(tokens, subject)
    light = _light(tokens, motif, chance)
    accents = frozenset[str]().union(*(words.ACCENTS.get(t, ()) for t in tokens), _coat(tokens))
    return Plan(
        motif=motif,
        palette=_palette(tokens, motif, light, chance),
        finish=_finish(tokens, motif, chance),
        light=light,
        focus=_focus(prompt, tokens, room, chance),
        horizon=_horizon(tokens, room, chance),
        scale=_scale(tokens, chance),
        room=room,
        sparse=any(t in words.SPARSE for t in tokens),
        count=_count(tokens),
        accents=accents,
        seed=int(chance.integers(0, 2**31)),
    )


def _digest(prompt: str, seed: int | None) -> int:
    # hashlib, because hash() differs from one process to the next.
    return int.from_bytes(hashlib.sha256(f"{seed}\n{prompt}".encode("utf-8", "replace")).digest()[:8], "big")


def _tokens(prompt: str) -> list[str]:
    """Lower case words without accents, known phrases joined, plurals undone, refused words dropped."""
    text = unicodedata.normalize("NFKD", prompt.lower().replace("ß", "ss"))
    text = "".join(c for c in text if not unicodedata.combining(c))
    text = " ".join(re.sub(r"[-_'’]", " ", text).split())
    for phrase in words.PHRASES:
        if phrase in text:
            text = re.sub(rf"\b{phrase}(e?s)?\b", phrase.replace(" ", "_"), text)
    found, refused = [], 0
    for token in re.findall(r"\w+|[.,;:!?]", text):
        if not token[0].isalnum():
            refused = 0
        elif token in NEGATIONS:
            refused = 3
        elif token in ("a", "an", "any", "the", "or", "and"):
            continue
        elif refused:
            refused -= 1
        else:
            found.append(_singular(token))
    return found


def _singular(token: str) -> str:
    if _known(token):
        return token
    for tail, instead in (("ies", "y"), ("ves", "f"), ("es", ""), ("s", ""), ("en", "e"), ("n", "")):
        if token.endswith(tail) and _known(token[: -len(tail)] + instead):
            return token[: -len(tail)] + instead
    return token


def _known(token: str) -> bool:
    tables = (words.MOTIFS, words.COLOURS, words.ACCENTS, words.FINISHES, words.LIGHTS, words.MOODS)
    return any(token in table for table in tables)


def _motif(tokens: list[str], chance: np.random.Generator) -> str:
    """The subject with the most weight; earlier words count a little more, a repeated word a little less."""
    score: dict[str, float] = {}
    for place, token in enumerate(tokens):
        motif = words.MOTIFS.get(token)
        if motif:
            weight = words.WEIGHTS.get(motif, 2.0) * (1.15 - min(place, 40) * 0.006)
            score[motif] = max(score.get(motif, 0), weight) + 0.35 * (motif in score)
    if not score:
        return words.OPEN_MOTIFS[int(chance.integers(0, len(words.OPEN_MOTIFS)))]
    best = max(score, key=lambda name: score[name])
    inked = any(words.FINISHES.get(t) == "ink_wash" for t in tokens)
    return "mist_peaks" if best == "ridges" and inked else best


def _light(tokens: list[str], motif: str, chance: np.random.Generator) -> str:
    named = [words.LIGHTS[t] for t in tokens if t in words.LIGHTS]
    if "night" in named and motif not in ("bouquet", "botanical"):
        return "night"
    if named:
        return max(set(named), key=lambda light: (named.count(light), light))
    if motif in BY_NIGHT:
        return "night"
    return str(chance.choice(["day", "day", "dusk", "dawn"]))


def _palette(tokens: list[str], motif: str, light: str, chance: np.random.Generator) -> Palette:
    vivid, muted = any(t in words.VIVID for t in tokens), any(t in words.MUTED for t in tokens)
    chroma = 1.25 if vivid else 0.62 if muted else 1.0
    night = light == "night"
    colours = _colours(tokens)
    if len(colours) == 1 and _coat(tokens):
        colours = []  # "a black cat" asks for the cat to be black, not the picture
    lent = _lent(tokens, colours)
    if lent:
        colours = []
    if colours and motif == "bouquet" and len(colours) == 1:
        return replace(palettes.built(colours, night, chroma), spot=colours[0])
    if colours:
        return palettes.built(colours, night and motif not in BY_NIGHT, chroma)
    moods = [words.MOODS[t] for t in tokens if t in words.MOODS]
    if "night" in moods and len(set(moods)) > 1:
        moods = [m for m in moods if m != "night"]
    choices = moods or MOODS_OF.get(motif, FALLBACK_MOODS)
    if "black_and_white" in tokens or "monochrome" in tokens:
        return palettes.built([(20, 21, 24), (245, 245, 242)], night)
    palette = palettes.named(str(choices[int(chance.integers(0, len(choices)))]))
    hint = lent or next((words.HINTS[t] for t in tokens if t in words.HINTS), None)
    if hint:
        palette = replace(palette, spot=hint)
    if night and motif not in BY_NIGHT:
        palette = palettes.after_dark(palette)
    return palettes.shifted(palette, chroma=chroma) if chroma != 1.0 else palette


def _colours(tokens: list[str]) -> list[Rgb]:
    """Colours named in the prompt, in order, each once; "dark", "pale" and the like change the one that follows."""
    found: list[Rgb] = []
    for place, word in enumerate(tokens):
        rgb = words.COLOURS.get(word)
        if rgb is None or (word == "orange" and _is_fruit(tokens, place)):
            continue
        before = tokens[place - 1] if place else ""
        if before in words.DARKER or before in words.LIGHTER:
            light, a, b = palettes.to_oklab(rgb)
            light = light * 0.62 if before in words.DARKER else light + (0.96 - light) * 0.55
            rgb = palettes.from_oklab((light, a * 0.85, b * 0.85))
        if rgb not in found:
            found.append(rgb)
    return found[:4]


def _lent(tokens: list[str], colours: list[Rgb]) -> Rgb | None:
    """The only colour of a prompt when it belongs to fruit or flowers, as in "three red apples"."""
    if len(colours) != 1:
        return None
    for word, thing in pairwise(tokens):
        if word in words.COLOURS and words.ACCENTS.get(thing, frozenset()) & {"fruit", "flower"}:
            return colours[0]
    return None


def _coat(tokens: list[str]) -> frozenset[str]:
    """The colour of a cat when it is one that cats have."""
    coats = {
        "black": "black_coat",
        "white": "white_coat",
        "ginger": "ginger_coat",
        "orange": "ginger_coat",
        "grey": "grey_coat",
    }
    return frozenset(coats[a] for a, b in pairwise(tokens) if a in coats and words.MOTIFS.get(b) == "cat")


def _is_fruit(tokens: list[str], place: int) -> bool:
    return tokens[place + 1 : place + 2] == ["fruit"] or (place > 0 and tokens[place - 1] in words.NUMBERS)


def _finish(tokens: list[str], motif: str, chance: np.random.Generator) -> str:
    named = [words.FINISHES[t] for t in tokens if t in words.FINISHES]
    if named:
        particular = [f for f in named if f not in ("plain", "silkscreen")] or named
        finish = particular[0]
        # The bouquet and the ink peaks are painted wet already: a second wash would only blur them.
        wet_already = (motif, finish) in (("bouquet", "watercolour"), ("mist_peaks", "ink_wash"))
        return "plain" if wet_already else finish
    if chance.random() < 0.5:
        return "plain"
    suited = words.SUITED.get(motif, ("plain",))
    return suited[int(chance.integers(0, len(suited)))]


def _room(prompt: str) -> tuple[str | None, str]:
    """(edge to keep empty, the prompt without that request), so that "room" is not read as a subject."""
    wanted = ROOM.search(prompt)
    if not wanted or not ROOM_FOR.search(wanted.group()):
        return None, prompt
    rest = prompt[: wanted.start()] + " , " + prompt[wanted.end() :]
    for edge, names in EDGES.items():
        if re.search(rf"\b({names})\b", wanted.group(), re.IGNORECASE):
            return edge, rest
    return "top", rest


def _focus(prompt: str, tokens: list[str], room: str | None, chance: np.random.Generator) -> float:
    drift = float(chance.normal(0, 0.02))
    if room == "left":
        return 0.7 + drift
    if room == "right":
        return 0.3 + drift
    if room is None:
        text = prompt[:READ_CHARACTERS_MAX].lower()
        if re.search(r"\b(on|at|to|in) the (far )?left\b|\bleft (side|third|of)\b|links\b|a gauche\b", text):
            return 0.28 + drift
        if re.search(r"\b(on|at|to|in) the (far )?right\b|\bright (side|third)\b|rechts\b|a droite\b", text):
            return 0.72 + drift
    if any(t in ("centre", "center", "centred", "centered", "middle", "symmetrical", "symmetric") for t in tokens):
        return 0.5
    return float(chance.choice([0.36, 0.5, 0.5, 0.64])) + drift


def _horizon(tokens: list[str], room: str | None, chance: np.random.Generator) -> float:
    if room == "top" or any(t in words.LOW_HORIZON for t in tokens):
        return 0.64 + float(chance.uniform(-0.02, 0.03))
    if room == "bottom" or any(t in words.HIGH_HORIZON for t in tokens):
        return 0.34 + float(chance.uniform(-0.03, 0.02))
    return float(chance.uniform(0.43, 0.56))


def _scale(tokens: list[str], chance: np.random.Generator) -> float:
    base = 1.3 if any(t in words.CLOSE for t in tokens) else 0.74 if any(t in words.FAR for t in tokens) else 1.0
    return base * float(chance.uniform(0.92, 1.08))


def _count(tokens: list[str]) -> int | None:
    """A number that stands shortly before a subject: "three bottles", not "three o'clock"."""
    for place, token in enumerate(tokens):
        number = words.NUMBERS.get(token) or (
            int(token) if token.isascii() and token.isdigit() and len(token) <= 2 else None
        )
        if number and any(t in words.MOTIFS or t in words.ACCENTS for t in tokens[place + 1 : place + 4]):
            return min(number, 14)
    return None
