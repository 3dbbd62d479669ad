"""A reverse proxy: what stands in front of most apps, ends TLS, and tells the app how the client came."""

from __future__ import annotations

import http.client
import json
import re
import string
from collections.abc import Iterable
from contextlib import closing
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote

from werkzeug.http import is_hop_by_hop_header
from werkzeug.wrappers import Request, Response

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


def reverse_proxy(target_url: str, forwarded: Literal["replace", "append"] | None = "replace") -> WSGIApplication:
    """Make a WSGI app that hands every request on to another server, over HTTP, and the answer back.

    ::

        backend = serve(SessionOptions(secret="s", cookie=CookieOptions(secure=True), proxy=True))
        proxy = serve(reverse_proxy(backend.url), https=True)

    It tells the backend in ``X-Forwarded-Proto`` whether the client came over ``https`` or ``http``, and in
    ``X-Forwarded-For`` from which address. Where the backend does not answer, the client gets 502 and one
    sentence of JSON.

    :param target_url: Where the backend listens, such as :attr:`Server.url`. The proxy does not keep it
        running: give the backend a name, as above.
    :param forwarded: What happens to these two headers where the client has sent them itself. ``"replace"``:
        the proxy's take their place. ``"append"``: they stay in front, and the proxy's follow after a comma.
        ``None``: they go through, and the proxy adds nothing, as if nobody had configured it to.
    :raises ValueError: if ``target_url`` is not the address of an HTTP server, or ``forwarded`` is none of
        these.
    """
    address = re.fullmatch(r"http://([^/?#@]+)/?", str(target_url))
    if address is None:
        raise ValueError(
            f"reverse_proxy({target_url!r}): this is not the address of an HTTP server. "
            "Hand in one such as backend.url."
        )
    if forwarded not in ("replace", "append", None):
        raise ValueError(f"reverse_proxy(…, forwarded={forwarded!r}): it is 'replace', 'append' or None.")

    @Request.application
    def proxy(request: Request) -> Response:
        body = request.get_data()
        headers = dict(_end_to_end(request.headers))
        headers.pop("Content-Length", None)  # http.client writes that of the body
        if forwarded is not None:
            seen = {"X-Forwarded-Proto": request.scheme, "X-Forwarded-For": request.remote_addr or "unknown"}
            for name, value in seen.items():
                claimed = headers.get(name) if forwarded == "append" else None
                headers[name] = f"{claimed}, {value}" if claimed else value
        # As the client wrote it, with what has no place in a request line escaped.
        path = quote(request.environ["RAW_URI"], safe=string.punctuation, encoding="latin-1")
        try:
            with closing(http.client.HTTPConnection(address[1])) as backend:
                backend.request(request.method, path, body or None, headers)
                answer = backend.getresponse()
                content = answer.read()
        except (OSError, http.client.HTTPException):
            error = json.dumps({"error": f"The server behind the proxy, {target_url}, does not answer."})
            return Response(f"{error}\n", 502, content_type="application/json")
        said = [header for header in _end_to_end(answer.getheaders()) if header[0] not in ("Date", "Server")]
        return _Answer(content, f"{answer.status} {answer.reason}", said)

    return proxy


class _Answer(Response):
    """Adds nothing to what the backend said. (The server in front writes its own ``Date`` and ``Server``.)"""

    default_mimetype = None
    automatically_set_content_length = False


def _end_to_end(headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The headers without those that concern a single connection (RFC 9110, section 7.6.1)."""
    headers = list(headers)
    options = ",".join(value for name, value in headers if name.lower() == "connection")
    named = {option.strip().lower() for option in options.split(",")}
    return [(name, value) for name, value in headers if not is_hop_by_hop_header(name) and name.lower() not in named]
