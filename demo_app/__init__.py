"""Session cookies, one option at a time: the middleware, an app that uses it, and a server to run it in a notebook."""

from .proxy import reverse_proxy
from .server import Server, serve
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
