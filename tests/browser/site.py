"""A site that sets the cookies it is told to and notes what comes: the same app for every host and both schemes."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from unittest.mock import patch

from playwright.sync_api import BrowserContext, Playwright

from demo_app import Server, SessionOptions, serve

from .chromium import TRUSTING, chromium, leading
from .firefox import Firefox, firefox

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

#: Two sites of several hosts, and this machine under its names. (".example" is reserved for such uses, RFC 2606.) Also
#: public suffixes of both kinds, registries' and companies', and an IP address for examples (RFC 5737); nothing leaves
#: this machine.
HOSTS = ("*.example", "localhost", "*.localhost", "127.0.0.1", "*.co.uk", "github.io", "*.github.io", "*.vercel.app")
HOSTS += ("*.dev", "*.pages.dev", "192.0.2.1")

_PAGE = b'<!doctype html><title>site</title><link rel="icon" href="data:,"><p>hello'


class Request(NamedTuple):
    """What a request asked for, and the cookies it brought."""

    #: In the order of all that this site is asked; the answer bears it as ``X-Number``.
    number: int
    method: str
    url: str
    cookie: str


def is_place(url: str, other: str) -> bool:
    """Whether an address is another one; a browser may ask over HTTPS what is written with ``http``."""
    return url.partition("//")[2] == other.partition("//")[2]


class Site:
    """The app. Answers every address with the same small page."""

    def __init__(self) -> None:
        #: Every request since this was last cleared.
        self.requests: list[Request] = []
        #: Addresses that lead to others by a 302, once each, in the order in which they are asked.
        self.way: list[tuple[str, str]] = []
        #: Pages that no host has sent, by the beginnings of their addresses.
        self.hostless: Mapping[str, str] = {"null": "data:text/html,<p>hello"}
        self._numbers = count()
        self._planned: tuple[str, Sequence[str]] | None = None
        self._lock = threading.Lock()

    def set_cookies(self, url: str, lines: Sequence[str]) -> None:
        """Put these ``Set-Cookie`` lines into the next answer from ``url``."""
        self._planned = (url, lines)

    def page(self, url: str, depth: int) -> str:
        """Where a page really is, at some depth of frames: a browser loads none that is the same as those around it."""
        place = next((place for start, place in self.hostless.items() if url.startswith(start)), url)
        return f"{place}?{depth}" if depth else place

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        url = f"{environ['wsgi.url_scheme']}://{environ['HTTP_HOST']}{environ['REQUEST_URI']}"
        headers = [("Content-Type", "text/html"), ("Cache-Control", "no-store")]
        with self._lock:
            number = next(self._numbers)
            headers.append(("X-Number", str(number)))
            self.requests.append(Request(number, environ["REQUEST_METHOD"], url, environ.get("HTTP_COOKIE", "")))
            if self._planned and is_place(url, self._planned[0]):
                # WSGI wants each octet as a character; what people write goes out as UTF-8.
                headers += [("Set-Cookie", line.encode().decode("latin-1")) for line in self._planned[1]]
                self._planned = None
            place = self.way.pop(0)[1] if self.way and is_place(url, self.way[0][0]) else None
        if place is not None:
            headers.append(("Location", place))
        start_response("302 Found" if place else "200 OK", headers)
        return [_PAGE]


def serve_under_any_name(app: SessionOptions | WSGIApplication, https: bool = False) -> Server:
    """``serve()`` as on a hub, where the browser has other names for this machine than its own."""
    with patch.dict(os.environ, {"JUPYTERHUB_SERVICE_PREFIX": "/"}):
        return serve(app, https)


@contextmanager
def _served() -> Iterator[tuple[Site, dict[int, Server], Path]]:
    """The site; which server is meant by the ports that an address leaves out; a folder with a page.

    Addresses have no port of their own, so that they are the same in every run.
    """
    site = Site()
    with (
        serve_under_any_name(site) as http,
        serve_under_any_name(site, https=True) as https,
        tempfile.TemporaryDirectory(prefix="page-") as folder,
    ):
        page = Path(folder).resolve() / "page.html"
        page.write_bytes(_PAGE)
        site.hostless = {**site.hostless, "file:": page.as_uri()}
        yield site, {80: http, 443: https, 3000: http, 5000: http}, page.parent  # the last two as people develop


@contextmanager
def site_in_chromium(
    playwright: Playwright, third_party_cookies: bool | None = None
) -> Iterator[tuple[BrowserContext, Site]]:
    """A Chromium for which all :data:`HOSTS` are this site. It has an extension."""
    with _served() as (site, ports, folder):
        (folder / "manifest.json").write_text(json.dumps({"manifest_version": 3, "name": "page", "version": "1"}))
        site.hostless = {**site.hostless, "chrome-extension:": f"chrome-extension://{_id(folder)}/page.html"}
        hosts = {f"{host}:{port}": server.url.split("//")[1] for host in HOSTS for port, server in ports.items()}
        flags = leading(hosts), TRUSTING, f"--load-extension={folder}"
        with chromium(playwright, *flags, third_party_cookies=third_party_cookies is not False) as browser:
            yield browser, site


def _id(folder: Path) -> str:
    """The name that Chromium gives to an extension that has no key: of its path."""
    return "".join(chr(ord("a") + int(digit, 16)) for digit in hashlib.sha256(bytes(folder)).hexdigest()[:32])


@contextmanager
def site_in_firefox(third_party_cookies: bool | None = None) -> Iterator[tuple[Firefox, Site]]:
    """A Firefox for which all hosts are this site."""
    with _served() as (site, ports, _):
        elsewhere = {port: server.url.rpartition(":")[2] for port, server in ports.items()}
        with firefox(elsewhere, third_party_cookies) as browser:
            yield browser, site
