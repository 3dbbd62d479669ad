"""Stores that fail: what a client gets, what the log says, and that all is well once the cause is gone."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from demo_app.session import OptionError, RedisStore, SQLiteStore, StoreUnavailable
from tests.stores.helpers import PATIENCE, Thread, cookie_header, make_app, stored

FAILED = (
    "the session store has failed. Until it is back, sessions are empty, and a request that changes one is answered "
    "with 503: "
)
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
SECRET_DATA = '{"secret":"data"}'


class Visitor:
    """A client of an app over a store, and the log of that app."""

    def __init__(self, store, caplog):
        caplog.set_level(logging.WARNING, "demo_app.session")
        self._app = make_app(store)
        self._client = self._app.test_client(use_cookies=False)
        self._cookie = cookie_header("secret-id")
        self._caplog = caplog
        store.set("secret-id", stored('{"visits":1}', max_age=3600))

    def get(self, path, status=200):
        response = self._client.get(path, headers={"Cookie": self._cookie})
        assert response.status_code == status
        return response.text

    def log(self):
        """What was logged since the last call."""
        lines = [record.getMessage() for record in self._caplog.records]
        self._caplog.clear()
        assert "secret" not in "".join(lines)
        return lines


@pytest.fixture
def sqlite_file(tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    return folder / "sessions.db"


@pytest.fixture
def visit(sqlite_file, caplog):
    return Visitor(SQLiteStore(sqlite_file), caplog)


deletes_an_open_file = pytest.mark.skipif(os.name == "nt", reason="Windows lets nobody delete a file that is open")


def remove(database):
    """Delete an SQLite file, and what SQLite keeps beside it."""
    for path in database.parent.glob(database.name + "*"):
        path.unlink()


# Redis.


def test_redis_goes_away_and_comes_back(redis_server, caplog):
    visit = Visitor(RedisStore(redis_server.url), caplog)
    assert visit.get("/write") == "2"
    for _ in range(2):
        redis_server.stop()
        assert [visit.get("/read") for _ in range(5)] == ["None"] * 5
        [line] = visit.log()
        assert line.startswith(FAILED + "Redis: ")
        assert "Check that the server is running" in line
        assert redis_server.start()
        # It has nothing on its disk: everybody begins anew.
        assert [visit.get("/write") for _ in range(2)] == ["1", "1"]
        assert visit.log() == ["the session store is back"]


def test_redis_goes_away_while_a_request_runs(redis_server, caplog):
    visit = Visitor(RedisStore(redis_server.url), caplog)
    visit._app.add_url_rule("/stop", "stop", lambda: redis_server.stop() or "stopped")
    assert visit.get("/stop") == "stopped"
    assert len(visit.log()) == 1


def test_redis_that_never_answers_holds_nobody_up_for_long(need_redis):
    with socket.create_server(("127.0.0.1", 0)) as silent:  # accepts, and says nothing
        store = RedisStore(f"redis://127.0.0.1:{silent.getsockname()[1]}/0?socket_timeout=0.05")
        with pytest.raises(StoreUnavailable, match="Timeout"):
            store.get("x")


def test_nobody_waits_for_a_redis_that_is_down(need_redis, monkeypatch):
    pauses = []
    monkeypatch.setattr("redis.retry.sleep", pauses.append)
    with socket.socket() as closed:  # it has the port, and does not listen
        closed.bind(("127.0.0.1", 0))
        store = RedisStore(f"redis://127.0.0.1:{closed.getsockname()[1]}/0")
        with pytest.raises(StoreUnavailable, match="refused"):
            store.get("x")
    assert pauses == []


def test_many_requests_find_redis_gone(redis_server, caplog):
    visit = Visitor(RedisStore(redis_server.url), caplog)
    for thread in [Thread(lambda: visit.get("/write")) for _ in range(16)]:
        thread.result()
    redis_server.stop()
    for thread in [Thread(lambda: visit.get("/read")) for _ in range(16)]:
        assert thread.result() == "None"
    assert redis_server.start()
    for thread in [Thread(lambda: visit.get("/write")) for _ in range(16)]:
        thread.result()  # connections that died with the old server are no error


def test_a_redis_that_is_full_shows_nothing_of_the_session(redis_client):
    store = RedisStore(redis_client)
    store.set("secret-id", stored(SECRET_DATA))
    redis_client.config_set("maxmemory", 1)
    try:
        for write in (
            lambda: store.set("secret-id", stored(SECRET_DATA)),
            lambda: store.update("secret-id", stored(SECRET_DATA)),
            lambda: store.touch("secret-id", stored().cookie),
        ):
            with pytest.raises(StoreUnavailable, match="maxmemory") as caught:
                write()
            assert "secret" not in str(caught.value)
        assert store.get("secret-id") == stored(SECRET_DATA)
    finally:
        redis_client.config_set("maxmemory", 0)
    assert store.touch("secret-id", stored().cookie)


@pytest.mark.parametrize(
    "value",
    [
        "secret",
        "",
        "[]",
        "null",
        '{"secret":1}',
        '{"cookie":null}',
        '{"cookie":{"path":"secret"}}',
        '{"cookie":{"expires":"secret"}}',
        '{"cookie":{"originalMaxAge":"secret"}}',
        '{"cookie":{"originalMaxAge":1e999}}',
        '{"cookie":{},"n":NaN}',
        '{"cookie":{},"n":1e999}',
        b"\xff\xfe",
        "[" * 100_000,
    ],
)
def test_a_damaged_value_in_redis_counts_as_gone(redis_client, caplog, value):
    store = RedisStore(redis_client)
    redis_client.set("sess:secret-id", value)
    store.set("good", stored())
    assert store.get("secret-id") is None
    assert len(caplog.records) == 1
    assert "cannot be read" in caplog.text
    assert "secret" not in caplog.text
    assert store.touch("secret-id", stored().cookie) is False
    assert store.all() == {"good": stored()}
    assert redis_client.get("sess:secret-id") is not None


# An SQLite file that cannot be used.


def assert_one_outage(visit, reason, remedy):
    """Every request gets its answer, and the log has one line."""
    assert [visit.get("/read") for _ in range(5)][1:] == ["None"] * 4
    [line] = visit.log()
    assert line.startswith(FAILED + "SQLite file ")
    assert "sessions.db': " in line
    assert reason in line
    assert remedy in line


def assert_all_is_well(visit):
    visit.get("/write")
    assert visit.log() == ["the session store is back"]


@deletes_an_open_file
def test_the_directory_goes_away_and_comes_back(visit, sqlite_file):
    for _ in range(2):
        # An open file stays usable when it is moved. That it has gone is noticed all the same.
        sqlite_file.parent.rename(sqlite_file.parent.with_name("elsewhere"))
        assert_one_outage(visit, "unable to open database file", "has to exist and be writable.")
        sqlite_file.parent.with_name("elsewhere").rename(sqlite_file.parent)
        assert_all_is_well(visit)
    assert visit.get("/read") == "3"


@deletes_an_open_file
def test_a_deleted_file_is_made_anew(visit, sqlite_file):
    assert visit.get("/write") == "2"
    remove(sqlite_file)
    visit.get("/write")
    assert visit.get("/read") == "None"
    assert len(SQLiteStore(sqlite_file)) == 0
    assert visit.log() == []


@deletes_an_open_file
def test_a_file_deleted_while_a_thread_reads_it(sqlite_file):
    """Its connection ends with the read, or the next one would find the deleted sessions again."""
    store = SQLiteStore(sqlite_file)
    store.set("x", stored())
    [reading] = store._idle[os.getpid()]

    def meanwhile():
        reading.set_progress_handler(None, 0)
        remove(sqlite_file)
        store.set("y", stored())

    reading.set_progress_handler(meanwhile, 1)
    assert store.get("x") == stored()
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        reading.execute("SELECT 1")
    assert store.all() == {"y": stored()}


@deletes_an_open_file
def test_a_file_replaced_by_garbage_and_then_moved_away(visit, sqlite_file, tmp_path):
    remove(sqlite_file)
    sqlite_file.write_bytes(b"garbage" * 1000)
    sqlite_file.chmod(0o600)
    assert_one_outage(visit, "file is not a database", "Move the damaged file away; the store begins")
    with pytest.raises(StoreUnavailable, match="not a database"):
        SQLiteStore(sqlite_file)
    remove(sqlite_file)
    assert_all_is_well(visit)


@deletes_an_open_file
def test_a_damaged_file_replaced_by_its_backup(visit, sqlite_file, tmp_path):
    with (
        contextlib.closing(sqlite3.connect(sqlite_file)) as source,
        contextlib.closing(sqlite3.connect(tmp_path / "backup.db")) as target,
    ):
        source.backup(target)
    remove(sqlite_file)
    sqlite_file.write_bytes(b"garbage" * 1000)
    sqlite_file.chmod(0o600)
    assert_one_outage(visit, "file is not a database", "Move the damaged file away")
    remove(sqlite_file)
    (tmp_path / "backup.db").rename(sqlite_file)
    sqlite_file.chmod(0o600)
    assert visit.get("/write") == "2"
    assert visit.log() == ["the session store is back"]


@pytest.mark.parametrize("kept", [0, 50, 99, 100, 512, 4096, 5000, 0.3, 0.6, 0.9])
def test_a_truncated_file_gives_true_sessions_or_none(sqlite_file, kept):
    store = SQLiteStore(sqlite_file)
    sessions = {f"{n}": stored(f'{{"n":{n},"fill":"{"x" * 500}"}}') for n in range(200)}
    for sid, session in sessions.items():
        store.set(sid, session)
    store._idle[os.getpid()].pop().close()  # the last connection brings the WAL into the file
    assert not store._idle[os.getpid()]
    size = sqlite_file.stat().st_size
    os.truncate(sqlite_file, kept if isinstance(kept, int) else int(size * kept))

    outcomes = set()
    for sid, session in sessions.items():
        for name, *values, expected in (
            ("get", (session, None)),
            ("update", session, (True, False)),
            ("set", session, (None,)),
        ):
            try:
                assert getattr(store, name)(sid, *values) in expected
            except StoreUnavailable as error:
                outcomes.add(str(error).partition(": ")[2])
    remedy = "Move the damaged file away; the store begins a new one."
    damage = {f"database disk image is malformed. {remedy}", f"file is not a database. {remedy}"}
    assert outcomes <= damage
    assert bool(outcomes) == (kept > 0)  # an empty file is an empty database
    remove(sqlite_file)
    store.set("x", stored())
    assert store.get("x") == stored()


def test_another_program_that_keeps_the_file_locked(visit, sqlite_file, monkeypatch):
    monkeypatch.setattr(SQLiteStore, "_BUSY_TIMEOUT", 0.05)
    remove(sqlite_file)
    visit.get("/write")  # new connections, which wait no longer than that
    with contextlib.closing(sqlite3.connect(sqlite_file, isolation_level=None)) as shell:
        shell.execute("BEGIN IMMEDIATE")
        visit._app.session_interface.store.get("x")  # who only reads need not wait
        visit.get("/write", status=503)
        visit.get("/write", status=503)
        [line] = visit.log()
        assert "database is locked. Another program keeps the file locked: end its transaction." in line
        shell.execute("ROLLBACK")
    assert_all_is_well(visit)


def test_a_thread_waits_for_another_one_no_longer_than_for_a_process(sqlite_file, monkeypatch):
    monkeypatch.setattr(SQLiteStore, "_BUSY_TIMEOUT", 0.05)
    store = SQLiteStore(sqlite_file)
    with store._writing, pytest.raises(StoreUnavailable, match="database is locked"):
        store.set("x", stored())
    store.set("x", stored())
    assert store.get("x") == stored()


def test_a_full_database(visit, sqlite_file, monkeypatch):
    """It has as many pages as it may have: SQLite's own way to be out of room."""
    store = visit._app.session_interface.store
    connect = sqlite3.connect

    def limited(*args, **kwargs):
        connection = connect(*args, **kwargs)
        connection.execute("PRAGMA max_page_count = 1")  # SQLite takes as many as there are, if that is more
        return connection

    monkeypatch.setattr(sqlite3, "connect", limited)
    store._idle[os.getpid()].pop().close()
    with pytest.raises(StoreUnavailable, match=r"database or disk is full\. Make room on the disk\."):
        store.set("large", stored(json.dumps("x" * 100_000)))
    assert visit.get("/write") == "2"  # what is there can be used, as long as it does not grow
    monkeypatch.undo()
    store._idle[os.getpid()].pop().close()
    store.set("large", stored('{"x":"%s"}' % ("x" * 100_000)))
    assert len(store.get("large").data) == 100_008


IN_A_PROCESS_OF_ITS_OWN = """
import json, logging, os, sys
from pathlib import Path
from demo_app.session import SQLiteStore, StoreUnavailable
from tests.stores.helpers import cookie_header, make_app, stored

database = Path(sys.argv[1])
lines = []
handler = logging.Handler()
handler.emit = lambda record: lines.append(record.getMessage())
logging.getLogger("demo_app.session").addHandler(handler)

def get(client, path):
    response = client.get(path, headers={"Cookie": cookie_header("secret-id")})
    return [response.status_code, response.text if response.status_code == 200 else ""]

"""


def run_in_a_process(script, *args):
    """What the script prints, a JSON value."""
    command = [sys.executable, "-W", "error", "-c", IN_A_PROCESS_OF_ITS_OWN + script, *map(str, args)]
    return json.loads(subprocess.check_output(command, env=ENVIRONMENT, timeout=PATIENCE))


@pytest.mark.skipif(os.name == "nt", reason="Windows has no limit for the size of a file")
def test_a_full_disk(sqlite_file):
    """No file can grow any more, nor be written where it was: the limit of the process is 0 bytes."""
    script = """
import resource
client = make_app(SQLiteStore(database)).test_client(use_cookies=False)
client.application.session_interface.store.set("secret-id", stored('{"visits":1}', max_age=3600))
answers = [get(client, "/write")]
limits = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (0, limits[1]))
answers += [get(client, "/write"), get(client, "/read"), get(client, "/read")]
resource.setrlimit(resource.RLIMIT_FSIZE, limits)
answers += [get(client, "/write"), get(client, "/read")]
print(json.dumps([answers, lines]))
"""
    answers, lines = run_in_a_process(script, sqlite_file)
    # The first one reads its session and cannot store it; those that follow cannot even open the file.
    assert answers == [[200, "2"], [503, ""], [200, "None"], [200, "None"], [200, "3"], [200, "3"]]
    assert len(lines) == 2
    assert "disk I/O error. Make room on the disk, or check it." in lines[0]
    assert lines[1] == "the session store is back"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no modes for directories")
def test_a_read_only_directory(sqlite_file):
    """Root may write everywhere: the process gives up that right once it has imported what it needs."""
    # The parents of pytest's own folder are closed to everybody else.
    folder = Path(subprocess.check_output(["mktemp", "-d"], text=True).strip())
    script = """
if os.geteuid() == 0:
    os.chown(database.parent, 65534, 65534)
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
store = SQLiteStore(database)
store.set("secret-id", stored('{"visits":1}', max_age=3600))
del store  # which closes the file
errors = []
database.parent.chmod(0o555)
database.chmod(0o444)
for _ in range(2):
    try:
        SQLiteStore(database)
    except StoreUnavailable as error:
        errors.append(str(error))
database.parent.chmod(0o755)
try:
    SQLiteStore(database).set("other", stored())
except StoreUnavailable as error:
    errors.append(str(error))
database.chmod(0o644)
print(json.dumps([errors, SQLiteStore(database).get("secret-id").data]))
"""
    try:
        errors, data = run_in_a_process(script, folder / "sessions.db")
    finally:
        shutil.rmtree(folder)
    assert len(errors) == 3
    assert all(error.startswith(f"SQLite file '{folder}/sessions.db': ") for error in errors)
    assert all("writable" in error for error in errors)
    assert data == '{"visits":1}'


@pytest.mark.parametrize("path", ["", ":memory:"])
def test_a_path_that_is_no_file(path):
    with pytest.raises(OptionError, match=r"it names a file\. MemoryStore"):
        SQLiteStore(path)


def test_a_url_is_no_path():
    with pytest.raises(OptionError, match=r"path is 'sqlite:///s\.db': it is the path of a file, not a URL"):
        SQLiteStore("sqlite:///s.db")


def test_a_path_that_cannot_be_opened(tmp_path):
    for path in (tmp_path, tmp_path / "missing" / "sessions.db"):
        with pytest.raises(StoreUnavailable, match="unable to open database file.*has to exist"):
            SQLiteStore(path)


def test_an_interrupted_operation_leaves_no_connection_behind(sqlite_file):
    store = SQLiteStore(sqlite_file)
    with pytest.raises(UnicodeEncodeError):
        store.set("\ud800", stored())
    assert store._idle[os.getpid()] == []
    store.set("x", stored())
    assert store.get("x") == stored()


# An SQLite file with a damaged row.


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("data", "secret"),
        ("data", ""),
        ("data", '["secret"]'),
        ("data", '{"secret":1'),
        ("data", '{"secret":1}}'),
        ("data", b'{"secret":"\xff"}'),
        ("cookie", "secret"),
        ("cookie", "[]"),
        ("cookie", '{"path":"secret"}'),
        ("cookie", '{"originalMaxAge":"secret"}'),
        ("cookie", b"\xff"),
        ("expires", "secret"),
        ("expires", 10**17),
    ],
)
def test_a_damaged_row_counts_as_gone(sqlite_file, caplog, column, value):
    store = SQLiteStore(sqlite_file)
    for sid in ("secret-id", "good"):
        store.set(sid, stored(max_age=60))
    with contextlib.closing(sqlite3.connect(sqlite_file, isolation_level=None)) as shell:
        text = "CAST(? AS TEXT)" if column != "expires" else "?"
        shell.execute(f"UPDATE sessions SET {column} = {text} WHERE sid = 'secret-id'", (value,))
    assert store.get("secret-id") is None
    assert store.get("secret-id") is None
    assert list(store.all()) == ["good"]
    assert len(store) == 1
    assert len(caplog.records) == 1
    assert "cannot be read, counts as gone and is deleted" in caplog.text
    assert "secret" not in caplog.text
    store.set("secret-id", stored())
    assert store.get("secret-id") == stored()


def test_all_finds_the_damaged_row_too(sqlite_file, caplog):
    store = SQLiteStore(sqlite_file)
    for sid in ("damaged", "good"):
        store.set(sid, stored())
    with contextlib.closing(sqlite3.connect(sqlite_file, isolation_level=None)) as shell:
        shell.execute("UPDATE sessions SET data = 'x' WHERE sid = 'damaged'")
    assert list(store.all()) == ["good"]
    assert len(caplog.records) == 1
    assert len(store) == 1


# A process that is killed.

WRITER = """
import sys, threading
from demo_app.session import SQLiteStore
from tests.stores.helpers import stored
store = SQLiteStore(sys.argv[1])

def write(thread):
    n = 0
    while True:
        store.set(f"{thread}-{n}", stored('{"n":%d}' % n, max_age=3600))
        sys.stdout.write(f"{thread}-{n}\\n")
        sys.stdout.flush()
        n += 1

for thread in range(3):
    threading.Thread(target=write, args=(thread,)).start()
"""


def test_what_was_acknowledged_survives_kill_9(sqlite_file):
    for _ in range(3):
        command = [sys.executable, "-c", WRITER, str(sqlite_file)]
        with subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True) as writer:
            # Past the first checkpoint of the WAL.
            acknowledged = [writer.stdout.readline() for _ in range(2000)]
            writer.kill()
            acknowledged += writer.stdout.readlines()
        store = SQLiteStore(sqlite_file)
        # The last line may be cut short by the end of the process.
        for sid in [line.strip() for line in acknowledged if line.endswith("\n")]:
            assert json.loads(store.get(sid).data) == {"n": int(sid.partition("-")[2])}
        with contextlib.closing(sqlite3.connect(sqlite_file)) as shell:
            assert shell.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
