"""What outdoor motifs share: the sky and its light, weather, and the small things a prompt may name."""

import math

import numpy as np

from gpt_image_ui.providers.sketching.canvas import (
    WHITE,
    Array,
    Point,
    Sheet,
    blend,
    curve,
    disc,
    ellipse,
    fill,
    fill_all,
    mix,
    shade,
    smooth,
    stroke,
)
from gpt_image_ui.providers.sketching.texture import blur, fbm, line

# The envelope of a balloon around its middle, in units of its half-width.
BALLOON = curve(
    [
        (-1, -0.1),
        (-0.7, -0.8),
        (0, -1.08),
        (0.7, -0.8),
        (1, -0.1),
        (0.62, 0.66),
        (0.2, 1.16),
        (-0.2, 1.16),
        (-0.62, 0.66),
    ]
)


def sky(sheet: Sheet, horizon: float) -> Array:
    """The empty sky in the light of the plan, down to `horizon` in pixels."""
    ramp, spot, until = sheet.ramp, sheet.spot, max(0.2, horizon / sheet.height)
    if sheet.night:
        stops = [ramp[0] * 0.7, ramp[0], mix(ramp[0], ramp[1], 0.7), mix(ramp[1], ramp[2], 0.75)]
    elif sheet.plan.light == "dusk":
        stops = [ramp[1], ramp[2], ramp[3], mix(ramp[4], spot, 0.3), mix(ramp[5], spot, 0.1)]
    elif sheet.plan.light == "dawn":
        stops = [mix(ramp[2], ramp[3], 0.6), ramp[3], ramp[4], mix(ramp[5], ramp[4], 0.3)]
    else:
        stops = [mix(ramp[3], ramp[4], 0.2), mix(ramp[3], ramp[4], 0.75), ramp[4], mix(ramp[5], ramp[4], 0.2)]
    return sheet.graded(stops, 1.1, until)


def place_light(sheet: Sheet, horizon: float) -> Point:
    """Where sun or moon stands: opposite the subject or above it, clear of the room for a title."""
    focus, rng = sheet.plan.focus, sheet.rng
    x = sheet.width * float(np.clip(1 - focus + rng.normal(0, 0.08), 0.2, 0.8))
    low = {"dusk": 0.72, "dawn": 0.66, "night": 0.36, "day": 0.45}[sheet.plan.light]
    if sheet.plan.room == "top":
        low = max(low, 0.72)
    return x, horizon * float(np.clip(low + rng.normal(0, 0.07), 0.2, 0.85))


def sun_or_moon(sheet: Sheet, picture: Array, x: float, y: float, size: float = 0.075) -> None:
    """A glow and a disc: a moon by night, a crescent when the prompt asks for one."""
    ramp, spot = sheet.ramp, sheet.spot
    radius = sheet.unit * size
    far = np.hypot(sheet.xs - x, sheet.ys - y)
    glow = np.exp(far * np.float32(-1 / (radius * 3.0)))
    if sheet.night or sheet.has("moon"):
        pale = mix(ramp[5], ramp[4], 0.15)
        blend(picture, mix(ramp[3], pale, 0.3), glow * 0.42)
        face = np.clip(radius - far, 0, 1)
        if sheet.has("crescent"):
            face = face * (1 - disc(sheet, x + radius * 0.42, y - radius * 0.2, radius * 0.92))
        blend(picture, pale, face)
        return
    blend(picture, ramp[5], glow * 0.6)
    # A blue sun looks like a mistake, so a cold spot colour leaves the sun pale.
    warm = float(spot[0]) > float(spot[2])
    tint = mix(ramp[5], spot, 0.75 if sheet.has("sun") else 0.45) if warm else mix(ramp[5], WHITE, 0.5)
    blend(picture, tint, np.clip(radius - far, 0, 1))


def stars(sheet: Sheet, picture: Array, until: float, thick: float = 1.0) -> None:
    """Pin-pricks, with a few large ones, down to `until` in pixels."""
    rng, count = sheet.rng, int(260 * thick * max(1.0, sheet.width * until / sheet.unit**2))
    xs, ys, big = rng.random(count) * sheet.width, rng.random(count) ** 1.3 * until, rng.random(count) ** 9
    for x, y, b in zip(xs, ys, big, strict=True):
        r = sheet.unit * (0.0009 + 0.0024 * b)
        x0, y0, x1, y1 = int(x - r), int(y - r), int(x + r) + 1, int(y + r) + 1
        patch = picture[max(0, y0) : y1, max(0, x0) : x1]
        patch += (sheet.ramp[5] - patch) * np.float32(0.35 + 0.6 * b)


def clouds(sheet: Sheet, picture: Array, horizon: float, amount: float = 0.5) -> None:
    """Long banks of cloud, lit from below towards the horizon."""
    ramp, height = sheet.ramp, sheet.height
    field = fbm(sheet.width, height, 3.2, 5, sheet.rng, 0.52)
    bank = smooth(field + (sheet.ys / max(horizon, 1) - 0.6) * 0.12, 0.72 - 0.34 * amount, 0.98 - 0.25 * amount)
    bank = bank * np.clip((horizon - sheet.ys) / (sheet.unit * 0.02), 0, 1)
    tint = {"night": mix(ramp[1], ramp[2], 0.6), "dusk": mix(ramp[1], ramp[2], 0.5)}.get(
        sheet.plan.light, mix(ramp[5], ramp[4], 0.1)
    )
    blend(picture, tint, bank * 0.62)


def birds(sheet: Sheet, picture: Array, x: float, y: float, count: int = 7) -> None:
    """A loose flock, wings as two strokes."""
    rng, wings = sheet.rng, []
    for _ in range(count):
        s = sheet.unit * rng.uniform(0.009, 0.02)
        bx, by = x + rng.normal(0, sheet.unit * 0.15), y + rng.normal(0, sheet.unit * 0.05)
        lift = rng.uniform(0.3, 0.75)
        for side in (-1, 1):
            arc = [(bx + side * s * t, by - s * lift * math.sin(t * 2.2)) for t in np.linspace(0, 1, 7)]
            wings.append(stroke(arc, s * 0.22, 0.2))
    fill_all(picture, wings, sheet.ramp[0] if not sheet.night else sheet.ramp[3])


def boat(sheet: Sheet, picture: Array, x: float, y: float, size: float) -> None:
    """A small sailing boat with its hull at (x, y)."""
    ramp, s = sheet.ramp, size
    hull = [(x - s, y), (x - s * 0.4, y + s * 0.07), (x + s * 1.05, y - s * 0.04), (x + s * 0.72, y + s * 0.3)]
    fill(picture, [*hull, (x - s * 0.7, y + s * 0.3)], mix(ramp[0], ramp[1], 0.3))
    fill(picture, stroke([(x, y + s * 0.05), (x, y - s * 1.75)], s * 0.06), ramp[0])
    main = [(x + s * 0.06 + s * 0.92 * t, y - s * 0.12 - s * 1.6 * (1 - t) ** 1.25) for t in np.linspace(0, 1, 12)]
    fill(picture, [*main, (x + s * 0.06, y - s * 0.12)], mix(ramp[5], sheet.spot, 0.9))
    jib = [(x - s * 0.07 - s * 0.72 * t, y - s * 0.12 - s * 1.38 * (1 - t) ** 1.3) for t in np.linspace(0, 1, 12)]
    fill(picture, [*jib, (x - s * 0.07, y - s * 0.12)], mix(ramp[5], ramp[4], 0.2))


def slope(sheet: Sheet, picture: Array, edge: Array, t: float, snow: bool) -> None:
    """One range of hills, its upper edge given as y per column: darker and clearer as t goes from far 0 to near 1."""
    ramp = sheet.ramp
    top = max(0, int(edge.min()) - 1)
    if top >= len(picture):
        return
    ys = sheet.ys[top : len(picture)]
    depth = ys - edge[None, :]
    far, near = (mix(ramp[2], ramp[1], 0.25), ramp[0] * 0.8) if sheet.night else (ramp[3], ramp[0])
    body, veil = (
        mix(far, near, t**0.75),
        mix(ramp[2] if sheet.night else ramp[4], ramp[1] if sheet.night else ramp[3], t),
    )
    haze = np.clip(depth * np.float32(1 / (min(sheet.height, sheet.unit * 1.3) * 0.3)), 0, 1) * np.float32(
        0.62 * (1 - t) + 0.05
    )
    over = picture[top:]
    if sheet.plan.finish == "papercut":
        haze = np.full_like(haze, 0.3 * (1 - t))  # a sheet of paper is one colour, a gradient would be cut in two
    rgb = np.empty((*haze.shape, 3), np.float32)
    for channel in range(3):
        rgb[..., channel] = body[channel] + (veil[channel] - body[channel]) * haze
    if snow:
        span = float(edge.max() - edge.min()) + 1
        high = np.clip((float(np.quantile(edge, 0.7)) - edge) / span, 0, 1) ** 0.7
        broken = fbm(len(edge), len(ys), 15 * len(ys) / min(sheet.unit, len(edge)) + 4, 4, sheet.rng, 0.55)
        reach = (high * np.float32(span * 0.5))[None, :] + (broken - 0.5) * np.float32(span * 0.55)
        white = smooth(reach - depth, 0, sheet.unit * 0.004) * (high > 0.02)[None, :]
        lit = 0.6 + 0.4 * smooth(broken, 0.4, 0.62)
        blend(rgb, ramp[3] if sheet.night else ramp[5], white * lit * (0.95 - 0.4 * t))
    blend(over, rgb, np.clip(depth + 0.5, 0, 1))


def conifers(sheet: Sheet, edge: Array, density: float, size: float) -> Array:
    """Raise the upper edge of a slope (y per column) into a row of firs."""
    rng, columns = sheet.rng, np.arange(sheet.width)
    out = edge.copy()
    for _ in range(int(density * sheet.width / max(4.0, size))):
        at, tall = rng.uniform(0, sheet.width), size * rng.uniform(0.5, 1.25)
        half = int(tall * 0.22) + 2
        span = slice(max(0, int(at) - half), min(sheet.width, int(at) + half))
        away = np.abs(columns[span] - at) / (tall * 0.2)
        rise = np.maximum(0, 1 - away) * tall * (0.84 + 0.16 * np.sin(away * 15))
        out[span] = np.minimum(out[span], edge[span] - np.where(away < 1, rise, 0))
    return out


def house(sheet: Sheet, picture: Array, x: float, y: float, size: float) -> None:
    """A gabled house standing at (x, y), with lit windows after dark."""
    ramp, s = sheet.ramp, size
    dark = sheet.plan.light in ("night", "dusk")
    wall = mix(ramp[1], ramp[2], 0.5) if dark else mix(ramp[5], ramp[4], 0.3)
    lit = mix(sheet.spot, ramp[5], 0.45) if dark else mix(ramp[2], ramp[1], 0.5)
    fill(picture, [(x - s, y), (x - s, y - s * 0.8), (x + s, y - s * 0.8), (x + s, y)], wall)
    fill(
        picture,
        [(x + s * 0.2, y), (x + s * 0.2, y - s * 0.8), (x + s, y - s * 0.8), (x + s, y)],
        mix(wall, ramp[0], 0.3),
    )
    chimney = [(x - s * 0.7, y - s), (x - s * 0.7, y - s * 1.62), (x - s * 0.48, y - s * 1.62), (x - s * 0.48, y - s)]
    fill(picture, chimney, mix(wall, ramp[0], 0.45))
    roof = ramp[5] if sheet.has("snow") else (mix(ramp[0], ramp[1], 0.5) if dark else sheet.spot)
    fill(
        picture,
        [
            (x - s * 1.2, y - s * 0.75),
            (x - s * 0.85, y - s * 1.4),
            (x + s * 0.85, y - s * 1.4),
            (x + s * 1.2, y - s * 0.75),
        ],
        roof,
    )
    for wx in (-0.68, -0.18, 0.5):
        pane = [
            (x + s * (wx - 0.13), y - s * 0.3),
            (x + s * (wx - 0.13), y - s * 0.58),
            (x + s * (wx + 0.13), y - s * 0.58),
        ]
        fill(picture, [*pane, (x + s * (wx + 0.13), y - s * 0.3)], lit)


def balloon(sheet: Sheet, picture: Array, x: float, y: float, size: float, turn: int = 0) -> None:
    """A hot-air balloon whose envelope is centred at (x, y)."""
    ramp, s = sheet.ramp, size
    tints = [sheet.spot, mix(ramp[5], ramp[4], 0.2), ramp[2], ramp[3]]
    bag = [(x + px * s, y + py * s) for px, py in BALLOON]
    for k, squeeze in enumerate((1.0, 0.62, 0.24)):
        gore = [(x + (px - x) * squeeze, py) for px, py in bag]
        fill(picture, gore, tints[(k + turn) % 4])
    for side in (-1, 1):
        fill(
            picture,
            stroke([(x + side * s * 0.17, y + s * 1.15), (x + side * s * 0.13, y + s * 1.5)], s * 0.035),
            ramp[0],
        )
    basket = [(x - s * 0.17, y + s * 1.5), (x + s * 0.17, y + s * 1.5), (x + s * 0.13, y + s * 1.78)]
    fill(picture, [*basket, (x - s * 0.13, y + s * 1.78)], mix(ramp[0], ramp[1], 0.6))


def weather(sheet: Sheet, picture: Array) -> None:
    """Rain, snow or mist over the finished scene."""
    rng, unit = sheet.rng, sheet.unit
    if sheet.has("fog"):
        veil = fbm(sheet.width, sheet.height, 2.2, 4, rng)
        band = np.exp(-(((sheet.ys / sheet.height - sheet.plan.horizon) / 0.22) ** 2))
        pale = shade(sheet.ramp, 0.36) if sheet.night else mix(sheet.ramp[5], sheet.ramp[4], 0.4)
        blend(picture, pale, np.clip(band * (0.35 + 0.75 * veil), 0, 0.82))
    if sheet.has("rain"):
        drops = []
        for _ in range(int(230 * sheet.width * sheet.height / unit**2)):
            x, y, s = rng.uniform(0, sheet.width), rng.uniform(0, sheet.height), unit * rng.uniform(0.02, 0.06)
            drops.append(stroke([(x, y), (x - s * 0.22, y + s)], unit * 0.0022, 0.5))
        fill_all(picture, drops, sheet.ramp[4] if not sheet.night else sheet.ramp[3], 0.5)
    if sheet.has("snow"):
        flakes = []
        for _ in range(int(240 * sheet.width * sheet.height / unit**2)):
            r = unit * (0.0016 + 0.006 * rng.random() ** 4)
            flakes.append(ellipse(rng.uniform(0, sheet.width), rng.uniform(0, sheet.height), r, r, steps=10))
        fill_all(picture, flakes, mix(sheet.ramp[5], np.full(3, 255, np.float32), 0.5), 0.86)


def garnish(sheet: Sheet, picture: Array, horizon: float, light: Point) -> None:
    """Birds and balloons where the prompt names them."""
    if sheet.has("birds"):
        birds(sheet, picture, light[0] * 0.6 + sheet.width * 0.2, max(sheet.unit * 0.1, light[1] * 0.95), 8)
    if sheet.has("balloon"):
        rng, count = sheet.rng, sheet.plan.count or 3
        for k in range(min(count, 9)):
            x = sheet.width * (sheet.plan.focus if k == 0 else rng.uniform(0.1, 0.9))
            size = sheet.unit * (0.095 if k == 0 else rng.uniform(0.025, 0.055)) * sheet.plan.scale
            balloon(sheet, picture, x, horizon * (0.42 if k == 0 else rng.uniform(0.2, 0.75)), size, k)


def mirror(sheet: Sheet, picture: Array, shore: float) -> None:
    """Still water below `shore`: the scene upside down, broken by ripples, darker towards the viewer."""
    top = int(shore)
    rows = sheet.height - top
    if rows < 4:
        return
    ripple = line(rows, max(6, rows / sheet.unit * 60), 3, sheet.rng) - 0.5
    depth = np.arange(rows) / rows
    source = np.clip(top - 1 - np.arange(rows) * 0.9 + ripple * depth * sheet.unit * 0.1, 0, top - 1).astype(int)
    water = picture[source] * 0.86
    water += (mix(sheet.ramp[1], sheet.ramp[2], 0.5) - water) * (0.22 + 0.3 * depth).astype(np.float32)[:, None, None]
    glint = smooth(blur(fbm(sheet.width, rows, 40, 2, sheet.rng), 1) * 0.5 + ripple[:, None] * 0.6, 0.5, 0.62)
    blend(water, sheet.ramp[5], glint * 0.16)
    picture[top:] = water
    blend(picture, sheet.ramp[5], np.exp(-(((sheet.ys - top) / (sheet.unit * 0.002)) ** 2)) * np.float32(0.35))
