"""Which categories there are, what is done about each, and how a refusal reads."""

from pydantic import AliasChoices, Field, SecretStr, field_validator

from gpt_image_ui.core import config

ALLOW, BLOCK, HOLD = "allow", "block", "hold"
OPENAI = "https://api.openai.com/v1"
UNNAMED = "unnamed"

# category → how a refusal names it; the gravest first, because only one is told. `/` names follow OpenAI's endpoint.
CATEGORIES = {
    "sexual/minors": "sexual content involving minors",
    "sexual/real-people": "sexual pictures of real people",
    "self-harm/instructions": "instructions for self-harm",
    "illicit/weapons": "instructions for weapons and explosives",
    "illicit/violent": "instructions for violent crimes",
    "hate/threatening": "threats against groups of people",
    "harassment/threatening": "threats against people",
    "self-harm/intent": "plans of self-harm",
    "violence/graphic": "graphic violence",
    "hate": "hateful content",
    "sexual": "sexual content",
    "self-harm": "self-harm",
    "illicit/documents": "forged documents",
    "illicit": "instructions for crimes",
    "harassment": "harassment",
    "violence": "violence",
    UNNAMED: "unsafe content",
}
# Scores that replace a checker's own verdict. OpenAI's flags an ordinary battle scene as violence.
_THRESHOLDS = {"violence": 0.85}


class ModerationSettings(config.Section):
    """Who checks, what each category leads to, and what happens while the checker does not answer.

    `auto` asks OpenAI's endpoint when there is a key, at the same address as the pictures. The local rules always
    run first. `actions` and `thresholds` add to the defaults: every category blocks, violence from a score of 0.85.
    """

    model_config = config.section("moderation")
    checker: str = Field("auto", pattern="^(auto|rules|openai)$")
    model: str = "omni-moderation-latest"
    api_key: SecretStr = Field(
        SecretStr(""),
        validation_alias=AliasChoices(
            "GPT_IMAGE_UI_MODERATION_API_KEY", "GPT_IMAGE_UI_OPENAI_API_KEY", "OPENAI_API_KEY"
        ),
    )
    base_url: str = Field(
        OPENAI,
        validation_alias=AliasChoices(
            "GPT_IMAGE_UI_MODERATION_BASE_URL", "GPT_IMAGE_UI_OPENAI_BASE_URL", "OPENAI_BASE_URL"
        ),
    )
    on_outage: str = Field("hold", pattern="^(hold|block)$")
    actions: dict[str, str] = Field(default_factory=dict)
    thresholds: dict[str, float] = Field(default_factory=dict)
    timeout_seconds: float = Field(10, gt=0)

    @field_validator("base_url")
    @classmethod
    def _plain(cls, value: str) -> str:
        return (value.strip() or OPENAI).rstrip("/")

    @field_validator("actions")
    @classmethod
    def _known_actions(cls, value: dict[str, str]) -> dict[str, str]:
        wrong = [f"{c} = {a}" for c, a in value.items() if c not in CATEGORIES or a not in (ALLOW, BLOCK)]
        if wrong:
            raise ValueError(f"not a category with allow or block: {', '.join(wrong)}")
        return value

    @field_validator("thresholds")
    @classmethod
    def _known_thresholds(cls, value: dict[str, float]) -> dict[str, float]:
        wrong = [f"{c} = {t}" for c, t in value.items() if c not in CATEGORIES or not 0 < t <= 1]
        if wrong:
            raise ValueError(f"not a category with a score above 0 and up to 1: {', '.join(wrong)}")
        return value

    @property
    def asks_openai(self) -> bool:
        return self.checker == "openai" or (self.checker == "auto" and bool(self.api_key.get_secret_value()))

    def blocks(self, category: str) -> bool:
        """A category we have never heard of blocks too."""
        return self.actions.get(category, BLOCK) == BLOCK

    def threshold(self, category: str) -> float | None:
        """The score from which a category counts; None leaves it to the checker's own verdict."""
        return self.thresholds.get(category, _THRESHOLDS.get(category))


def gravest(settings: ModerationSettings, categories: set[str]) -> str | None:
    """The category that decides, or None when none of them blocks."""
    order = list(CATEGORIES)
    blocking = [category for category in categories if settings.blocks(category)]
    return min(blocking, key=lambda c: (order.index(c) if c in CATEGORIES else len(order), c), default=None)


def refusal(category: str, *, with_references: bool) -> str:
    """What the person reads: the rule, the picture, the money, the next step."""
    words = CATEGORIES.get(category, CATEGORIES[UNNAMED])
    return f"Blocked by our rule on {words}. {_rest(with_references)}"


def unreadable(*, with_references: bool) -> str:
    """What the person reads when the checker answers, but cannot judge what it was given."""
    return f"The safety check could not read this. {_rest(with_references)}"


def outage(action: str) -> str:
    """What the person reads while the checker does not answer."""
    if action == HOLD:
        return "The safety check is not answering. Your picture waits for it and nothing is charged."
    return "The safety check is not answering. Nothing was drawn and nothing was charged. Try again in a few minutes."


def _rest(with_references: bool) -> str:
    change = "the prompt or the references" if with_references else "the prompt"
    return f"Nothing was drawn and nothing was charged. Change {change} and try again."
