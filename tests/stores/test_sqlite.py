"""What is SQLite's own: a file that a person can read, and rows that leave by themselves."""

from __future__ import annotations

import contextlib
import os
import sqlite3

import pytest

from demo_app.session import SQLiteStore, StoreUnavailable
from demo_app.session.stores import sqlite as module
from tests.stores.helpers import Thread, cookie, cookie_header, make_app, stored


@pytest.fixture
def kind():
    return "sqlite"


@pytest.fixture
def file(tmp_path):
    return tmp_path / "sessions.db"


@pytest.fixture
def ask(store, file):
    """Ask SQLite directly, as with its shell."""
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as shell:
        yield lambda statement, values=(): shell.execute(statement, values).fetchall()


def test_a_person_can_read_the_file(store, ask):
    session = stored('{"user":"ada"}', max_age=60, samesite="Lax")
    store.set("x", session)
    assert ask("SELECT sid, cookie, data, expires FROM sessions") == [
        (
            "x",
            '{"originalMaxAge":60000,"secure":false,"httpOnly":true,"path":"/","sameSite":"lax"}',
            '{"user":"ada"}',
            session.cookie.expires_at,
        )
    ]
    assert ask("PRAGMA journal_mode") == [("wal",)]


def test_a_person_can_change_the_file(store, ask):
    store.set("x", stored('{"n":1}', max_age=60))
    ask("UPDATE sessions SET data = json_set(data, '$.n', 2), cookie = json_set(cookie, '$.path', '/app')")
    session = store.get("x")
    assert session.data == '{"n":2}'
    assert session.cookie.path == "/app"
    ask("DELETE FROM sessions")
    assert store.get("x") is None


def test_sessions_are_there_after_a_restart(store, file):
    session = stored(max_age=60)
    store.set("x", session)
    del store
    assert SQLiteStore(file).get("x") == session


def test_a_relative_path_stays_where_it_was(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    store = SQLiteStore("sessions.db")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    store._idle[os.getpid()].pop().close()
    store.set("x", stored())
    assert os.listdir() == []


def rows(ask):
    return ask("SELECT count(*) FROM sessions")[0][0]


def test_expired_rows_leave_a_few_at_a_time(store, ask, advance):
    for n in range(1000):
        store.set(f"short-{n}", stored(max_age=60))
    store.set("long", stored(max_age=3600))
    advance(60)
    before = rows(ask)
    assert before == 1001
    for _ in range(1000):
        store.touch("long", cookie(3600))
        now = rows(ask)
        assert before - 32 <= now <= before  # no write has to do much of it
        before = now
    assert before == 1
    assert list(store.all()) == ["long"]


def test_rows_do_not_pile_up_while_sessions_come_and_go(store, ask, advance):
    for n in range(2000):
        store.set(f"{n}", stored(max_age=1))
        advance(0.1)
    assert rows(ask) < 100


def test_a_session_that_lives_on_stays(store, ask, advance):
    """Rows that are due but alive are looked at again, for as long as it takes."""
    for n in range(100):
        store.set(f"kept-{n}", stored(max_age=3600))
        store.set(f"browser-{n}", stored())
    for _ in range(30):
        advance(3000)
        for n in range(100):
            assert store.touch(f"kept-{n}", cookie(3600))
    assert len(store) == 200
    advance(3600)
    for _ in range(1000):
        store.touch("nobody", cookie())
    assert rows(ask) == 100


def test_shortened_rows_leave_within_a_day(store, ask, advance):
    for n in range(50):
        store.set(f"{n}", stored(max_age=30 * 24 * 3600))
        store.set(f"browser-{n}", stored())
    for n in range(50):
        store.touch(f"{n}", cookie(60))
        store.update(f"browser-{n}", stored(max_age=60))
    advance(24 * 3600)
    for _ in range(200):
        store.touch("nobody", cookie())
    assert rows(ask) == 0


def test_no_statement_reads_the_whole_table(store, ask):
    statements = {
        "get": (module._GET, ("x", 0)),
        "update": (module._UPDATE, ("", "", 0, "x", 0)),
        "touch": (module._TOUCH, ("", 0, "x", 0)),
        "delete expired": (module._DELETE_EXPIRED, {"now": 0}),
        "look again": (module._LOOK_AGAIN, {"now": 0, "later": 0}),
    }
    for name, (statement, values) in statements.items():
        plan = " ".join(str(row[3]) for row in ask(f"EXPLAIN QUERY PLAN {statement}", values))
        assert "SEARCH" in plan, (name, plan)
        assert "SCAN sessions" not in plan, (name, plan)


posix = pytest.mark.skipif(os.name != "posix", reason="Windows has no such modes")


@posix
def test_the_files_are_for_their_owner_alone(tmp_path):
    before = os.umask(0)
    try:
        store = SQLiteStore(tmp_path / "sessions.db")
        store.set("x", stored())
        modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    finally:
        os.umask(before)
    assert modes == dict.fromkeys(["sessions.db", "sessions.db-wal", "sessions.db-shm"], 0o600)


@posix
@pytest.mark.parametrize(("mode", "told"), [(0o644, True), (0o620, True), (0o666, True), (0o600, False)])
def test_a_file_that_others_may_open_is_told_once(tmp_path, caplog, mode, told):
    database = tmp_path / "sessions.db"
    database.touch()
    database.chmod(mode)
    store = SQLiteStore(database)
    store._open().close()
    assert len(caplog.messages) == told
    if told:
        assert f"other users of this machine may open it (mode {mode:04o}). Run: chmod 600" in caplog.text
    assert database.stat().st_mode & 0o777 == mode  # whoever made it may have a reason


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root opens what others keep private")
def test_a_file_that_belongs_to_somebody_else_is_told_once(tmp_path, caplog):
    """Whoever put it there reads every session, though its mode is 0600."""
    database = tmp_path / "sessions.db"
    database.touch(0o600)
    os.chown(database, 65534, 65534)
    store = SQLiteStore(database)
    store._open().close()
    assert len(caplog.messages) == 1
    assert "belongs to another user of this machine (number 65534)" in caplog.text


def test_a_reader_is_not_kept_waiting_by_a_locked_file(tmp_path, monkeypatch):
    """A touch gives up early, and what has to be written does not."""
    monkeypatch.setattr(SQLiteStore, "_TOUCH_TIMEOUT", 0.01)
    store = SQLiteStore(tmp_path / "sessions.db")
    store.set("x", stored(max_age=60))
    shell = sqlite3.connect(tmp_path / "sessions.db", isolation_level=None, check_same_thread=False)
    with contextlib.closing(shell):
        shell.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable, match="locked"):
            store.touch("x", cookie(90))
        writing = Thread(lambda: store.update("x", stored('{"n":1}', max_age=60)))
        with pytest.raises(StoreUnavailable, match="locked"):
            store.touch("x", cookie(90))
        shell.execute("ROLLBACK")
        assert writing.result() is True
    assert store.get("x").data == '{"n":1}'


@pytest.mark.parametrize("lifetime", [10**15, -(10**15), -(10**14), 1e300])
def test_a_lifetime_that_leads_nowhere_is_damage(tmp_path, caplog, lifetime):
    database = tmp_path / "sessions.db"
    store = SQLiteStore(database)
    store.set("x", stored(max_age=60))
    with contextlib.closing(sqlite3.connect(database, isolation_level=None)) as shell:
        shell.execute("UPDATE sessions SET cookie = ?", (f'{{"originalMaxAge":{lifetime},"path":"/"}}',))
    client = make_app(store).test_client(use_cookies=False)
    assert client.get("/write", headers={"Cookie": cookie_header("x")}).status_code == 200
    assert "cannot be read" in caplog.text
