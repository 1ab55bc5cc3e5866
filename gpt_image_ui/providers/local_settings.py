"""The settings of the operator's own server, checked before it is called."""

import httpx
from pydantic import AliasChoices, Field, SecretStr, field_validator

from gpt_image_ui.core import config, http
from gpt_image_ui.providers import line, local_workflow
from gpt_image_ui.providers.images_api import exchange

OPENAI, A1111, COMFYUI = "openai", "a1111", "comfyui"


class LocalSettings(config.Section):
    """A server of your own network that draws. `kind`: 'openai' for the Images API (sd-server, LocalAI, vLLM),
    'a1111' for /sdapi, 'comfyui' for workflows in ComfyUI's API format. `models` are names divided by commas; without
    one the server uses its own. `micros_per_megapixel` is what a picture counts in credits. `references_max` and
    `mask` say what an 'openai' server takes; `steps` to `denoising_strength` are for 'a1111'."""

    model_config = config.section("local")
    kind: str = Field(
        OPENAI,
        pattern="^(openai|a1111|comfyui)$",
        validation_alias=AliasChoices("GPT_IMAGE_UI_LOCAL_KIND", "LOCAL_KIND"),
    )
    base_url: str = Field("", validation_alias=AliasChoices("GPT_IMAGE_UI_LOCAL_BASE_URL", "LOCAL_BASE_URL"))
    api_key: SecretStr = Field(
        SecretStr(""), validation_alias=AliasChoices("GPT_IMAGE_UI_LOCAL_API_KEY", "LOCAL_API_KEY")
    )
    models: str = Field("", validation_alias=AliasChoices("GPT_IMAGE_UI_LOCAL_MODELS", "LOCAL_MODELS"))
    micros_per_megapixel: int = Field(9_500, ge=1)
    references_max: int = Field(0, ge=0, le=16)
    mask: bool = False
    steps: int | None = Field(None, ge=1, le=200)
    sampler: str = ""
    scheduler: str = ""
    cfg_scale: float | None = Field(None, ge=0, le=50)
    negative_prompt: str = ""
    denoising_strength: float = Field(0.6, ge=0, le=1)
    workflow: str = Field("", validation_alias=AliasChoices("GPT_IMAGE_UI_LOCAL_WORKFLOW", "LOCAL_WORKFLOW"))
    edit_workflow: str = Field(
        "", validation_alias=AliasChoices("GPT_IMAGE_UI_LOCAL_EDIT_WORKFLOW", "LOCAL_EDIT_WORKFLOW")
    )
    lane: int = Field(2, ge=1, le=200)
    timeout_seconds: float = Field(900, gt=0)
    body_seconds: float = Field(120, gt=0)
    answer_bytes_max: int = Field(128 * 1024 * 1024, ge=1024)

    @field_validator("base_url")
    @classmethod
    def _address(cls, value: str) -> str:
        return line.plain_address(value, "") if value.strip() else ""

    @field_validator("workflow")
    @classmethod
    def _draws(cls, value: str) -> str:
        if value:
            local_workflow.check(local_workflow.read(value), ("prompt", "seed"), value)
        return value

    @field_validator("edit_workflow")
    @classmethod
    def _edits(cls, value: str) -> str:
        if value:
            local_workflow.check(local_workflow.read(value), ("prompt", "seed", "image"), value)
        return value

    @property
    def configured(self) -> bool:
        return not self.missing()

    def missing(self) -> tuple[str, ...]:
        """The variables without which this server cannot be used."""
        wanted = {"LOCAL_BASE_URL": self.base_url}
        if self.kind == COMFYUI:
            wanted["LOCAL_WORKFLOW"] = self.workflow
        return tuple(name for name, value in wanted.items() if not value)

    @property
    def is_private(self) -> bool:
        return http.is_private_host(httpx.URL(self.base_url).host)

    def model_names(self) -> list[str]:
        """The models by name; empty while the server's own choice is used."""
        return list(dict.fromkeys(name.strip() for name in self.models.split(",") if name.strip()))

    def server(self) -> exchange.Server:
        return exchange.Server(
            self.base_url,
            self.api_key.get_secret_value(),
            self.timeout_seconds,
            self.body_seconds,
            self.answer_bytes_max,
        )
