"""The REST API. Every answer is JSON, errors too."""

from __future__ import annotations

import re
from typing import Any, cast

import flask
from flask import Blueprint, Response, abort, current_app, jsonify, request, url_for
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from ..session import Session
from .database import Database

# Of Flask's own type, which knows nothing of destroy() and its like.
session = cast(Session, flask.session)

api = Blueprint("api", __name__, url_prefix="/api")

# JSON can hold one alone, UTF-8 and with it SQLite cannot (RFC 8259, section 8.2).
_SURROGATE = re.compile("[\ud800-\udfff]")

# SQLite's largest integer; a larger number is the id of no note.
_NOTE = "/notes/<int(max=9223372036854775807):note_id>"


def _database() -> Database:
    database: Database = current_app.extensions["database"]
    return database


def _field(name: str) -> str:
    """The field ``name`` of the request's JSON object, text that is not empty; 400 or 415 otherwise."""
    try:
        body: Any = request.get_json()
    except UnsupportedMediaType:
        abort(415, "The body is to be JSON, with the header Content-Type: application/json.")
    except (BadRequest, RecursionError):  # the latter where it is nested too deeply
        abort(400, "The body is not valid JSON.")
    if not isinstance(body, dict):
        abort(400, f'The body is to be a JSON object such as {{"{name}": "…"}}.')
    if name not in body:
        abort(400, f"The field {name!r} is missing.")
    value = body[name]
    if not isinstance(value, str) or not value:
        abort(400, f"The field {name!r} is to be text that is not empty.")
    if _SURROGATE.search(value):
        abort(400, f"The field {name!r} has half a character: a surrogate (\\ud800 to \\udfff) without the other one.")
    return value


def _user() -> str:
    """The user who is logged in; 401 if nobody is."""
    user: str | None = session.get("user")
    if user is None:
        abort(401, "Nobody is logged in. POST a username and a password to /api/login first.")
    return user


@api.post("/login")
def login() -> Response:
    username, password = _field("username"), _field("password")
    if not _database().check_password(username, password):
        abort(401, "Username or password is wrong.")
    session.regenerate()  # an id from before the log-in must not be worth anything after it
    session["user"] = username
    return jsonify(user=username)


@api.post("/logout")
def logout() -> tuple[str, int]:
    if session.failure is not None:
        raise session.failure  # nobody seems to be logged in, and the session would live on
    if session.get("user") is not None:
        session.destroy()
    return "", 204


@api.get("/me")
def me() -> Response:
    return jsonify(user=_user())


@api.get("/visits")
def visits() -> Response:
    """Counts this client's visits: changes the session."""
    session["visits"] = session.get("visits", 0) + 1
    return jsonify(visits=session["visits"])


@api.get("/peek")
def peek() -> Response:
    """Tells the count of visits: reads the session only."""
    return jsonify(visits=session.get("visits", 0))


@api.get("/notes")
def notes() -> Response:
    return jsonify(_database().notes(_user()))


@api.post("/notes")
def add_note() -> tuple[Response, int, dict[str, str]]:
    user = _user()
    text = _field("text")
    note_id = _database().add_note(user, text)
    return jsonify(id=note_id, text=text), 201, {"Location": url_for(".note", note_id=note_id)}


@api.get(_NOTE)
def note(note_id: int) -> Response:
    found = _database().note(_user(), note_id)
    if found is None:
        abort(404, f"You have no note {note_id}.")
    return jsonify(found)


@api.delete(_NOTE)
def delete_note(note_id: int) -> tuple[str, int]:
    if not _database().delete_note(_user(), note_id):
        abort(404, f"You have no note {note_id}.")
    return "", 204
