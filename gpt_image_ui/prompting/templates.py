"""Prompts with {placeholders}: some of ours, and each account's own."""

import re
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session, col

from gpt_image_ui.core import clock, ids
from gpt_image_ui.core.errors import NotFoundError, UserFacingError
from gpt_image_ui.prompting.tables import PromptTemplate

OWN_MAX = 200
_TEXT_MAX = 4000
_PLACEHOLDER = re.compile(r"\{([^{}\n]{1,40})\}")


@dataclass(frozen=True)
class Template:
    """One template as it is offered. `own` ones can be changed and deleted."""

    id: str
    name: str
    text: str
    own: bool = False


BUILT_IN = (
    Template(
        "still-life", "Still life", "{objects} on a {surface}, {light} from the left, plain background, soft grain"
    ),
    Template("landscape", "Landscape", "{place} at {time of day}, {weather}, wide view, low horizon, {technique}"),
    Template("portrait", "Portrait", "Portrait of {person}, {expression}, head and shoulders, {light}, {background}"),
    Template("poster", "Poster", "Poster for {event}, {main motif}, {two colours}, room for a title at the top"),
    Template("product", "Product picture", "{product} on a {surface}, {light}, {angle}, nothing else in the picture"),
    Template("icon", "Icon", "Flat icon of {thing}, {colour} on {background colour}, thick even lines, centred"),
    Template("pattern", "Pattern", "Seamless pattern of {shapes}, {palette}, even spacing, flat colour"),
    Template(
        "scene", "Scene from a story", "{who} {doing what} in {where}, {mood}, {technique}, seen from {viewpoint}"
    ),
)


def placeholders(text: str) -> list[str]:
    """The names to be filled in, each once, in order."""
    return list(dict.fromkeys(name.strip() for name in _PLACEHOLDER.findall(text) if name.strip()))


def fill(text: str, values: dict[str, str]) -> str:
    """Puts values in; a placeholder without one keeps its name, without the braces."""
    return _PLACEHOLDER.sub(lambda found: values.get(found[1].strip(), "").strip() or found[1].strip(), text)


def list_templates(db: Session, account_id: str, query: str = "") -> list[Template]:
    """One's own first, then ours; those whose name or text holds every word of the query."""
    rows = db.execute(
        sa.select(PromptTemplate).where(col(PromptTemplate.account_id) == account_id).order_by(col(PromptTemplate.name))
    ).scalars()
    offered = [*(Template(row.id, row.name, row.text, own=True) for row in rows), *BUILT_IN]
    words = query.casefold().split()
    return [t for t in offered if all(word in f"{t.name} {t.text}".casefold() for word in words)]


def save(db: Session, account_id: str, name: str, text: str) -> Template:
    """Keeps a template; one of the same name is replaced. Raises UserFacingError for empty or over-long input."""
    name, text = " ".join(name.split())[:60], text.strip()
    if not name or not text or len(text) > _TEXT_MAX:
        raise UserFacingError(f"A template needs a name and at most {_TEXT_MAX:,} characters of text.", "bad_template")
    own = sa.select(PromptTemplate).where(col(PromptTemplate.account_id) == account_id)
    row = db.execute(own.where(col(PromptTemplate.name) == name)).scalar_one_or_none()
    if row is None:
        if db.execute(sa.select(sa.func.count()).select_from(own.subquery())).scalar_one() >= OWN_MAX:
            raise UserFacingError(f"You have {OWN_MAX} templates. Delete one first.", "too_many_templates")
        row = PromptTemplate(id=ids.new_id(), account_id=account_id, name=name, text=text, created_at=clock.now())
    row.text = text
    db.add(row)
    return Template(row.id, row.name, row.text, own=True)


def delete(db: Session, account_id: str, template_id: str) -> None:
    """Raises NotFoundError for a missing template, another's, and one of ours."""
    row = db.get(PromptTemplate, template_id)
    if row is None or row.account_id != account_id:
        raise NotFoundError()
    db.delete(row)
