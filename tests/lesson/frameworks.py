"""Each framework that the lessons' tables speak of, run for real: the cookie it sends for a first change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import django
from cachelib import SimpleCache
from django.conf import settings as django_settings
from django.http import HttpResponse
from django.test import Client as DjangoClient
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

from demo_app import ExpressSessionInterface, SessionOptions

SECRET = "0123456789abcdef0123456789abcdef"


def _flask_line(app: Flask) -> str:
    @app.get("/")
    def write():
        session["n"] = 1
        return ""

    return app.test_client().get("/").headers["Set-Cookie"]


def _express(settings: Mapping[str, Any]) -> str:
    # By the port: tests/express holds it against the real one, these options included.
    app = Flask("express")
    app.session_interface = ExpressSessionInterface(
        SessionOptions.from_express({"secret": SECRET, "resave": False, "saveUninitialized": False, **settings})
    )
    return _flask_line(app)


def _flask(settings: Mapping[str, Any]) -> str:
    app = Flask("flask")
    app.config.update(SECRET_KEY=SECRET, **settings)
    return _flask_line(app)


def _flask_session(settings: Mapping[str, Any]) -> str:
    app = Flask("flask_session")
    app.config.update(SESSION_TYPE="cachelib", SESSION_CACHELIB=SimpleCache(), **settings)
    FlaskSession(app)
    return _flask_line(app)


def _write_django(request):
    request.session["n"] = 1
    return HttpResponse()


urlpatterns = [path("", _write_django)]


def _django(settings: Mapping[str, Any]) -> str:
    if not django_settings.configured:
        django_settings.configure(
            SECRET_KEY=SECRET,
            ALLOWED_HOSTS=["*"],
            ROOT_URLCONF=__name__,
            MIDDLEWARE=["django.contrib.sessions.middleware.SessionMiddleware"],
            SESSION_ENGINE="django.contrib.sessions.backends.cache",
        )
        django.setup()
    with override_settings(**settings):
        cookies = DjangoClient().get("/").cookies
    (morsel,) = cookies.values()
    return morsel.OutputString()


async def _write_starlette(request):
    request.session["n"] = 1
    return PlainTextResponse("")


def _starlette(settings: Mapping[str, Any]) -> str:
    middleware = Middleware(SessionMiddleware, secret_key=SECRET, **settings)
    app = Starlette(routes=[Route("/", _write_starlette)], middleware=[middleware])
    return StarletteClient(app).get("/").headers["Set-Cookie"]


#: The first ``Set-Cookie`` line that a framework sends, given settings that are not its default.
FIRST_COOKIE: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "express-session": _express,
    "Flask": _flask,
    "Flask-Session": _flask_session,
    "Django": _django,
    "Starlette": _starlette,
}
