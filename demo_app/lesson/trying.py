"""How a check tries out what the learner's function has made."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import requests
from flask import Flask

from ..cookies import SetCookie
from ..cookies.sources import set_cookies
from ..serving import Server
from ..session import CookieOptions, ExpressSessionInterface, SessionOptions, clock
from ..session.stores import InspectableStore, inspectable
from .exercises import Wrong
from .mistakes import shown

#: What the demo app lets in.
LOGIN = {"username": "ada", "password": "lovelace"}


def returned(made: object) -> str:
    """The beginning of a verdict about a value that is not what was asked for."""
    if made is None:
        return "The function returned None, as one without return does."
    return f"The function returned {shown(made)}."


def returned_options(made: object) -> SessionOptions:
    """What the learner's function returned, if it is options."""
    if isinstance(made, SessionOptions):
        return made
    if made is SessionOptions:
        raise Wrong("The function returned the class SessionOptions. Options are made by brackets: SessionOptions(…).")
    if isinstance(made, CookieOptions):
        raise Wrong(
            "The function returned CookieOptions(…), which is one part of the options. "
            "It has to return SessionOptions(secret=…, cookie=CookieOptions(…))."
        )
    if isinstance(made, tuple) and len(made) == 1:
        raise Wrong("The function returned a tuple of one. Is there a comma at the end of the line? Leave it out.")
    raise Wrong(f"{returned(made)} It has to return SessionOptions(…).")


@contextmanager
def stopped_at(moment: datetime) -> Iterator[None]:
    """The middleware's clock stands still meanwhile, at a moment with a time zone."""
    before = clock.now
    clock.now = lambda: round(moment.timestamp() * 1000)
    try:
        yield
    finally:
        clock.now = before


def store_of(server: Server) -> InspectableStore:
    """Where the sessions of a server of the demo app end up."""
    return inspectable(_sessions(server).store)


def ask(client: requests.Session, server: Server, path: str, method: str = "GET", **given: Any) -> requests.Response:
    """The answer to a request. One that failed is the learner's, since the demo app does not fail."""
    answer = client.request(method, f"{server.url}{path}", verify=server.ca_path or True, timeout=60, **given)
    if answer.status_code >= 500:
        raise Wrong(f"The server could not answer {path} with these options ({answer.status_code}).{_path(server)}")
    return answer


def visits(client: requests.Session, server: Server) -> int:
    """How many visits the server counts for this client, the present one included."""
    count: int = ask(client, server, "/api/visits").json()["visits"]
    return count


def cookie_of(answer: requests.Response, server: Server) -> SetCookie:
    """The session cookie that an answer sets."""
    found = set_cookies(answer)
    if not found:
        raise Wrong(f"No cookie was sent.{why_none(server)}")
    return found[0]


def why_none(server: Server) -> str:
    """Why a server sends no cookie with an answer that begins a session; empty where that is not known."""
    cookie = _sessions(server).options.cookie
    if server.ca_path is None and isinstance(cookie, CookieOptions) and cookie.secure is True:
        return " It is Secure, and this request came over plain HTTP."
    return _path(server)


def header(cookie: SetCookie) -> str:
    """The cookie's line, its value aside."""
    attributes = (f"; {name}={value}" if value else f"; {name}" for name, value in cookie.attributes.items())
    return f"{cookie.name}=…{''.join(attributes)}"


def _path(server: Server) -> str:
    cookie = _sessions(server).options.cookie
    if isinstance(cookie, CookieOptions) and cookie.path not in (None, "/"):
        return f" Its cookie has the path {cookie.path}, and below /api there is no session."
    return ""


def _sessions(server: Server) -> ExpressSessionInterface:
    assert isinstance(server.app, Flask)
    assert isinstance(server.app.session_interface, ExpressSessionInterface)
    return server.app.session_interface
