"""What a reader of hostile bytes may use before the system ends it. Loaded by the readers themselves, first of all."""

import contextlib

MEMORY_BYTES = 2 * 1024**3
CPU_SECONDS = 20


def lower() -> None:
    """Gives up, for good, most of what this process may use. Where the system has no such limits, time alone bounds."""
    try:
        import resource
    except ImportError:
        return
    limits = {
        resource.RLIMIT_AS: MEMORY_BYTES,
        resource.RLIMIT_CPU: CPU_SECONDS,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NOFILE: 32,
    }
    for limit, value in limits.items():
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(limit, (value, value))
