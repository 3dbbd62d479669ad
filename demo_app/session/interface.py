"""express-session's middleware as a Flask session interface: when to load, save, touch, and set the cookie."""

from __future__ import annotations

import re
import secrets
from functools import partial
from urllib.parse import unquote

from flask import Flask, Request, Response
from flask import request as current_request
from flask.sessions import SessionInterface, SessionMixin
from werkzeug.urls import iri_to_uri

from .cookie import SessionCookie, dump_cookie, load_cookie
from .cookie_options import CookieOptions
from .errors import OptionError, StoreUnavailable, found_type
from .log import log
from .options import SessionOptions, check_store
from .outage import Watched
from .signature import sign, unsign
from .state import NullSession, Session, decided, finish, refresh, write
from .stores import MemoryStore
from .stores.base import SimpleStore, Store, complete

_UTF_8 = re.compile("[^\ud800-\udfff]+")


class ExpressSessionInterface(SessionInterface):
    """Gives a Flask app the sessions of express-session 1.19.0.

    ::

        app.session_interface = ExpressSessionInterface(SessionOptions(secret=os.environ["SESSION_SECRET"]))

    :param options: What the middleware is to do. Flask's own ``SESSION_COOKIE_*`` settings have no effect.
    """

    session_class: type[Session] = Session
    null_session_class: type[NullSession] = NullSession

    def __init__(self, options: SessionOptions) -> None:
        if not isinstance(options, SessionOptions):
            rule = "it is SessionOptions(…). What a Node app has, SessionOptions.from_express({…}) takes."
            raise OptionError("options", found_type(options), rule)
        for name, base in (("session_class", Session), ("null_session_class", NullSession)):
            if not (isinstance(given := getattr(self, name), type) and issubclass(given, base)):
                raise OptionError(name, f"is {given!r}", f"it is a class below {base.__name__}.")
        self.options = options
        self._has_told = False
        self.store = MemoryStore() if options.store is None else options.store

    @property
    def store(self) -> Store | SimpleStore:
        """Where the sessions are. Another one may be assigned; requests that run keep the one they have."""
        return self._given_store

    @store.setter
    def store(self, store: Store | SimpleStore) -> None:
        check_store(store)
        self._given_store = store
        self._store = Watched(complete(store))

    # The four decisions. Each looks at the session and changes nothing.

    def should_set_cookie(self, app: Flask, session: Session) -> bool:  # type: ignore[override]
        """Whether the response carries ``Set-Cookie``.

        A client that lacks the id gets it with the first change, or at once with ``save_uninitialized``. One that
        has it gets it again with every response if ``rolling``, otherwise when a change moved the expiry date.
        """
        if session.new:
            return self.options.save_uninitialized or session.modified
        return self.options.rolling or (session.cookie.expires_at is not None and session.modified)

    def should_save(self, app: Flask, session: Session) -> bool:
        """Whether the session is written to the store.

        A new one with its first change, or at once with ``save_uninitialized``; a known one if it was changed, or
        always with ``resave``.
        """
        if session.new and not session.initialized and not self.options.save_uninitialized:
            return session.modified
        return not session.saved

    def should_touch(self, app: Flask, session: Session) -> bool:
        """Whether the store only moves the expiry date: for a known session that is not written."""
        return not session.new and not self.should_save(app, session)

    def is_secure(self, request: Request) -> bool:
        """Whether the client's connection counts as HTTPS, by the option ``proxy``."""
        # ProxyFix, where there is one, has replaced the scheme and kept what the socket had.
        direct = request.environ.get("werkzeug.proxy_fix.orig", request.environ).get("wsgi.url_scheme")
        if direct == "https":
            return True
        if self.options.proxy is None:
            return request.is_secure
        forwarded = request.environ.get("HTTP_X_FORWARDED_PROTO", "")
        return self.options.proxy and forwarded.partition(",")[0].strip().lower() == "https"

    # What a request begins and ends with.

    def open_session(self, app: Flask, request: Request) -> Session | NullSession | None:
        options = self.get_cookie_options(request)
        if options.path not in (None, "/") and not _is_below(_path_of(request), options.path):
            return self.null_session_class(
                f"This request has no session: its path {_path_of(request)!r} does not start with the cookie's path "
                f"{options.path!r}."
            )
        sid, stored, failure = self.get_sid(app, request), None, None
        if sid is not None:
            try:
                stored = self._store.get(sid)
            except StoreUnavailable as error:
                failure = error
        return self.session_class(
            self._store,
            partial(self.generate_sid, request),
            partial(self.new_cookie, request),
            sid,
            stored,
            failure=failure,
            resave=self.options.resave,
            max_size=self.options.max_size,
        )

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        assert isinstance(session, Session)
        if session.accessed:
            _vary_on_cookie(response)
        try:
            lives_on = self._commit(app, session)
            is_sent = lives_on and self.should_set_cookie(app, session) and self._set_cookie(app, session, response)
            if is_sent and not session.accessed:
                _vary_on_cookie(response)
        except StoreUnavailable as error:
            # What a visitor has not changed is not lost: the next request finds it, or begins anew.
            if session.ended or session.modified:
                _become(response, app.make_response(app.handle_user_exception(error)))
                _vary_on_cookie(response)
        finally:
            decided(session)

    def _commit(self, app: Flask, session: Session) -> bool:
        """Save, touch or destroy the session, as decided; return whether there is one afterwards."""
        if session.ended:
            if session.unset_by_view and self.options.unset == "destroy":
                self._store.destroy(session.sid)
            return False
        finish(session, app.permanent_session_lifetime)
        if self.should_save(app, session):
            kept = write(session)
        elif session.failure is not None:
            return False
        elif self.should_touch(app, session):
            kept = refresh(session)
        else:
            return True
        if not kept:
            log.info("a session was destroyed by another request while this one ran; this one's changes are dropped")
        return kept

    def _set_cookie(self, app: Flask, session: Session, response: Response) -> bool:
        """Add the cookie to the response; ``False`` if it must not travel here."""
        if session.cookie.secure and not self.is_secure(current_request):
            if not self._has_told:
                self._has_told = True
                log.warning(
                    "no cookie was sent: it is Secure, and the request came over plain HTTP. Behind a proxy that ends "
                    "HTTPS take proxy=True, on a laptop secure='auto' (this is said once)"
                )
            return False
        value = "s:" + sign(session.sid, self.options.secrets[0])
        response.headers.add("Set-Cookie", dump_cookie(self.get_cookie_name(app), value, session.cookie))
        if response.headers.getlist("Cache-Control"):  # quicker than "in", which raises and catches
            _keep_from_shared_caches(response)
        return True

    # The steps of opening a session.

    def get_sid(self, app: Flask, request: Request) -> str | None:
        """The session id that the client presents, ``None`` unless one of the secrets has signed it."""
        value = load_cookie(request.environ.get("HTTP_COOKIE", ""), self.get_cookie_name(app))
        if value is None or not value.startswith("s:"):
            return None
        return unsign(value[2:], self.options.secrets) or None

    def generate_sid(self, request: Request) -> str:
        """A new session's id.

        :raises OptionError: if the option ``genid`` returns what is no id.
        """
        if self.options.genid is None:
            return secrets.token_urlsafe(24)
        sid = self.options.genid(request)
        if not isinstance(sid, str) or not sid or not _UTF_8.fullmatch(sid):
            raise OptionError(
                "genid",
                f"returned {sid!r} ({type(sid).__name__})",
                "a session id is a str that is not empty and has no lone surrogate.",
            )
        return sid

    def new_cookie(self, request: Request) -> SessionCookie:
        """A new session's cookie settings; ``"auto"`` becomes what fits the request."""
        options = self.get_cookie_options(request)
        return SessionCookie(options, is_secure=options.is_auto and self.is_secure(request))

    # Flask's hooks, answered from the options instead of app.config.

    def get_cookie_options(self, request: Request) -> CookieOptions:
        """The cookie's options for this request."""
        options = self.options.cookie
        if isinstance(options, CookieOptions):
            return options
        made = options(request)
        if not isinstance(made, CookieOptions):
            raise OptionError("cookie", f"returned {made!r} ({type(made).__name__})", "it returns CookieOptions(…).")
        return made

    def get_cookie_name(self, app: Flask) -> str:
        return self.options.name

    def get_cookie_domain(self, app: Flask) -> str | None:
        return self.get_cookie_options(current_request).domain

    def get_cookie_path(self, app: Flask) -> str:
        return self.get_cookie_options(current_request).path or "/"

    def get_cookie_httponly(self, app: Flask) -> bool:
        return self.get_cookie_options(current_request).httponly

    def get_cookie_secure(self, app: Flask) -> bool:
        secure = self.get_cookie_options(current_request).secure
        return self.is_secure(current_request) if secure == "auto" else secure

    def get_cookie_samesite(self, app: Flask) -> str | None:
        samesite = self.get_cookie_options(current_request).samesite
        if samesite == "auto":
            return "None" if self.is_secure(current_request) else "Lax"
        return samesite

    def get_cookie_partitioned(self, app: Flask) -> bool:
        return self.get_cookie_options(current_request).partitioned


def _vary_on_cookie(response: Response) -> None:
    # response.vary parses the header and writes it back, which takes longer than all else that is done here.
    vary = response.headers.getlist("Vary")
    if not vary:
        response.headers.add("Vary", "Cookie")
    elif vary != ["Cookie"]:
        response.headers["Vary"] = ", ".join(vary)  # response.vary would keep the first line only
        response.vary.add("Cookie")


def _keep_from_shared_caches(response: Response) -> None:
    """Take back what allows a cache to give this visitor's cookie to others as well (RFC 9111, section 3)."""
    allowed = response.cache_control
    if allowed.no_store or allowed.no_cache or (allowed.private and not allowed.public):
        return
    if allowed.public or allowed.s_maxage is not None or allowed.max_age is not None:
        allowed.public, allowed.s_maxage = False, None
        allowed.private = True


def _become(response: Response, other: Response) -> None:
    """Turn a response, which Flask holds already, into another one."""
    response.close()
    response.status, response.response = other.status, other.response
    response.headers.clear()
    response.headers.extend(other.headers)


def _is_below(path: str, cookie_path: str) -> bool:
    """Whether a request for ``path`` has a session, by the beginning of the path, as in express-session 1.19.0.

    (Its next version is to compare whole segments, as browsers do: RFC 6265bis, section 5.1.4.)
    """
    return path.startswith(cookie_path)


def _path_of(request: Request) -> str:
    """The path as the client sees it, percent-encoded: what it compares the cookie's ``Path`` with."""
    raw = request.environ.get("REQUEST_URI") or request.environ.get("RAW_URI") or ""
    if not raw.startswith("/"):
        return iri_to_uri(request.root_path + request.path)
    path = raw.partition("?")[0].partition("#")[0]
    # Some servers and proxies leave out where the app is mounted: then it is what the app itself sees.
    mount = iri_to_uri(request.root_path).rstrip("/")
    has_mount = path == mount or path.startswith(f"{mount}/")
    return path if has_mount and unquote(path) != request.path else mount + path
