"""Asks a browser about cases."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from itertools import groupby, pairwise

from playwright.sync_api import BrowserContext, Frame, Page

from demo_app.lesson import Context

from . import firefox
from .cases import Case, Verdict
from .site import Site

# What a page does to cause a request.
_CAUSES = {
    "fetch": "([url, credentials]) => fetch(url, { mode: 'no-cors', ...credentials }).catch(() => 0).then(() => 0)",
    "image": """([url]) => new Promise(done => {
        const image = new Image();
        image.onload = image.onerror = () => done();
        image.src = url;
    })""",
    "frame": """([url]) => {
        const frame = document.createElement('iframe');
        frame.onload = () => console.log('loaded');
        frame.src = url;
        document.body.replaceChildren(frame);
    }""",
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

_FRAME_IS_DONE = ("loaded", "Mixed Content", "Blocked loading mixed active content")

#: Starts a browser with a setting for ``third_party_cookies``, and the site with it.
Open = Callable[[bool | None], AbstractContextManager[tuple[BrowserContext | firefox.Firefox, Site]]]


def ask(opened: Open, cases: Iterable[Case]) -> dict[Case, Verdict]:
    """What a browser does in each case."""
    found: dict[Case, Verdict] = {}
    for allowed, some in groupby(cases, key=lambda case: case.context.third_party_cookies):
        with opened(allowed) as (browser, site):
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


def play(browser: BrowserContext | firefox.Firefox, site: Site, cases: Sequence[Case]) -> dict[Case, Verdict]:
    """Set some cookies in the same circumstances, and look what the browser keeps, shows and sends."""
    url, context = cases[0].url, cases[0].context
    to = context.to or url
    (page,) = browser.pages
    browser.clear_cookies()

    lines = [case.whole_line for case in cases]
    if context.set_by == "script":
        page.goto(url)
        # Writing does not wait for the jar, reading does.
        page.evaluate("lines => { for (const line of lines) document.cookie = line; return document.cookie }", lines)
    else:
        site.set_cookies(url, lines)
        _request(page, context.set_by, context, url)
        site.set_cookies(url, [])  # in case that it has never asked
    kept = {cookie["name"] or cookie["value"]: cookie["expires"] for cookie in browser.cookies()}

    site.requests.clear()
    way = [*context.redirects, to]
    site.redirects = dict(pairwise(way))
    document = _request(page, context.request, context, way[0])
    site.redirects = {}
    sent = [name for request in site.requests if request.url == to for name in _names(request.cookie)]
    if context.request in ("image", "fetch"):
        document = page
        page.goto(to)  # neither has scripts, so a page at its address has to do
    shown = _names(document.evaluate("document.cookie")) if document else []
    return {
        case: Verdict(name in kept, _days(kept.get(name)), name in shown, name in sent)
        for case, name in ((case, case.name or case.value) for case in cases)
    }


def _days(end: float | None) -> int | None:
    return None if end in (None, -1) else round((end - time.time()) / 86400)


def _request(page: Page | firefox.Page, cause: str, context: Context, url: str) -> Page | Frame | firefox.Frame | None:
    """Make the browser ask for ``url``; return where its document then is, if there is one."""
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
    if cause == "frame":
        # A frame that is blocked has no event in Chromium; the console is told of both.
        with page.expect_console_message(lambda message: message.text.startswith(_FRAME_IS_DONE)) as said:
            page.evaluate(_CAUSES[cause], [url])
        return page.frames[-1] if said.value.text == "loaded" else None
    page.evaluate(_CAUSES[cause], [url, told])
    return None


def _names(cookies: str) -> list[str]:
    """The names in a ``Cookie`` header, or in what a script reads.

    For a cookie without one it is the value. (Firefox makes a name of it, and has ``nameless=``.)
    """
    return [pair.partition("=")[0] for pair in cookies.split("; ") if pair]
