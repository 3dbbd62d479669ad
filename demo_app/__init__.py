"""Session cookies, one option at a time: the middleware, an app that uses it, and a server to run it in a notebook.

What is imported from here is loaded when it is asked for: ``demo_app.session`` alone loads no app and no server.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .serving import Server, reverse_proxy, serve
    from .session import CookieOptions, ExpressSessionInterface, MemoryStore, SessionOptions, TracedStore
    from .web import create_app

# Without it, "import *" would also bring the module "session", over flask.session.
__all__ = [
    "CookieOptions",
    "ExpressSessionInterface",
    "MemoryStore",
    "Server",
    "SessionOptions",
    "TracedStore",
    "create_app",
    "reverse_proxy",
    "serve",
]

_HOMES = {"Server": "serving", "create_app": "web", "reverse_proxy": "serving", "serve": "serving"}


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOMES.get(name, 'session')}", __name__), name)
