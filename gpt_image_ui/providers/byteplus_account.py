"""The operator's account at BytePlus ModelArk: where it is, what is offered from it, and where prompts then go."""

from dataclasses import replace

import httpx
from pydantic import AliasChoices, Field, SecretStr, field_validator

from gpt_image_ui.core import config, http
from gpt_image_ui.providers import byteplus_catalogue as catalogue
from gpt_image_ui.providers import catalogue_file, line
from gpt_image_ui.providers.interface import BadRequestError

BYTEPLUS = "https://ark.ap-southeast.bytepluses.com/api/v3"


class BytePlusSettings(config.Section):
    """The ModelArk account, or the address of a server that speaks its API. Offered once a key or another address is
    set. `models` lists what to offer, by id, or as `id=ours` for another id that takes the same fields."""

    model_config = config.section("byteplus")
    api_key: SecretStr = Field(
        SecretStr(""), validation_alias=AliasChoices("GPT_IMAGE_UI_BYTEPLUS_API_KEY", "ARK_API_KEY")
    )
    base_url: str = Field(BYTEPLUS, validation_alias=AliasChoices("GPT_IMAGE_UI_BYTEPLUS_BASE_URL", "ARK_BASE_URL"))
    models: str = ""
    lane: int = Field(8, ge=1, le=200)
    timeout_seconds: float = Field(300, gt=0)
    task_seconds: float = Field(60, gt=0)
    grace_seconds: float = Field(30, ge=0)
    artifact_bytes_max: int = Field(128 * 1024 * 1024, ge=1024)
    response_format: str = Field("b64_json", pattern="^(b64_json|url)$")

    @field_validator("base_url")
    @classmethod
    def _plain_base(cls, value: str) -> str:
        return line.plain_address(value, BYTEPLUS)

    @field_validator("models")
    @classmethod
    def _known(cls, value: str) -> str:
        for entry in _entries(value):
            catalogue.find(entry, "", "")
        return value

    @property
    def host(self) -> str:
        return httpx.URL(self.base_url).host

    @property
    def configured(self) -> bool:
        return bool(self.api_key.get_secret_value()) or self.base_url != BYTEPLUS

    @property
    def destination(self) -> str:
        if self.host.endswith(".bytepluses.com"):
            return "BytePlus"
        return (
            "Volcengine" if self.host.endswith(".volces.com") else "" if http.is_private_host(self.host) else self.host
        )

    def offered(self) -> list[catalogue.Model]:
        entries = _entries(self.models) or list(catalogue.MODELS)
        return [catalogue.find(entry, self.destination, self.host) for entry in entries]


def find(settings: BytePlusSettings, model_id: str) -> catalogue.Model:
    """The model as the operator's catalogue file has it: changed, or asked like another. Raises BadRequestError."""
    known = {model.spec.id: model for model in settings.offered()}
    specs = catalogue_file.apply("byteplus", [model.spec for model in known.values()])
    spec = next((spec for spec in specs if spec.id == model_id), None)
    model = known.get(model_id)
    if model is None and (alike := known.get(catalogue_file.like("byteplus", model_id))):
        model = replace(alike, sent_as=model_id)
    if spec is None or model is None:
        raise BadRequestError("a model that is not in the catalogue")
    return replace(model, spec=spec)


def _entries(models: str) -> list[str]:
    return list(dict.fromkeys(name.strip() for name in models.split(",") if name.strip()))
