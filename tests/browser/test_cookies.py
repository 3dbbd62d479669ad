"""What Chromium and Firefox store, show and send is what the cookie doctor says, with a reason that Chromium gives.

Recorded cases, and generated ones: the same in every run, so that a failure is somebody's change. To look for new ones,
say how many groups of up to twenty: ``FIREFOX_GROUPS=99 pytest tests/browser/test_cookies.py``, or ``CHROMIUM_GROUPS``.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from playwright.sync_api import BrowserContext

from demo_app.cookies import why
from demo_app.cookies.rules import LONGEST_LIFETIME
from tests.browser.cases import Case, cases, differs, doctor, load
from tests.browser.firefox import Firefox
from tests.browser.play import Open, ask, play
from tests.browser.site import Site
from tests.browser.strategies import groups
from tests.cookies.spellings import AGES, DATES, FIREFOX_AGES
from tests.cookies.urls import FIREFOX_URLS, URLS


def test_the_browser_does_what_was_recorded(client, opens):
    assert ask(opens, cases(client)) == load(client), (
        "look at each difference, then record: python -m tests.browser.record"
    )


@pytest.mark.parametrize("attribute", ["Expires", "Max-Age"])
def test_the_browser_reads_dates_and_ages_so(client, opens, attribute):
    url, now = "https://shop.example/", time.time()
    if attribute == "Expires":
        ends = {text: date and date.timestamp() for text, date in DATES if _is_sure(client, text)}
    else:
        ages = AGES if client == "chromium" else FIREFOX_AGES
        ends = {text: None if seconds is None else now + seconds for text, seconds in ages.items()}
    assert len(ends) > 5
    lines = {f"c{number}": f"c{number}=1; {attribute}={text}" for number, text in enumerate(ends)}
    with opens(None) as (browser, site):
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


def _is_sure(client: str, date: str) -> bool:
    """Whether the doctor is."""
    return "not checked" not in why(f"id=1; Expires={date}", "https://shop.example/", client=client).stored.because


def test_the_browser_reads_addresses_so(client, opens):
    urls = URLS if client == "chromium" else FIREFOX_URLS
    read = """texts => JSON.parse(texts).map(text => {
        try {
            const url = new URL(text);
            return [url.protocol, url.hostname, url.pathname];
        } catch {
            return null;
        }
    })"""
    with opens(None) as (browser, _):
        found = browser.pages[0].evaluate(read, json.dumps([*urls]))
    assert dict(zip(urls, found, strict=True)) == {
        url: parts and [f"{parts[0]}:", *parts[1:]] for url, parts in urls.items()
    }


@pytest.fixture(scope="module", params=[None, True, False], ids="third_party_cookies={}".format)
def policy(request: pytest.FixtureRequest, client: str) -> bool | None:
    if client == "chromium" and request.param is None:
        pytest.skip("Chromium comes with third-party cookies")
    return request.param


@pytest.fixture(scope="module")
def opened(opens: Open, policy: bool | None) -> Iterator[tuple[BrowserContext | Firefox, Site]]:
    with opens(policy) as both:
        yield both


def test_the_doctor_says_what_the_browser_does(client, opened, policy):
    wanted = os.environ.get(f"{client.upper()}_GROUPS")
    first = 0 if wanted is None else Random().randrange(2**32)
    for number in range(first, first + int(wanted or 20)):
        # One of each seed: of many, Hypothesis would ask in the same few circumstances.
        @seed(number)
        @settings(
            max_examples=1,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate, Phase.shrink],
        )
        @given(group=groups(client, policy))
        def agrees(group: list[Case]) -> None:
            found = play(*opened, group).items()
            wrong = {case: (verdict, doctor(case, client)) for case, verdict in found if differs(case, client, verdict)}
            assert not wrong

        agrees()
