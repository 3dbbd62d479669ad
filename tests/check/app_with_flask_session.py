"""An app with Flask-Session, to be checked: ``…demo_app.check "tests.check.app_with_flask_session:create_app()"``."""

from cachelib import SimpleCache
from flask import Flask, jsonify, request, session
from flask_session import Session


def create_app() -> Flask:
    app = Flask(__name__)
    app.config.update(SESSION_TYPE="cachelib", SESSION_CACHELIB=SimpleCache(), SESSION_COOKIE_NAME="__Host-shop")
    Session(app)

    @app.get("/cart")
    def cart():
        return jsonify(session.get("cart", []))

    @app.post("/cart")
    def add():
        session["cart"] = [*session.get("cart", []), request.json["item"]]
        return jsonify(session["cart"])

    return app
