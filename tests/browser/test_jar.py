"""What Chromium and Firefox have after several answers is what the jar has.

The same sequences in every run. To look for new ones, say how many: ``SEQUENCES=500 pytest tests/browser/test_jar.py``.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.browser.firefox import NAMES
from tests.browser.sequences import CHOSEN, QUESTIONS, Answer, Question, ask_browser, ask_jar, crowds, sequences
from tests.browser.site import site_in_chromium, site_in_firefox

SHOP = "https://shop.example/a/b"

#: Whether a browser and the jar have the same after some answers.
Agree = Callable[[Sequence[Answer], Sequence[Question]], None]


@pytest.fixture(scope="module", params=["chromium", "firefox"])
def agree(request: pytest.FixtureRequest) -> Iterator[Agree]:
    client: str = request.param
    if client == "firefox":
        request.getfixturevalue("require_tool")(*NAMES)
        opening = site_in_firefox(third_party_cookies=True)
    else:
        opening = site_in_chromium(request.getfixturevalue("playwright"), third_party_cookies=True)
    with opening as (browser, site):

        def agree(answers: Sequence[Answer], questions: Sequence[Question]) -> None:
            assert ask_jar(answers, questions, client) == ask_browser(browser, site, answers, questions)

        yield agree


def sequence_settings(fixed: int) -> settings:
    return settings(
        max_examples=int(os.environ.get("SEQUENCES", fixed)),
        derandomize="SEQUENCES" not in os.environ,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink],
    )


@pytest.mark.parametrize("answers", CHOSEN.values(), ids=CHOSEN)
def test_the_jar_has_what_the_browser_has_by_rule(agree, answers):
    agree(answers, QUESTIONS)


def test_the_jar_has_what_the_browser_has(agree):
    @given(answers=sequences)
    @sequence_settings(15)
    def agrees(answers: list[Answer]) -> None:
        agree(answers, QUESTIONS)

    agrees()


def test_the_same_cookies_leave_when_there_are_too_many(agree):
    @given(answer=crowds)
    @sequence_settings(5)
    def agrees(answer: Answer) -> None:
        agree([answer], [Question(SHOP)])

    agrees()


@pytest.mark.parametrize("secure", [179, 180])
def test_what_is_not_secure_pushes_out_nothing_that_is(agree, secure):
    agree([Answer(SHOP, tuple(f"c{i}=1{'; Secure' if i < secure else ''}" for i in range(183)))], [Question(SHOP)])


@pytest.mark.parametrize("octets", [5, 1020, 1021, 4000])
def test_the_same_cookies_leave_a_partition_that_is_full(agree, octets):
    lines = tuple(f"p{i}={'x' * octets}; Secure; Partitioned" for i in range(10, 25 if octets > 5 else 200))
    together = [Answer(SHOP, lines), Answer(SHOP, ("plain=1; Secure", "last=1; Secure; Partitioned"))]
    agree(together, [Question(SHOP)])
