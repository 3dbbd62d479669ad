"""What a session costs per request, as ratios within one run.

Run it with ``python -m tests.bench.bench_sessions``. Four kinds of request go through four Flask apps that differ in
their session interface only, in-process, without a network. The overhead of an app is its time less that of the app
without sessions in the same round; the table shows the median over the rounds and, in brackets, the middle half.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable

from cachelib import SimpleCache
from flask import Flask, session
from flask.sessions import SessionInterface, SessionMixin
from flask_session import Session as FlaskSession
from werkzeug.test import EnvironBuilder

from demo_app.session import ExpressSessionInterface, SessionOptions

ROUNDS = 41
REQUESTS = 300


class _Nothing(dict, SessionMixin):
    modified = False


class _NoSessions(SessionInterface):
    """The least a Flask app can do about sessions: an empty dict, never saved."""

    def open_session(self, app, request):
        return _Nothing()

    def save_session(self, app, session, response):
        pass


def _app(configure: Callable[[Flask], None]) -> Flask:
    app = Flask(__name__)
    app.secret_key = "0123456789abcdef0123456789abcdef"
    configure(app)

    @app.get("/none")
    def none():
        return "ok"

    @app.get("/read")
    def read():
        return str(session.get("visits"))

    @app.get("/write")
    def write():
        session["visits"] = session.get("visits", 0) + 1
        return "ok"

    return app


def _none(app: Flask) -> None:
    app.session_interface = _NoSessions()


def _ours(app: Flask) -> None:
    app.session_interface = ExpressSessionInterface(SessionOptions(secret=app.secret_key))


def _flask(app: Flask) -> None:
    pass


def _flask_session(app: Flask) -> None:
    # A threshold above what a run creates: SimpleCache would otherwise spend its time on pruning.
    app.config.update(SESSION_TYPE="cachelib", SESSION_CACHELIB=SimpleCache(threshold=10**9))
    FlaskSession(app)


def _ignore(status, headers, exc_info=None):
    return lambda data: None


class Client:
    """Sends one kind of request again and again, straight into the WSGI app."""

    def __init__(self, app: Flask, path: str, *, known: bool) -> None:
        self.app = app
        self.environ = EnvironBuilder(path).get_environ()
        if known:
            app.test_client()
            cookie = app.test_client().get("/write").headers["Set-Cookie"].partition(";")[0]
            self.environ["HTTP_COOKIE"] = cookie

    def seconds(self) -> float:
        app, environ = self.app, self.environ
        copies = [environ.copy() for _ in range(REQUESTS)]
        start = time.perf_counter()
        for copy in copies:
            for _ in app(copy, _ignore):
                pass
        return (time.perf_counter() - start) / REQUESTS


KINDS = {
    "not touched": ("/none", True),
    "unchanged read": ("/read", True),
    "changed session": ("/write", True),
    "new session": ("/write", False),
}


def _spread(values: list[float], digits: int) -> str:
    low, middle, high = statistics.quantiles(values, n=4)
    return f"{middle:.{digits}f} ({low:.{digits}f}–{high:.{digits}f})"


def main() -> None:
    makers = {"ours": _ours, "Flask": _flask, "Flask-Session": _flask_session}
    print(f"overhead per request in µs, {ROUNDS} rounds of {REQUESTS} requests\n")
    print(f"{'':16}{'ours':>20}{'Flask':>20}{'Flask-Session':>20}{'ours / Flask':>20}{'ours / Flask-Session':>24}")
    for kind, (path, known) in KINDS.items():
        clients = (
            {name: Client(_app(make), path, known=known) for name, make in {"none": _none, **makers}.items()}
            if not known
            else {"none": Client(_app(_none), path, known=False)}
            | {name: Client(_app(make), path, known=True) for name, make in makers.items()}
        )
        overhead: dict[str, list[float]] = {name: [] for name in makers}
        for _ in range(ROUNDS):
            gc.collect()
            bare = clients["none"].seconds()
            for name in makers:
                overhead[name].append((clients[name].seconds() - bare) * 1e6)
        ratios = {
            other: [ours / theirs for ours, theirs in zip(overhead["ours"], overhead[other], strict=True)]
            for other in ("Flask", "Flask-Session")
        }
        columns = [_spread(overhead[name], 1) for name in makers]
        print(
            f"{kind:16}"
            + "".join(f"{c:>20}" for c in columns)
            + f"{_spread(ratios['Flask'], 2):>20}{_spread(ratios['Flask-Session'], 2):>24}"
        )


if __name__ == "__main__":
    main()
