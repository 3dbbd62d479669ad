"""A Django project with accounts, and what becomes of its session cookie: ``$CHANGE`` is a change, or empty."""

import os
from pathlib import Path

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
SESSION_COOKIE_SAMESITE = "Lax"


def with_a_cart(get_response):
    """Give each visitor a session before the log-in, as a shop does: else there is no id to be renewed."""
    from django.conf import settings
    from django.contrib.sessions.backends.base import SessionBase

    renew = SessionBase.cycle_key

    def answer(request):
        change = os.environ["CHANGE"]
        settings.SESSION_COOKIE_HTTPONLY = change != "HttpOnly"
        settings.SESSION_COOKIE_SAMESITE = "Strict" if change == "SameSite" else "Lax"
        settings.SESSION_COOKIE_AGE = 3600 if change == "lifetime" else 1_209_600
        settings.SESSION_COOKIE_PATH = "/elsewhere" if change == "path" else "/"
        SessionBase.cycle_key = renew if change != "id" else lambda session: None
        if "cart" not in request.session:
            request.session["cart"] = 0
        return get_response(request)

    return answer
