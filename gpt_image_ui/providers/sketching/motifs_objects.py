"""Things on a table, balls in a studio light."""

import math

import numpy as np

from gpt_image_ui.providers.sketching.canvas import (
    Array,
    Point,
    Sheet,
    blend,
    brighten,
    colour,
    curve,
    cut_out,
    ellipse,
    fill,
    mix,
    smooth,
    stroke,
)
from gpt_image_ui.providers.sketching.texture import speckle

# Half-widths from foot to lip, along the height.
VESSELS = {
    "bottle": (0.62, 0.66, 0.68, 0.66, 0.6, 0.3, 0.2, 0.2, 0.24),
    "vase": (0.5, 0.9, 1, 0.9, 0.55, 0.32, 0.3, 0.44),
    "jug": (0.7, 0.85, 0.98, 1, 0.85, 0.52, 0.46, 0.56),
    "bowl": (0.42, 0.5, 0.85, 1.05, 1.18, 1.25, 1.28),
    "cup": (0.6, 0.78, 0.86, 0.9, 0.92, 0.95),
    "urn": (0.34, 0.4, 0.66, 0.94, 1, 0.92, 0.55, 0.5, 0.62),
}

# Outlines of fruit around their middle, in units of their radius.
PEAR = curve([(0, -1.7), (0.36, -1.1), (0.95, 0.1), (0.6, 0.88), (0, 0.98), (-0.6, 0.88), (-0.95, 0.1), (-0.36, -1.1)])
LEMON = curve([(-1.35, 0.1), (-0.95, -0.5), (0, -0.86), (0.95, -0.45), (1.35, 0), (0.95, 0.55), (0, 0.9), (-0.95, 0.6)])


def still_life(sheet: Sheet) -> Array:
    """Vessels and fruit on a table, stippled like a silkscreen."""
    w, h, ramp, rng = sheet.width, sheet.height, sheet.ramp, sheet.rng
    table = h * float(np.clip(0.66 + 0.1 * (sheet.plan.room == "top"), 0.6, 0.78))
    picture = sheet.filled(mix(ramp[4], ramp[5], 0.35) if not sheet.night else mix(ramp[1], ramp[2], 0.2))
    wall = np.clip((sheet.xs - w * 0.1) / w + (sheet.ys / h) * 0.5, 0, 1)
    blend(picture, ramp[3] if not sheet.night else ramp[0], smooth(wall, 0.2, 1.5) * 0.9)
    if not sheet.plan.sparse:
        _niche(sheet, picture, table)
    blend(
        picture,
        mix(ramp[2], ramp[1], 0.2 if not sheet.night else 0.9),
        np.broadcast_to(np.clip(sheet.ys - table, 0, 1), (h, w)),
    )
    grain = speckle(w, h, rng)
    named = [kind for kind in VESSELS if sheet.has(kind)]
    count = sheet.plan.count if sheet.plan.count and named else None
    if sheet.has("fruit") and not named:
        kinds: list[str] = [] if sheet.plan.count else ["bowl"]
    else:
        spare = [str(kind) for kind in rng.permutation(list(VESSELS))]
        kinds = [*named, *[k for k in spare if k not in named]][: count or (1 if sheet.plan.sparse else 3)]
        if count:
            kinds = [named[i % len(named)] for i in range(min(count, 7))]
    _arrange(sheet, picture, grain, table, kinds)
    return picture


def _niche(sheet: Sheet, picture: Array, table: float) -> None:
    w, unit, rng = sheet.width, sheet.unit, sheet.rng
    x, half = w * rng.uniform(0.58, 0.72), unit * rng.uniform(0.18, 0.24)
    spring = table - unit * rng.uniform(0.26, 0.4)
    arch = np.where(
        sheet.ys < spring,
        np.clip(half - np.hypot(sheet.xs - x, sheet.ys - spring), 0, 1),
        np.clip(half - np.abs(sheet.xs - x), 0, 1),
    )
    if rng.random() < 0.3:
        arch = np.clip(half - np.hypot(sheet.xs - x, sheet.ys - spring), 0, 1)
    blend(
        picture,
        mix(sheet.spot, sheet.ramp[4] if not sheet.night else sheet.ramp[1], 0.3),
        arch * (sheet.ys < table + 1) * 0.95,
    )


def _arrange(sheet: Sheet, picture: Array, grain: Array, table: float, kinds: list[str]) -> None:
    w, h, ramp, unit, rng = sheet.width, sheet.height, sheet.ramp, sheet.unit, sheet.rng
    size = {1: 1.25, 2: 1.1}.get(len(kinds), 1.0 if len(kinds) < 5 else 0.75) * sheet.plan.scale
    gap = min(unit * 0.3 * size, w * 0.86 / max(1, len(kinds)))
    room = min(h - table, unit * 0.34)
    tints = [
        (ramp[1], ramp[0]),
        (mix(ramp[5], ramp[4], 0.3), ramp[2]),
        (ramp[3], ramp[1]),
        (sheet.spot, mix(sheet.spot, ramp[0], 0.7)),
        (ramp[2], ramp[0]),
    ]
    if sheet.night:
        tints = [(ramp[3], ramp[0]), (mix(ramp[4], ramp[3], 0.4), ramp[1]), *tints[2:]]
    first = int(rng.integers(0, len(tints)))
    middle = _within(w * sheet.plan.focus, len(kinds) * gap / 2, w)
    for k, kind in enumerate(kinds):
        x = middle + (k - (len(kinds) - 1) / 2) * gap + rng.normal(0, gap * 0.05)
        foot = table + room * rng.uniform(0.28, 0.56)
        tall = (
            unit
            * size
            * {"bottle": 0.5, "vase": 0.36, "jug": 0.32, "bowl": 0.15, "cup": 0.17, "urn": 0.4}[kind]
            * rng.uniform(0.88, 1.12)
        )
        tall = min(tall, (foot - h * 0.06) * (0.72 if sheet.plan.room == "top" else 1))
        half = unit * size * (0.17 if kind == "bowl" else 0.1 if kind == "cup" else 0.125) * rng.uniform(0.9, 1.1)
        if kind == "vase" and sheet.has("flower", "branch"):
            _sprays(sheet, picture, x, foot - tall * 0.98, unit * 0.3 * size)
        if kind == "bowl" and sheet.has("fruit"):
            for dx in (-0.55, 0.05, 0.6):
                _solid(
                    sheet,
                    picture,
                    grain,
                    ellipse(x + half * dx, foot - tall * 1.12, half * 0.44, half * 0.42),
                    sheet.spot,
                    mix(sheet.spot, ramp[0], 0.72),
                    table,
                    False,
                )
        rgb, dark = tints[(k + first) % len(tints)]
        _solid(sheet, picture, grain, _vessel(x, foot, tall, half, VESSELS[kind]), rgb, dark, table)
        if kind in ("jug", "cup"):
            ring = [
                (x + half * (0.85 + 0.5 * math.sin(a)), foot - tall * (0.58 - 0.26 * math.cos(a)))
                for a in np.linspace(0.1, 3.0, 16)
            ]
            fill(picture, stroke(ring, half * 0.14), dark)
    fruit = 0 if sheet.plan.sparse and kinds and not sheet.has("fruit") else (sheet.plan.count or 3) if not kinds else 3
    fruit = min(fruit, 9)
    size = min(unit * 0.054 * sheet.plan.scale * (1.7 if not kinds else 1), w * 0.36 / max(1, fruit))
    middle = _within(w * sheet.plan.focus + size * (0.9 if kinds else 0), fruit * size * 1.3, w)
    for k in range(fruit):
        r = size * rng.uniform(0.87, 1.13)
        x = middle + (k - (fruit - 1) / 2) * size * 2.5 + rng.normal(0, size * 0.25)
        _fruit(sheet, picture, grain, x, min(h - r, table + room * rng.uniform(0.66, 0.9)) - r, r, table)


def _within(middle: float, half: float, width: int) -> float:
    """The middle of a row of things, moved so that the whole row is in the picture."""
    return width / 2 if half * 2 > width else float(np.clip(middle, half, width - half))


def _fruit(sheet: Sheet, picture: Array, grain: Array, x: float, y: float, r: float, table: float) -> None:
    ramp = sheet.ramp
    outline = ellipse(x, y, r, r * 0.94)
    if sheet.has("pear"):
        outline = [(x + px * r, y + py * r) for px, py in PEAR]
    elif sheet.has("lemon"):
        outline = [(x + px * r, y + py * r) for px, py in LEMON]
    _solid(sheet, picture, grain, outline, sheet.spot, mix(sheet.spot, ramp[0], 0.72), table)
    top = min(p[1] for p in outline)
    if not sheet.has("lemon"):
        fill(picture, stroke([(x, top + r * 0.12), (x + r * 0.1, top - r * 0.3)], r * 0.11), ramp[0])
        leaf = curve(
            [
                (x + r * 0.08, top - r * 0.12),
                (x + r * 0.42, top - r * 0.42),
                (x + r * 0.82, top - r * 0.32),
                (x + r * 0.46, top - r * 0.08),
            ],
            6,
        )
        fill(picture, leaf, mix(ramp[1], ramp[2], 0.4))


def _sprays(sheet: Sheet, picture: Array, x: float, y: float, reach: float) -> None:
    rng, ramp = sheet.rng, sheet.ramp
    for angle in np.linspace(-2.35, -0.8, 7) + rng.normal(0, 0.08, 7):
        size = reach * rng.uniform(0.7, 1.1)
        tip = (x + math.cos(angle) * size, y + math.sin(angle) * size)
        fill(
            picture,
            stroke([(x, y), ((x + tip[0]) / 2, (y + tip[1]) / 2 - size * 0.08), tip], reach * 0.02, 0.6),
            mix(ramp[1], ramp[2], 0.5),
        )
        for k in range(9):
            a, r = k * 2.4, reach * 0.055 * (1 - k * 0.05)
            at = (tip[0] + math.cos(a) * r * 1.3, tip[1] + math.sin(a) * r * 1.1)
            fill(picture, ellipse(*at, r, r * 0.8, a, 12), [sheet.spot, ramp[4], mix(sheet.spot, ramp[5], 0.4)][k % 3])


def _vessel(x: float, foot: float, tall: float, half: float, profile: tuple[float, ...]) -> list[Point]:
    t = np.linspace(0, 1, 60)
    radius = np.interp(t, np.linspace(0, 1, len(profile)), profile)
    radius = np.convolve(np.pad(radius, 3, "edge"), np.ones(7) / 7, "valid") * half
    ys = foot - t * tall
    # The foot is slightly rounded so that it sits on the table rather than being cut off.
    sole = [(x + float(radius[0]) * math.cos(a), foot + half * 0.1 * math.sin(a)) for a in np.linspace(0, math.pi, 12)]
    left = [(x - float(r), float(y)) for r, y in zip(radius, ys, strict=True)]
    return left + [(x + float(r), float(y)) for r, y in zip(radius[::-1], ys[::-1], strict=True)] + sole


def _solid(
    sheet: Sheet,
    picture: Array,
    grain: Array,
    outline: list[Point],
    rgb: Array,
    dark: Array,
    table: float,
    shadow: bool = True,
) -> None:
    xs, ys = [p[0] for p in outline], [p[1] for p in outline]
    x0, x1, y1 = min(xs), max(xs), max(ys)
    if shadow:
        wide, flat = (x1 - x0) * 0.95, (x1 - x0) * 0.13
        top, left = max(0, int(y1 - flat * 1.4)), max(0, int((x0 + x1) / 2 - wide))
        area = np.s_[top : int(y1 + flat * 1.2), left : int((x0 + x1) / 2 + wide * 1.5)]
        far = np.hypot(
            (sheet.xs[:, area[1]] - (x0 + x1) / 2 - wide * 0.32) / wide, (sheet.ys[area[0]] - y1 + flat * 0.2) / flat
        )
        blend(picture[area], sheet.ramp[0], np.sqrt(np.clip(1 - far, 0, 1)) * 0.5 * (sheet.ys[area[0]] > table))
    found = cut_out(picture, [outline])
    if found is None:
        return
    box, mask = found
    u, noise, area = (sheet.xs[:, box[1]] - x0) / (x1 - x0), grain[box], picture[box]
    blend(area, rgb, mask)
    blend(area, dark, mask * (noise < smooth(u, 0.35, 1.1) * 0.95) * 0.85)
    blend(area, sheet.ramp[5], mask * (noise < (1 - smooth(np.abs(u - 0.2), 0, 0.16)) * 0.5))


def spheres(sheet: Sheet) -> Array:
    """Balls on a curved backdrop, one light from the left, soft shadows."""
    w, h, ramp, unit = sheet.width, sheet.height, sheet.ramp, sheet.unit
    middle = h * (0.56 if sheet.plan.room != "top" else 0.68)
    px, py = (sheet.xs - w / 2) / unit, (sheet.ys - middle) / unit
    light = np.clip(0.86 - (py + 0.45) * 0.62 - np.abs(px) * 0.22 * min(1.0, h / w * 1.4), 0, 1)
    picture = colour(ramp[3:] if not sheet.night else ramp[:4], light)
    blend(
        picture,
        mix(ramp[3], ramp[4], 0.6) if not sheet.night else ramp[1],
        np.broadcast_to(smooth(py, 0.02, 0.34) * 0.75, (h, w)),
    )
    balls = _scatter(sheet)
    shadow = ramp[0]
    for x, z, r in balls:
        floor = 0.30 - z * 0.42
        box = np.s_[max(0, int(middle + (floor - r) * unit)) : int(middle + (floor + r) * unit) + 1]
        if box.start >= h:
            continue
        far = np.hypot((px - x - r * 0.62) / (r * 1.75), (py[box] - floor) / (r * 0.36))
        blend(picture[box], shadow, np.clip(1 - far, 0, 1) * 0.6)
        blend(
            picture[box],
            shadow,
            np.clip(1 - np.hypot((px - x) / (r * 0.8), (py[box] - floor) / (r * 0.16)), 0, 1) * 0.55,
        )
    tints = [
        sheet.spot,
        ramp[1],
        ramp[2],
        mix(ramp[5], ramp[4], 0.2),
        mix(sheet.spot, ramp[3], 0.5),
        ramp[3],
        ramp[0],
        ramp[4],
    ]
    for k, (x, z, r) in enumerate(balls):
        _ball(
            sheet,
            picture,
            (x * unit + w / 2, (0.30 - z * 0.42 - r * 0.96) * unit + middle, r * unit),
            tints[k % len(tints)],
            striped=k % 3 == 1,
        )
    return picture


def _scatter(sheet: Sheet) -> list[tuple[float, float, float]]:
    rng, balls = sheet.rng, []
    wanted = sheet.plan.count or (3 if sheet.plan.sparse else 8)
    half = sheet.width / sheet.unit * 0.5
    pull = (sheet.plan.focus - 0.5) * half
    for _ in range(600):
        r = float(rng.choice([0.2, 0.13, 0.1, 0.07, 0.05])) * min(1.35, sheet.plan.scale)
        span = max(0.02, min(half, 0.85) - r - 0.04)
        x, z = float(np.clip(rng.uniform(-span, span) + pull, -half + r, half - r)), rng.uniform(-0.1, 0.42)
        if all(math.hypot(x - b[0], z - b[1]) > (r + b[2]) * 1.04 for b in balls):
            balls.append((x, z, r))
        if len(balls) >= min(wanted, 14):
            break
    return sorted(balls, key=lambda ball: -ball[1])


def _ball(sheet: Sheet, picture: Array, where: tuple[float, float, float], base: Array, striped: bool = False) -> None:
    (cx, cy, radius), ramp = where, sheet.ramp
    x0, x1 = int(max(0, cx - radius - 2)), int(min(sheet.width, cx + radius + 3))
    y0, y1 = int(max(0, cy - radius - 2)), int(min(sheet.height, cy + radius + 3))
    if x1 <= x0 or y1 <= y0:
        return
    nx, ny = (sheet.xs[:, x0:x1] - cx) / radius, (sheet.ys[y0:y1] - cy) / radius
    out = nx * nx + ny * ny
    nz = np.sqrt(np.clip(1 - out, 0, 1))
    lx, ly, lz = -0.552, -0.723, -0.421
    lit = np.clip(nx * lx + ny * ly - nz * lz, 0, 1) ** 0.85
    gloss = np.clip(nx * lx * 0.9 + ny * ly * 0.9 - nz * lz * 1.1, 0, 1) ** 60
    dark, bright = mix(base, ramp[0], 0.62), mix(base, ramp[5], 0.12)
    rgb = dark + (bright - dark) * lit[..., None]
    if striped:
        band = np.clip(np.sin((ny * 0.9 + nx * 0.35) * 16) * 6, 0, 1)[..., None] * np.float32(0.85)
        rgb = rgb * (1 - band) + ramp[5] * (0.35 + 0.65 * lit[..., None]) * band
    blend(rgb, ramp[4], (1 - nz) ** 3 * 0.35 * smooth(ny, -0.2, 1))
    brighten(rgb, 200 * gloss)
    cover = np.clip((1 - np.sqrt(out)) * radius + 0.5, 0, 1)[..., None]
    picture[y0:y1, x0:x1] += (rgb - picture[y0:y1, x0:x1]) * cover
