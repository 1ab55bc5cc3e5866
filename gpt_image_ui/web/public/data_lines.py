"""What happens to a visitor's data, in five lines made from this server's settings. Nothing here is promised twice:
a sentence appears only while the setting that makes it true is in force."""

from collections.abc import Sequence
from typing import TypedDict


class Facts(TypedDict):
    """What the lines are made from. `destinations` complete "Sent to …"; `bucket` is empty for the local disk."""

    destinations: Sequence[str]
    draws_here: bool
    bucket: str
    keep_hours: int
    undo_seconds: int
    checker: str
    session_days: int


def build(facts: Facts) -> list[tuple[str, str]]:
    """Five pairs of a name and one or two sentences."""
    return [
        ("Prompts", _prompts(facts)),
        ("Pictures", _pictures(facts)),
        ("Safety check", _check(facts)),
        ("Guests", _guests(facts)),
        ("Cookies", _cookies(facts)),
    ]


def _prompts(facts: Facts) -> str:
    if not facts["destinations"]:
        return "Drawn by this server and sent to nobody else. Kept with your pictures so that you can make them again."
    sent = f"Sent to {_joined(facts['destinations'])} when you pick its model; the composer names it before you send."
    return f"{sent} Sketch models draw here and send nothing." if facts["draws_here"] else sent


def _pictures(facts: Facts) -> str:
    place = f"in the bucket {facts['bucket']}" if facts["bucket"] else "on this server’s own disk"
    undo = duration(facts["undo_seconds"])
    return f"Stored {place}, open to your session only. Deleting can be undone for {undo}; then the files are removed."


def _check(facts: Facts) -> str:
    if facts["checker"] == "openai":
        return "Every prompt, with its references, is checked by OpenAI before anything is drawn or charged."
    return "Every prompt is checked by rules on this server before anything is drawn or charged; it is sent nowhere."


def _guests(facts: Facts) -> str:
    return (
        f"No name, no e-mail address. What a guest made is deleted {duration(facts['keep_hours'] * 3600)} "
        "after the last visit."
    )


def _cookies(facts: Facts) -> str:
    return (
        "None for looking around. One keeps your session once you try the studio, for "
        f"{facts['session_days']} days; one remembers light or dark if you choose. No tracking."
    )


def duration(seconds: int) -> str:
    """'10 seconds', '24 hours', '30 days': the largest unit that comes out even."""
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second")):
        if seconds >= size and seconds % size == 0 and not (unit == "day" and seconds < 2 * 86400):
            count = seconds // size
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return "0 seconds"


def _joined(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
