"""Asks a browser about cases."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from itertools import groupby, pairwise

from playwright.sync_api import BrowserContext, Frame, Page

from demo_app.lesson import Context

from . import firefox
from .blocked import Watch, watching
from .cases import Case, Verdict
from .site import Site, is_place

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

Document = Frame | firefox.Frame

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
    if isinstance(browser, firefox.Firefox):
        return _play(browser, site, cases, None)
    with watching(browser) as watch:
        return _play(browser, site, cases, watch)


def _play(
    browser: BrowserContext | firefox.Firefox, site: Site, cases: Sequence[Case], watch: Watch | None
) -> dict[Case, Verdict]:
    url, context = cases[0].url, cases[0].context
    to = context.to or url
    way = [*context.redirects, to]
    (page,) = browser.pages
    browser.clear_cookies()
    # Addresses as the site hears them.
    url_asked, *way_asked = page.evaluate("urls => urls.map(url => new URL(url).href)", [url, *way])

    lines = [case.whole_line for case in cases]
    site.requests.clear()
    if context.set_by == "script":
        # Writing does not wait for the jar, reading does.
        write = "lines => { for (const line of lines) document.cookie = line; return document.cookie }"
        if document := _inmost(page, site, (*context.within, url), watch):
            document.evaluate(write, lines)
    else:
        site.set_cookies(url_asked, lines)
        _request(page, site, context.set_by, context, url, watch)
        site.set_cookies("", [])  # in case that it has never asked
    kept = {cookie["name"] or cookie["value"]: cookie["expires"] for cookie in browser.cookies()}
    answers = [request.number for request in site.requests if is_place(request.url, url_asked)]
    refused = watch.about(answers[-1]).refused if watch and answers else {}

    site.requests.clear()
    site.way = [*pairwise(way_asked)]
    document = _request(page, site, context.request, context, way[0], watch)
    site.way = []
    asked = [request for request in site.requests if is_place(request.url, way_asked[-1])]
    sent = [name for request in asked for name in _names(request.cookie)]
    held_back = watch.about(asked[-1].number).held_back if watch and asked else {}
    if context.request in ("image", "fetch"):
        document = _visit(page, to)  # neither has scripts, so a page at its address has to do
    shown = _names(document.evaluate("document.cookie")) if document else []
    return {
        case: Verdict(
            name in kept,
            _days(kept.get(name)),
            name in shown,
            name in sent,
            refused.get(case.whole_line.strip(" \t"), ()),  # as a header has it
            held_back.get(case.name, ()),
        )
        for case, name in ((case, case.name or case.value) for case in cases)
    }


def _days(end: float | None) -> int | None:
    return None if end in (None, -1) else round((end - time.time()) / 86400)


def _visit(page: Page | firefox.Page, url: str) -> Document:
    page.goto(url)
    return page.main_frame


def _request(
    page: Page | firefox.Page, site: Site, cause: str, context: Context, url: str, watch: Watch | None
) -> Document | None:
    """Make the browser ask for ``url``; return where its document then is, if there is one."""
    if cause == "visit":
        return _visit(page, url)
    document = _inmost(page, site, (*context.within, context.page), watch)
    if document is None:
        return None
    # What is the default, the browser is not told, so that it is the browser's own.
    told = {} if context.credentials == Context.credentials else {"credentials": context.credentials}
    if cause == "frame" or (context.within and cause in ("link", "form")):
        is_there = _into_frame(page, document, cause, url)
        return (document.child_frames[-1] if cause == "frame" else document) if is_there else None
    if cause in ("link", "form"):
        with page.expect_navigation():
            document.evaluate(_CAUSES[cause], [url])
        return document
    document.evaluate(_CAUSES[cause], [url, told])
    return None


def _inmost(page: Page | firefox.Page, site: Site, pages: Sequence[str], watch: Watch | None) -> Document | None:
    """The last one of some pages in one another; ``None`` if the browser refuses to load it."""
    first, *others = (site.page(url, depth) for depth, url in enumerate(pages))
    document = _visit(page, first)
    for url in others:
        if not _into_frame(page, document, "frame", url):
            return None
        document = document.child_frames[-1]
        if watch:
            watch.add(document)
    return document


def _into_frame(page: Page | firefox.Page, document: Document, cause: str, url: str) -> bool:
    """Load something into a frame; return whether the browser does."""
    # A frame that is blocked has no event in Chromium; the console is told of both.
    with page.expect_console_message(lambda message: message.text.startswith(_FRAME_IS_DONE)) as said:
        document.evaluate(_CAUSES[cause], [url])
    return said.value.text == "loaded"


def _names(cookies: str) -> list[str]:
    """The names in a ``Cookie`` header, or in what a script reads.

    For a cookie without one it is the value. (Firefox makes a name of it, and has ``nameless=``.)
    """
    return [pair.partition("=")[0] for pair in cookies.split("; ") if pair]
