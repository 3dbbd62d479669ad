"""Flask is held against the recorded cases, which needs no Node, and those against express-session."""

from __future__ import annotations

import pytest

from tests.express.handpicked import HANDPICKED
from tests.express.play import play
from tests.express.record import load
from tests.express.report import differences

RECORDED = load()


@pytest.mark.parametrize("title", RECORDED)
def test_flask_does_what_was_recorded(flask, title):
    case = RECORDED[title]
    found = play(case, flask)
    if found != case["outcomes"]:
        pytest.fail(f"{title}: {differences(case, case['outcomes'], found)}", pytrace=False)


def test_express_session_still_does_what_was_recorded(express):
    changed = [title for title, case in RECORDED.items() if play(case, express) != case["outcomes"]]
    assert not changed, "record them again: python -m tests.express.record"


def test_the_cases_by_hand_are_recorded():
    recorded = {
        title: {"options": case["options"], "requests": case["requests"]}
        for title, case in RECORDED.items()
        if not title.startswith("generated ")
    }
    assert recorded == HANDPICKED, "record them: python -m tests.express.record"
