"""The inspector page ``/``: what browser and server say, what scripts see, and what the store holds."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from flask import Blueprint, Flask, Request, session
from werkzeug.http import http_date
from werkzeug.wrappers import Response

from ..session import ExpressSessionInterface, Session, StoreUnavailable
from ..session.stores import inspectable
from .callers import NO_PAGE

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

STATIC = Path(__file__).parent / "static"

_FILES = {
    "/": ("inspector.html", "text/html"),
    "/static/inspector.js": ("inspector.js", "text/javascript"),
    "/static/page.css": ("page.css", "text/css"),
}

#: A notebook embeds the pages: JupyterLab is at another port of this machine, or, behind a hub, at the same
#: origin. Everyone else could only trick visitors into clicks here, and is kept out.
FRAMED_BY = "frame-ancestors 'self' http://127.0.0.1:* http://localhost:*"

# No images also means: no request for /favicon.ico, which would be one more request with a session. The sandbox
# is for what a script of the guest book, which is of the same origin, could do through this page.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'self'; "
    f"base-uri 'none'; {FRAMED_BY}; sandbox allow-scripts allow-same-origin"
)

page = Blueprint("page", __name__)


@page.post("/api/session")
def new_session() -> tuple[str, int]:
    """Begins an empty session with a new id."""
    cast(Session, session).regenerate()
    return "", 204


class Inspector:
    """Stands in front of the app, because whoever looks at a session from inside changes it.

    Within Flask every request opens the session and, when it ends, saves it or moves its expiry date; the
    cookie is set after the last ``after_request`` function. So the page's files and ``/api/inspect`` are
    answered here, and what the app says is read here.

    A script cannot read ``Set-Cookie``. A request with the header ``X-Inspect`` therefore gets a copy, in a
    response header of that name: JSON with the request's cookies and the answer's ``Set-Cookie`` lines. It
    also tells scripts of this origin what ``HttpOnly`` hides from them, so it has no place in a real app.
    """

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._inner: WSGIApplication = app.wsgi_app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = self._app.request_class(environ)
        if request.method in ("GET", "HEAD"):
            if request.path in _FILES:
                return _file(*_FILES[request.path])(environ, start_response)
            if request.path == "/api/inspect":
                return self._look(request)(environ, start_response)
        if "X-Inspect" not in request.headers:
            return self._inner(environ, start_response)

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            lines = [value for name, value in headers if name.lower() == "set-cookie"]
            # In JSON, whatever the cookies hold is ASCII on one line.
            report = json.dumps({"cookie": self._cookies(request), "set_cookie": lines})
            return start_response(status, [*headers, ("X-Inspect", report)], *rest)

        return self._inner(environ, start)

    def _look(self, request: Request) -> Response:
        """What this browser presents, and what the store has for it."""
        interface = self._app.session_interface
        assert isinstance(interface, ExpressSessionInterface)
        sid = interface.get_sid(self._app, request)
        seen: dict[str, object] = {
            "name": interface.get_cookie_name(self._app),
            "cookie": self._cookies(request),
            "sid": sid,
        }
        try:
            sessions = inspectable(interface.store).all()  # not get(), which a TracedStore would report
        except (StoreUnavailable, TypeError) as error:
            seen["error"] = str(error)
        else:
            found = sessions.get(sid) if sid else None
            seen["data"] = found and json.loads(found.data)
            seen["ends"] = found and found.cookie.expires and http_date(found.cookie.expires)
            seen["sessions"] = len(sessions)
        headers = {"Cache-Control": "no-store", "Content-Security-Policy": NO_PAGE}
        return Response(json.dumps(seen), mimetype="application/json", headers=headers)

    def _cookies(self, request: Request) -> str:
        name = self._app.session_interface.get_cookie_name(self._app)
        return own_cookie_only(request.environ.get("HTTP_COOKIE", ""), name)


def own_cookie_only(cookies: str, name: str) -> str:
    """The cookies of a request, only the one called ``name`` with its value.

    Cookies do not know ports: those of the Jupyter server come here too, and a notebook may be passed on.
    """
    pairs = [pair.strip() for pair in cookies.split(";") if pair.strip()]
    names = [pair.partition("=")[0] for pair in pairs]
    return "; ".join(pair if own == name else f"{own}=…" for pair, own in zip(pairs, names, strict=True))


def _file(name: str, mimetype: str) -> Response:
    headers = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-store"}
    return Response((STATIC / name).read_bytes(), mimetype=mimetype, headers=headers)
