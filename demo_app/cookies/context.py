"""How a browser comes by a cookie, and what it asks for next."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

from .address import Address, Place, read_address, read_place
from .clients import Browser
from .rules import Request

_KINDS = ("visit", "link", "form", "frame", "image", "fetch")
_CREDENTIALS = ("same-origin", "include", "omit")


@dataclass(frozen=True, kw_only=True)
class Context:
    """How a browser comes by a cookie, and what it asks for next.

    :param request: How the next request comes about. ``"visit"``: somebody types its address. From a page: a ``"link"``
        that is clicked, a ``"form"`` that is sent with POST, a ``"frame"``, an ``"image"`` (also audio and video), a
        ``"fetch"`` of a script.
    :param page: The address of that page; needed unless it is a visit. It may be a file (``"file:///…"``) or an
        extension's (``"chrome-extension://…"``). For a page with an opaque origin, such as a sandboxed frame or one
        with a ``data:`` address, say ``"null"``, as browsers do in ``Origin``. All of these are another site for every
        host. (Unless an extension has permission for the host: then it counts as a page of that host in Chromium.)
    :param within: If that page is in a frame, the pages around it, the outermost one first: it is what the address bar
        shows. A link or a form in a frame leads the frame elsewhere, not the window. A page that has another site
        anywhere around it is a third party, also where the outermost one is its own site again.
    :param to: Where the next request goes. ``None``: to the address that set the cookie.
    :param redirects: The addresses that are asked before that, each of which answers with a 302 to the next one.
    :param set_by: The kind of request that was answered with the cookie; unless it is a visit, from the same page. Or
        ``"script"``: a page at the address sets it itself, with ``document.cookie``; it is in the same frames. (A page
        that no host has sent has no cookies.)
    :param third_party_cookies: Whether what a page loads from other sites has cookies. That depends on the browser and
        on its settings (RFC 6265bis, section 7.1). ``None``: as the browser comes. Chromium has them then; Firefox too,
        but apart for each site in whose pages they are.
    :param credentials: What a script says to ``fetch``: ``"include"`` or ``"omit"`` cookies, or nothing, which is
        ``"same-origin"``. An origin is scheme, host and port, so that ``http://localhost:3000`` and
        ``http://localhost:5000`` are two, though one site.
    :raises ValueError: naming what is unknown or missing, or no address of HTTP or HTTPS.
    """

    request: str = "visit"
    page: str | None = None
    within: tuple[str, ...] = ()
    to: str | None = None
    redirects: tuple[str, ...] = ()
    set_by: str = "visit"
    third_party_cookies: bool | None = None
    credentials: str = "same-origin"

    def __post_init__(self) -> None:
        _one_of("request", self.request, _KINDS)
        _one_of("set_by", self.set_by, (*_KINDS, "script"))
        _one_of("credentials", self.credentials, _CREDENTIALS)
        for name, kind in (("request", self.request), ("set_by", self.set_by)):
            if kind not in ("visit", "script") and self.page is None:
                raise ValueError(f"Context({name}={kind!r}) needs the page that it comes from: page='https://…'.")
        if self.page is not None:
            place("Context(page=…)", self.page)
        if self.to is not None:
            address("Context(to=…)", self.to)
        for name, urls, read in (("redirects", self.redirects, address), ("within", self.within, place)):
            if isinstance(urls, str):
                raise ValueError(f"Context({name}={urls!r}): it is a tuple of addresses: ('https://…',).")
            for url in urls:
                read(f"Context({name}=…)", url)

    def answered(self, browser: Browser, url: Place, redirects: tuple[Place, ...] = ()) -> Request:
        """The request that is answered with the cookie, and what has led to it."""
        page = None if self.set_by == "script" else self._page
        return Request(browser, self.set_by, url, page, self.credentials, redirects, self._within)

    def asking(self, browser: Browser, url: Place) -> Request:
        """The next request."""
        redirects = tuple(map(read_address, self.redirects))
        return Request(browser, self.request, url, self._page, self.credentials, redirects, self._within)

    def document(self, browser: Browser, url: Place) -> Request:
        """What loads the page whose scripts may see the cookie: nobody's doing any more, once it is there.

        Images have no scripts: what counts is a page at their address.
        """
        if self.request in ("visit", "image", "fetch"):
            return Request(browser, "script", url, None)
        asking = self.asking(browser, url)
        return Request(browser, "script", url, None, redirects=asking.redirects, within=asking.around)

    @property
    def _page(self) -> Place | None:
        return None if self.page is None else read_place(self.page)

    @property
    def _within(self) -> tuple[Place, ...]:
        return tuple(map(read_place, self.within))


def _one_of(name: str, word: str, words: Sequence[str]) -> None:
    if word not in words:
        near = difflib.get_close_matches(str(word), words, 1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        raise ValueError(f"Context({name}={word!r}): it is one of {', '.join(map(repr, words))}.{hint}")


def address(argument: str, url: str) -> Address:
    """Read an address.

    :raises ValueError: naming the argument, if it is none.
    """
    try:
        return read_address(url) if isinstance(url, str) else Address(url)  # which says what it is
    except ValueError as error:
        raise ValueError(f"{argument}: {error}") from None


def place(argument: str, url: str) -> Place:
    """Read the address of a document.

    :raises ValueError: naming the argument, if it is none.
    """
    try:
        return read_place(url) if isinstance(url, str) else Address(url)
    except ValueError as error:
        raise ValueError(f"{argument}: {error}") from None
