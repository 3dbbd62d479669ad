"""What becomes of a Flask app's session cookie: ``$CHANGE`` is one of ``tests.tools.real_apps``, or empty."""

from __future__ import annotations

import os
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from flask import Flask, session
from flask.sessions import SessionInterface

#: Where an app keeps what it stores.
DATA = Path(os.environ["DATA"])


def change() -> str:
    return os.environ["CHANGE"]


def changing(app: Flask) -> Flask:
    """The app, with a session cookie that can be changed."""
    _make_changing(app.session_interface)
    return app


def on_server(app: Flask) -> None:
    """Keep the sessions on the server, for an app that has them in the cookie."""
    from demo_app.session import CookieOptions, ExpressSessionInterface, SessionOptions

    cookie = CookieOptions(samesite="Lax")
    app.session_interface = ExpressSessionInterface(SessionOptions(name="session", secret="s" * 40, cookie=cookie))


def renew(*_: Any, **__: Any) -> None:
    """At a log-in, take a new id for a session that is on the server."""
    if hasattr(session, "regenerate") and change() != "id":
        kept = dict(session)
        session.regenerate()
        session.update(kept)


def _make_changing(interface: SessionInterface) -> None:
    kind = type(interface)

    class Changing(kind):  # type: ignore[misc, valid-type]
        def get_cookie_httponly(self, app: Flask) -> bool:
            return change() != "HttpOnly"

        def get_cookie_samesite(self, app: Flask) -> str:
            return "Strict" if change() == "SameSite" else "Lax"

        def get_cookie_path(self, app: Flask) -> str:
            return "/elsewhere" if change() == "path" else "/"

        def get_expiration_time(self, app: Flask, session: Any) -> datetime | None:
            in_an_hour = datetime.now(timezone.utc) + timedelta(hours=1)
            return in_an_hour if change() == "lifetime" else super().get_expiration_time(app, session)

    interface.__class__ = Changing
