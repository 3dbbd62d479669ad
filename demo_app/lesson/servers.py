"""Who is believed before the app is asked. ``tests/lesson`` starts each server and holds every row against it."""

from __future__ import annotations

from typing import NamedTuple

from ..cookies.table import Table


class AppServer(NamedTuple):
    """A server that runs an app, and for which values of ``proxy`` its clients get a ``Secure`` cookie over HTTP.

    The three columns differ in what stands in ``X-Forwarded-Proto``, and in the address that it comes from. (In the
    test, 127.0.0.2 stands for another machine.)
    """

    name: str
    #: Its options on the command line; empty: as it comes.
    options: str
    https_from_here: str
    https_from_elsewhere: str
    list_from_here: str


_EVERY, _IF_TOLD, _NONE = "left out, `True`, `False`", "`True`", "none"

#: Gunicorn 27, Waitress 3.0, and Uvicorn 0.54 with a WSGI app.
APP_SERVERS = (
    AppServer("Gunicorn", "", _EVERY, _IF_TOLD, _IF_TOLD),
    AppServer("Gunicorn", "`--forwarded-allow-ips='*'`", _EVERY, _EVERY, _IF_TOLD),
    AppServer("Gunicorn", "`--forwarded-allow-ips=''`", _IF_TOLD, _IF_TOLD, _IF_TOLD),
    AppServer("Waitress", "", _NONE, _NONE, _NONE),
    AppServer(
        "Waitress",
        "`--trusted-proxy=127.0.0.1 --trusted-proxy-headers=x-forwarded-proto`",
        _EVERY,
        _NONE,
        "400",
    ),
    AppServer("Uvicorn", "", _EVERY, _IF_TOLD, _IF_TOLD),
    AppServer("Uvicorn", "`--forwarded-allow-ips='*'`", _EVERY, _EVERY, _IF_TOLD),
    AppServer("Uvicorn", "`--no-proxy-headers`", _IF_TOLD, _IF_TOLD, _IF_TOLD),
)


def app_servers() -> Table:
    """With which values of ``proxy`` a client over plain HTTP gets a ``Secure`` cookie, by the server under the app."""
    said = ("https from 127.0.0.1", "https from elsewhere", "https, http from 127.0.0.1")
    rows = ((name, options or "as it comes", *believers) for name, options, *believers in APP_SERVERS)
    return Table(("server", "started with", *said), rows)
