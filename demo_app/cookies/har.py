"""Reads a HAR file: what a browser's network tab has recorded (HTTP Archive 1.2)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urldefrag, urljoin

from .address import HALF, Address, read_address
from .clients import find_browser
from .context import Context

#: What to do where a recording of Chromium has no cookies at all.
WITHOUT_COOKIES = (
    "The recording has no cookies, because Chromium leaves them out. In DevTools, switch on Settings > Preferences > "
    'Network > "Allow to generate HAR with sensitive data"; then hold the download button of the network tab and take '
    '"Export HAR (with sensitive data)".'
)

# What Firefox says in place of a type. A page that is asked for is text, an image an image; others take anything.
_TYPES = {"text": "document", "image": "image"}

_Kind = TypeVar("_Kind")


class Exchange(NamedTuple):
    """A request of a recording, and its answer."""

    #: Its number in the recording, from 1.
    number: int
    url: str
    began: datetime
    #: When its answer had come.
    ended: datetime
    #: How it may have come about, what has led to it included; the likeliest first. Several where the file does not
    #: hold what makes the difference.
    contexts: tuple[Context, ...]
    #: The cookies that the request carried; ``None`` if the browser did not tell.
    carried: tuple[tuple[str, str], ...] | None
    #: The ``Set-Cookie`` lines of the answer; ``None`` if the browser did not tell.
    lines: tuple[str, ...] | None


def read(text: str | bytes) -> list[Exchange]:
    """The exchanges of a recording, in their order.

    Of what is not HTTP (``data:``, an extension's own files) there is nothing to say, so it is left out.

    :raises ValueError: if it is no HAR file, or one without cookies, saying what is wrong with it.
    """
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"This is no HAR file: it is no JSON that can be read ({error}).") from None
    log = _part(whole, "log", dict, "")
    entries = _part(log, "entries", list, "log.")
    reader = _Reader(_titles(log.get("pages", [])))
    numbered = [_Entry(entry, number) for number, entry in enumerate(entries, 1)]
    numbered.sort(key=lambda entry: entry.began)
    found = [exchange for entry in numbered if (exchange := reader.read(entry))]
    creator = log.get("creator")
    is_chromium = isinstance(creator, dict) and creator.get("name") == "WebInspector"
    if is_chromium and not any(exchange.carried or exchange.lines for exchange in found):
        raise ValueError(WITHOUT_COOKIES)
    return found


def _part(whole: Any, name: str, kind: type[_Kind], place: str) -> _Kind:
    """A part of a JSON object, which has to be there and of a kind."""
    value = whole.get(name) if isinstance(whole, dict) else None
    if not isinstance(value, kind):
        words = {"dict": "an object", "list": "a list", "str": "text"}
        raise ValueError(f"This is no HAR file: {place}{name} has to be {words[kind.__name__]}.")
    return value


def _titles(pages: object) -> dict[object, object]:
    """The title of each page, which for Chromium and Firefox is its address."""
    listed = pages if isinstance(pages, list) else []
    return {page["id"]: page.get("title") for page in listed if isinstance(page, dict) and _is_text(page.get("id"))}


def _is_text(value: object) -> bool:
    return isinstance(value, str) and not HALF.search(value)


class _Entry:
    """One entry of a HAR file, checked as far as it is used."""

    def __init__(self, entry: Any, number: int) -> None:
        place = f"log.entries[{number - 1}]."
        request, response = _part(entry, "request", dict, place), _part(entry, "response", dict, place)
        self.number = number
        self.url = urldefrag(_part(request, "url", str, f"{place}request.")).url
        self.method = _part(request, "method", str, f"{place}request.")
        self.asked = _headers(request, f"{place}request.")
        self.answered = _headers(response, f"{place}response.")
        self.began = _moment(_part(entry, "startedDateTime", str, place), f"{place}startedDateTime")
        self.ended = self.began + timedelta(milliseconds=_milliseconds(entry.get("time")))
        self.page, self.frame = _text(entry, "pageref"), _text(entry, "_frameref")
        #: ``"document"``, ``"image"``, ``"fetch"`` and others, in Chromium's words; else by what is accepted.
        self.type = _text(entry, "_resourceType") or _TYPES.get(self.first("accept").partition("/")[0], "")
        self.leads_to = urldefrag(urljoin(self.url, self.first("location", self.answered))).url
        #: Whether it was not sent with cookies, or not at all: from a cache, or the question whether CORS allows it.
        self.is_without_cookies = bool(_text(entry, "_fromCache") or self.first("access-control-request-method"))

    def first(self, name: str, headers: list[tuple[str, str]] | None = None) -> str:
        """The value of a header of the request, or of the answer's; empty if there is none."""
        return next((value for key, value in (self.asked if headers is None else headers) if key == name), "")


def _text(entry: Mapping[str, Any], key: str) -> str:
    value = entry.get(key)
    return value if isinstance(value, str) else ""


def _headers(message: Any, place: str) -> list[tuple[str, str]]:
    headers = _part(message, "headers", list, place)
    return [
        (_part(header, "name", str, f"{place}headers.").lower(), _part(header, "value", str, f"{place}headers."))
        for header in headers
    ]


def _moment(text: str, place: str) -> datetime:
    try:
        # Before Python 3.11, fromisoformat knows neither Z nor fractions other than of three or six digits.
        whole = re.sub(r"\.(\d+)", lambda found: f".{found[1]:0<6.6}", text.replace("Z", "+00:00"))
        moment = datetime.fromisoformat(whole)
        moment = moment.astimezone(timezone.utc) if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
        if not 1990 <= moment.year <= 9000:  # before the web, or where no lifetime can be added any more
            raise ValueError
        return moment
    except (ValueError, OverflowError):
        raise ValueError(f"This is no HAR file: {place} is no date: {text[:40]!r}.") from None


def _milliseconds(time: object) -> float:
    return min(time, 1e9) if isinstance(time, (int, float)) and time > 0 else 0


class _Reader:
    """Goes through the entries, and remembers what has led to the next one."""

    def __init__(self, titles: Mapping[object, object]) -> None:
        self._titles = titles
        self._tops: dict[str, str] = {}  # what the address bar shows, by page
        self._main_frames: dict[str, str] = {}
        self._chains: dict[str, tuple[tuple[str, ...], tuple[Context, ...]]] = {}  # by where a redirect leads

    def read(self, entry: _Entry) -> Exchange | None:
        url = re.sub("^ws", "http", entry.url, flags=re.IGNORECASE)  # a web socket begins as a request
        where = _address(url)
        if where is None:
            return None
        redirects, contexts = self._chains.pop(url, ((), ()))
        is_top = self._is_top(entry)
        cookies = _cookies(entry)
        contexts = contexts or tuple(self._contexts(entry, where, is_top))
        if redirects:
            contexts = tuple(replace(context, redirects=redirects) for context in contexts)
        if cookies:
            # A request that carries some is not one that carries none.
            browser = find_browser("chromium", None)  # in which they are alike
            with_cookies = [one for one in contexts if not one.asking(browser, where).is_without_cookies]
            contexts = tuple(with_cookies) or contexts
        if is_top:
            self._tops[entry.page] = url
        if entry.leads_to != entry.url and _address(entry.leads_to):
            self._chains[entry.leads_to] = ((*redirects, url), contexts)
        carried: tuple[tuple[str, str], ...] | None = cookies
        lines: tuple[str, ...] | None = tuple(_lines(entry))
        if entry.is_without_cookies:
            carried, lines = None, ()
        elif not entry.answered:  # the browser hides what no script may read
            carried = lines = None
        return Exchange(entry.number, url, entry.began, entry.ended, contexts, carried, lines)

    def _is_top(self, entry: _Entry) -> bool:
        """Whether the answer goes into the address bar."""
        destination = entry.first("sec-fetch-dest")
        if destination or entry.type != "document":
            return destination == "document"
        if entry.frame:
            return self._main_frames.setdefault(entry.page, entry.frame) == entry.frame
        return entry.page not in self._tops or self._titles.get(entry.page) == entry.url

    def _contexts(self, entry: _Entry, url: Address, is_top: bool) -> Iterator[Context]:
        """How a request that no redirect has led to may have come about."""
        referrer = entry.first("referer")
        top = self._tops.get(entry.page, "")
        page = next(filter(_address, (referrer, entry.first("origin"), top)), None)
        if is_top:
            if entry.first("sec-fetch-site") == "none" or not _address(referrer):
                yield Context()
            else:
                kind = "form" if entry.method == "POST" else "link"
                yield Context(request=kind, set_by=kind, page=referrer)
        elif page is None:
            yield Context()
        else:
            kind = _kind(entry)
            pages = [page]
            if top and kind != "frame" and read_address(top).site != read_address(page).site:
                pages.append(top)  # what asks is in a frame, and this is the page around it
            for page in pages:
                is_same = read_address(page).origin == url.origin
                for told in ("same-origin", "omit") if is_same else ("include", "same-origin"):
                    yield Context(request=kind, set_by=kind, page=page, credentials=told)
                    if kind != "fetch":
                        break  # nobody tells it anything


def _kind(entry: _Entry) -> str:
    destination, mode = entry.first("sec-fetch-dest"), entry.first("sec-fetch-mode")
    if destination in ("iframe", "frame") or (entry.type == "document" and not destination):
        return "frame"
    if entry.type in ("websocket", "ping"):
        return "image"  # which has its cookies as well, whatever a script says
    if mode:
        return "fetch" if mode == "cors" or destination == "empty" else "image"
    return "fetch" if entry.type in ("fetch", "xhr", "font", "") else "image"


def _address(url: object) -> Address | None:
    try:
        return read_address(url) if isinstance(url, str) else None
    except ValueError:
        return None


def _cookies(entry: _Entry) -> tuple[tuple[str, str], ...]:
    """The cookies of a request. (HTTP/2 may send them in several headers.)"""
    pairs = [pair for name, value in entry.asked if name == "cookie" for pair in value.split("; ") if pair]
    return tuple(
        (name, value) if equals else ("", name) for name, equals, value in (pair.partition("=") for pair in pairs)
    )


def _lines(entry: _Entry) -> Iterator[str]:
    """The ``Set-Cookie`` lines of an answer. Some recorders put them into one header, with line ends between them."""
    for name, value in entry.answered:
        if name == "set-cookie" and not HALF.search(value):
            yield from filter(None, re.split("[\r\n]+", value))
