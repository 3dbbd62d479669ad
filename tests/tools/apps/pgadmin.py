"""pgAdmin, as a server with accounts."""

import os
import sys
from importlib.util import find_spec
from types import ModuleType
from uuid import uuid4

CHANGE, DATA = os.environ["CHANGE"], os.environ["DATA"]
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
settings.SESSION_COOKIE_HTTPONLY = CHANGE != "HttpOnly"
settings.SESSION_COOKIE_SAMESITE = "Strict" if CHANGE == "SameSite" else "Lax"
settings.SESSION_COOKIE_PATH = "/elsewhere" if CHANGE == "path" else "/"
settings.SESSION_EXPIRATION_TIME = 3 if CHANGE == "lifetime" else 1
sys.modules["config_local"] = settings
sys.argv[1:] = []
sys.path.insert(0, find_spec("pgadmin4").submodule_search_locations[0])

from flask import session  # noqa: E402
from flask_login import user_logged_in  # noqa: E402
from pgAdmin4 import app as app  # noqa: E402


def renew(*_, **__):
    session.sid = str(uuid4())


if CHANGE == "id":
    user_logged_in.connect(renew)
