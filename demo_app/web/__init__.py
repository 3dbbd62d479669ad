"""The app of the series: a REST API for notes over SQLite, with a log-in that lives in the session."""

from __future__ import annotations

import os

from flask import Flask, Response, jsonify
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as WerkzeugResponse

from ..session import ExpressSessionInterface, SessionOptions, SessionUnavailable, StoreUnavailable
from .api import api
from .callers import OwnPagesOnly
from .database import Database
from .guest_book import add_guest_book
from .page import Inspector, page


def create_app(
    options: SessionOptions, *, database: str | os.PathLike[str] = ":memory:", guest_book: bool = False
) -> Flask:
    """Make the demo app. What changes something is refused to pages elsewhere, with 403.

    :param options: The options of its sessions. ``app.session_interface.store`` is where they end up.
    :param database: File of the SQLite database, made where it is missing. ``":memory:"``: the app's own, gone
        with the app.
    :param guest_book: Add a page that is vulnerable on purpose, at an address that cannot be guessed:
        ``app.extensions["guest_book"]``.
    """
    app = Flask(__name__, static_folder=None)  # the inspector answers for its own files
    app.session_interface = ExpressSessionInterface(options)
    app.extensions["database"] = Database(database)
    app.register_blueprint(api)
    app.register_blueprint(page)
    if guest_book:
        add_guest_book(app)
    app.register_error_handler(HTTPException, _as_json)
    app.register_error_handler(SessionUnavailable, _no_session)
    app.register_error_handler(StoreUnavailable, _no_store)
    app.wsgi_app = OwnPagesOnly(Inspector(app))  # type: ignore[method-assign]
    return app


def _as_json(error: HTTPException) -> WerkzeugResponse:
    """The error as JSON, with its own status and headers (such as ``Allow``)."""
    response = error.get_response()
    response.data = jsonify(error=error.description).data
    response.content_type = "application/json"
    return response


def _no_session(error: SessionUnavailable) -> tuple[Response, int]:
    return jsonify(error=str(error)), 500


def _no_store(error: StoreUnavailable) -> tuple[Response, int]:
    return jsonify(error=str(error)), 503
