"""What Chromium has after several answers is what the jar has.

The same sequences in every run. To look for new ones, say how many: ``SEQUENCES=500 pytest tests/browser/test_jar.py``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from playwright.sync_api import BrowserContext, Playwright

from tests.browser.sequences import CHOSEN, QUESTIONS, Answer, Question, ask_browser, ask_jar, crowds, sequences
from tests.browser.site import Site, site_in_chromium

SHOP = "https://shop.example/a/b"


@pytest.fixture(scope="module")
def opened(playwright: Playwright) -> Iterator[tuple[BrowserContext, Site]]:
    with site_in_chromium(playwright, third_party_cookies=True) as both:
        yield both


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
def test_the_jar_has_what_chromium_has_by_rule(opened, answers):
    assert ask_jar(answers, QUESTIONS) == ask_browser(*opened, answers, QUESTIONS)


def test_the_jar_has_what_chromium_has(opened):
    @given(answers=sequences)
    @sequence_settings(15)
    def agrees(answers: list[Answer]) -> None:
        assert ask_jar(answers, QUESTIONS) == ask_browser(*opened, answers, QUESTIONS)

    agrees()


def test_the_same_cookies_leave_when_there_are_too_many(opened):
    @given(answer=crowds)
    @sequence_settings(5)
    def agrees(answer: Answer) -> None:
        question = [Question(SHOP)]
        assert ask_jar([answer], question) == ask_browser(*opened, [answer], question)

    agrees()


@pytest.mark.parametrize("octets", [5, 1020, 1021, 4000])
def test_the_same_cookies_leave_a_partition_that_is_full(opened, octets):
    lines = tuple(f"p{i}={'x' * octets}; Secure; Partitioned" for i in range(10, 25 if octets > 5 else 200))
    together = [Answer(SHOP, lines), Answer(SHOP, ("plain=1; Secure", "last=1; Secure; Partitioned"))]
    question = [Question(SHOP)]
    assert ask_jar(together, question) == ask_browser(*opened, together, question)
