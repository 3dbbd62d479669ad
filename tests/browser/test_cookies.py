"""What Chromium stores, shows and sends is what the cookie doctor says.

Recorded cases, and generated ones: the same in every run, so that a failure is somebody's change. To look for new ones,
say how many groups of up to twenty: ``CHROMIUM_GROUPS=500 pytest tests/browser/test_cookies.py``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from playwright.sync_api import BrowserContext, Playwright

from demo_app.lesson import why
from tests.browser.cases import Case, Verdict, cases, load
from tests.browser.play import ask_chromium, play
from tests.browser.site import Site, site_in_chromium
from tests.browser.strategies import groups


def doctor(case: Case) -> Verdict:
    found = why(case.whole_line, case.url, case.context)
    days = found.lifetime and round(found.lifetime.total_seconds() / 86400)
    return Verdict(found.stored.answer, days, found.shown.answer, found.sent.answer)


def test_chromium_does_what_was_recorded(playwright):
    found = ask_chromium(playwright, cases())
    assert found == load(), "look at each difference, then record: python -m tests.browser.record"


@pytest.fixture(scope="module", params=[True, False], ids=["third-party cookies", "no third-party cookies"])
def policy(request: pytest.FixtureRequest) -> bool:
    return request.param


@pytest.fixture(scope="module")
def opened(playwright: Playwright, policy: bool) -> Iterator[tuple[BrowserContext, Site]]:
    with site_in_chromium(playwright, third_party_cookies=policy) as both:
        yield both


def test_the_doctor_says_what_chromium_does(opened, policy):
    @given(group=groups(policy))
    @settings(
        max_examples=int(os.environ.get("CHROMIUM_GROUPS", 30)),
        derandomize="CHROMIUM_GROUPS" not in os.environ,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink],
    )
    def agrees(group: list[Case]) -> None:
        assert {case: doctor(case) for case in group} == play(*opened, group)

    agrees()
