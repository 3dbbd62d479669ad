"""Several answers one after the other, and the cookies that the browser then has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from hypothesis import strategies as st
from playwright.sync_api import BrowserContext, Page

from demo_app.cookies import Context, Jar

from . import firefox
from .play import Document
from .site import Site

_FRAME = """url => new Promise(done => {
    const frame = document.createElement('iframe');
    frame.onload = () => done();
    frame.src = url;
    document.body.append(frame);
})"""
# Writing does not wait for the jar, reading does.
_SCRIPT = "lines => { for (const line of lines) document.cookie = line; return document.cookie }"


class Answer(NamedTuple):
    """Cookies, and how the browser comes by them."""

    url: str
    lines: tuple[str, ...]
    #: ``"visit"``, ``"frame"`` (of the page) or ``"script"``.
    set_by: str = "visit"
    page: str | None = None


class Question(NamedTuple):
    """What is looked at in the end."""

    url: str
    request: str = "visit"
    page: str | None = None


class Cookies(NamedTuple):
    """The cookies of a request, and what a script of its page sees."""

    sent: str
    shown: str


def ask_browser(
    browser: BrowserContext | firefox.Firefox, site: Site, answers: Sequence[Answer], questions: Sequence[Question]
) -> list[Cookies]:
    browser.clear_cookies()
    (page,) = browser.pages
    for url, lines, set_by, around in answers:
        if set_by == "script":
            page.goto(url)
            page.evaluate(_SCRIPT, list(lines))
        else:
            site.set_cookies(url, lines)
            _open(page, url, around)
    found = []
    for url, _, around in questions:
        site.requests.clear()
        document = _open(page, url, around)
        (sent,) = [request.cookie for request in site.requests if request.url == url]
        found.append(Cookies(sent, document.evaluate("document.cookie")))
    return found


def _open(page: Page | firefox.Page, url: str, around: str | None) -> Document:
    page.goto(around or url)
    if around is None:
        return page.main_frame
    page.evaluate(_FRAME, url)
    return page.main_frame.child_frames[-1]


def ask_jar(answers: Sequence[Answer], questions: Sequence[Question], client: str) -> list[Cookies]:
    jar = Jar(client)
    for url, lines, set_by, page in answers:
        for line in lines:
            jar.take(line, url, Context(set_by=set_by, page=page, third_party_cookies=True))
    found = []
    for url, request, page in questions:
        context = Context(request=request, page=page, third_party_cookies=True)
        found.append(Cookies(jar.sent(url, context).text, jar.shown(url, context).text))
    return found


# Few names, hosts and paths, so that cookies meet.

_SHOP, _WWW, _OTHER = "https://shop.example/a/b", "https://www.shop.example/a/b", "https://other.example/a/b"
#: Each is of a site that sets cookies. (A frame over plain HTTP would be mixed content.)
QUESTIONS = (
    *map(Question, (_SHOP, "https://shop.example/c", "http://shop.example/a/b", _WWW, "http://localhost/a/b")),
    Question(_SHOP, "frame", "https://other.example/page"),
    Question(_WWW, "frame", "https://shop.example/page"),
)

#: Chosen by hand, each for a rule that chance seldom meets.
CHOSEN = {
    "another value makes it younger": [Answer(_SHOP, ("a=1", "b=1", "c=1")), Answer(_SHOP, ("a=2", "b=1"))],
    "the same value keeps its place": [Answer(_SHOP, ("a=1", "b=1")), Answer(_SHOP, ("a=1; HttpOnly",))],
    "a deletion fits one of three": [
        Answer(_SHOP, ("a=1", "a=2; Domain=shop.example", "a=3; Path=/a/b")),
        Answer(_SHOP, ("a=; Max-Age=0; Domain=.shop.example",)),
    ],
    "plain HTTP leaves Secure alone": [
        Answer(_SHOP, ("a=1; Secure; Path=/a", "b=1; Secure; Path=/a")),
        Answer("http://shop.example/a/b", ("a=2; Path=/a/b", "a=3; Path=/", "b=; Max-Age=0; Path=/a")),
    ],
    "also those of hosts below": [
        Answer(_WWW, ("a=1; Secure; Path=/",)),
        Answer("http://shop.example/a/b", ("a=2; Domain=shop.example", "a=3")),
    ],
    "but not in another partition": [
        Answer(_SHOP, ("a=1; Secure; Path=/; Partitioned",)),
        Answer("http://shop.example/a/b", ("a=2; Path=/",)),
        Answer(_SHOP, ("b=1; Secure; Path=/", "b=2; Secure; Path=/; Partitioned", "b=; Max-Age=0; Path=/")),
    ],
    "on this machine it is another thing": [
        Answer("http://localhost/a/b", ("a=1; Secure; Path=/",)),
        Answer("http://localhost/a/b", ("a=2; Path=/",)),
    ],
    "no script touches HttpOnly": [
        Answer(_SHOP, ("a=1; HttpOnly; Path=/", "b=1; HttpOnly; Path=/")),
        Answer(_SHOP, ("a=2; Path=/", "a=3; Path=/a", "b=; Max-Age=0; Path=/"), "script"),
    ],
    "one without a name": [Answer(_SHOP, ("x", "=y", "n="))],
    "names of another case": [Answer(_SHOP, ("x=1", "X=2", "x=3"))],
}

_attributes = (
    ("", "", "Path=/", "Path=/", "Path=/a", "Path=/a/b"),
    ("", "", "Domain=shop.example", "Domain=www.shop.example"),
    ("", "Secure", "Secure"),
    ("", "", "HttpOnly"),
    ("", "", "", "Max-Age=0", "Max-Age=60"),
    ("", "", "SameSite=None"),
    ("", "", "Partitioned"),
)
_lines = st.tuples(st.sampled_from(("a=1", "a=2", "b=1", "", "a=")), *map(st.sampled_from, _attributes)).map(
    lambda parts: "; ".join((parts[0], *filter(None, parts[1:])))
)
_urls = st.sampled_from((_SHOP, "https://shop.example/", "http://shop.example/a/", _WWW, "http://localhost/a/b"))
_several = st.lists(_lines, min_size=1, max_size=4).map(tuple)
_ways = st.tuples(_urls, st.sampled_from((("visit", None), ("script", None)))) | st.tuples(
    st.sampled_from((_SHOP, _WWW)), st.just(("frame", "https://other.example/page"))
)
_answers = st.tuples(_ways, _several).map(lambda drawn: Answer(drawn[0][0], drawn[1], *drawn[0][1]))
sequences = st.lists(_answers, min_size=2, max_size=6)

_crowds = st.tuples(
    st.lists(st.sampled_from(("", "; Priority=Low", "; Priority=High")), min_size=2, max_size=4),
    st.lists(st.sampled_from(("", "; Secure")), min_size=1, max_size=5),
    st.integers(170, 300),
)


def _crowd(kinds: Sequence[str], safety: Sequence[str], number: int) -> Answer:
    """More cookies than a site may have. Their kinds come in runs and take turns, so that each round has its part."""
    run = number // len(kinds) + 1
    lines = (f"c{i}=1{kinds[i // run]}{safety[i % len(safety)]}" for i in range(number))
    return Answer(_SHOP, tuple(lines))


crowds = _crowds.map(lambda drawn: _crowd(*drawn))
