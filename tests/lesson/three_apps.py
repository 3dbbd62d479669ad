"""What the servers of lesson 18 are asked for: the same app with each value of ``proxy``, at three paths."""

from __future__ import annotations

from importlib.util import find_spec

from flask import Flask, session
from werkzeug.exceptions import NotFound
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from demo_app import CookieOptions, ExpressSessionInterface, SessionOptions

#: The values, as a table of the lesson spells them.
CHOICES = {"left out": {}, "`True`": {"proxy": True}, "`False`": {"proxy": False}}


def app(given):
    made = Flask("app")
    cookie = CookieOptions(secure=True)
    made.session_interface = ExpressSessionInterface(SessionOptions(secret="s", cookie=cookie, **given))

    @made.get("/")
    def begin():
        session["begun"] = True
        return ""

    return made


wsgi = DispatcherMiddleware(NotFound(), {f"/{number}": app(given) for number, given in enumerate(CHOICES.values())})

if find_spec("a2wsgi"):
    from a2wsgi import WSGIMiddleware

    asgi = WSGIMiddleware(wsgi)
