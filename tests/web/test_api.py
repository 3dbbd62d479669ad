"""The REST API of the demo app: over real SQLite, with real password hashes."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from demo_app import CookieOptions, SessionOptions, create_app
from demo_app.session import StoreUnavailable

ADA = {"username": "ada", "password": "lovelace"}
ALAN = {"username": "alan", "password": "turing"}


@pytest.fixture
def app(tmp_path):
    return create_app(SessionOptions(name="mycookie", secret="s"), database=tmp_path / "notes.db")


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture
def ada(client):
    client.post("/api/login", json=ADA)
    return client


def test_visits_changes_the_session_and_peek_reads_it(client):
    assert client.get("/api/peek").json == {"visits": 0}
    assert client.get_cookie("mycookie") is None
    assert [client.get("/api/visits").json["visits"] for _ in range(3)] == [1, 2, 3]
    assert client.get("/api/peek").json == {"visits": 3}


@pytest.mark.parametrize("user", [ADA, ALAN])
def test_log_in_and_out(client, user):
    assert client.post("/api/login", json=user).json == {"user": user["username"]}
    assert client.get("/api/me").json == {"user": user["username"]}
    assert client.post("/api/logout").status_code == 204
    assert client.get("/api/me").status_code == 401


def test_log_in_gives_a_new_id_and_the_old_one_is_dead(app, client):
    client.get("/api/visits")
    before = client.get_cookie("mycookie").value
    client.post("/api/login", json=ADA)
    after = client.get_cookie("mycookie").value
    assert before != after
    client.set_cookie("mycookie", before)
    assert client.get("/api/me").status_code == 401
    assert client.get("/api/peek").json == {"visits": 0}


def test_after_log_out_the_old_cookie_is_dead(ada):
    cookie = ada.get_cookie("mycookie").value
    ada.post("/api/logout")
    ada.set_cookie("mycookie", cookie)
    assert ada.get("/api/me").status_code == 401


def test_log_out_without_log_in_leaves_the_session(client):
    client.get("/api/visits")
    assert client.post("/api/logout").status_code == 204
    assert client.get("/api/peek").json == {"visits": 1}


@pytest.mark.parametrize(
    "body", [{**ADA, "password": "x"}, {**ADA, "username": "nobody"}, {**ADA, "username": "' OR 1=1 --"}]
)
def test_wrong_credentials_are_all_told_the_same(client, body):
    response = client.post("/api/login", json=body)
    assert (response.status_code, response.json) == (401, {"error": "Username or password is wrong."})


#: OWASP's Password Storage Cheat Sheet, "scrypt": N, r and p, each as good as the others.
OWASP = {"131072:8:1", "65536:8:2", "32768:8:3", "16384:8:5", "8192:8:10"}


def hashes_in(path):
    with closing(sqlite3.connect(path)) as stored:
        return [row[0] for row in stored.execute("SELECT password_hash FROM users ORDER BY name")]


def test_passwords_are_hashed_as_owasp_says(app, tmp_path):
    methods = [value.partition("$")[0] for value in hashes_in(tmp_path / "notes.db")]
    assert len(methods) == 2
    assert {method.removeprefix("scrypt:") for method in methods} <= OWASP


def test_a_file_with_older_hashes_gets_the_new_ones_and_keeps_the_notes(app, ada, tmp_path):
    ada.post("/api/notes", json={"text": "mine"})
    new = hashes_in(tmp_path / "notes.db")
    with closing(sqlite3.connect(tmp_path / "notes.db")) as stored, stored:
        stored.execute("UPDATE users SET password_hash = 'scrypt:32768:8:1$salt$00'")
    client = create_app(SessionOptions(secret="s"), database=tmp_path / "notes.db").test_client()
    assert hashes_in(tmp_path / "notes.db") == new
    assert client.post("/api/login", json=ADA).status_code == 200
    assert client.get("/api/notes").json == [{"id": 1, "text": "mine"}]


def test_notes_are_made_listed_read_and_deleted(ada):
    made = ada.post("/api/notes", json={"text": "buy ☕"})
    assert (made.status_code, made.json) == (201, {"id": 1, "text": "buy ☕"})
    assert ada.get(made.headers["Location"]).json == made.json
    assert ada.get("/api/notes").json == [made.json]
    assert ada.delete("/api/notes/1").status_code == 204
    assert ada.get("/api/notes").json == []


def test_notes_belong_to_their_user(app, ada):
    ada.post("/api/notes", json={"text": "mine"})
    alan = app.test_client()
    alan.post("/api/login", json=ALAN)
    assert alan.get("/api/notes").json == []
    assert alan.get("/api/notes/1").status_code == 404
    assert alan.delete("/api/notes/1").status_code == 404
    assert ada.get("/api/notes/1").status_code == 200


def test_a_database_file_outlives_the_app_and_the_default_does_not(app, ada, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ada.post("/api/notes", json={"text": "kept"})
    again = create_app(SessionOptions(secret="s"), database=str(tmp_path / "notes.db")).test_client()
    again.post("/api/login", json=ADA)
    assert [note["text"] for note in again.get("/api/notes").json] == ["kept"]
    forgetful = create_app(SessionOptions(secret="s")).test_client()
    forgetful.post("/api/login", json=ADA)
    assert forgetful.get("/api/notes").json == []
    assert [path.name for path in tmp_path.iterdir()] == ["notes.db"]


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "message"),
    [
        ("GET", "/api/notes/7", {}, 404, "You have no note 7."),
        ("DELETE", "/api/notes/7", {}, 404, "You have no note 7."),
        ("GET", "/api/notes/99999999999999999999999", {}, 404, "not found"),
        ("GET", "/api/notes/x", {}, 404, "not found"),
        ("GET", "/nowhere", {}, 404, "not found"),
        ("PUT", "/api/notes/7", {}, 405, "not allowed"),
        ("POST", "/api/notes", {"json": {}}, 400, "The field 'text' is missing."),
        ("POST", "/api/notes", {"json": {"text": ""}}, 400, "The field 'text' is to be text that is not empty."),
        ("POST", "/api/notes", {"json": {"text": 1}}, 400, "The field 'text' is to be text that is not empty."),
        ("POST", "/api/notes", {"json": ["text"]}, 400, 'such as {"text": "…"}.'),
        ("POST", "/api/notes", {"data": "null", "content_type": "application/json"}, 400, 'such as {"text": "…"}.'),
        ("POST", "/api/notes", {"data": "{", "content_type": "application/json"}, 400, "not valid JSON"),
        ("POST", "/api/notes", {"data": b"\xff", "content_type": "application/json"}, 400, "not valid JSON"),
        ("POST", "/api/notes", {"data": "[" * 100_000, "content_type": "application/json"}, 400, "not valid JSON"),
        ("POST", "/api/notes", {"json": {"text": "\ud800"}}, 400, "The field 'text' has half a character"),
        ("POST", "/api/login", {"json": {"username": "\udfff", "password": "x"}}, 400, "has half a character"),
        ("POST", "/api/login", {"json": {"username": "ada", "password": "\ud800"}}, 400, "has half a character"),
        ("POST", "/api/notes", {"data": "text=x"}, 415, "Content-Type: application/json"),
        ("POST", "/api/login", {"json": {"username": "ada"}}, 400, "The field 'password' is missing."),
    ],
)
def test_bad_input_is_told_in_json_with_a_fitting_status(ada, method, path, body, status, message):
    response = ada.open(path, method=method, **body)
    assert response.status_code == status
    assert message in response.json["error"]


def test_a_method_that_is_not_allowed_is_told_those_that_are(client):
    assert "GET" in client.put("/api/notes").headers["Allow"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/me"),
        ("GET", "/api/notes"),
        ("POST", "/api/notes"),
        ("GET", "/api/notes/1"),
        ("DELETE", "/api/notes/1"),
    ],
)
def test_what_needs_a_log_in_says_so(client, method, path):
    response = client.open(path, method=method, json={"text": "x"} if method == "POST" else None)
    assert response.status_code == 401
    assert "/api/login" in response.json["error"]


def test_a_view_without_a_session_explains_itself():
    client = create_app(SessionOptions(secret="s", cookie=CookieOptions(path="/app"))).test_client()
    response = client.get("/api/visits")
    assert response.status_code == 500
    assert "does not start with the cookie's path '/app'" in response.json["error"]


def test_a_store_that_fails_in_a_view_is_told_in_json(app, ada, monkeypatch):
    def fail(sid):
        raise StoreUnavailable("The disk is full.")

    monkeypatch.setattr(app.session_interface.store, "destroy", fail)
    response = ada.post("/api/logout")
    assert (response.status_code, response.json) == (503, {"error": "The disk is full."})
