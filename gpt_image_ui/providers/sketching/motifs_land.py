"""Mountains, hills, deserts, forests, meadows and single trees."""

import math

import numpy as np

from gpt_image_ui.providers.sketching import scenery
from gpt_image_ui.providers.sketching.canvas import (
    Array,
    Sheet,
    blend,
    brighten,
    dim,
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


def ridges(sheet: Sheet) -> Array:
    """Ranges in haze, firs on the near slopes; a lake in front when the prompt has one."""
    w, h, rng, unit = sheet.width, sheet.height, sheet.rng, sheet.unit
    lake = sheet.has("lake", "boat")
    horizon = h * sheet.plan.horizon * (0.92 if lake else 1)
    floor = min(h * 0.97, horizon + h * 0.3) if lake else h * 0.97
    picture = scenery.sky(sheet, horizon)
    light = scenery.place_light(sheet, horizon * 0.8)
    if sheet.night:
        scenery.stars(sheet, picture, horizon, 1.6 if sheet.has("stars") else 0.8)
    if sheet.has("clouds"):
        scenery.clouds(sheet, picture, horizon, 0.6)
    scenery.sun_or_moon(sheet, picture, *light)
    count = 4 if sheet.plan.sparse else 7
    edges = []
    for k in range(count):
        t = k / (count - 1)
        near = t**1.1
        base = horizon + (floor - horizon) * near
        steep = min(h, unit * 1.25) * (0.30 if not sheet.has("hills") else 0.14) * sheet.plan.scale * (1 - 0.45 * t)
        cells = max(2.0, (2 + 3 * (1 - t) + rng.random() * 2) * max(1.0, w / h) / (1.0 + 0.3 * sheet.plan.scale))
        rough = line(w, cells, 7 if not sheet.has("hills") else 3, rng, 0.5 if not sheet.has("hills") else 0.35)
        swell = np.exp(-(((np.arange(w) / w - sheet.plan.focus) / 0.3) ** 2)) if k == 1 else 0
        edge = base - (rough - 0.35) * steep - swell * steep * 0.5
        if t > 0.55 and not sheet.has("bare"):
            edge = scenery.conifers(sheet, edge, 1.1 * t, unit * 0.05 * (0.5 + t) * sheet.plan.scale)
        edges.append(edge.astype(np.float32))
    for k, edge in enumerate(edges):
        until = int(edges[k + 1].max()) + 2 if k + 1 < count else h
        _slope(sheet, picture[: max(1, until)], edge, k / (count - 1), snow=sheet.has("snow") and k < count * 0.5)
    if lake:
        scenery.mirror(sheet, picture, horizon + (floor - horizon) * 0.45)
    if sheet.has("boat"):
        scenery.boat(
            sheet, picture, w * sheet.plan.focus, floor - (floor - horizon) * 0.2, unit * 0.06 * sheet.plan.scale
        )
    if sheet.has("house"):
        x = w * sheet.plan.focus
        foot = min(h * 0.95, float(edges[-1][int(x)]) + unit * 0.055)
        scenery.house(sheet, picture, x, foot, unit * 0.075 * sheet.plan.scale)
    scenery.garnish(sheet, picture, horizon, light)
    scenery.weather(sheet, picture)
    return picture


def _slope(sheet: Sheet, picture: Array, edge: Array, t: float, snow: bool) -> None:
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
    rgb = np.empty((*haze.shape, 3), np.float32)
    for channel in range(3):
        rgb[..., channel] = body[channel] + (veil[channel] - body[channel]) * haze
    if snow:
        span = float(edge.max() - edge.min()) + 1
        high = np.clip((float(np.quantile(edge, 0.7)) - edge) / span, 0, 1) ** 0.7
        ragged = 0.35 + 0.9 * line(len(edge), 70, 3, sheet.rng)
        white = smooth((high * ragged)[None, :] * np.float32(span * 0.42) - depth, 0, 2.5)
        lit = 0.62 + 0.38 * np.sign(np.gradient(blur(np.broadcast_to(edge, (8, len(edge))), 3)[0]))[None, :]
        blend(rgb, ramp[3] if sheet.night else ramp[5], white * lit * (0.95 - 0.5 * t))
    blend(over, rgb, np.clip(depth + 0.5, 0, 1))


def mist_peaks(sheet: Sheet) -> Array:
    """Brush-and-ink peaks that dissolve downwards into mist."""
    w, h, rng, ramp, unit = sheet.width, sheet.height, sheet.rng, sheet.ramp, sheet.unit
    paper = mix(ramp[1], ramp[0], 0.4) if sheet.night else ramp[5]
    picture = sheet.filled(paper)
    brighten(picture, -(fbm(w, h, 3, 4, rng) * 14))
    light = scenery.place_light(sheet, h * 0.32)
    blend(picture, ramp[5] if sheet.night else sheet.spot, disc(sheet, *light, unit * 0.065) * 0.9)
    grain = fbm(w, h, 26, 4, rng, 0.6)
    count = 3 if sheet.plan.sparse else 5
    start = 0.62 if sheet.plan.room == "top" or sheet.plan.sparse else 0.48
    for k in range(count):
        t = k / (count - 1)
        peak = line(w, max(2.0, (2.5 + k * 1.2) * max(0.8, w / h)), 7, rng, 0.5)
        edge = h * (start + (0.95 - start) * t) - peak**1.5 * min(h, unit * 1.4) * (0.5 - 0.1 * t)
        depth = (sheet.ys - edge[None, :].astype(np.float32)) * np.float32(1 / (min(h, unit * 1.4) * (0.34 - 0.08 * t)))
        wash = np.clip(1 - depth, 0, 1) ** 1.4 * (0.55 + 0.65 * grain)
        rim = np.exp(np.maximum(depth, 0) * -26) * 0.45
        alpha = np.clip(wash * (0.28 + 0.62 * t) + rim * (0.3 + 0.5 * t), 0, 0.97)
        tone = mix(ramp[2], ramp[4], t * 0.5) if sheet.night else mix(ramp[2], ramp[0], t)
        blend(picture, tone, alpha * (depth > 0))
    scenery.birds(sheet, picture, light[0], light[1] + unit * 0.12)
    if sheet.has("boat", "lake"):
        scenery.boat(sheet, picture, w * sheet.plan.focus, h * 0.93, unit * 0.05)
    scenery.weather(sheet, picture)
    return picture


def desert(sheet: Sheet) -> Array:
    """Dunes with one sharp lit edge each, ripples on the near sand."""
    w, h, rng, ramp, unit = sheet.width, sheet.height, sheet.rng, sheet.ramp, sheet.unit
    horizon = h * sheet.plan.horizon
    picture = scenery.sky(sheet, horizon)
    light = scenery.place_light(sheet, horizon * 0.9)
    if sheet.night:
        scenery.stars(sheet, picture, horizon, 1.4)
    scenery.sun_or_moon(sheet, picture, *light, 0.09)
    side = 1 if light[0] > w / 2 else -1
    count = 3 if sheet.plan.sparse else 5
    columns = np.arange(w, dtype=np.float32)
    for k in range(count):
        t = k / (count - 1)
        base = horizon + (h * 0.86 - horizon) * t
        crest = line(w, 1.6 * max(1, w / h) + (1 - t) * 3, 2, rng, 0.35)
        edge = (base - (crest - 0.3) * unit * (0.16 + 0.2 * t)).astype(np.float32)
        depth = sheet.ys - edge[None, :]
        cover = np.clip(depth + 0.5, 0, 1)
        lit, dark = _sand(sheet, t)
        peak = int(np.argmin(edge[w // 6 : -w // 6])) + w // 6
        wander = np.sin(np.maximum(depth, 0) / (unit * 0.085) + k) * unit * 0.03 + depth * np.float32(
            0.7 * (0.5 - rng.random())
        )
        shadow = smooth((columns[None, :] - peak - wander) * -side, -unit * 0.006, unit * 0.006)
        shadow = shadow * np.exp(np.maximum(depth, 0) * np.float32(-1.6 / (unit * (0.2 + 0.25 * t))))
        ripples = np.sin(depth / (unit * 0.0085) + np.sin(columns / (unit * 0.11) + k)[None, :] * 2.4) * 0.5 + 0.5
        blend(picture, lit, cover)
        blend(
            picture, mix(lit, ramp[5], 0.4), cover * np.exp(np.maximum(depth, 0) * np.float32(-1 / (unit * 0.05))) * 0.5
        )
        blend(picture, dark, cover * np.clip(shadow * 0.85 + ripples * 0.16 * t, 0, 1))
    if sheet.has("cactus"):
        for k in range(sheet.plan.count or 2):
            x = w * (sheet.plan.focus if k == 0 else rng.uniform(0.08, 0.92))
            _cactus(sheet, picture, x, h * (0.93 - 0.05 * k), unit * (0.28 if k == 0 else 0.13) * sheet.plan.scale)
    scenery.garnish(sheet, picture, horizon, light)
    scenery.weather(sheet, picture)
    return picture


def _sand(sheet: Sheet, t: float) -> tuple[Array, Array]:
    ramp = sheet.ramp
    if sheet.night:
        return mix(ramp[2], ramp[1], t * 0.6), mix(ramp[1], ramp[0], 0.3 + t * 0.6)
    return mix(mix(ramp[4], ramp[3], 0.4), ramp[3], t), mix(ramp[3], ramp[1], 0.35 + 0.4 * t)


def _cactus(sheet: Sheet, picture: Array, x: float, y: float, tall: float) -> None:
    green, s = mix(sheet.ramp[0], sheet.ramp[1], 0.4), tall
    fill(picture, stroke([(x, y), (x, y - s * 0.5), (x, y - s)], s * 0.15, 0.9), green)
    fill(picture, ellipse(x, y - s, s * 0.07, s * 0.07), green)
    for side, low, high in ((-1, 0.42, 0.78), (1, 0.3, 0.66)):
        arm = [(x, y - s * low), (x + side * s * 0.2, y - s * low), (x + side * s * 0.26, y - s * (low + 0.08))]
        fill(picture, stroke([*arm, (x + side * s * 0.26, y - s * high)], s * 0.1, 0.95), green)
        fill(picture, ellipse(x + side * s * 0.26, y - s * high, s * 0.048, s * 0.048), green)


def forest(sheet: Sheet) -> Array:
    """Trunks one behind the other, light between them."""
    w, h, rng, ramp, unit = sheet.width, sheet.height, sheet.rng, sheet.ramp, sheet.unit
    far = mix(ramp[2], ramp[1], 0.3) if sheet.night else mix(ramp[5], ramp[4], 0.35)
    picture = sheet.graded([mix(far, ramp[3], 0.3), far, mix(far, ramp[3], 0.55)])
    lx, ly = w * (1 - sheet.plan.focus), h * 0.4
    glow = np.exp(np.hypot(sheet.xs - lx, (sheet.ys - ly) * 0.7) * np.float32(-1 / (unit * 0.34)))
    blend(picture, mix(ramp[5], sheet.spot, 0.25), glow * (0.5 if sheet.night else 0.95))
    if sheet.night or sheet.has("moon"):
        blend(picture, ramp[5], disc(sheet, lx, h * 0.26, unit * 0.06))
    count = 4 if sheet.plan.sparse else 5
    leafy = not sheet.has("snow", "bare", "birch") and (sheet.has("autumn") or rng.random() < 0.6)
    for k in range(count):
        t = (k + 0.5) / count
        tone = mix(far, mix(ramp[0], ramp[1], 0.1), t**0.8)
        ground = h * (0.66 + 0.3 * t) + (line(w, 5, 4, rng) - 0.5).astype(np.float32) * unit * 0.06
        blend(picture, tone, np.clip(sheet.ys - ground[None, :], 0, 1))
        _trunks(sheet, picture, t, ground, tone)
        if leafy:
            _foliage(sheet, picture, t, tone)
        if k < count - 1:
            veil = np.exp(-(((sheet.ys - ground.mean()) / (unit * 0.16)) ** 2)) * np.float32(0.42 * (1 - t))
            blend(picture, mix(far, ramp[5], 0.2), veil)
    scenery.weather(sheet, picture)
    return picture


def _trunks(sheet: Sheet, picture: Array, t: float, ground: Array, tone: Array) -> None:
    w, rng, unit = sheet.width, sheet.rng, sheet.unit
    shapes, marks = [], []
    thick = unit * (0.008 + 0.05 * t**2.2) * sheet.plan.scale
    for _ in range(max(3, int((17 - 12 * t) * w / unit))):
        x = rng.uniform(-0.02, 1.02) * w
        foot = float(ground[min(w - 1, max(0, int(x)))]) + thick * 0.5
        lean = rng.normal(0, unit * 0.02)
        wide = thick * rng.uniform(0.7, 1.3)
        spine = [(x, foot), (x + lean * 0.3, foot * 0.55), (x + lean, -unit * 0.02)]
        shapes.append(stroke(spine, wide * 1.25, 0.62))
        for _ in range(3):
            y, side, reach = (
                foot * rng.uniform(0.05, 0.6),
                rng.choice([-1, 1]),
                unit * rng.uniform(0.05, 0.16) * (0.4 + t),
            )
            twig = [
                (x, y),
                (x + side * reach * 0.5, y - reach * 0.3),
                (x + side * reach, y - reach * rng.uniform(0.5, 0.9)),
            ]
            shapes.append(stroke(twig, wide * 0.32, 0.2))
        if sheet.has("birch"):
            for y in rng.uniform(0, foot, 16):
                marks.append(ellipse(x + lean * 0.4 + rng.normal(0, wide * 0.2), y, wide * 0.3, wide * 0.07, steps=10))
    bark = mix(sheet.ramp[5], tone, 0.3 * (1 - t)) if sheet.has("birch") else tone
    fill_all(picture, shapes, bark)
    if marks:
        fill_all(picture, marks, sheet.ramp[0], 0.75 * t)


def _foliage(sheet: Sheet, picture: Array, t: float, tone: Array) -> None:
    """Leaves hanging in from above, those of nearer trees larger and fewer."""
    w, h, rng, ramp, unit = sheet.width, sheet.height, sheet.rng, sheet.ramp, sheet.unit
    tints = [ramp[2], ramp[3], mix(ramp[3], sheet.spot, 0.6), sheet.spot]
    for tint in tints[int(rng.integers(0, 2)) :]:
        leaves = []
        for _ in range(int(26 * w / unit)):
            cx, cy = rng.uniform(0, w), abs(rng.normal(0, 0.15)) * h
            for _ in range(3):
                x, y, r = cx + rng.normal(0, unit * 0.03), cy + rng.normal(0, unit * 0.02), unit * (0.008 + 0.016 * t)
                leaves.append(ellipse(x, y, r, r * 0.6, rng.uniform(0, 3.1), 8))
        fill_all(picture, leaves, mix(tone, tint, 0.4 + 0.4 * t), 0.9)


def lone_tree(sheet: Sheet) -> Array:
    """One tree on a rise, branched by a simple rule, its crown dabbed in leaf by leaf."""
    w, h, rng, ramp, unit = sheet.width, sheet.height, sheet.rng, sheet.ramp, sheet.unit
    horizon = h * min(0.82, sheet.plan.horizon + 0.18)
    picture = scenery.sky(sheet, horizon)
    light = scenery.place_light(sheet, horizon * 0.8)
    if sheet.night:
        scenery.stars(sheet, picture, horizon)
    scenery.sun_or_moon(sheet, picture, *light, 0.1)
    x = w * sheet.plan.focus
    for k, t in enumerate((0.35, 0.85)):
        rise = np.exp(-(((np.arange(w) - x) / (unit * 0.6)) ** 2)) * unit * 0.07 * k
        edge = horizon + k * unit * 0.07 - rise - line(w, 3, 3, rng) * unit * 0.05
        _slope(sheet, picture, edge.astype(np.float32), t, snow=False)
    base = float(edge[min(w - 1, int(x))]) + unit * 0.02
    tall = min(h * 0.5, unit * 0.62) * min(1.25, sheet.plan.scale)
    wood, tips = _branches(sheet, x, base, tall)
    bark = ramp[0] * 0.7 if sheet.night else ramp[0]
    fill_all(picture, wood, bark)
    if not sheet.has("bare"):
        leaf_tints = [mix(ramp[2], ramp[1], 0.4), ramp[2], mix(ramp[3], sheet.spot, 0.35), sheet.spot]
        if sheet.has("blossom"):
            leaf_tints = [ramp[3], mix(sheet.spot, ramp[4], 0.4), mix(ramp[4], sheet.spot, 0.2), ramp[5]]
        for k, tint in enumerate(leaf_tints):
            dabs = []
            for tx, ty in tips:
                for _ in range(3):
                    r = unit * rng.uniform(0.006, 0.013)
                    shift = unit * 0.032
                    dabs.append(
                        ellipse(
                            tx + rng.normal(0, shift),
                            ty + rng.normal(0, shift) - k * r * 0.8,
                            r,
                            r * 0.72,
                            rng.uniform(0, 3),
                            9,
                        )
                    )
            fill_all(picture, dabs, tint, 0.92)
    scenery.garnish(sheet, picture, horizon, light)
    scenery.weather(sheet, picture)
    return picture


def _branches(sheet: Sheet, x: float, y: float, tall: float) -> tuple[list, list]:
    rng, wood, tips = sheet.rng, [], []

    def grow(px: float, py: float, angle: float, length: float, thick: float, depth: int) -> None:
        bend = rng.normal(0, 0.18)
        mid = (px + math.cos(angle + bend) * length * 0.5, py + math.sin(angle + bend) * length * 0.5)
        end = (px + math.cos(angle) * length, py + math.sin(angle) * length)
        wood.append(stroke([(px, py), mid, end], thick, 0.62))
        if depth <= 2:
            tips.append(end)
        if depth == 0:
            return
        for turn in (-0.5, 0.42) if rng.random() < 0.62 else (-0.62, 0.02, 0.58):
            grow(*end, angle + turn + rng.normal(0, 0.12), length * rng.uniform(0.68, 0.82), thick * 0.64, depth - 1)

    grow(x, y, -math.pi / 2 + rng.normal(0, 0.06), tall * 0.28, tall * 0.085, 5)
    return wood, tips


def meadow(sheet: Sheet) -> Array:
    """A field running to low hills, flowers growing larger towards the viewer."""
    w, h, rng, ramp, unit = sheet.width, sheet.height, sheet.rng, sheet.ramp, sheet.unit
    horizon = h * sheet.plan.horizon * 0.9
    picture = scenery.sky(sheet, horizon)
    light = scenery.place_light(sheet, horizon)
    if sheet.night:
        scenery.stars(sheet, picture, horizon)
    if sheet.has("clouds") or sheet.plan.light == "day":
        scenery.clouds(sheet, picture, horizon, 0.45)
    scenery.sun_or_moon(sheet, picture, *light)
    for t in (0.2, 0.45):
        edge = horizon - (line(w, 3 * max(1, w / h), 3, rng, 0.4) - 0.4) * unit * 0.14 + t * unit * 0.05
        _slope(sheet, picture, edge.astype(np.float32), t, snow=False)
    if sheet.has("house"):
        scenery.house(sheet, picture, w * sheet.plan.focus, horizon + unit * 0.06, unit * 0.055 * sheet.plan.scale)
    near, far = (
        (ramp[0], mix(ramp[1], ramp[2], 0.4))
        if sheet.night
        else (mix(ramp[1], ramp[0], 0.35), mix(ramp[3], ramp[2], 0.55))
    )
    ground = horizon + unit * 0.05
    deep = np.clip((sheet.ys - ground) / (h - ground), 0, 1)
    tone = far + (near - far) * deep[..., None] ** 0.7  # one column wide
    sway = fbm(w, h, 12, 4, rng) * 0.22 - 0.11
    below = int(ground)
    picture[below:] = tone[below:]
    dim(picture[below:], 1 + sway[below:])
    _flowers(sheet, picture, ground)
    scenery.garnish(sheet, picture, horizon, light)
    scenery.weather(sheet, picture)
    return picture


def _flowers(sheet: Sheet, picture: Array, ground: float) -> None:
    w, h, rng, ramp, unit = sheet.width, sheet.height, sheet.rng, sheet.ramp, sheet.unit
    tints = [sheet.spot, mix(sheet.spot, ramp[5], 0.35), mix(ramp[5], ramp[4], 0.3), mix(sheet.spot, ramp[3], 0.55)]
    rows = 13
    for k in range(rows):
        t = (k + 0.5) / rows
        y = ground + (h * 1.01 - ground) * t**1.5
        size = unit * (0.003 + 0.034 * t**1.9) * sheet.plan.scale
        stems, heads = [], [[], [], [], []]
        for _ in range(int(w / unit * (46 - 30 * t) * (0.4 if sheet.plan.sparse else 1))):
            x, foot = rng.uniform(0, w), y + rng.normal(0, size)
            tip = (x + rng.normal(0, size * 0.6), foot - size * rng.uniform(2.2, 4.2))
            stems.append(
                stroke(
                    [(x, foot), ((x + tip[0]) / 2 + rng.normal(0, size * 0.2), (foot + tip[1]) / 2), tip],
                    size * 0.16,
                    0.6,
                )
            )
            if rng.random() < 0.66:
                heads[int(rng.integers(0, 4))].append(_petals(rng, *tip, size))
        green = shade(ramp, 0.30 - 0.26 * t) if not sheet.night else mix(ramp[1], ramp[0], t)
        fill_all(picture, stems, green, 0.9)
        for tint, group in zip(tints, heads, strict=True):
            fill_all(
                picture, group, mix(tint, ramp[1], 0.25 * (1 - t)) if not sheet.night else mix(tint, ramp[0], 0.45)
            )
            if t > 0.45:
                eyes = [
                    ellipse(
                        sum(p[0] for p in o) / len(o), sum(p[1] for p in o) / len(o), size * 0.22, size * 0.17, steps=10
                    )
                    for o in group
                ]
                fill_all(picture, eyes, ramp[0])


def _petals(rng: np.random.Generator, x: float, y: float, size: float) -> list[tuple[float, float]]:
    lobes, turn, squash = int(rng.integers(4, 7)), rng.uniform(0, 6), rng.uniform(0.55, 0.95)
    out = []
    for a in np.linspace(0, 2 * math.pi, 28, endpoint=False):
        r = size * (0.78 + 0.26 * math.cos(a * lobes + turn))
        out.append((x + r * math.cos(a), y + r * squash * math.sin(a)))
    return out
