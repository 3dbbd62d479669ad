"""An app of Flask-AppBuilder's, with CSRF protection."""

import os

from flask import Flask
from flask_appbuilder import AppBuilder
from flask_appbuilder.utils.legacy import get_sqla_class
from flask_login import user_logged_in
from flask_wtf import CSRFProtect

from tests.tools.apps.changes import DATA, changing, renew

app = Flask("shop")
app.config.update(
    SECRET_KEY="s" * 40,
    SQLALCHEMY_DATABASE_URI=f"sqlite:///{DATA}/data.sqlite3",
    WTF_CSRF_ENABLED=True,
    SESSION_COOKIE_SAMESITE="Lax",
    AUTH_TYPE=1,
)
CSRFProtect(app)
with app.app_context():
    users = AppBuilder(app, get_sqla_class()(app).session).sm
    if not users.find_user("ada"):
        role = users.find_role(users.auth_role_admin)
        users.add_user("ada", "Ada", "L", "ada@example.org", role, os.environ["PASSWORD"])
user_logged_in.connect(renew)
changing(app)
