"""What happens to a visitor's data, in five lines made from this server's settings. A sentence appears only while the
setting that makes it true is in force."""

from collections.abc import Sequence
from typing import TypedDict


class Facts(TypedDict):
    """What the lines are made from. `destinations` complete "Sent to …"; an empty `bucket` is the local disk, an empty
    `checker` the rules alone, `keep_hours` 0 that guests' pictures do not expire."""

    destinations: Sequence[str]
    draws_here: bool
    bucket: str
    undo_seconds: int
    checker: str
    keep_hours: int
    session_days: int


def build(facts: Facts) -> list[tuple[str, str]]:
    """Five pairs of a name and one or two sentences."""
    return [
        ("Prompts", _prompts(facts)),
        ("Pictures", _pictures(facts)),
        ("References", _references(facts)),
        ("Safety check", _check(facts)),
        ("You", _visitor(facts)),
    ]


def duration(seconds: int) -> str:
    """'10 seconds', '24 hours', '30 days': the largest unit that comes out even."""
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds % size == 0 and seconds >= (2 * size if unit == "day" else size):
            return f"{seconds // size} {unit}{'' if seconds == size else 's'}"
    return f"{seconds} second{'' if seconds == 1 else 's'}"


def _prompts(facts: Facts) -> str:
    checker, kept = facts["checker"], "Kept with your pictures, so that you can make them again."
    if not facts["destinations"]:
        sent = f"sent to {checker} for the safety check and nowhere else" if checker else "sent to no other"
        return f"Drawn by this server and {sent}. {kept}"
    sent = f"Sent to {_joined(facts['destinations'])} when you pick a model there; the composer says so first."
    if not facts["draws_here"]:
        return f"{sent} {kept}"
    return f"{sent} Sketch draws here{', after the safety check' if checker else ' and sends nothing'}. {kept}"


def _pictures(facts: Facts) -> str:
    place = f"in the bucket {facts['bucket']}" if facts["bucket"] else "on this server’s own disk"
    undo = facts["undo_seconds"]
    if not undo:
        return f"Stored {place}, for your session only. A deleted one cannot be brought back; its files are removed."
    return (
        f"Stored {place}, for your session only. A deleted one can be brought back for {duration(undo)}; "
        "then its files are removed."
    )


def _references(facts: Facts) -> str:
    kept = "Kept as a working copy, without the place and camera that a photograph may name."
    return f"{kept} Sent along with the prompt that uses them." if facts["destinations"] else kept


def _check(facts: Facts) -> str:
    if not facts["checker"]:
        return "Every prompt is checked by rules on this server before anything is drawn or charged."
    return (
        f"Every prompt and its references are checked, by rules on this server and then by {facts['checker']}, "
        "before anything is drawn or charged."
    )


def _visitor(facts: Facts) -> str:
    hours = facts["keep_hours"]
    gone = f" What a guest made is deleted {duration(hours * 3600)} after the last visit." if hours else ""
    return (
        "No name, no e-mail address, no tracking. Looking around sets no cookie; the studio sets one, for "
        f"{facts['session_days']} days, and another if you choose light or dark.{gone}"
    )


def _joined(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
