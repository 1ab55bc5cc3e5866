"""The compiler's configuration gets our groups once, and a stranger's is not passed on in silence."""

import pytest

from gpt_image_ui.web import bundle

BEFORE = """groups: [
            {
              test: /env.json/,
              name: "reflex-env",
            },
          ],"""


def test_groups_are_added_after_the_one_that_reflex_has():
    after = bundle.gather(BEFORE)
    assert after.index("reflex-env") < after.index("libraries") < after.index("runtime")
    assert after.count("{") == after.count("}")


def test_a_configuration_that_has_them_stays_as_it_is():
    once = bundle.gather(BEFORE)
    assert bundle.gather(once) == once


def test_a_configuration_without_the_group_is_refused():
    with pytest.raises(ValueError, match="reflex-env"):
        bundle.gather("export default {}")
