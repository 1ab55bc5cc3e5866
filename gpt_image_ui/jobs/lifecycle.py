"""The states of a job and the moves between them. Pure: no table, no clock, no engine.

held ──► queued ──► running ──► done | partial | failed | blocked | unknown | cancelled
  └────────┴─► cancelled | blocked | failed
"""

HELD = "held"
QUEUED = "queued"
RUNNING = "running"
DONE = "done"
PARTIAL = "partial"
FAILED = "failed"
BLOCKED = "blocked"
UNKNOWN = "unknown"
CANCELLED = "cancelled"

OPEN = frozenset({HELD, QUEUED, RUNNING})
CLOSED = frozenset({DONE, PARTIAL, FAILED, BLOCKED, UNKNOWN, CANCELLED})

# Stages are what a running job shows; they carry no rule.
CHECKED = "checked"
WAITING = "waiting"
DRAWING = "drawing"
SAVING = "saving"

_NEXT = {
    HELD: frozenset({QUEUED, CANCELLED, BLOCKED, FAILED}),
    QUEUED: frozenset({RUNNING, CANCELLED, FAILED}),
    RUNNING: CLOSED | {QUEUED},
}


def may_move(status: str, to: str) -> bool:
    """Whether a job in `status` may become `to`. Closed states are final."""
    return to in _NEXT.get(status, frozenset())


def closing(asked: int, delivered: int) -> str:
    """The state of a job that got so many of the pictures it asked for."""
    assert 0 <= delivered <= asked
    if delivered == 0:
        return FAILED
    return DONE if delivered == asked else PARTIAL
