"""How the compiler cuts the screens' scripts into files: few, because each is a request before anything is drawn."""

from typing import Any

from reflex.plugins import Plugin

_REFLEX = 'name: "reflex-env",'
# Libraries change with a release of theirs, the rest with one of ours: two files that browsers keep. The file that
# Reflex cuts out first holds addresses, which web/frontend.py changes after the build.
_OURS = """name: "reflex-env",
              priority: 9,
            },
            { test: /node_modules/, name: "libraries" },
            {
              test: /[.]web[/](utils|public(?![/]lazy)|app[/]entry|app[/]root)/,
              name: "runtime","""


class FewFiles(Plugin):
    """Adds groups to the compiler's own configuration."""

    def pre_compile(self, **context: Any) -> None:
        context["add_modify_task"]("vite.config.js", gather)


def gather(configuration: str) -> str:
    """The configuration with our groups in it, once. Raises ValueError when a new Reflex splits in another way."""
    if _OURS in configuration:
        return configuration
    if _REFLEX not in configuration:
        raise ValueError("vite.config.js has no group named reflex-env: read how this Reflex splits its scripts")
    return configuration.replace(_REFLEX, _OURS, 1)
