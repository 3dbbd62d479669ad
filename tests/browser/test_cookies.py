"""What Chromium stores, shows and sends is what the cookie doctor says.

Recorded cases, and generated ones: the same in every run, so that a failure is somebody's change. To look for new ones,
say how many groups of up to twenty: ``CHROMIUM_GROUPS=500 pytest tests/browser/test_cookies.py``.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from functools import partial

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from playwright.sync_api import BrowserContext, Playwright

from demo_app.cookies.rules import LONGEST_LIFETIME
from demo_app.lesson import why
from tests.browser.cases import Case, Verdict, cases, load
from tests.browser.chromium import chromium
from tests.browser.play import ask, play
from tests.browser.site import Site, site_in_chromium
from tests.browser.strategies import groups
from tests.cookies.spellings import AGES, DATES
from tests.cookies.urls import URLS


def doctor(case: Case) -> Verdict:
    found = why(case.whole_line, case.url, case.context)
    days = found.lifetime and round(found.lifetime.total_seconds() / 86400)
    return Verdict(found.stored.answer, days, found.shown.answer, found.sent.answer)


def test_chromium_does_what_was_recorded(playwright):
    found = ask(partial(site_in_chromium, playwright), cases())
    assert found == load(), "look at each difference, then record: python -m tests.browser.record"


@pytest.mark.parametrize("attribute", ["Expires", "Max-Age"])
def test_chromium_reads_dates_and_ages_so(playwright, attribute):
    url, now = "https://shop.example/", time.time()
    if attribute == "Expires":
        ends = {text: date and date.timestamp() for text, date in DATES}
    else:
        ends = {text: None if seconds is None else now + seconds for text, seconds in AGES.items()}
    lines = {f"c{number}": f"c{number}=1; {attribute}={text}" for number, text in enumerate(ends)}
    with site_in_chromium(playwright, third_party_cookies=True) as (browser, site):
        site.set_cookies(url, [*lines.values()])
        browser.pages[0].goto(url)
        kept = {cookie["name"]: cookie["expires"] for cookie in browser.cookies()}
    longest = now + LONGEST_LIFETIME.total_seconds()
    for (name, line), end in zip(lines.items(), ends.values(), strict=True):
        if end is not None and end <= now:
            assert name not in kept, line
        else:
            # The browser sets its clock by the answer's Date, which has no fractions and is a little old.
            assert kept[name] == (-1 if end is None else pytest.approx(min(end, longest), abs=60)), line


def test_chromium_reads_addresses_so(playwright):
    read = """texts => JSON.parse(texts).map(text => {
        try {
            const url = new URL(text);
            return [url.protocol, url.hostname, url.pathname];
        } catch {
            return null;
        }
    })"""
    with chromium(playwright) as browser:
        found = browser.pages[0].evaluate(read, json.dumps([*URLS]))
    assert dict(zip(URLS, found, strict=True)) == {
        url: parts and [f"{parts[0]}:", *parts[1:]] for url, parts in URLS.items()
    }


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
