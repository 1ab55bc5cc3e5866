"""The first page: one sentence, a composer that works, and what happens to a visitor's data."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response

from gpt_image_ui.core.money import credits_text
from gpt_image_ui.examples import catalogue
from gpt_image_ui.providers.interface import ModelSpec
from gpt_image_ui.web.public import answer, data_lines, offer, pictures
from gpt_image_ui.web.public.data_lines import Facts


def render(
    request: Request, models: Sequence[ModelSpec], facts: Facts, *, welcome: int, open_to_guests: bool
) -> Response:
    """`models` are those that can be chosen now, the first one the default."""
    examples = catalogue.load()
    starts = [examples.get(slug) for slug in examples.starts]
    wall = [[examples.get(slug) for slug in column] for column in examples.wall]
    asked = dict(request.query_params) or {"prompt": starts[0].prompt, "size": starts[0].size}
    return answer.page(
        request,
        "landing.html",
        path="/",
        rules=pictures.rules(example for column in wall for example in column),
        offer=offer.build(models, asked, facts["checker"]) if models else None,
        open=open_to_guests and bool(models),
        references=any(model.references_max for model in models),
        welcome=credits_text(welcome) if welcome else "",
        starts=starts,
        wall=wall,
        lines=data_lines.build(facts),
    )
