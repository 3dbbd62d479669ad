"""A client of ``requests`` whose cookies are kept and sent by a browser's rules. It is no browser: it runs no page."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
from requests.adapters import HTTPAdapter

from ..cookies import Context, Jar
from ..cookies.sources import set_cookies
from ..session import clock

_VISIT = Context()


class BrowserLike(requests.Session):
    """A client that has the cookies which a browser would have: ``client.jar`` decides, and says why.

    ::

        client = BrowserLike()
        client.get(f"{shop}/api/visits")  # as if somebody typed the address
        client.post(f"{bank}/transfer", context=Context(request="form", page=thief))

    ``requests`` keeps no cookies beside it: ``client.cookies`` is empty. Its clock is that of the middleware: who stops
    or sets the one has set both.
    """

    def __init__(self, client: str = "chromium") -> None:
        """A client without cookies.

        :param client: Whose rules: ``"chromium"`` or ``"firefox"``.
        :raises ValueError: if it is neither.
        """
        super().__init__()
        #: The cookies. ``jar.sent(url)`` tells of each whether it would go along, and by which rule.
        self.jar = Jar(client, _now)
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
        adapter = _ByTheJar(self.jar)
        self.mount("http://", adapter)
        self.mount("https://", adapter)

    def request(self, *arguments: Any, context: Context = _VISIT, **options: Any) -> requests.Response:
        """Send a request, as ``requests`` does.

        :param context: How it comes about, as for :func:`~demo_app.cookies.why`: ``request``, ``page`` and the others.
        """
        token = _ON_THE_WAY.set(context)
        try:
            return super().request(*arguments, **options)
        finally:
            _ON_THE_WAY.reset(token)


def _now() -> datetime:
    return datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(milliseconds=clock.now())


# How the request under way comes about, with the addresses that have redirected it: requests has no place for it.
_ON_THE_WAY: ContextVar[Context] = ContextVar("on the way")


class _ByTheJar(HTTPAdapter):
    """Sends one request, which may be a redirected one, with the cookies that the jar has for it."""

    def __init__(self, jar: Jar) -> None:
        super().__init__()
        self._jar = jar

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:  # type: ignore[override]
        context, url = _ON_THE_WAY.get(_VISIT), str(request.url)
        if "Cookie" not in request.headers and (cookies := self._jar.sent(url, context).text):
            request.headers["Cookie"] = cookies
        response = super().send(request, **options)
        for line in set_cookies(response):
            self._jar.take(line, url, replace(context, set_by=context.request), redirects=context.redirects)
        _ON_THE_WAY.set(replace(context, redirects=(*context.redirects, url)))
        return response
