"""Each framework that the lessons' tables speak of, run for real: one app, one client, any requests."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from typing import Any, NamedTuple

import django
from cachelib import SimpleCache
from django.conf import settings as django_settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.http import HttpResponse
from django.test import override_settings
from django.urls import path
from flask import Flask, session
from flask_session import Session as FlaskSession
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient as StarletteClient
from werkzeug.test import Client as WSGIClient

from demo_app import ExpressSessionInterface, MemoryStore, SessionOptions

SECRET = "0123456789abcdef0123456789abcdef"

#: Takes the origin, the path and the headers of a request; returns the ``Set-Cookie`` lines and the text.
Send = Callable[[str, str, dict[str, str]], tuple[list[str], str]]


class Answer(NamedTuple):
    """What came back, and between which two moments it was made."""

    cookies: list[str]
    text: str
    began: float
    ended: float


class Client:
    """A client of an app. It sends every cookie back: what the attributes say is for the tests to read.

    ``/`` leaves the session alone, ``/read`` returns the count in it, ``/write`` raises the count first,
    ``/end`` lets go of the session, ``/permanent``, for Flask, sets ``session.permanent``,
    ``/until-2100``, for Django, sets that date.
    """

    def __init__(self, framework: str, settings: Mapping[str, Any] | None = None) -> None:
        #: How often the store was written.
        self.writes = 0
        self.cookies: dict[str, str] = {}
        self._send = FRAMEWORKS[framework](settings or {}, self._wrote)

    def _wrote(self) -> None:
        self.writes += 1

    def get(self, path: str, origin: str = "http://localhost", headers: Mapping[str, str] | None = None) -> Answer:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        began = time.time()
        lines, text = self._send(origin, path, {**(headers or {}), **({"Cookie": cookies} if cookies else {})})
        ended = time.time()
        for line in lines:
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return Answer(lines, text, began, ended)


def _over_wsgi(app: Any) -> Send:
    client = WSGIClient(app, use_cookies=False)

    def send(origin: str, path: str, headers: dict[str, str]) -> tuple[list[str], str]:
        response = client.get(path, base_url=origin, headers=headers)
        # Django's lines begin with a space, which every client strips.
        return [line.strip() for line in response.headers.getlist("Set-Cookie")], response.text

    return send


def _report(wrote: Callable[[], None], store: Any, *methods: str) -> None:
    """Have ``wrote`` called with each call of these methods of the store."""

    def count(method: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*args: Any, **kwargs: Any) -> Any:
            wrote()
            return method(*args, **kwargs)

        return counted

    for name in methods:
        setattr(store, name, count(getattr(store, name)))


def _flask_app(**config: Any) -> Flask:
    app = Flask("app")
    app.config.update(TESTING=True, **config)  # an error in a view comes out of the client

    @app.get("/")
    def leave_alone():
        return ""

    @app.get("/read")
    def read():
        return str(session.get("n", 0))

    @app.get("/write")
    def write():
        session["n"] = session.get("n", 0) + 1
        return str(session["n"])

    @app.get("/end")
    def end():
        getattr(session, "unset", session.clear)()
        return ""

    @app.get("/permanent")
    def permanent():
        session.permanent = True
        return ""

    return app


def _express(settings: Mapping[str, Any], wrote: Callable[[], None]) -> Send:
    # By the port: tests/express holds it against the real one, these options included.
    options: dict[str, Any] = {"secret": SECRET, "store": MemoryStore(), "cookie": {}}
    for name, value in settings.items():
        inside, dot, attribute = name.partition(".")  # "cookie.maxAge" is in cookie
        if dot:
            options[inside][attribute] = value
        else:
            options[name] = value
    _report(wrote, options["store"], "set", "update")
    app = _flask_app()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of the defaults, which are run here
        app.session_interface = ExpressSessionInterface(SessionOptions.from_express(options))
    return _over_wsgi(app)


def _flask(settings: Mapping[str, Any], wrote: Callable[[], None]) -> Send:
    return _over_wsgi(_flask_app(**{"SECRET_KEY": SECRET, **settings}))


def _flask_session(settings: Mapping[str, Any], wrote: Callable[[], None]) -> Send:
    app = _flask_app(**{"SESSION_TYPE": "cachelib", "SESSION_CACHELIB": SimpleCache(), **settings})
    _report(wrote, app.config["SESSION_CACHELIB"], "set")
    FlaskSession(app)
    return _over_wsgi(app)


def _django_write(request):
    request.session["n"] = request.session.get("n", 0) + 1
    return HttpResponse(str(request.session["n"]))


def _django_end(request):
    request.session.flush()
    return HttpResponse("")


def _django_until_2100(request):
    request.session.set_expiry(datetime(2100, 1, 1, tzinfo=timezone.utc))
    return HttpResponse("")


urlpatterns = [
    path("", lambda request: HttpResponse("")),
    path("read", lambda request: HttpResponse(str(request.session.get("n", 0)))),
    path("write", _django_write),
    path("end", _django_end),
    path("until-2100", _django_until_2100),
]


def _start_django() -> None:
    """Configure Django, with a table of sessions in memory: its default store."""
    django_settings.configure(
        SECRET_KEY=SECRET,
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF=__name__,
        INSTALLED_APPS=["django.contrib.sessions"],
        MIDDLEWARE=["django.contrib.sessions.middleware.SessionMiddleware"],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        DEBUG_PROPAGATE_EXCEPTIONS=True,
    )
    django.setup()
    from django.contrib.sessions.models import Session

    with connection.schema_editor() as editor:
        editor.create_model(Session)


_start_django()  # it has one configuration for the process, and its models cannot be imported before


def _django(settings: Mapping[str, Any], wrote: Callable[[], None]) -> Send:
    with override_settings(**settings):  # the store is looked up once
        over_wsgi = _over_wsgi(WSGIHandler())

    def count(execute, sql, *args):
        if sql.startswith(("INSERT", "UPDATE")):
            wrote()
        return execute(sql, *args)

    def send(origin: str, path: str, headers: dict[str, str]) -> tuple[list[str], str]:
        with override_settings(**settings), connection.execute_wrapper(count):
            return over_wsgi(origin, path, headers)

    return send


async def _starlette_leave_alone(request):
    return PlainTextResponse("")


async def _starlette_read(request):
    return PlainTextResponse(str(request.session.get("n", 0)))


async def _starlette_write(request):
    request.session["n"] = request.session.get("n", 0) + 1
    return PlainTextResponse(str(request.session["n"]))


async def _starlette_end(request):
    request.session.clear()
    return PlainTextResponse("")


def _starlette(settings: Mapping[str, Any], wrote: Callable[[], None]) -> Send:
    routes = [
        Route("/", _starlette_leave_alone),
        Route("/read", _starlette_read),
        Route("/write", _starlette_write),
        Route("/end", _starlette_end),
    ]
    middleware = Middleware(SessionMiddleware, **{"secret_key": SECRET, **settings})
    app = Starlette(routes=routes, middleware=[middleware])

    def send(origin: str, path: str, headers: dict[str, str]) -> tuple[list[str], str]:
        client = StarletteClient(app)  # a new one for each request: it keeps cookies of its own
        response = client.get(origin + path, headers=headers)
        return response.headers.get_list("Set-Cookie"), response.text

    return send


#: How to run each framework: takes the settings that are given, and what to call when the store is written.
FRAMEWORKS: dict[str, Callable[[Mapping[str, Any], Callable[[], None]], Send]] = {
    "express-session": _express,
    "Flask": _flask,
    "Flask-Session": _flask_session,
    "Django": _django,
    "Starlette": _starlette,
}
