"""Who runs this server and how to reach them; shown on public pages and in security.txt, left out when not set."""

from gpt_image_ui.core import config


class OperatorSettings(config.Section):
    """`contact` is an e-mail address or an https address."""

    model_config = config.section("operator")
    name: str = ""
    contact: str = ""

    def contact_uri(self) -> str:
        """The contact as a URI, or '' when none is set."""
        if not self.contact or self.contact.startswith(("https://", "mailto:")):
            return self.contact
        return f"mailto:{self.contact}"
