from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from demo_app.session import MemoryStore, RedisStore, SQLiteStore, TracedStore, clock
from demo_app.session.stores import Store
from tests.stores.helpers import RedisServer


@pytest.fixture(scope="session")
def need_redis(require_tool: Callable[[str], None]) -> None:
    require_tool("redis-server")
    if importlib.util.find_spec("redis") is None:
        end = pytest.fail if os.environ.get("CI") else pytest.skip
        end("redis-py is not installed")


@pytest.fixture(scope="session")
def shared_redis(need_redis: None) -> Iterator[RedisServer]:
    """A Redis server for all tests of this worker that do not stop it."""
    server = RedisServer()
    yield server
    server.close()


@pytest.fixture
def redis_server(need_redis: None) -> Iterator[RedisServer]:
    """A Redis server that the test may stop and start."""
    server = RedisServer()
    yield server
    server.close()


@pytest.fixture
def redis_client(shared_redis: RedisServer) -> Iterator[object]:
    """A client of the shared server, whose database is empty."""
    import redis

    with redis.Redis.from_url(shared_redis.url) as client:
        client.flushdb()
        yield client


@pytest.fixture(params=["memory", "sqlite", "redis", "traced"])
def kind(request: pytest.FixtureRequest) -> str:
    """Each kind of store in turn."""
    return request.param


@pytest.fixture
def new_store(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Callable[[], Store]:
    """Makes another store for the same sessions. In memory there is no such thing: it is the same store."""
    if kind in ("memory", "traced"):
        memory = MemoryStore() if kind == "memory" else TracedStore(MemoryStore())
        return lambda: memory
    if kind == "sqlite":
        return lambda: SQLiteStore(tmp_path / "sessions.db")
    client = request.getfixturevalue("redis_client")
    return lambda: RedisStore(client)


@pytest.fixture
def store(new_store: Callable[[], Store]) -> Store:
    return new_store()


@pytest.fixture
def advance(kind: str, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Callable[[float], None]:
    """Lets seconds pass. The clock stands still but for that.

    Redis has a clock of its own, which nobody can move: its keys are moved closer to their end instead.
    """
    if kind == "redis":
        client = request.getfixturevalue("redis_client")

        def age(seconds: float) -> None:
            for key in client.scan_iter():
                client.pexpire(key, client.pttl(key) - round(seconds * 1000))

        return age

    now = clock.now()

    def pass_by(seconds: float) -> None:
        nonlocal now
        now += round(seconds * 1000)

    monkeypatch.setattr(clock, "now", lambda: now)
    return pass_by
