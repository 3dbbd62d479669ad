"""Cases chosen by hand: a ``Set-Cookie`` line, the address that sends it, and what the browser asks for next."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import asdict
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

from demo_app.cookies import SetCookie, why
from demo_app.lesson import Context

# What Chromium did, a case to a line, and what Firefox did otherwise; ``python -m tests.browser.record`` writes them.
_FILES = {"chromium": Path(__file__).with_name("cases.json"), "firefox": Path(__file__).with_name("firefox.json")}


#: Of the hosts that the tests know, those that a browser never asks over plain HTTP.
_HTTPS_ONLY = re.compile(r"http(?=://[^/:]*\.(?:app|dev)[/:])")


def as_asked(url: str) -> str:
    """The address that is asked when a browser is led to another one."""
    return _HTTPS_ONLY.sub("https", url)


class Case(NamedTuple):
    """A cookie and its circumstances."""

    #: The ``Set-Cookie`` line; ``x{9}`` stands for nine times x. Names are different, as a browser keeps one of a name.
    line: str
    url: str
    context: Context

    @property
    def name(self) -> str:
        return SetCookie(self.line).name

    @property
    def value(self) -> str:
        return SetCookie(self.line).value

    @property
    def whole_line(self) -> str:
        return re.sub(r"x\{(\d+)\}", lambda found: "x" * int(found[1]), self.line)


class Verdict(NamedTuple):
    """What the browser did."""

    stored: bool
    #: For how many days; ``None`` for a browser session, and for what is not stored.
    days: int | None
    shown: bool
    sent: bool
    #: Chromium's own words for why it has refused it, all that hold; none where it is silent, as Firefox always is.
    refused: tuple[str, ...] = ()
    #: And for why the next request does not carry it.
    held_back: tuple[str, ...] = ()


def doctor(case: Case, client: str) -> Verdict:
    """What the doctor says, with one word at most for each answer."""
    found = why(case.whole_line, case.url, case.context, client)
    days = found.lifetime and round(found.lifetime.total_seconds() / 86400)
    words = ((finding.word,) if finding.word else () for finding in (found.stored, found.sent))
    return Verdict(found.stored.answer, days, found.shown.answer, found.sent.answer, *words)


def differs(case: Case, client: str, verdict: Verdict) -> bool:
    """Whether the doctor says otherwise than the browser, or for a reason that is none of those that Chromium gives."""
    said = doctor(case, client)
    words = [(said.held_back, verdict.held_back)] * (client == "chromium")
    if client == "chromium" and case.context.set_by != "script":  # of what a script sets there is nothing to hear
        words.append((said.refused, verdict.refused))
    return said[:4] != verdict[:4] or not all(one == all_ or set(one) & set(all_) for one, all_ in words)


# What becomes of an attribute often depends on where the cookie comes from.

_PLACES = (
    "http://shop.example/",
    "https://shop.example/",
    "https://www.shop.example/account/login",
    "http://localhost/",
    "http://app.localhost/",
    "http://127.0.0.1/",
)
_BY_PLACE = (
    "plain=1",
    "all=1; Path=/; HttpOnly; Secure; SameSite=Lax",
    "secure=1; Secure",
    "secure-value=1; secure=false",
    "path-account=1; Path=/account",
    "path-relative=1; Path=account",
    "domain-site=1; Domain=shop.example",
    "domain-dot=1; Domain=.shop.example",
    "domain-www=1; Domain=www.shop.example",
    "domain-other=1; Domain=other.example",
    "domain-part=1; Domain=op.example",
    "domain-suffix=1; Domain=example",
    "domain-localhost=1; Domain=localhost",
    "domain-ip=1; Domain=127.0.0.1",
    "samesite-none=1; SameSite=None",
    "samesite-none-secure=1; SameSite=None; Secure",
    "partitioned=1; Partitioned",
    "partitioned-secure=1; Partitioned; Secure",
    "partitioned-none=1; Partitioned; Secure; SameSite=None",
    "__Secure-plain=1",
    "__Secure-secure=1; Secure",
    "__Host-plain=1; Path=/",
    "__Host-secure=1; Secure; Path=/",
    "__Host-no-path=1; Secure",
    "__Host-path=1; Secure; Path=/account",
    "__Host-domain=1; Secure; Path=/; Domain=shop.example",
    "__Host-localhost=1; Secure; Path=/; Domain=localhost",
    "__Host-ip=1; Secure; Path=/; Domain=127.0.0.1",
)
_ANYWHERE = (
    "secure-caps=1; SECURE",
    "httponly=1; HttpOnly",
    "httponly-caps=1; HTTPONLY",
    "unknown=1; Colour=red",
    "priority=1; Priority=High",
    "priority-word=1; Priority=Urgent",
    "path-root=1; Path=/",
    "path-empty=1; Path=",
    "path-twice=1; Path=/nowhere; Path=/",
    "path-longest=1; Path=/x{1023}",
    "path-longer=1; Path=/x{1024}",
    "domain-caps=1; Domain=SHOP.example",
    "domain-empty=1; Domain=",
    "domain-url=1; Domain=https://shop.example",
    "domain-port=1; Domain=shop.example:443",
    "max-age=1; Max-Age=86400",
    "max-age-zero=1; Max-Age=0",
    "max-age-negative=1; Max-Age=-1",
    "max-age-long=1; Max-Age=63072000",
    "max-age-word=1; Max-Age=soon",
    "max-age-wins=1; Max-Age=86400; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
    "max-age-kills=1; Expires=Fri, 31 Dec 2100 23:59:59 GMT; Max-Age=0",
    "expires-past=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
    "expires-far=1; Expires=Fri, 31 Dec 2100 23:59:59 GMT",
    "expires-word=1; Expires=tomorrow",
    "samesite-strict=1; SameSite=Strict",
    "samesite-lax=1; samesite=lax",
    "samesite-word=1; SameSite=Sometimes",
    "__Secure-path=1; Secure; Path=/account",
    "__Secure-domain=1; Secure; Path=/; Domain=shop.example",
    "__SECURE-caps=1",
    "__host-caps=1; Path=/",
    "__Http-plain=1; Secure",
    "__Http-httponly=1; Secure; HttpOnly",
    "__Host-Http-plain=1; Secure; Path=/",
    "__Host-Http-httponly=1; Secure; Path=/; HttpOnly",
    "size-most=x{4087}",
    "size-more=x{4088}",
    "control=a\x07b",
    "tab=a\tb",
    "control-attribute=1; Path=/\x07",
    "control-unknown=1; Colour=\x1fred",
    "control-name=1; Col\x7four",
    "tab-path=1; Path=/a\tb",
    "tab-edge=1\t; \tPath\t=\t/\t",
    "control-high=\x85",
    "first-last=1; Max-Age=86400; Max-Age=172800",
    "first-last-word=1; Max-Age=86400; Max-Age=soon",
    "first-last-expires=1; Expires=Fri, 31 Dec 2100 23:59:59 GMT; Expires=soon",
    "first-last-empty=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Expires",
    "first-last-domain=1; Domain=other.example; Domain=shop.example",
    "first-last-no-domain=1; Domain=other.example; Domain=",
    "first-last-path=1; Path=/; Path=account",
    "first-last-longer=1; Path=/account; Path=/x{1024}",
    "first-last-none=1; SameSite=Lax; SameSite=None",
    "first-last-samesite=1; SameSite=None; SameSite=Lax",
    'samesite-quoted=1; SameSite="None"',
    "samesite-long-s=1; SameSite=\u017ftrict",
    "domain-only-dot=1; Domain=.",
    "domain-dots=1; Domain=..shop.example",
    "domain-end=1; Domain=shop.example.",
    'domain-quoted=1; Domain="shop.example"',
    "domain-percent=1; Domain=sh%6fp.example",
    "domain-long-s=1; Domain=\u017fhop.example",
    "comma=1, two=2; Path=/, three=3; Path=/",
    "equals==1=",
    " spaces = 1 2 ",
    '"quoted"="1"',
    "=nameless=equals",
    "==nameless",
    "nameless",
    "=nameless-too",
    "=__Host-nameless",
    "=",
    "; Path=/",
)

# Which later requests carry it depends on their scheme, host and path.

_SCOPES = (
    "plain=1",
    "secure=1; Secure",
    "path-root=1; Path=/",
    "path-account=1; Path=/account",
    "path-slash=1; Path=/account/",
    "domain-site=1; Path=/; Domain=shop.example",
    "domain-www=1; Domain=www.shop.example",
    "__Host-secure=1; Secure; Path=/",
)
_TARGETS = (
    "https://www.shop.example/",
    "https://www.shop.example/account",
    "https://www.shop.example/account/",
    "https://www.shop.example/account/orders",
    "https://www.shop.example/accounts",
    "http://www.shop.example/account/orders",
    "https://shop.example/account/orders",
    "https://a.www.shop.example/account/orders",
    "https://other.example/account/orders",
)

# Whether a request from another site carries it depends on who asks, and how.

_SITES = (
    "plain=1",
    "lax=1; SameSite=Lax",
    "strict=1; SameSite=Strict",
    "none=1; SameSite=None; Secure",
    "httponly=1; SameSite=None; Secure; HttpOnly",
    "word=1; SameSite=Sometimes",
    "partitioned=1; SameSite=None; Secure; Partitioned",
    "partitioned-lax=1; SameSite=Lax; Secure; Partitioned",
)
_PAGES = (
    "https://shop.example/page",
    "https://www.shop.example/page",
    "http://shop.example/page",
    "https://other.example/page",
    "http://other.example/page",
)
_REQUESTS = ("link", "form", "image", "fetch", "frame")

# Who shares a name with whom says the Public Suffix List.

_BELOW_SUFFIXES = (
    "https://github.io/",
    "https://me.github.io/",
    "https://www.me.github.io/",
    "https://shop.co.uk/",
    "https://front.vercel.app/",
)
_DOMAINS = (
    "domain-github=1; Domain=github.io",
    "domain-me=1; Domain=me.github.io",
    "domain-co=1; Domain=co.uk",
    "domain-shop=1; Domain=shop.co.uk",
    "domain-vercel=1; Domain=vercel.app",
    "__Host-github=1; Secure; Path=/; Domain=github.io",
)
_NEIGHBOURS = (
    ("https://front.vercel.app/page", "https://back.vercel.app/"),
    ("https://me.github.io/page", "https://you.github.io/"),
    ("https://me.github.io/page", "https://www.me.github.io/"),
    ("https://shop.co.uk/page", "https://other.co.uk/"),
    ("https://shop.co.uk/page", "https://www.shop.co.uk/"),
)

# What a script fetches has cookies, or has none, by the origin.

_ORIGINS = (
    ("https://shop.example/page", "https://shop.example/"),
    ("https://www.shop.example/page", "https://shop.example/"),
    ("https://other.example/page", "https://shop.example/"),
    ("http://localhost:3000/page", "http://localhost:5000/"),
    ("http://localhost:3000/page", "http://localhost:3000/"),
)

# What a page over HTTPS does not load, or loads over HTTPS instead.

_INSECURE = ("http://shop.example/", "http://www.other.example/", "http://localhost/", "http://app.localhost/")
_IMAGES = (*_INSECURE, "http://192.0.2.1/", "http://127.0.0.1/")
#: The page, those around it, and what is asked before the image.
_AROUND_IMAGES = (
    ("https://shop.example/page", (), ()),
    ("https://other.example/page", (), ("http://other.example/pay",)),
    ("https://shop.example/page", (), ("https://other.example/pay",)),
    ("http://localhost/page", ("https://shop.example/page",), ()),
    ("https://shop.example/page", ("https://other.example/page", "http://localhost/page"), ()),
    ("http://app.localhost/page", ("https://other.example/page", "http://localhost/page"), ()),
    ("https://shop.example/page", ("http://shop.example/page",), ()),
    ("null", ("https://shop.example/page",), ()),
)

# A redirect makes a GET of a POST, and does not hide who has caused it.

_WAYS = (
    ("https://other.example/page", "https://shop.example/", ("https://shop.example/pay",)),
    ("https://other.example/page", "https://shop.example/", ("https://other.example/pay",)),
    ("https://shop.example/page", "https://shop.example/", ("https://other.example/pay",)),
    (
        "https://shop.example/page",
        "https://other.example/",
        ("https://shop.example/pay", "https://www.shop.example/pay"),
    ),
    ("https://shop.example/page", "https://shop.example/", ("https://www.shop.example/pay",)),
    ("https://shop.example/page", "https://shop.example/", ("https://shop.example/pay",)),
    ("http://shop.example/page", "https://shop.example/", ("http://shop.example/pay",)),
    ("https://shop.example/page", "https://shop.example/", ("https://shop.example/pay", "http://shop.example/pay")),
)

# A page may be in a frame: what counts is every page around it, not the address bar alone.

_WITHIN = (
    (("https://shop.example/page",), "https://www.shop.example/page"),
    (("https://other.example/page",), "https://shop.example/page"),
    (("https://shop.example/page",), "https://other.example/page"),
    (("https://shop.example/page", "https://other.example/page"), "https://www.shop.example/page"),
    (("https://shop.example/page", "https://www.shop.example/page"), "https://shop.example/page"),
    (("http://shop.example/page",), "https://shop.example/page"),
    (("https://shop.example/page",), "null"),
    (("file:///shop/page.html",), "https://shop.example/page"),
    (("chrome-extension://abc/page.html",), "https://shop.example/page"),
    (("null",), "https://shop.example/page"),
)

#: How it is set, and how it is asked for.
_TWICE = (
    ("visit", "image"),
    ("visit", "link"),
    ("visit", "form"),
    ("script", "fetch"),
    ("image", "image"),
    ("frame", "frame"),
    ("link", "link"),
)

# A page may come from no host.

_HOSTLESS = ("file:///shop/page.html", "chrome-extension://abc/page.html", "null")

# What is kept for the page that the address bar shows may end with it.

_LASTING = (
    "none=1; SameSite=None; Secure; Max-Age=864000",
    "partitioned=1; SameSite=None; Secure; Partitioned; Max-Age=864000",
    "over=1; Max-Age=0",
)
_OPAQUE = (((), "null"), (("null",), "https://shop.example/page"), (("https://other.example/page",), "null"))

# Some hosts are never asked over plain HTTP.

_PRELOADED = ("http://shop.dev/", "http://me.pages.dev/", "https://shop.dev/")


def cases(client: str) -> Iterator[Case]:
    """All cases for a browser, those of the same circumstances one after the other."""
    return (case for case in _all_cases() if is_for(client, case))


def is_for(client: str, case: Case) -> bool:
    """Whether the browser can be asked.

    An extension of Chromium's is none of Firefox's; nor does Firefox take a certificate of ours for a host that it asks
    over HTTPS alone.
    """
    if client == "chromium":
        return True
    context = case.context
    pages = (*context.within, context.page or "")
    places = (case.url, context.to or "", *pages, *context.redirects)
    return not any(place.startswith("chrome-extension:") or as_asked(place) != place for place in places)


def _all_cases() -> Iterator[Case]:
    for url, line in product(_PLACES, _BY_PLACE):
        yield Case(line, url, Context())
    for line in _ANYWHERE:
        yield Case(line, "https://shop.example/", Context())
    for to, line in product(_TARGETS, _SCOPES):
        yield Case(line, "https://www.shop.example/account/login", Context(to=to))
    url, other = "https://shop.example/", "https://other.example/page"
    for page, request, line in product(_PAGES, _REQUESTS, _SITES):
        yield Case(line, url, Context(request=request, page=page, credentials=_with_cookies(request)))
    for request, line in product(("visit", *_REQUESTS), _SITES):
        context = Context(request=request, page=other, set_by=request, credentials=_with_cookies(request))
        yield Case(line, url, context)
    for page, request, set_by, line in product(_PAGES[1:4], ("image", "frame"), ("visit", "frame"), _SITES):
        yield Case(line, url, Context(request=request, page=page, set_by=set_by, third_party_cookies=False))
    for url, line in product(_BELOW_SUFFIXES, _DOMAINS):
        yield Case(line, url, Context())
    for (page, url), request, line in product(_NEIGHBOURS, ("image", "form"), _SITES):
        yield Case(line, url, Context(request=request, page=page))
    for (page, url), set_by, credentials, line in product(
        _ORIGINS, ("visit", "fetch"), ("same-origin", "omit"), _SITES
    ):
        yield Case(line, url, Context(request="fetch", page=page, set_by=set_by, credentials=credentials))
    for (page, url), line in product(_ORIGINS[3:], _SITES):
        yield Case(line, url, Context(request="fetch", page=page, set_by="fetch", credentials="include"))
    for to, request, line in product(_INSECURE, ("image", "fetch", "frame"), _SITES):
        context = Context(request=request, page="https://shop.example/page", credentials=_with_cookies(request))
        yield Case(line, to, context)
    for to, (page, within, redirects), line in product(_IMAGES, _AROUND_IMAGES, _SITES):
        yield Case(line, to, Context(request="image", page=page, within=within, redirects=redirects, set_by="image"))
    for request, line in product(("image", "fetch", "frame", "link"), _SITES):
        context = Context(
            request=request,
            page="http://localhost/page",
            within=("https://shop.example/page",),
            set_by=request,
            credentials=_with_cookies(request),
        )
        yield Case(line, "http://other.example/", context)
    for set_by, line in product(("image", "frame"), _SITES):
        yield Case(line, _INSECURE[0], Context(request="link", page="https://shop.example/page", set_by=set_by))
    for url, line in product(_PLACES[1:4], (*_BY_PLACE, *_ANYWHERE)):
        yield Case(line, url, Context(set_by="script"))
    for (page, url, redirects), request, line in product(_WAYS, ("visit", *_REQUESTS), _SITES):
        if request != "form" or "http://shop.example/pay" not in redirects[1:]:  # Chromium asks before such a form
            yield Case(line, url, Context(request=request, page=page, redirects=redirects))
    for (page, url, redirects), line in product(_WAYS, _SITES):
        yield Case(line, url, Context(request="fetch", page=page, redirects=redirects, credentials="include"))
    for (within, page), (set_by, request), line in product(_WITHIN, _TWICE, _SITES):
        told = Context(request=request, set_by=set_by, page=page, within=within, credentials=_with_cookies(request))
        yield Case(line, "https://shop.example/", told)
    for (within, page), request, line in product(_WITHIN, ("image", "frame"), _SITES):
        blocking = Context(request=request, set_by=request, page=page, within=within, third_party_cookies=False)
        yield Case(line, "https://shop.example/", blocking)
    for page, (set_by, request), line in product(_HOSTLESS, _TWICE, _SITES):
        told = Context(request=request, set_by=set_by, page=page, credentials=_with_cookies(request))
        yield Case(line, "https://shop.example/", told)
    for allowed, (within, page), request, line in product((None, True), _OPAQUE, ("image", "frame"), _LASTING):
        told = Context(request=request, set_by=request, page=page, within=within, third_party_cookies=allowed)
        yield Case(line, "https://shop.example/", told)
    for url, request, line in product(_PRELOADED, ("visit", "link", "image", "fetch", "frame"), _SITES):
        told = Context(
            request=request, page="http://shop.dev/page", to="http://shop.dev/", credentials=_with_cookies(request)
        )
        yield Case(line, url, told)
    for page, request, line in product(("http://other.example/page", "https://other.example/page"), _REQUESTS, _SITES):
        if (page, request) == ("https://other.example/page", "form"):
            continue  # Chromium asks before such a form
        told = Context(request=request, set_by=request, page=page, credentials=_with_cookies(request))
        yield Case(line, _PRELOADED[0], told)


def _with_cookies(request: str) -> str:
    """The credentials with which a request of any kind has cookies."""
    return "include" if request == "fetch" else Context.credentials


def load(client: str) -> dict[Case, Verdict]:
    """The recorded cases of a browser."""
    verdicts = _read("chromium")
    if client == "chromium":
        return verdicts
    return {case: Verdict(*verdict[:4]) for case, verdict in verdicts.items() if is_for(client, case)} | _read(client)


def _read(client: str) -> dict[Case, Verdict]:
    rows = json.loads(_FILES[client].read_text(encoding="utf-8"))
    return {
        Case(line, url, _context(told)): Verdict(*verdict[:4], *map(tuple, verdict[4:]))
        for line, url, told, *verdict in rows
    }


def _context(told: dict[str, Any]) -> Context:
    """A context out of JSON, which knows no tuples."""
    return Context(**{name: tuple(value) if isinstance(value, list) else value for name, value in told.items()})


def dump(client: str, verdicts: dict[Case, Verdict]) -> None:
    """Write the cases down, a case to a line, so that a difference between two versions can be read."""
    if client != "chromium":
        usual = _read("chromium")
        verdicts = {case: verdict for case, verdict in verdicts.items() if usual[case][:4] != verdict[:4]}
    defaults = Context()
    rows = []
    for case, verdict in verdicts.items():
        told = {key: value for key, value in asdict(case.context).items() if value != getattr(defaults, key)}
        rows.append(json.dumps([case.line, case.url, told, *(verdict if client == "chromium" else verdict[:4])]))
    _FILES[client].write_text("[\n" + ",\n".join(rows) + "\n]\n", encoding="utf-8")
