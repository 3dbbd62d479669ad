"""express-session's middleware as a Flask session interface: when to load, save, touch, and set the cookie."""

from __future__ import annotations

import logging
import secrets
from functools import partial

from flask import Flask, Request, Response
from flask import request as current_request
from flask.sessions import SessionInterface
from werkzeug.urls import iri_to_uri

from .cookie import SessionCookie, dump_cookie, load_cookie
from .errors import OptionError, StoreUnavailable
from .options import CookieOptions, SessionOptions
from .signature import sign, unsign
from .state import NullSession, Session, UnsetSession
from .stores import MemoryStore

log = logging.getLogger("demo_app.session")


class ExpressSessionInterface(SessionInterface):
    """Gives a Flask app the sessions of express-session 1.19.0.

    ::

        app.session_interface = ExpressSessionInterface(SessionOptions(secret=os.environ["SESSION_SECRET"]))

    :param options: What the middleware is to do. Flask's own ``SESSION_COOKIE_*`` settings have no effect.
    """

    session_class = Session
    null_session_class = NullSession

    def __init__(self, options: SessionOptions) -> None:
        self.options = options
        #: Where the sessions are.
        self.store = MemoryStore() if options.store is None else options.store
        self._store_ready = True

    # The four decisions. Each looks at the session and changes nothing.

    def should_set_cookie(self, app: Flask, session: Session) -> bool:
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

    def open_session(self, app: Flask, request: Request) -> Session | NullSession:
        options = self.get_cookie_options(request)
        if options.path not in (None, "/") and not _path_of(request).startswith(options.path):
            return NullSession(
                f"This request has no session: its path {_path_of(request)!r} does not start with the cookie's path "
                f"{options.path!r}."
            )
        sid = self.get_sid(app, request)
        try:
            stored = self.store.get(sid) if sid else None
        except StoreUnavailable as error:
            self._store_failed(error)
            return NullSession("This request has no session: the store cannot be reached. The log has the reason.")
        generate = partial(self.generate, request)
        return self.session_class(self.store, generate, sid, stored, resave=self.options.resave)

    def save_session(self, app: Flask, session: Session, response: Response) -> None:
        if session.accessed:
            _vary_on_cookie(response)
        try:
            lives_on = self._commit(app, session)
        except StoreUnavailable as error:
            self._store_failed(error)
            return
        if lives_on and self.should_set_cookie(app, session):
            if session.cookie.secure and not self.is_secure(current_request):
                log.debug("no cookie sent: it is Secure and this request did not come over HTTPS")
                return
            value = "s:" + sign(session.sid, self.options.secrets[0])
            response.headers.add("Set-Cookie", dump_cookie(self.get_cookie_name(app), value, session.cookie))
            _vary_on_cookie(response)

    def _commit(self, app: Flask, session: Session) -> bool:
        """Save, touch or destroy the session, as decided; return whether there is one afterwards."""
        if session.ended:
            if isinstance(session, UnsetSession) and self.options.unset == "destroy":
                self.store.destroy(session.sid)
            return False
        session.finish()
        if self.should_save(app, session):
            kept = session.save()
        elif self.should_touch(app, session):
            kept = session.refresh()
        else:
            return True
        if not self._store_ready:
            self._store_ready = True
            log.warning("the session store is back")
        if not kept:
            log.info("a session was destroyed by another request while this one ran; this one's changes are dropped")
        return kept

    def _store_failed(self, error: StoreUnavailable) -> None:
        # Once for each failure of the store, not for each request that meets it.
        if self._store_ready:
            self._store_ready = False
            log.error("the session store has failed, requests go on without a session until it is back: %s", error)

    # The steps of opening a session.

    def get_sid(self, app: Flask, request: Request) -> str | None:
        """The session id that the client presents, ``None`` unless one of the secrets has signed it."""
        value = load_cookie(request.environ.get("HTTP_COOKIE", ""), self.get_cookie_name(app))
        if value is None or not value.startswith("s:"):
            return None
        return unsign(value[2:], self.options.secrets) or None

    def generate(self, request: Request) -> tuple[str, SessionCookie]:
        """A new session's id and cookie settings; ``"auto"`` becomes what fits the request."""
        cookie = SessionCookie(self.get_cookie_options(request), is_secure=self.is_secure(request))
        return self._generate_sid(request), cookie

    def _generate_sid(self, request: Request) -> str:
        if self.options.genid is None:
            return secrets.token_urlsafe(24)
        sid = self.options.genid(request)
        if not isinstance(sid, str) or not sid:
            raise OptionError(
                "genid", f"returned {sid!r} ({type(sid).__name__})", "a session id is a str that is not empty."
            )
        return sid

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


def _path_of(request: Request) -> str:
    """The path as the client sees it, percent-encoded: what it compares the cookie's ``Path`` with."""
    raw = request.environ.get("REQUEST_URI") or request.environ.get("RAW_URI") or ""
    if not raw.startswith("/"):
        return iri_to_uri(request.root_path + request.path)
    # Some servers and proxies leave out where the app is mounted.
    mount = iri_to_uri(request.root_path)
    return (raw if raw.startswith(mount) else mount + raw).partition("?")[0].partition("#")[0]
