"""What the provider is asked, seen from its own journal: the check first, the picture once, nothing after a refusal."""

from playwright.async_api import expect

from tests.journeys.programs import ImagesServer, Studio


async def test_one_create_is_one_check_and_one_call(provided_studio: Studio, provider: ImagesServer, enter) -> None:
    visitor = await enter(provided_studio)
    before = len(provider.calls())
    await visitor.create("one tree")
    await expect(visitor.picture("one tree")).to_have_count(1)
    check, drawn = provider.calls()[before:]
    assert (check["kind"], drawn["kind"], drawn["prompt"]) == ("moderation", "images", "one tree")
    assert drawn["path"].endswith("/images/generations")


async def test_two_presses_make_one_job(provided_studio: Studio, provider: ImagesServer, enter) -> None:
    visitor = await enter(provided_studio)
    before = len(provider.calls())
    await visitor.prompt.fill("one tree, pressed twice [slow 1]")
    await visitor.create_button.dblclick()
    await expect(visitor.picture("pressed twice")).to_have_count(1)
    await expect(visitor.queue).to_be_hidden()
    await expect(visitor.picture("pressed twice")).to_have_count(1)
    drawn = [call for call in provider.calls()[before:] if call["kind"] == "images"]
    assert len(drawn) == 1
    assert len(provided_studio.change("SELECT id FROM job WHERE prompt LIKE '%pressed twice%'")) == 1


async def test_after_a_refusal_nothing_is_drawn_or_charged(
    provided_studio: Studio, provider: ImagesServer, enter
) -> None:
    visitor = await enter(provided_studio)
    before = len(provider.calls())
    await visitor.create("something the check flags [flag]")
    await expect(visitor.composer.get_by_role("alert")).to_contain_text("nothing was charged", ignore_case=True)
    await expect(visitor.prompt).to_have_value("something the check flags [flag]")
    await visitor.expect_credits(100)
    assert [call["kind"] for call in provider.calls()[before:]] == ["moderation"]
