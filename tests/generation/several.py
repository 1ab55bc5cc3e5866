"""Several scripted providers that serve one model under ids of their own."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from gpt_image_ui.core import config
from gpt_image_ui.generation.routing import RoutingSettings, Rule
from gpt_image_ui.providers import registry
from gpt_image_ui.providers.interface import ModelSpec, Quality
from tests.generation.scripted import SPEC, Scripted


class Named(Scripted):
    """A scripted provider called `name`; its model is `<name>/draw`, and its data goes to `<Name>`."""

    def __init__(self, name: str, micros: int = 305_176, **changes: Any) -> None:
        super().__init__()
        self.name = name
        self.people: list[str] = []
        self.spec: ModelSpec = replace(
            SPEC,
            id=f"{name}/draw",
            provider=name,
            label=name,
            destination=name.capitalize(),
            qualities=(Quality("medium", "Medium", micros),),
            **changes,
        )

    def models(self) -> list[ModelSpec]:
        return [self.spec]

    async def submit(self, call):
        self.people.append(call.end_user)
        return await super().submit(call)


def install(patch: pytest.MonkeyPatch, *providers: Scripted) -> None:
    """Makes these the only providers."""
    made = {provider.name: provider for provider in providers}
    patch.setattr(registry, "providers", lambda: made)


def rules(*given: dict[str, Any], fallback: str = "told", groups: Iterable[tuple[str, str]] = ()) -> None:
    """Sets the routing rules."""
    config.override(RoutingSettings(rules=tuple(Rule(**r) for r in given), fallback=fallback, groups=dict(groups)))
