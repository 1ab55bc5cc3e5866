"""Mountains, hills, deserts and meadows."""

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
from gpt_image_ui.providers.sketching.texture import fbm, line


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
    snowfield = sheet.has("snow") and not lake
    for k in range(count):
        t = k / (count - 1)
        near = t**1.1
        base = horizon + (floor - horizon) * near
        steep = min(h, unit * 1.25) * (0.30 if not sheet.has("hills") else 0.14) * sheet.plan.scale * (1 - 0.45 * t)
        cells = max(2.0, (2 + 3 * (1 - t) + rng.random() * 2) * max(1.0, w / h) / (1.0 + 0.3 * sheet.plan.scale))
        rough = line(w, cells, 7 if not sheet.has("hills") else 3, rng, 0.5 if not sheet.has("hills") else 0.35)
        swell = np.exp(-(((np.arange(w) / w - sheet.plan.focus) / 0.3) ** 2)) if k == 1 else 0
        edge = base - (rough - 0.35) * steep - swell * steep * 0.5
        if t > 0.55 and not sheet.has("bare") and not (snowfield and k == count - 1):
            edge = scenery.conifers(sheet, edge, 1.1 * t, unit * 0.05 * (0.5 + t) * sheet.plan.scale)
        edges.append(edge.astype(np.float32))
    for k, edge in enumerate(edges):
        until = int(edges[k + 1].max()) + 2 if k + 1 < count else h
        scenery.slope(
            sheet, picture[: max(1, until)], edge, k / (count - 1), snow=sheet.has("snow") and k < count * 0.5
        )
    if snowfield:
        _snowfield(sheet, picture, edges[-1])
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


def _snowfield(sheet: Sheet, picture: Array, edge: Array) -> None:
    """Untrodden snow in front, blue in its hollows."""
    ramp = sheet.ramp
    bright, hollow = (ramp[3], ramp[2]) if sheet.night else (mix(ramp[5], ramp[4], 0.1), mix(ramp[4], ramp[3], 0.5))
    top = max(0, int(edge.min()) - 1)
    depth = sheet.ys[top:] - edge[None, :]
    drift = fbm(sheet.width, sheet.height - top, 4, 3, sheet.rng)
    cover = np.clip(depth + 0.5, 0, 1)
    blend(picture[top:], bright, cover)
    blend(picture[top:], hollow, cover * smooth(drift + depth / sheet.unit, 0.35, 1.1) * 0.85)


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
        scenery.slope(sheet, picture, edge.astype(np.float32), t, snow=False)
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
