"""Session cookies, one option at a time: the middleware, an app that uses it, and a server to run it in a notebook."""

from .server import Server as Server
from .server import serve as serve
from .session import CookieOptions as CookieOptions
from .session import ExpressSessionInterface as ExpressSessionInterface
from .session import MemoryStore as MemoryStore
from .session import SessionOptions as SessionOptions
from .web import create_app as create_app
