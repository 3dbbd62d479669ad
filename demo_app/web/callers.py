"""Who is asking, as far as a request tells: what keeps strangers away from a server that runs beside a JupyterLab."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from werkzeug.wrappers import Request, Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

#: For an answer that is no page: opened in a window, it has no origin, so that no script of a page reaches into it.
NO_PAGE = "default-src 'none'; sandbox"

# The names that no name server is asked for (RFC 6761, section 6.3), and the addresses behind them.
_THIS_MACHINE = re.compile(r"(?:127\.0\.0\.1|\[::1\]|(?:[\w-]+\.)*localhost)(?::(\d+))?", re.ASCII | re.IGNORECASE)

# Such a method changes nothing (RFC 9110, section 9.2.1), or ought not to.
_SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")

# What jupyter-server-proxy adds: where the page is below JupyterLab's own address.
_CONTEXT = ("X-ProxyContextPath", "X-Forwarded-Context", "X-Forwarded-Prefix")


def names_this_machine(host: str) -> bool:
    """Whether a ``Host`` header names the loopback address: ``127.0.0.1``, ``[::1]``, ``localhost``, or below that.

    Any other name was looked up, and whoever answered for it led the browser here: a page of theirs would be of
    one origin with the server's (DNS rebinding).
    """
    return _THIS_MACHINE.fullmatch(host) is not None


def browser_is_elsewhere() -> bool:
    """Whether this is a JupyterHub, Binder or a codespace: the browser is on another machine, and has other names."""
    return "JUPYTERHUB_SERVICE_PREFIX" in os.environ or os.environ.get("CODESPACES") == "true"


def came_straight(request: Request) -> bool:
    """Whether the browser has this server's page at this server's address, and not at that of a JupyterLab.

    jupyter-server-proxy hands on the ``Host`` that the browser wrote, which has JupyterLab's port, and adds headers
    of its own (not for ``/proxy/absolute/…``). A codespace gives each port a host, which may stand in ``Host``.
    """
    if any(name in request.headers for name in _CONTEXT):
        return False
    if os.environ.get("CODESPACES") == "true":
        return True
    found = _THIS_MACHINE.fullmatch(request.environ.get("HTTP_HOST", ""))
    port = found and (found[1] or {"http": "80", "https": "443"}[request.scheme])
    return bool(port == request.environ["SERVER_PORT"])


class OwnPagesOnly:
    """Stands in front of an app: a page elsewhere cannot have the visitor's browser change something.

    Browsers say in ``Sec-Fetch-Site`` where a request comes from; where they do not (plain HTTP, other than to this
    machine), ``Origin`` has to have the host and port of ``Host``. Clients that are no browsers send neither.
    """

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        method = environ["REQUEST_METHOD"]
        if method in _SAFE or _is_of_own_page(environ):
            return self._app(environ, start_response)
        words = (
            f"A page of {environ.get('HTTP_ORIGIN', 'another origin')} sent this {method}. "
            "Only the app's own pages, and clients that are no browsers, may change something here."
        )
        return refusal(403, words)(environ, start_response)


def _is_of_own_page(environ: WSGIEnvironment) -> bool:
    site, origin = environ.get("HTTP_SEC_FETCH_SITE"), environ.get("HTTP_ORIGIN")
    if site is not None:
        return site in ("same-origin", "none")  # none: the visitor asked, and no page
    return origin is None or origin.partition("://")[2].lower() == environ.get("HTTP_HOST", "").lower()


def refusal(status: int, words: str) -> Response:
    """An answer in one sentence of JSON."""
    headers = {"Content-Security-Policy": NO_PAGE}
    return Response(json.dumps({"error": words}) + "\n", status, headers, content_type="application/json")
