"""A client that asks as a browser does: it keeps cookies by a browser's rules, and sends what is hidden in forms.

It follows no redirect, so that what belongs to one host goes to no other, and it reads no more than it needs.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timezone
from http.cookiejar import DefaultCookiePolicy
from typing import NamedTuple
from urllib.parse import urlencode, urljoin

import requests

from ..cookies import Context, Jar, SetCookie
from ..cookies.dates import read_date
from ..cookies.sources import set_cookies
from .app import CheckError
from .page import Page
from .step import Request

# In octets and in seconds: an answer that never ends has to end here.
_LONGEST = 2_000_000
_PATIENCE = 60


class Site(NamedTuple):
    """Where an app is asked, and who it takes itself for."""

    #: Where it listens, such as ``"http://127.0.0.1:49152"``.
    url: str
    #: What ``Origin`` and ``Referer`` say.
    origin: str
    #: Where a browser would have got its cookies from. Not this machine, which browsers trust over plain HTTP too.
    cookies_of: str
    #: The file of the authority to trust; ``None`` for those that clients know.
    ca_path: str | None = None

    @property
    def scheme(self) -> str:
        return self.url.partition(":")[0]


class Reply(NamedTuple):
    """What was answered to one request."""

    status: int
    #: Where it leads, without scheme and host if that is the app itself; ``""`` if nowhere.
    location: str
    headers: Mapping[str, str]
    set_cookie: list[SetCookie]
    #: When, by the app's own clock.
    at: datetime
    text: str
    page: Page | None
    #: The values that were sent in ``Cookie``, by name.
    carried: dict[str, list[str]]

    @property
    def whole(self) -> str:
        """The headers and the text, which variables are taken from."""
        head = "".join(f"{name}: {value}\n" for name, value in self.headers.items() if name.lower() != "set-cookie")
        return head + "".join(f"Set-Cookie: {line}\n" for line in self.set_cookie) + "\n" + self.text


class Client:
    """Somebody who has no cookies at first, and has seen no page."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._jar = Jar()
        #: The last page that was seen.
        self.page: Page | None = None
        self._session = requests.Session()
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))  # they are in the jar
        self._session.auth = _as_it_is  # requests would look into .netrc
        if site.ca_path:
            self._session.verify = site.ca_path
            self._session.trust_env = False  # a proxy does not know this machine

    def close(self) -> None:
        self._session.close()

    def send(self, request: Request) -> Reply:
        """Send a request and note its cookies.

        :raises CheckError: if nobody answers, or what answers does not speak HTTP.
        """
        place = self._site.cookies_of + request.path
        body = self._body(request)
        carried = self._jar.sent(place)
        headers = self._headers(request, body) | ({"Cookie": carried.text} if carried.text else {}) | request.headers
        try:
            response = self._session.request(
                request.method,
                self._site.url + request.path,
                data=None if body is None else body.encode(),
                headers=headers,
                allow_redirects=False,
                timeout=_PATIENCE,
                stream=True,
            )
            text = _text(response)
        except (requests.RequestException, UnicodeError) as error:
            raise CheckError(f"{request.method} {self._site.origin} was not answered: {_reason(error)}") from None
        reply = self._reply(request, response, text, {})
        for kept, finding in carried:
            if finding.answer:
                reply.carried.setdefault(kept.cookie.name, []).append(kept.cookie.value)
        for line in reply.set_cookie:
            with suppress(ValueError):  # it begins with the name of another header, and is no cookie's
                self._jar.take(line, place, Context(), at=max(reply.at, datetime.now(timezone.utc)))
        self.page = reply.page or self.page
        return reply

    def _body(self, request: Request) -> str | None:
        """The body, with the hidden fields of the form that is sent; of a form that has no others, these alone."""
        if not self.page or (request.form is None and (request.body is not None or request.method != "POST")):
            return request.body
        more = self.page.hidden(request.path, {name for name, _ in request.form or ()})
        return "&".join(filter(None, (request.body, urlencode(more)))) or request.body

    def _headers(self, request: Request, body: str | None) -> dict[str, str]:
        """What a browser says of where it is, and of what it sends."""
        headers = {"Accept": "*/*" if request.is_json else "text/html,*/*;q=0.8"}
        if self.page:
            headers["Referer"] = self.page.url
        if request.method not in ("GET", "HEAD"):
            headers["Origin"] = self._site.origin
        if body is not None:
            headers["Content-Type"] = "application/json" if request.is_json else "application/x-www-form-urlencoded"
        return headers

    def _reply(self, request: Request, response: requests.Response, text: str, carried: dict[str, list[str]]) -> Reply:
        url = self._site.origin + request.path
        location = response.headers.get("Location", "")
        if location:
            location = urljoin(url, location)
            if location.startswith((f"{self._site.origin}/", f"{self._site.url}/")):
                location = "/" + re.split("(?<![:/])/", location, maxsplit=1)[1]
        at = read_date(response.headers.get("Date", "")) or datetime.now(timezone.utc)
        is_page = "html" in response.headers.get("Content-Type", "")
        page = Page(url, text) if is_page and not location else None
        return Reply(response.status_code, location, response.headers, set_cookies(response), at, text, page, carried)


def _text(response: requests.Response) -> str:
    """The text of an answer; of one that does not end, its beginning."""
    until = time.monotonic() + _PATIENCE
    octets = b""
    with response:
        for part in response.iter_content(16384):
            octets += part
            if len(octets) > _LONGEST or time.monotonic() > until:
                break
    try:
        return octets.decode(response.encoding or "utf-8", "replace")
    except LookupError:  # an encoding that Python does not know
        return octets.decode("utf-8", "replace")


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _reason(error: Exception) -> str:
    inner = getattr(error.args[0], "reason", error) if error.args else error
    return str(inner).rpartition(">: ")[2] or type(error).__name__
