"""pgAdmin, as a server with accounts."""

import os
import sys
from datetime import timedelta
from importlib.util import find_spec
from types import ModuleType
from uuid import uuid4

DATA = os.environ["DATA"]
os.environ.update(
    PGADMIN_SERVER_MODE="ON",
    PGADMIN_SETUP_EMAIL="ada@example.org",
    PGADMIN_SETUP_PASSWORD=os.environ["PASSWORD"],
)
settings = ModuleType("config_local")
settings.SERVER_MODE = True
settings.DATA_DIR = DATA
settings.LOG_FILE = f"{DATA}/log"
settings.SQLITE_PATH = f"{DATA}/data.sqlite3"
settings.SESSION_DB_PATH = f"{DATA}/sessions"
settings.STORAGE_DIR = f"{DATA}/storage"
settings.UPGRADE_CHECK_ENABLED = False
sys.modules["config_local"] = settings
sys.argv[1:] = []
sys.path.insert(0, find_spec("pgadmin4").submodule_search_locations[0])

import config  # noqa: E402
from flask import session  # noqa: E402
from flask_login import user_logged_in  # noqa: E402
from pgAdmin4 import app as app  # noqa: E402


def change():
    now = os.environ["CHANGE"]
    config.SESSION_COOKIE_HTTPONLY = now != "HttpOnly"
    config.SESSION_COOKIE_SAMESITE = "Strict" if now == "SameSite" else "Lax"
    config.SESSION_COOKIE_PATH = "/elsewhere" if now == "path" else "/"
    app.permanent_session_lifetime = timedelta(days=3 if now == "lifetime" else 1)


def renew(*_, **__):
    """What its log-in does not do."""
    if os.environ["CHANGE"] == "id":
        session.sid = str(uuid4())


app.before_request_funcs.setdefault(None, []).insert(0, change)
user_logged_in.connect(renew)
