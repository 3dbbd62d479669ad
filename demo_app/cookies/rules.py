"""The rules by which a browser stores a cookie and gives it back (RFC 6265bis, section 5).

Where the RFC leaves something to the browser, Chromium's choice. Each rule gives its reason and where it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from .address import Hostless, Place, read_host
from .clients import Browser
from .dates import is_usual_date, read_age, read_date
from .line import SetCookie
from .suffixes import is_public_suffix

#: Browsers may shorten any longer lifetime to this (section 5.5).
LONGEST_LIFETIME = timedelta(days=400)

#: Octets of name and value together, and of an attribute's value (section 5.6).
_LONGEST_COOKIE, LONGEST_ATTRIBUTE = 4096, 1024

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_SAMESITE = {"strict": "Strict", "lax": "Lax", "none": "None"}
_PRIORITY = {"low": "Low", "medium": "Medium", "high": "High"}

#: Chromium's words for what keeps a cookie within its site.
SAMESITE_WORDS = {
    None: "SchemefulSameSiteUnspecifiedTreatedAsLax",
    "Lax": "SchemefulSameSiteLax",
    "Strict": "SchemefulSameSiteStrict",
}

_BIS = "RFC 6265bis, "
_RETRIEVAL = f"{_BIS}5.8.3"
_CHIPS = "CHIPS"
_TCP = "Firefox, Total Cookie Protection"
_FETCH = "Fetch standard, credentials mode"
_PREFIXES = {
    "__Host-Http-": "draft layered-cookies, 4.1.3.4",
    "__Http-": "draft layered-cookies, 4.1.3.3",
    "__Host-": f"{_BIS}5.7, step 21",
    "__Secure-": f"{_BIS}5.7, step 20",
}


class Reason(NamedTuple):
    """Why a browser does something, or does not."""

    because: str
    #: Where the rule stands.
    rule: str
    #: What Chromium's own tools call it; empty where they are silent.
    word: str = ""


class Request:
    """A request that a browser makes."""

    def __init__(
        self,
        browser: Browser,
        kind: str,
        url: Place,
        page: Place | None,
        credentials: str = "same-origin",
        redirects: tuple[Place, ...] = (),
        within: tuple[Place, ...] = (),
    ) -> None:
        if kind == "visit":
            page, within = None, ()
        #: Who makes it.
        self.browser = browser
        #: ``"visit"``, ``"link"``, ``"form"``, ``"frame"``, ``"image"`` or ``"fetch"``; or none, but a ``"script"`` of
        #: the page at this address.
        self.kind = kind
        #: The page that causes it. (A visit is nobody's doing but the visitor's.)
        self.page = page
        #: What a script says to ``fetch``: ``"same-origin"``, ``"include"`` or ``"omit"``.
        self.credentials = credentials
        #: The pages that have a part in it, the outermost first: the one that causes it, and those around that one.
        self.pages = within if page is None else (*within, page)
        #: The pages around what is answered, the outermost first.
        self.around = within if kind in ("link", "form") else self.pages
        if kind == "image" and _is_guarded(self.around, browser):
            url, redirects = _as_image(url, browser), tuple(_as_image(one, browser) for one in redirects)
        #: The address that is asked: that of an image over HTTPS, if its page is.
        self.url = url
        #: The addresses that have led here by a 302, the first one asked first.
        self.redirects = redirects
        #: Whether the answer becomes part of another site's page, or has one anywhere around it (section 5.2.1).
        self.is_third_party = not all(map(self._is_of_site, self.around))
        #: Whether another site is around it or has caused it, wherever it has gone before.
        self.is_of_another_site = not all(map(self._is_of_site, self.pages))
        others = redirects if browser.redirects_cross_sites else ()
        #: Whether another site has a part in it, or to some browsers has led here (section 5.2).
        self.is_cross_site = self.is_of_another_site or not all(map(self._is_of_site, others))

    @property
    def is_without_cookies(self) -> bool:
        """Whether a script has it made without cookies, in both directions."""
        if self.kind != "fetch" or self.page is None or self.credentials == "include":
            return False
        asked = (*self.redirects, self.url)  # who was once led to another origin does not count as the same again
        return self.credentials == "omit" or any(url.origin != self.page.origin for url in asked)

    @property
    def is_post(self) -> bool:
        """Whether it still is a POST: after a 302 a browser goes on with GET (Fetch standard, HTTP-redirect fetch)."""
        return self.kind == "form" and not self.redirects

    @property
    def is_mixed(self) -> bool:
        """Whether it would bring something over plain HTTP into a page over HTTPS, or comes from a page that would."""
        outer = enumerate(self.pages)
        if any(_is_plain(page) and _is_guarded(self.pages[:depth], self.browser) for depth, page in outer):
            return True
        # Images are asked for over HTTPS instead.
        asked = (place for place in (*self.redirects, self.url) if not (place.is_upgraded and self.kind == "image"))
        return _is_guarded(self.around, self.browser) and any(map(_is_plain, asked))

    @property
    def is_between_sites(self) -> bool:
        """Whether another site is around it or has caused it, scheme and all, as the standard says it."""
        return any(page.origin != self.url.origin and page.site != self.url.site for page in self.pages)

    @property
    def is_between_hosts(self) -> bool:
        """Whether it takes the Public Suffix List to say if it is cross-site."""
        return any(page.host != self.url.host for page in self.pages)

    @property
    def top(self) -> Place:
        """What the address bar shows when it has been answered."""
        return (*self.around, self.url)[0]

    def _is_of_site(self, place: Place) -> bool:
        """Whether a page is of the same site as what is asked."""
        if place.origin == self.url.origin:
            return True  # which takes no list
        one, two = place.site, self.url.site
        return one[1] == two[1] if self.browser.sites_have_no_scheme else one == two


def _is_plain(place: Place) -> bool:
    """Whether a page over HTTPS has nothing to do with it: it says ``http``, and is not on this machine."""
    return place.is_upgraded or not place.is_secure


def _is_guarded(around: tuple[Place, ...], browser: Browser) -> bool:
    """Whether what is loaded into some pages, the outermost first, may not come over plain HTTP."""
    if browser.guards_by_page_alone:
        around = tuple(page for page in around if page.scheme != "null")[-1:]  # an opaque one is as the one around it
    return any(page.scheme == "https" for page in around)


def _as_image(place: Place, browser: Browser) -> Place:
    """Where an image is asked for that a page over HTTPS has at this address (Mixed Content standard, section 4.1)."""
    if isinstance(place, Hostless) or place.is_secure or (place.is_ip and not browser.upgrades_ip_addresses):
        return place
    return place.upgraded()


#: The site in the address bar, and whether a cookie is a third party's there.
Partition = tuple[tuple[str, str], bool]


class Cookie:
    """A ``Set-Cookie`` line as a browser reads it (sections 5.6 and 5.7)."""

    def __init__(self, line: str, origin: Place, at: datetime, browser: Browser) -> None:
        #: Its parts as they stand in the line.
        self.line = read = SetCookie(line)
        self.name, self.value = read.name, read.value
        if browser.needs_names and "=" not in line.partition(";")[0]:
            self.name, self.value = read.value, ""
        #: Whether there is a control character anywhere; a tab at an edge is no more than a space.
        pair = self.name + self.value
        texts = (pair.replace("\t", "") if browser.takes_tabs else pair, *map("".join, read.parts))
        self.has_control = not line.isprintable() and any(map(_CONTROL.search, texts))
        given = {name.lower(): value for name, value in read.parts if octets(value) <= LONGEST_ATTRIBUTE}
        self.httponly, self.secure, self.partitioned = (flag in given for flag in ("httponly", "secure", "partitioned"))
        self.samesite = _SAMESITE.get(given.get("samesite", "").lower())
        #: The host that set it, which alone gets it back unless there is a domain.
        self.host = origin.host
        domain = _read_domain(given.get("domain", ""), browser)
        # A host that is a public suffix itself, or an IP address, may name itself: the cookie is for it alone.
        self.domain = None if not domain or (domain == origin.host and origin.is_alone) else domain
        self.has_domain = bool(domain) and not (domain == origin.host and origin.is_ip)  # as Chromium sees it
        self.has_path = given.get("path", "").startswith("/")
        self.path = given["path"] if self.has_path else origin.path.rpartition("/")[0] or "/"
        #: How long it asks to be kept; ``None`` for a browser session.
        self.asked = _lifetime(given, at, browser)
        date, age = given.get("expires", ""), given.get("max-age", "")
        #: Whether it ends at a date that this browser may read otherwise.
        self.has_unsure_date = (
            browser.reads_dates_otherwise
            and read_age(age, browser.ages_by_first_sign) is None
            and any(map(str.isdigit, date))
            and not is_usual_date(date)
        )
        #: Of use when a site has too many cookies: ``"Low"``, ``"Medium"`` or ``"High"``.
        self.priority = _PRIORITY.get(given.get("priority", "").lower(), "Medium")

    @property
    def is_over(self) -> bool:
        """Whether its end has come, so that it deletes the one before it."""
        return self.asked is not None and self.asked <= timedelta(0)

    def __str__(self) -> str:
        """What tells it from others, its value apart."""
        whose = self.host if self.domain is None else f"Domain={self.domain}"
        return f"the cookie named {self.name!r} of {whose} with Path={self.path}"

    def is_beside(self, other: Cookie, browser: Browser) -> bool:
        """Whether a request that carries the other one may carry this one too (section 5.7, step 16)."""
        is_near = self._covers(other, browser) or other._covers(self, browser)
        return is_near and other.fits(self.path)

    def _covers(self, other: Cookie, browser: Browser) -> bool:
        """Whether the other one's host, or domain, is this one's or below it: in the standard also without a domain."""
        mine, others = self.domain or self.host, other.domain or other.host
        is_alone = browser.minds_own_hosts_alone and self.domain is None
        return others == mine or (others.endswith(f".{mine}") and not is_alone)

    @property
    def prefix(self) -> str | None:
        """The prefix of its name that promises something, or of its value if it has no name."""
        name = self.name or self.value
        if not name.startswith("__"):
            return None
        return next((known for known in _PREFIXES if name.lower().startswith(known.lower())), None)

    def fits(self, path: str) -> bool:
        """Whether a request for ``path`` path-matches (section 5.1.4)."""
        return path == self.path or path.startswith(self.path if self.path.endswith("/") else f"{self.path}/")


def _read_domain(text: str, browser: Browser) -> str:
    """A domain in the form of hosts; what is no host stays as it came, and fits none."""
    text = text.removeprefix(".").lower() or text  # a dot alone is not nothing: Chromium refuses it
    try:
        return text if text.isascii() or browser.domains_are_ascii else read_host(text)
    except ValueError:
        return text


def octets(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode())


def _lifetime(attributes: dict[str, str], at: datetime, browser: Browser) -> timedelta | None:
    age = read_age(attributes["max-age"], browser.ages_by_first_sign) if "max-age" in attributes else None
    if age is not None:
        return age
    date = read_date(attributes["expires"]) if "expires" in attributes else None
    return None if date is None else date - at


# What keeps a cookie from being stored (section 5.7), in the order in which Chromium looks: first at the line.


def refusals(cookie: Cookie, answered: Request) -> Iterator[Reason]:
    """Why the browser does not store a cookie that came with the answer to a request."""
    browser = answered.browser
    if isinstance(answered.url, Hostless):
        yield _no_cookies_of(answered.url)
    if answered.is_mixed:
        yield _MIXED
    if answered.is_without_cookies:
        yield _without_cookies(answered)
    size = octets(cookie.name + cookie.value)
    if not size:
        yield Reason("It has neither a name nor a value.", f"{_BIS}5.7, step 2", "NoCookieContent")
    if size > _LONGEST_COOKIE:
        because = f"Name and value have {size:,} octets; {_LONGEST_COOKIE:,} are the most."
        yield Reason(because, f"{_BIS}5.7, step 4", "NameValuePairExceedsMaxSize")
    if cookie.has_control:
        tabs = "" if browser.takes_tabs else "; Chromium refuses tabs too"
        yield Reason("It contains a control character.", f"{_BIS}5.6, step 1{tabs}", "DisallowedCharacter")
    if not cookie.name and browser.needs_names:
        yield Reason("It has no name.", "Firefox")
    elif not cookie.name and "=" in cookie.value:
        yield Reason("It has no name, and with = in its value it would come back as another cookie.", "Chromium")
    if cookie.domain is not None and not answered.url.is_below(cookie.domain):
        hint = " A domain is a host alone, without scheme, port and path." if set(cookie.domain) & set(":/") else ""
        because = f"{cookie.host} is not below Domain={cookie.domain}.{hint}"
        yield Reason(because, f"{_BIS}5.7, step 10", "InvalidDomain")
    elif cookie.domain is not None and is_public_suffix(cookie.domain):
        because = f"Domain={cookie.domain} is a public suffix, shared by many sites."
        yield Reason(because, f"{_BIS}5.7, step 9", "InvalidDomain")
    yield from _refusals_of_prefixes(cookie, browser)
    is_exposed = cookie.secure and not answered.url.is_secure
    if is_exposed and (cookie.prefix or cookie.partitioned):
        yield _EXPOSED._replace(word="InvalidPrefix" if cookie.prefix else "")
    if cookie.partitioned and not cookie.secure:
        yield Reason("Partitioned needs Secure.", _CHIPS)
    if is_blocked(cookie, answered):
        because = "Another site's page has loaded it, and this browser blocks that."
        yield Reason(because, f"{_BIS}7.1", "UserPreferences")
    if is_exposed:
        yield _EXPOSED
    if cookie.httponly and answered.kind == "script":
        yield Reason("It is HttpOnly, which no script can set.", f"{_BIS}5.7, step 15")
    if cookie.samesite == "None" and not cookie.secure:
        yield Reason("SameSite=None needs Secure.", f"{_BIS}5.7, step 19", "SameSiteNoneInsecure")
    if answered.around and answered.is_cross_site and _is_for_own_site(cookie, browser):
        said = f"SameSite={cookie.samesite}" if cookie.samesite else "it has no SameSite=None"
        yield Reason(
            f"Another site's page has loaded it, and {said}.", f"{_BIS}5.7, step 18", SAMESITE_WORDS[cookie.samesite]
        )


def deletion(cookie: Cookie, at: datetime) -> Reason:
    """What a cookie does whose end has come."""
    ended = f" ({at + cookie.asked:%Y-%m-%d})" if cookie.asked else ""  # an age has no date
    because = f"Its end has come{ended}: this deletes {cookie}, and no other."
    return Reason(because + _doubt(cookie), f"{_BIS}5.7, step 23")


_EXPOSED = Reason("It is Secure and came over plain HTTP.", f"{_BIS}5.7, step 13", "SecureOnly")
_MIXED = Reason(
    "A page over HTTPS loads nothing over plain HTTP, so this request is never made.", "Mixed Content standard, 4.4"
)


def _no_cookies_of(page: Hostless) -> Reason:
    if page.scheme.endswith("-extension"):
        because = "An extension's pages keep their cookies apart, and no request carries them."
        return Reason(because, "Chromium")
    return Reason("No host has sent this page, so it has no cookies.", "HTML standard, cookie-averse document")


def _without_cookies(request: Request) -> Reason:
    if request.credentials == "omit":
        return Reason("fetch was told to omit cookies.", _FETCH)
    return Reason('To another origin, fetch needs credentials: "include" for cookies in either direction.', _FETCH)


def _is_for_own_site(cookie: Cookie, browser: Browser) -> bool:
    """Whether its SameSite, or the lack of one, keeps it out of what other sites' pages load."""
    return cookie.samesite in ("Strict", "Lax") or (cookie.samesite is None and not browser.no_samesite_is_none)


def is_blocked(cookie: Cookie, request: Request) -> bool:
    """Whether third parties have no such cookie. What is in an extension's page has it in Chromium."""
    browser = request.browser
    if browser.third_party_cookies or (cookie.partitioned and browser.partitioned_is_enough):
        return False
    return request.is_third_party and not request.top.scheme.endswith("-extension")


def partition(cookie: Cookie, request: Request) -> Partition | None:
    """For what a cookie is kept: the site in the address bar, and whether it is a third party there.

    ``None``: for all.
    """
    if cookie.partitioned or (request.browser.keeps_third_parties_apart and request.is_third_party):
        return request.top.site, request.is_third_party
    return None


def _refusals_of_prefixes(cookie: Cookie, browser: Browser) -> Iterator[Reason]:
    prefix = cookie.prefix
    if prefix is None:
        return
    rule, word = _PREFIXES[prefix], "InvalidPrefix"
    if not cookie.name:
        because = f"It has no name, and its value looks like that of a {prefix} cookie."
        yield Reason(because, f"{_BIS}5.7, step 22", word)
    if not cookie.secure:
        yield Reason(f"The name begins with {prefix}, which needs Secure.", rule, word)
    has_domain = cookie.domain is not None if browser.host_domain_may_be_suffix else cookie.has_domain
    if "Host" in prefix and has_domain:
        yield Reason(f"The name begins with {prefix}, which has no Domain.", rule, word)
    has_path = cookie.has_path or browser.host_path_may_be_default
    if "Host" in prefix and not (has_path and cookie.path == "/"):
        yield Reason(f"The name begins with {prefix}, which needs Path=/.", rule, word)
    if "Http" in prefix and not cookie.httponly:
        yield Reason(f"The name begins with {prefix}, which needs HttpOnly.", rule, word)


def how_long(cookie: Cookie, partition: Partition | None, browser: Browser) -> tuple[timedelta | None, Reason]:
    """How long a stored cookie is kept, ``None`` for a browser session, and why."""
    if cookie.asked is None:
        return None, Reason("It is kept until the browser session ends." + _doubt(cookie), f"{_BIS}5.7, step 6")
    if partition and partition[0][0] == "null" and browser.forgets_opaque_pages:
        because = "It is kept until the browser session ends, as the page in whose frames it is has an opaque origin."
        return None, Reason(because, "Firefox")
    if cookie.asked > LONGEST_LIFETIME:
        most = f"It asks for {_in_words(cookie.asked)} and is kept {LONGEST_LIFETIME.days}, the most there is."
        return LONGEST_LIFETIME, Reason(most + _doubt(cookie), f"{_BIS}5.5")
    return cookie.asked, Reason(f"It is kept {_in_words(cookie.asked)}." + _doubt(cookie), f"{_BIS}5.7, step 6")


def _doubt(cookie: Cookie) -> str:
    return " Firefox may read this date otherwise: not checked." if cookie.has_unsure_date else ""


def _in_words(lifetime: timedelta) -> str:
    minutes = max(1, round(lifetime.total_seconds() / 60))
    length, unit = next((length, unit) for length, unit in _UNITS if minutes >= length)
    number = round(minutes / length)
    return f"{number} {unit}{'' if number == 1 else 's'}"


_UNITS = ((60 * 24, "day"), (60, "hour"), (1, "minute"))

# What keeps a stored cookie from being used (section 5.8.3).


def held_back(cookie: Cookie, answered: Request, asking: Request, by_script: bool) -> Iterator[Reason]:
    """Why a request does not carry the cookie, or does not show it to a script of the page that it leads to.

    :param answered: The request whose answer brought the cookie.
    """
    url = asking.url
    if asking.is_mixed:
        yield _MIXED
    if asking.is_without_cookies:
        yield _without_cookies(asking)
    kept_for, is_asked_by = partition(cookie, answered), partition(cookie, asking)
    if kept_for is None and is_asked_by is not None:
        yield Reason("In pages of other sites, this browser keeps other cookies than these.", _TCP)
    elif kept_for is not None and kept_for != is_asked_by:
        rule = _CHIPS if cookie.partitioned else _TCP
        yield Reason(f"It is kept for {_whose(answered, asking)} alone.", rule)
    if url.host != cookie.host and not url.is_below(cookie.domain or "."):
        # Chromium does not even look at the cookies of another registrable domain.
        word = "DomainMismatch" if url.site[1] == answered.url.site[1] else ""
        if cookie.domain is None:
            yield Reason(f"It has no Domain, so it is for {cookie.host} alone.", _RETRIEVAL, word)
        else:
            yield Reason(f"{url.host} is not below Domain={cookie.domain}.", _RETRIEVAL, word)
    if not cookie.fits(url.path):
        why_this = "" if cookie.has_path else ", which it has from the address that set it"
        yield Reason(f"{url.path} is not below its path {cookie.path}{why_this}.", _RETRIEVAL, "NotOnPath")
    if cookie.secure and not url.is_secure:
        yield Reason("It is Secure, and this is plain HTTP.", _RETRIEVAL, "SecureOnly")
    if by_script and cookie.httponly:
        yield HIDDEN
    # A page does not remember the redirects that have led to it.
    if asking.is_of_another_site if by_script else asking.is_cross_site:
        yield from _held_back_from_other_sites(cookie, asking)
    if is_blocked(cookie, asking):
        yield Reason("This browser gives third parties no cookies.", f"{_BIS}7.1", "UserPreferences")


def _whose(answered: Request, asking: Request) -> str:
    """The partition of a cookie, in words."""
    top = answered.top
    pages = "one page of an opaque origin" if top.scheme == "null" else f"pages of {'://'.join(top.site)}"
    if top.site != asking.top.site:
        return pages
    return f"{pages}, with {'' if answered.is_third_party else 'no '}other sites in between,"


def _held_back_from_other_sites(cookie: Cookie, asking: Request) -> Iterator[Reason]:
    word = SAMESITE_WORDS.get(cookie.samesite, "")
    if asking.around:
        if _is_for_own_site(cookie, asking.browser):
            said = f"SameSite={cookie.samesite} keeps" if cookie.samesite else "It has no SameSite=None, which keeps"
            yield Reason(f"{said} it from what a page of another site loads.", _RETRIEVAL, word)
    elif cookie.samesite == "Strict":
        is_led = asking.redirects and asking.is_of_another_site
        led = " A redirect does not change who has caused it." if is_led else ""
        yield Reason(f"SameSite=Strict keeps it from every request of another site.{led}", _RETRIEVAL, word)
    elif cookie.samesite == "Lax" and asking.is_post:
        yield Reason("SameSite=Lax keeps it from a POST of another site.", _RETRIEVAL, word)


def unchecked(cookie: Cookie, answered: Request, asking: Request) -> Iterator[Reason]:
    """Where Safari, which nobody has asked, is known to differ from what is said of browsers."""
    if cookie.secure and answered.url.is_secure and answered.url.scheme == "http":
        yield Reason("Not checked: what it makes of Secure on this machine, over plain HTTP.", _KNOWN)
    across = [request for request in (answered, asking) if request.is_between_sites]
    if cookie.samesite is None and across:
        yield Reason("Not checked: what it makes of a cookie without SameSite between two sites.", _KNOWN)
    if any(request.around for request in across):
        yield Reason("Not checked: which cookies it gives to third parties.", _KNOWN)


#: Its tables of what browsers are compatible with.
_KNOWN = "MDN"

#: Why no script sees a cookie, whatever its page.
HIDDEN = Reason("It is HttpOnly.", _RETRIEVAL)

#: Why a script sees a cookie that nothing holds back.
SHOWN = Reason("It has no HttpOnly, and the page fits.", f"{_BIS}5.8.2")


def let_through(cookie: Cookie, asking: Request) -> Reason:
    """Why a request carries a cookie that nothing holds back."""
    if not asking.is_cross_site:
        return Reason("Its scheme, host and path fit.", _RETRIEVAL)
    if cookie.samesite == "None":
        return Reason("SameSite=None lets it go with every request.", _RETRIEVAL)
    if cookie.samesite is None and asking.browser.no_samesite_is_none:
        return Reason("It has no SameSite, and goes with every request.", "Firefox")
    if asking.is_post:
        return Reason("Without SameSite, a POST carries it for two minutes, and then no more.", f"{_BIS}5.6.7.2")
    if asking.kind == "form":
        return Reason("The redirect has made a GET of the POST, and that is let through.", _RETRIEVAL)
    return Reason("A GET that leads the whole window here is let through.", _RETRIEVAL)
