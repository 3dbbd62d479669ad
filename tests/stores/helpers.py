"""What the tests of the stores share: sessions to store, a Redis server, an app, and threads that report."""

from __future__ import annotations

import socket
import subprocess
import tempfile
import threading
from collections.abc import Callable
from typing import Any

from flask import Flask, session

from demo_app.session import (
    CookieOptions,
    ExpressSessionInterface,
    SessionCookie,
    SessionOptions,
    StoredSession,
    sign,
)

SECRET = "a secret of the tests"

#: How long a thread or a server may take before a test that waits for it fails, in seconds.
PATIENCE = 30


def cookie(max_age: int | None = None, **settings: Any) -> SessionCookie:
    """Cookie settings as the interface makes them."""
    return SessionCookie(CookieOptions(max_age=max_age, **settings))


def stored(data: str = '{"user":"ada"}', max_age: int | None = None, **settings: Any) -> StoredSession:
    return StoredSession(cookie(max_age, **settings), data)


def make_app(store: Any, **options: Any) -> Flask:
    """An app whose views count visits in the session, or only read the count."""
    app = Flask(__name__)
    app.session_interface = ExpressSessionInterface(SessionOptions(secret=SECRET, store=store, **options))

    @app.get("/write")
    def write() -> str:
        session["visits"] = session.get("visits", 0) + 1
        return str(session["visits"])

    @app.get("/read")
    def read() -> str:
        return str(session.get("visits"))

    return app


def cookie_header(sid: str) -> str:
    """What a client sends that has been given this session id."""
    return f"connect.sid=s:{sign(sid, SECRET.encode())}"


class Thread(threading.Thread):
    """A thread whose result, or error, comes out of :meth:`result`."""

    def __init__(self, call: Callable[[], Any]) -> None:
        super().__init__(daemon=True)
        self._call = call
        self._error: BaseException | None = None
        self.start()

    def run(self) -> None:
        try:
            self._result = self._call()
        except BaseException as error:
            self._error = error

    def result(self) -> Any:
        self.join(PATIENCE)
        assert not self.is_alive(), "the thread does not end"
        if self._error is not None:
            raise self._error
        return self._result


class RedisServer:
    """A real redis-server on a free port of loopback, which keeps its port when it is stopped and started."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self._process: subprocess.Popen[str] | None = None
        while self._process is None:
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", 0))
                self.port = probe.getsockname()[1]
            self.start()
        self.url = f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> bool:
        """Return once it accepts connections; ``False`` if it cannot listen on the port."""
        process = subprocess.Popen(
            [
                "redis-server",
                "--bind",
                "127.0.0.1",
                "--port",
                str(self.port),
                "--save",
                "",
                "--appendonly",
                "no",
            ],
            cwd=self._folder.name,
            stdout=subprocess.PIPE,
            text=True,
        )
        if any("Ready to accept connections" in line for line in process.stdout):
            self._process = process
            return True
        process.stdout.close()
        process.wait()
        return False

    def stop(self) -> None:
        self._process.kill()
        self._process.stdout.close()
        self._process.wait()

    def close(self) -> None:
        self.stop()
        self._folder.cleanup()
