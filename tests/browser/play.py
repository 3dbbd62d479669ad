"""Asks Chromium about cases."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from playwright.sync_api import BrowserContext, Frame, Page, Playwright

from demo_app.lesson import Context

from .cases import Case, Verdict
from .site import Site, site_in_chromium

# What a page does to cause a request.
_CAUSES = {
    "fetch": "([url, credentials]) => fetch(url, { mode: 'no-cors', ...credentials }).then(() => null)",
    "image": """([url]) => new Promise(done => {
        const image = new Image();
        image.onload = image.onerror = () => done();
        image.src = url;
    })""",
    "frame": """([url]) => new Promise(done => {
        const frame = document.createElement('iframe');
        frame.onload = () => done();
        frame.src = url;
        document.body.replaceChildren(frame);
    })""",
    "link": """([url]) => {
        const link = document.createElement('a');
        link.href = url;
        document.body.append(link);
        link.click();
    }""",
    "form": """([url]) => {
        const form = document.createElement('form');
        form.method = 'post';
        form.action = url;
        document.body.append(form);
        form.submit();
    }""",
}


def ask_chromium(playwright: Playwright, cases: Iterable[Case]) -> dict[Case, Verdict]:
    """What Chromium does in each case."""
    found: dict[Case, Verdict] = {}
    for allowed, some in groupby(cases, key=lambda case: case.context.third_party_cookies):
        with site_in_chromium(playwright, third_party_cookies=allowed) as (browser, site):
            for group in _together(some):
                found |= play(browser, site, group)
    return found


def _together(cases: Iterable[Case]) -> Iterator[list[Case]]:
    """Cases that one answer can set: the same circumstances, and never two of one name."""
    for _, same in groupby(cases, key=lambda case: (case.url, case.context)):
        group: dict[str, Case] = {}
        for case in same:
            if case.name in group:
                yield [*group.values()]
                group = {}
            group[case.name] = case
        yield [*group.values()]


def play(browser: BrowserContext, site: Site, cases: Sequence[Case]) -> dict[Case, Verdict]:
    """Set some cookies in the same circumstances, and look what the browser keeps, shows and sends."""
    url, context = cases[0].url, cases[0].context
    to = context.to or url
    (page,) = browser.pages
    browser.clear_cookies()

    site.set_cookies(url, [case.whole_line for case in cases])
    _request(page, context.set_by, context, url)
    kept = {cookie["name"]: cookie["expires"] for cookie in browser.cookies()}

    site.requests.clear()
    document = _request(page, context.request, context, to)
    (sent,) = (_names(request.cookie) for request in site.requests if request.url == to)
    if context.request in ("image", "fetch"):
        page.goto(to)  # neither has scripts, so a page at its address has to do
    shown = _names(document.evaluate("document.cookie"))
    return {
        case: Verdict(case.name in kept, _days(kept.get(case.name)), case.name in shown, case.name in sent)
        for case in cases
    }


def _days(end: float | None) -> int | None:
    return None if end in (None, -1) else round((end - time.time()) / 86400)


def _request(page: Page, cause: str, context: Context, url: str) -> Page | Frame:
    """Make the browser ask for ``url``; return where its document then is."""
    if cause == "visit":
        page.goto(url)
        return page
    page.goto(context.page)
    # What is the default, the browser is not told, so that it is the browser's own.
    told = {} if context.credentials == Context.credentials else {"credentials": context.credentials}
    if cause in ("link", "form"):
        with page.expect_navigation():
            page.evaluate(_CAUSES[cause], [url])
        return page
    page.evaluate(_CAUSES[cause], [url, told])
    return page.frames[-1]


def _names(cookies: str) -> list[str]:
    """The names in a ``Cookie`` header, or in what a script reads; ``""`` for a cookie that has none."""
    return [pair.partition("=")[0] if "=" in pair else "" for pair in cookies.split("; ") if pair]
