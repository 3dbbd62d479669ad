"""Holds the cookies of an app of yours against a baseline.

::

    python3 -m demo_app.check shop:app --record --step 'GET /login' --step 'POST /login user=ada&password=$PASSWORD'
    python3 -m demo_app.check shop:app

The first command serves the app over HTTP and over HTTPS, sends the requests with a client that keeps cookies and fills
in hidden fields as a browser does, and writes every ``Set-Cookie`` line into ``session-cookie.json``. The second one
repeats that, and ends with 1 if a status, a redirect, a cookie or one of its attributes is another than in the file.
``$PASSWORD`` is taken from the environment each time, and stands in the file as it is written here.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .app import CheckError as CheckError
    from .changes import differences as differences

_HOMES = {"CheckError": "app", "differences": "changes"}
__all__ = ["CheckError", "differences"]


# On use, so that an app that patches sockets can be imported before requests.
def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOMES[name]}", __name__), name)
