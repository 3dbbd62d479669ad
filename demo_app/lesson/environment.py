"""Whether this machine is ready for the lessons, and how to mend what is not."""

from __future__ import annotations

import sys
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

import requests

from ..cookies.table import Table
from ..serving import serve

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

#: The packages that the lessons cannot do without, and the oldest version that will do.
_NEEDED = {"flask": (3, 1, 3), "publicsuffixlist": (1, 0, 2), "requests": (2, 32), "trustme": (1,)}

_MEND = "close the notebook and start it with: python3 run.py"


def check_environment() -> Table:
    """What the lessons need, whether it is here, and what to do where it is not."""
    rows = [("Python 3.10 or later", *_verdict(sys.version_info >= (3, 10), "install it from python.org"))]
    rows += [(package, *_verdict(_is_there(package, oldest), _MEND)) for package, oldest in _NEEDED.items()]
    rows.append(("a server on this machine", *_verdict(*_loopback())))
    return Table(("what", "is it here?", "if not"), rows)


def _verdict(good: bool, remedy: str) -> tuple[str, str]:
    return ("yes", "") if good else ("NO", remedy)


def _is_there(package: str, oldest: tuple[int, ...]) -> bool:
    try:
        found = version(package)
    except PackageNotFoundError:
        return False
    return tuple(int(part) for part in found.split(".")[:3] if part.isdigit()) >= oldest


def _loopback() -> tuple[bool, str]:
    """Start a server and ask it something, as the lessons do: past or through a proxy."""

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        start_response("204 No Content", [])
        return []

    with serve(app) as server:
        try:
            if requests.get(server.url, timeout=5).status_code == 204:
                return True, ""
        except requests.RequestException:
            pass
    if requests.utils.get_environ_proxies(server.url):
        return False, "set the environment variable NO_PROXY to 127.0.0.1,localhost"
    return False, "allow connections to 127.0.0.1 in the firewall"
