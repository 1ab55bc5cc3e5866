"""For providers that answer in the same call: they have no tasks to be asked after."""

from gpt_image_ui.providers.interface import BadAnswerError, Call, Completed, Pending


class AtOnce:
    """The two verbs of a provider that never leaves work pending."""

    async def poll(self, call: Call, task: str, position: int) -> Completed | Pending:
        raise BadAnswerError("this provider has no tasks")

    async def cancel(self, task: str) -> bool:
        return False
