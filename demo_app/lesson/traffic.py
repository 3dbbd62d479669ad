"""Requests and store calls in the order in which they really happened, as a sequence diagram."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from html import escape
from itertools import count
from typing import TYPE_CHECKING, Literal, NamedTuple
from urllib.parse import quote

from flask import Flask

from ..cookies.table import preformatted
from ..serving import Server
from ..serving.names import is_below_localhost
from ..session import ExpressSessionInterface, TracedStore
from ..session.stores.traced import Call

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

#: What stands to the left of the servers; the proxies where there are any. To their right are the stores.
_BEFORE, _BEHIND = ("client", "outer proxy", "inner proxy", "proxy"), "store"

#: An answer's body is shown up to this length.
_SHORT = 48


class Event(NamedTuple):
    """Something that went from one participant to another."""

    #: Which request it belongs to, counted from 1.
    request: int
    source: str
    target: str
    text: str


class Traffic:
    """What was recorded since :func:`watch`. Shown as a sequence diagram; in plain text, one event to a line."""

    def __init__(self) -> None:
        #: The events in their order.
        self.events: list[Event] = []
        self._lock = threading.Lock()
        self._numbers = count(1)
        # The request that is passing a proxy, and which one: what arrives elsewhere meanwhile comes from there.
        self._passing: tuple[int, str] | None = None

    def add(self, request: int, source: str, target: str, text: str) -> None:
        """Note something that has happened."""
        with self._lock:
            self.events.append(Event(request, source, target, text))

    def passing(
        self, proxy: WSGIApplication, name: Literal["proxy", "outer proxy", "inner proxy"] = "proxy"
    ) -> WSGIApplication:
        """The same proxy, with what passes it recorded under this name. One request at a time."""

        def watched(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
            before = self._passing
            number, source = self._arriving()
            self._passing = number, name
            try:
                return self._record(proxy, environ, start_response, number, source, name)
            finally:
                self._passing = before

        return watched

    def _arriving(self) -> tuple[int, str]:
        """The number of a request that arrives somewhere, and where it comes from."""
        return self._passing or (next(self._numbers), "client")

    def _record(
        self,
        app: WSGIApplication,
        environ: WSGIEnvironment,
        start_response: StartResponse,
        number: int,
        source: str,
        target: str,
    ) -> list[bytes]:
        """Hand a request on to ``app``, noting when it comes and when its answer is ready."""
        scheme = "HTTPS " if environ["wsgi.url_scheme"] == "https" else ""
        forwarded = environ.get("HTTP_X_FORWARDED_PROTO")
        note = f" (X-Forwarded-Proto: {forwarded})" if forwarded else ""
        if is_below_localhost(target):  # with several hosts, the question is who gets which cookie
            pairs = [pair.partition("=")[0].strip() for pair in environ.get("HTTP_COOKIE", "").split(";")]
            note = " + Cookie: " + ", ".join(pairs) if pairs != [""] else ""
        self.add(number, source, target, f"{scheme}{environ['REQUEST_METHOD']} {environ['PATH_INFO']}{note}")
        answer = ""

        def start(status: str, headers: list[tuple[str, str]], *rest: object) -> object:
            nonlocal answer
            answer = status.partition(" ")[0]
            if any(name.lower() == "set-cookie" for name, _ in headers):
                answer += " + Set-Cookie"
            return start_response(status, headers, *rest)  # type: ignore[arg-type]

        body = list(app(environ, start))  # type: ignore[arg-type]
        text = b"".join(body).decode("utf-8", "replace").strip()
        self.add(number, target, source, f"{answer} {text}" if 0 < len(text) <= _SHORT else answer)
        return body

    def __repr__(self) -> str:
        if not self.events:
            return "(no traffic yet)"
        width = max(len(place) for place in (*_places(self.events), "server"))
        return "\n".join(f"{e.request}  {e.source:{width}} → {e.target:{width}}  {e.text}" for e in self.events)

    def _repr_html_(self) -> str | None:
        """The drawing as a picture, which has words for those who do not see it, and the events as text."""
        if not self.events:
            return None
        places = _places(self.events)
        words = (
            f"A sequence diagram of {', '.join(places[:-1])} and {places[-1]}. "
            f"Its {len(self.events)} events are also there as text."
        )
        # Line for line as it is drawn: browsers leave the ends of lines out of an address.
        drawing = "\n".join(quote(line, safe=_READABLE) for line in draw(self.events).splitlines())
        return (
            f'<img width="{_WIDTH}" alt="{words}" src="data:image/svg+xml,{drawing}">\n'
            f"<details>\n<summary>The diagram as text</summary>\n{preformatted(repr(self))}\n</details>"
        )


def watch(*servers: Server) -> Traffic:
    """Record what happens at running servers from now on.

    A server that is asked under a name below ``localhost`` appears under that name, and its requests with the names of
    their cookies. Otherwise several servers are numbered, and so are several stores.

    :raises TypeError: if the app of one is no Flask app, or none has a session store.
    """
    traffic, apps, stores = Traffic(), list[Flask](), dict[int, str]()
    for server in servers:
        if not isinstance(server.app, Flask):
            raise TypeError(f"watch({server!r}): only a Flask app can be watched, and it is {server.app!r}.")
        apps.append(server.app)
        interface = server.app.session_interface
        if isinstance(interface, ExpressSessionInterface):
            stores.setdefault(id(interface.store), f"{_BEHIND} {len(stores) + 1}")
    if not stores:
        raise TypeError(f"watch({', '.join(map(repr, servers))}): none has an app with ExpressSessionInterface.")
    for number, app in enumerate(apps, 1):
        _watch(app, traffic, f"server {number}" if len(apps) > 1 else "server", stores)
    return traffic


def _watch(app: Flask, traffic: Traffic, name: str, stores: dict[int, str]) -> None:
    interface, inner = app.session_interface, app.wsgi_app
    current: ContextVar[tuple[int, str]] = ContextVar("current")

    def report(call: Call) -> None:
        request, server = current.get((0, name))
        if call.method == "get":
            traffic.add(request, server, store, "get")
            traffic.add(request, store, server, call.data or call.outcome)
        else:
            gone = " (gone: nothing stored)" if call.outcome == "gone" else ""
            traffic.add(request, server, store, f"{call.method} {call.data}".rstrip() + gone)

    def watched(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        number, source = traffic._arriving()
        host = environ["HTTP_HOST"].partition(":")[0]
        server = host if is_below_localhost(host) else name
        current.set((number, server))
        return traffic._record(inner, environ, start_response, number, source, server)

    if isinstance(interface, ExpressSessionInterface):
        store = stores[id(interface.store)] if len(stores) > 1 else _BEHIND
        interface.store = TracedStore(interface.store, report)
    app.wsgi_app = watched  # type: ignore[method-assign]


# The diagram. Its colours are its own, on a ground of its own, so that it reads the same in a light and a dark theme.

_WIDTH, _ROW, _TOP, _MARGIN = 800, 34, 64, 62

#: From so many events on, the places are named at the foot too: on a laptop the head is out of sight by then.
_LONG = 12

#: What an address of a picture keeps as it is, besides letters and digits.
_READABLE = " !$'()*,/:;=?@"


def _places(events: list[Event]) -> list[str]:
    """The participants, from left to right; the servers in the order in which they were asked."""
    here = list(dict.fromkeys(place for event in events for place in (event.source, event.target)))
    stores = sorted(place for place in here if place.startswith(_BEHIND))
    return [*(place for place in _BEFORE if place in here), *filter(_is_server, here), *stores]


def _is_server(place: str) -> bool:
    return place not in _BEFORE and not place.startswith(_BEHIND)


def draw(events: list[Event]) -> str:
    """A sequence diagram as SVG. Requests that overlap stand beside each other on the server's line."""
    places = _places(events)
    widths = {place: max(84, 8 * len(place) + 16) for place in places}
    left, right = (max(_MARGIN, widths[place] / 2 + 12) for place in (places[0], places[-1]))
    step = (_WIDTH - left - right) / (len(places) - 1)
    at = {place: left + step * number for number, place in enumerate(places)}
    height = _TOP + _ROW * len(events) + 24
    named = (14, height - 38) if len(events) >= _LONG else (14,)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}" '
        'font-family="system-ui, sans-serif" font-size="13">',
        f'<rect width="{_WIDTH}" height="{height}" rx="6" fill="#fdfdfb"/>',
    ]
    for place, x in at.items():
        lines.append(
            f'<line x1="{x:g}" y1="44" x2="{x:g}" y2="{height - 12}" stroke="#9a9a94" stroke-dasharray="3 4"/>'
        )
        for y in named:
            lines.append(
                f'<rect x="{x - widths[place] / 2:g}" y="{y}" width="{widths[place]}" height="28" rx="4" '
                'fill="#e7ecf3" stroke="#52606d"/>'
            )
            lines.append(
                f'<text x="{x:g}" y="{y + 19}" text-anchor="middle" font-weight="600" fill="#1f2933">{place}</text>'
            )
    lanes = _lanes(events)
    for (request, server), (first, last) in _spans(events).items():
        x, top, bottom = at[server] + lanes[request] - 4, _TOP + _ROW * first, _TOP + _ROW * last
        lines.append(f'<rect x="{x:g}" y="{top}" width="8" height="{bottom - top}" fill="#cbd5e1" stroke="#52606d"/>')
    for row, event in enumerate(events):
        lines.extend(_arrow(event, at, _TOP + _ROW * row, lanes[event.request]))
    lines.append("</svg>")
    return "\n".join(lines)


def _arrow(event: Event, at: dict[str, float], y: int, lane: float) -> Iterator[str]:
    answer = at[event.target] < at[event.source]

    def end(place: str, other: str) -> float:
        if not _is_server(place):
            return at[place]
        return at[place] + lane + (4 if at[other] > at[place] else -4)

    x1, x2 = end(event.source, event.target), end(event.target, event.source)
    tip = -8 if answer else 8
    dashes = ' stroke-dasharray="6 3"' if answer else ""
    yield f'<line x1="{x1:g}" y1="{y}" x2="{x2:g}" y2="{y}" stroke="#1f2933" stroke-width="1.4"{dashes}/>'
    yield f'<path d="M{x2:g} {y} l{-tip} -4.5 v9 z" fill="#1f2933"/>'
    yield (
        f'<text x="{(x1 + x2) / 2:g}" y="{y - 6}" text-anchor="middle" fill="#1f2933" '
        'stroke="#fdfdfb" stroke-width="4" paint-order="stroke">'  # a margin, where the text crosses a line
        f'<tspan font-weight="700">{event.request}</tspan>  {escape(event.text)}</text>'
    )


def _spans(events: list[Event]) -> dict[tuple[int, str], tuple[int, int]]:
    """The first and the last row of each request at its server."""
    spans: dict[tuple[int, str], tuple[int, int]] = {}
    for row, event in enumerate(events):
        for place in filter(_is_server, (event.source, event.target)):
            spans[event.request, place] = (spans.get((event.request, place), (row, row))[0], row)
    return spans


def _lanes(events: list[Event]) -> dict[int, float]:
    """How far to the right each request stands on its server's line: those that overlap do not cover each other."""
    spans = {request: span for (request, _), span in _spans(events).items()}
    lanes: dict[int, float] = dict.fromkeys((event.request for event in events), 0)
    placed: set[int] = set()
    for request, (first, last) in spans.items():
        taken = {lanes[other] for other in placed if spans[other][0] <= last and first <= spans[other][1]}
        lanes[request] = next(lane for lane in count(0, 14) if lane not in taken)
        placed.add(request)
    return lanes
