"""What a store costs, as ratios within one run.

Run it with ``python -m tests.bench.bench_stores [directory]``; its files go into a temporary directory
inside that one. It takes some minutes, 2 GB of memory and 1 GB of disk, and needs a redis-server and redis-py.

The first table compares an operation of the SQLite store with the SQL that it needs, on the same file, with
the same journal and synchronous settings; the second one what a request needs of Redis with the bare calls of redis-py,
on a server of its own on the loopback address. The others compare 1,000,000 live sessions with 1,000, by request
(a Flask app in-process, without a network) and by operation, with ids in random order. Both sides take turns,
round by round; a table shows the median over the rounds and, in brackets, the middle half.
"""

from __future__ import annotations

import gc
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import redis
from flask import Flask, session
from werkzeug.test import EnvironBuilder

from demo_app.session import (
    CookieOptions,
    ExpressSessionInterface,
    MemoryStore,
    RedisStore,
    SessionCookie,
    SessionOptions,
    SQLiteStore,
    StoredSession,
    clock,
    sign,
)
from demo_app.session.stores import sqlite as sqlite_module
from demo_app.session.stores.base import dump_settings
from tests.stores.helpers import RedisServer

SECRET = "0123456789abcdef0123456789abcdef"
LIFETIME = 24 * 3600
DATA = '{"user":"ada","visits":7}'
FEW, MANY = 1_000, 1_000_000
ROUNDS = 31
# Enough that every round has its share of SQLite's checkpoints, of which there is one for about 500 writes.
CALLS = 2_000


COOKIE = SessionCookie(CookieOptions(max_age=LIFETIME))


def _cookie() -> SessionCookie:
    """The cookie of a session that is used right now: SQLite would skip a write that changes nothing."""
    COOKIE.touch()
    return COOKIE


def _sid(number: int) -> str:
    return f"{number * 2654435761 % 2**32:032x}"  # spread over the index as random ids are


def _fill(store: Any, count: int) -> None:
    for number in range(count):
        store.set(_sid(number), StoredSession(_cookie(), DATA))


def _seconds(call: Callable[[Any], Any], given: Iterable[Any]) -> float:
    given = list(given)
    start = time.perf_counter()
    for value in given:
        call(value)
    return (time.perf_counter() - start) / len(given)


def _spread(values: list[float], digits: int) -> str:
    low, middle, high = statistics.quantiles(values, n=4)
    return f"{middle:.{digits}f} ({low:.{digits}f}–{high:.{digits}f})"


def _compare(kinds: dict[str, tuple[Callable[[], float], Callable[[], float]]], first: str, second: str) -> None:
    """Print a line for each kind: the time of both sides in µs, and the ratio of the second to the first."""
    print(f"{'':28}{first + ' µs':>22}{second + ' µs':>22}{'ratio':>22}")
    measured: dict[str, list[tuple[float, float]]] = {kind: [] for kind in kinds}
    for _ in range(ROUNDS):
        # In any order, or a checkpoint would always meet the same kind.
        for kind, sides in random.sample(list(kinds.items()), len(kinds)):
            # Whoever comes second finds warmer caches: each does, every other round.
            order = (0, 1) if len(measured[kind]) % 2 == 0 else (1, 0)
            times = {side: sides[side]() * 1e6 for side in order}
            measured[kind].append((times[0], times[1]))
    for kind, pairs in measured.items():
        ones, others = [one for one, _ in pairs], [other for _, other in pairs]
        ratios = [other / one for one, other in pairs]
        print(f"{kind:28}{_spread(ones, 1):>22}{_spread(others, 1):>22}{_spread(ratios, 2):>22}")
    print(flush=True)


def _app(store: Any) -> Flask:
    app = Flask(__name__)
    options = SessionOptions(secret=SECRET, store=store, cookie=CookieOptions(max_age=LIFETIME))
    app.session_interface = ExpressSessionInterface(options)

    @app.get("/read")
    def read() -> str:
        return str(session["visits"])

    @app.get("/write")
    def write() -> str:
        session["visits"] += 1
        return "ok"

    return app


def _requests(app: Flask, path: str, count: int) -> Callable[[], float]:
    """Measures requests of clients taken at random."""
    environ = EnvironBuilder(path).get_environ()
    secret = SECRET.encode()

    def send(given: dict[str, Any]) -> None:
        for _ in app(given, lambda status, headers, exc_info=None: None):
            pass

    def one_round() -> float:
        sids = [_sid(random.randrange(count)) for _ in range(CALLS)]
        return _seconds(send, ({**environ, "HTTP_COOKIE": f"connect.sid=s:{sign(sid, secret)}"} for sid in sids))

    return one_round


def _at_random(call: Callable[[str], Any], count: int = FEW) -> Callable[[], float]:
    """Measures a call with ids taken at random."""
    return lambda: _seconds(call, (_sid(random.randrange(count)) for _ in range(CALLS)))


def _operations(store: Any, name: str, count: int) -> Callable[[], float]:
    call = {
        "get": store.get,
        "touch": lambda sid: store.touch(sid, _cookie()),
        "update": lambda sid: store.update(sid, StoredSession(_cookie(), DATA)),
    }[name]
    return _at_random(call, count)


def many_sessions(folder: Path) -> None:
    makers = {
        "memory": lambda count: MemoryStore(),
        "SQLite": lambda count: SQLiteStore(folder / f"{count}.db"),
    }
    for kind, make in makers.items():
        few, many = make(FEW), make(MANY)
        _fill(few, FEW)
        _fill(many, MANY)
        gc.collect()
        few_app, many_app = _app(few), _app(many)
        print(f"{kind}: {FEW:,} live sessions against {MANY:,}, {ROUNDS} rounds of {CALLS}\n")
        _compare(
            {
                f"request {path}": (_requests(few_app, path, FEW), _requests(many_app, path, MANY))
                for path in ("/read", "/write")
            },
            f"{FEW:,}",
            f"{MANY:,}",
        )
        _compare(
            {
                f"operation {name}": (_operations(few, name, FEW), _operations(many, name, MANY))
                for name in ("get", "touch", "update")
            },
            f"{FEW:,}",
            f"{MANY:,}",
        )


def bare_sql(folder: Path) -> None:
    """The store's statements with values made beforehand, on a connection of their own."""
    store = SQLiteStore(folder / "bare.db")
    _fill(store, FEW)
    bare = sqlite3.connect(folder / "bare.db", isolation_level=None)
    bare.execute("PRAGMA synchronous = NORMAL")
    settings = dump_settings(COOKIE.settings)
    new = iter(range(10**9))

    def later() -> int:
        return clock.now() + LIFETIME * 1000

    def bare_get(sid: str) -> None:
        bare.execute(sqlite_module._GET, (sid, clock.now())).fetchone()

    def bare_touch(sid: str) -> None:
        bare.execute(sqlite_module._TOUCH, (settings, later(), sid, clock.now()))

    def bare_update(sid: str) -> None:
        bare.execute(sqlite_module._UPDATE, (settings, DATA, later(), sid, clock.now()))

    def bare_set(sid: str) -> None:
        bare.execute(sqlite_module._SET, (settings, DATA, later(), f"bare {next(new)}", later()))

    def touch(sid: str) -> None:
        store.touch(sid, _cookie())

    def update(sid: str) -> None:
        store.update(sid, StoredSession(_cookie(), DATA))

    def create(sid: str) -> None:
        store.set(f"store {next(new)}", StoredSession(_cookie(), DATA))

    print(f"SQLite: the bare SQL against the store, {FEW:,} sessions, {ROUNDS} rounds of {CALLS}\n")
    _compare(
        {
            "get": (_at_random(bare_get), _at_random(store.get)),
            "touch": (_at_random(bare_touch), _at_random(touch)),
            "update": (_at_random(bare_update), _at_random(update)),
            "set, a new session": (_at_random(bare_set), _at_random(create)),
            "request: get and touch": (
                _at_random(lambda sid: (bare_get(sid), bare_touch(sid))),
                _at_random(lambda sid: (store.get(sid), touch(sid))),
            ),
            "request: get and update": (
                _at_random(lambda sid: (bare_get(sid), bare_update(sid))),
                _at_random(lambda sid: (store.get(sid), update(sid))),
            ),
        },
        "bare SQL",
        "store",
    )
    bare.close()


def bare_redis() -> None:
    """The store's commands with keys and values made beforehand, through a client of their own."""
    server = RedisServer()
    store = RedisStore(server.url)
    _fill(store, FEW)
    bare = redis.Redis.from_url(server.url, socket_timeout=2, socket_connect_timeout=2)  # as the store's
    value, lifetime = StoredSession(COOKIE, DATA).to_text(), LIFETIME * 1000

    def bare_write(key: str) -> None:
        bare.get(key)
        bare.set(key, value, xx=True, px=lifetime)

    def write(sid: str) -> None:
        found = store.get(sid)
        found.cookie.touch()
        store.update(sid, StoredSession(found.cookie, DATA))

    print(f"Redis: bare redis-py against the store, {FEW:,} sessions, {ROUNDS} rounds of {CALLS}\n")
    _compare(
        {
            "get": (_at_random(lambda sid: bare.get(f"sess:{sid}")), _at_random(store.get)),
            "request: get and update": (_at_random(lambda sid: bare_write(f"sess:{sid}")), _at_random(write)),
        },
        "bare redis-py",
        "store",
    )
    bare.close()
    server.close()


def main() -> None:
    random.seed(0)
    with tempfile.TemporaryDirectory(dir=sys.argv[1] if len(sys.argv) > 1 else None) as name:
        bare_sql(Path(name))
        bare_redis()
        many_sessions(Path(name))


if __name__ == "__main__":
    main()
