#!/bin/sh
# The system's Chromium, as tests and bench start it. As root it gives some of its threads real-time priority, and two
# of those that wait for a third keep both cores of a small machine to themselves for ever: it may not do so here.
program=${CHROMIUM:-$(command -v chromium || command -v chromium-browser || command -v google-chrome)}
if [ -z "$program" ]; then
    echo "Chromium is missing. Install it: apt-get install chromium" >&2
    exit 127
fi
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
    exec setpriv --inh-caps=-sys_nice --bounding-set=-sys_nice -- "$program" "$@"
fi
exec "$program" "$@"
