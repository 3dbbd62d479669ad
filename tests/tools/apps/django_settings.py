"""A Django project with accounts, and what becomes of its session cookie: ``$CHANGE`` is a change, or empty."""

import os
from pathlib import Path

CHANGE = os.environ["CHANGE"]
SECRET_KEY = "s" * 50
DEBUG = True
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": Path(os.environ["DATA"], "data.sqlite3")}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
STATIC_URL = "/static/"
INSTALLED_APPS = [f"django.contrib.{name}" for name in ("admin", "auth", "contenttypes", "sessions", "messages")]
INSTALLED_APPS += ["django.contrib.staticfiles"]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "tests.tools.apps.django_settings.with_a_cart",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
PROCESSORS = ["django.template.context_processors.request", "django.contrib.auth.context_processors.auth"]
PROCESSORS += ["django.contrib.messages.context_processors.messages"]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": PROCESSORS},
    }
]
SESSION_COOKIE_HTTPONLY = CHANGE != "HttpOnly"
SESSION_COOKIE_SAMESITE = "Strict" if CHANGE == "SameSite" else "Lax"
SESSION_COOKIE_AGE = 3600 if CHANGE == "lifetime" else 1_209_600
SESSION_COOKIE_PATH = "/elsewhere" if CHANGE == "path" else "/"


def with_a_cart(get_response):
    """Give each visitor a session before the log-in, as a shop does: else there is no id to be renewed."""

    def answer(request):
        if "cart" not in request.session:
            request.session["cart"] = 0
        return get_response(request)

    return answer


if CHANGE == "id":
    from django.contrib.sessions.backends.base import SessionBase

    SessionBase.cycle_key = lambda self: None
