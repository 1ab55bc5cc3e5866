"""What a request costs before it is made, and what its pictures cost once they are there. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from gpt_image_ui.core import config, money
from gpt_image_ui.credits.caps import CreditSettings
from gpt_image_ui.providers.interface import ImageRequest, ModelSpec


@dataclass(frozen=True)
class Line:
    """One row of the breakdown, as in '2 pictures x 5'."""

    label: str
    credits: int


@dataclass(frozen=True)
class Quote:
    """The most a request may cost, in credits. `each` is the price of one picture; the lines add up to the total."""

    total: int
    each: int
    lines: tuple[Line, ...]


def quote(model: ModelSpec, request: ImageRequest) -> Quote:
    """Prices a request that generation/validate.py has let through."""
    each = _price_picture(model, request, request.width, request.height)
    reference = _credits(model.micros_per_reference)
    lines = [_line("picture", request.count, each)]
    if request.references and reference:
        lines.append(_line("reference", len(request.references), reference))
    return Quote(sum(line.credits for line in lines), each, tuple(lines))


def charge(
    model: ModelSpec | None,
    request: ImageRequest,
    delivered: Sequence[tuple[int, ...]],
    quoted: Mapping[str, Any] | None = None,
) -> int:
    """The price of what arrived, by the (width, height) of each picture and the (width, height, seconds) of each
    video, and of the references if anything arrived.

    `quoted` is the quote as the job keeps it: prices that rose since then do not count, and a model that is no longer
    offered (None) is charged by it alone. A picture larger than asked costs no more, nor does one more than asked.
    """
    if not delivered:
        return 0
    if quoted is None:
        assert model is not None, "a price comes from a model or from a quote"
        quoted = asdict(quote(model, request))
    each, total = int(quoted["each"]), int(quoted["total"])
    prices = (min(each, _price_picture(model, request, *size)) if model else each for size in delivered)
    references = total - each * request.count
    return min(total, sum(prices) + references)


def share(charged: int, count: int) -> list[int]:
    """Divides a charge among the pictures it paid for, in whole credits that add up to it."""
    if count == 0:
        return []
    part, rest = divmod(charged, count)
    return [part + 1] * rest + [part] * (count - rest)


def _price_picture(model: ModelSpec, request: ImageRequest, width: int, height: int, seconds: int | None = None) -> int:
    lasts = request.seconds if seconds is None else min(seconds, request.seconds)
    return _credits(model.picture_micros(width, height, request.quality) * max(1, lasts))


def _credits(micros: int) -> int:
    settings = config.get(CreditSettings)
    marked_up = -(-micros * (100 + settings.markup_percent) // 100)
    return money.credits_for(marked_up, settings.micros_per_credit)


def _line(name: str, count: int, each: int) -> Line:
    return Line(f"{count} {name}{'' if count == 1 else 's'} x {each:,}", count * each)
