"""An app with Flask-Security-Too, with CSRF protection and log-ins that are remembered."""

import os

from flask import Flask
from flask_login import user_logged_in
from flask_security import Security, SQLAlchemyUserDatastore, auth_required, hash_password
from flask_security.models import fsqla_v3
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect

from tests.tools.apps.changes import DATA, changing, renew

app = Flask("shop")
app.config.update(
    SECRET_KEY="s" * 40,
    SECURITY_PASSWORD_SALT="1" * 40,
    SQLALCHEMY_DATABASE_URI=f"sqlite:///{DATA}/data.sqlite3",
    SESSION_COOKIE_SAMESITE="Lax",
)
CSRFProtect(app)
db = SQLAlchemy(app)
fsqla_v3.FsModels.set_db_info(db)


class Role(db.Model, fsqla_v3.FsRoleMixin):
    pass


class User(db.Model, fsqla_v3.FsUserMixin):
    pass


app.security = Security(app, SQLAlchemyUserDatastore(db, User, Role))
with app.app_context():
    db.create_all()
    if not app.security.datastore.find_user(email="ada@example.org"):
        app.security.datastore.create_user(email="ada@example.org", password=hash_password(os.environ["PASSWORD"]))
        db.session.commit()


@app.get("/")
@auth_required()
def start():
    return "Hello"


user_logged_in.connect(renew)
changing(app)
