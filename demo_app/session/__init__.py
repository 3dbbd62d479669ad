"""express-session's middleware for Flask: sessions on the server, a signed id in the cookie.

Needs nothing but Flask. Read it in this order: ``options`` and ``cookie_options`` (what can be set), ``signature``
and ``cookie`` (what travels), ``data`` and ``stores`` (what stays), ``state`` (what a view sees), ``interface`` (what
happens when).
"""

from .audit import Finding as Finding
from .audit import audit as audit
from .cookie import SessionCookie as SessionCookie
from .cookie_options import CookieOptions as CookieOptions
from .errors import OptionError as OptionError
from .errors import SessionDataError as SessionDataError
from .errors import SessionError as SessionError
from .errors import SessionNotFound as SessionNotFound
from .errors import SessionUnavailable as SessionUnavailable
from .errors import StoreUnavailable as StoreUnavailable
from .interface import ExpressSessionInterface as ExpressSessionInterface
from .options import SessionOptions as SessionOptions
from .signature import sign as sign
from .signature import unsign as unsign
from .state import NullSession as NullSession
from .state import Session as Session
from .stores import InspectableStore as InspectableStore
from .stores import MemoryStore as MemoryStore
from .stores import RedisStore as RedisStore
from .stores import SimpleStore as SimpleStore
from .stores import SQLiteStore as SQLiteStore
from .stores import Store as Store
from .stores import StoredSession as StoredSession
from .stores import TracedStore as TracedStore
