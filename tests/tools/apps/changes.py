"""What becomes of a Flask app's session cookie: ``$CHANGE`` is one of ``tests.tools.real_apps``, or empty."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from flask import Flask, session

CHANGE = os.environ["CHANGE"]
#: Where an app keeps what it stores.
DATA = Path(os.environ["DATA"])
#: Whether the session is on the server, where an app of its own has it in the cookie.
IS_ON_SERVER = bool(os.environ["ON_SERVER"])


def changed(app: Flask) -> Flask:
    """The app after the change."""
    app.session_interface.get_cookie_path = lambda app: "/elsewhere" if CHANGE == "path" else "/"
    if CHANGE == "HttpOnly":
        app.config["SESSION_COOKIE_HTTPONLY"] = False
    if CHANGE == "SameSite":
        app.config["SESSION_COOKIE_SAMESITE"] = "Strict"
    if CHANGE == "lifetime":
        app.config["PERMANENT_SESSION_LIFETIME"] = 3600
        app.before_request(be_permanent)
    if IS_ON_SERVER:
        from demo_app.session import CookieOptions, ExpressSessionInterface, SessionOptions

        cookie = CookieOptions(samesite="Lax")
        app.session_interface = ExpressSessionInterface(SessionOptions(name="session", secret="s" * 40, cookie=cookie))
    return app


def be_permanent() -> None:
    session.permanent = True


def renew(*_: Any, **__: Any) -> None:
    """At a log-in, take a new id for a session that is on the server."""
    if IS_ON_SERVER and CHANGE != "id":
        kept = dict(session)
        session.regenerate()
        session.update(kept)
