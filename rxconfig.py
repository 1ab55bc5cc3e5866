"""What Reflex reads when it compiles and serves the screens; everything else is set in gpt_image_ui/core/config.py."""

import reflex as rx

from gpt_image_ui.core import config as settings
from gpt_image_ui.web.bundle import FewFiles

_server = settings.get(settings.ServerSettings)

config = rx.Config(
    app_name="gpt_image_ui",
    telemetry_enabled=False,
    show_built_with_reflex=False,
    cors_allowed_origins=_server.allowed_origins(),
    plugins=[rx.plugins.TailwindV4Plugin(), FewFiles()],
    # web/public/discovery.py writes the sitemap, from what this server really shows to everybody.
    disable_plugins=[rx.plugins.SitemapPlugin],
)
