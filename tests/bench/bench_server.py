"""What serving from a notebook costs, as ratios within one run.

Run it with ``python -m tests.bench.bench_server``. ``serve(app)`` to the first answered request is compared with the
same for Werkzeug's bare ``make_server`` in a thread, and over HTTPS with the same over HTTP, the median over the rounds
and, in brackets, the middle half; then come the time of ``stop()`` and what a thousand servers leave behind.
"""

from __future__ import annotations

import gc
import http.client
import os
import ssl
import statistics
import threading
import time
from collections.abc import Callable
from pathlib import Path

from werkzeug.serving import make_server

from demo_app import SessionOptions, create_app, serve

ROUNDS = 200
# Everything is slower after a pause, and to end the bare server is one: its loop looks every 10 ms. With the same pause
# before each side, neither of them pays for the other.
PAUSE = 0.02


def _ask(port: int, ca_path: str | None = None) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    if ca_path:
        trusting = ssl.create_default_context(cafile=ca_path)
        connection = http.client.HTTPSConnection("127.0.0.1", port, context=trusting)
    connection.request("GET", "/api/peek")
    assert connection.getresponse().read()
    connection.close()


def _bare(app) -> tuple[float, float]:
    start = time.perf_counter()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    _ask(server.server_port)
    answered = time.perf_counter()
    server.shutdown()
    thread.join()
    server.server_close()
    return answered - start, time.perf_counter() - answered


def _ours(app, https: bool = False) -> tuple[float, float]:
    start = time.perf_counter()
    server = serve(app, https=https)
    _ask(int(server.url.rpartition(":")[2]), server.ca_path)
    answered = time.perf_counter()
    server.stop()
    return answered - start, time.perf_counter() - answered


def _holdings() -> str:
    gc.collect()
    fds = Path("/proc/self/fd")
    descriptors = len(os.listdir(fds)) if fds.exists() else "unknown"
    return f"{threading.active_count()} threads, {descriptors} file descriptors"


def _take_turns(*sides: Callable[[], tuple[float, float]]) -> list[list[tuple[float, float]]]:
    """What each side measures, round by round. Whoever comes second may find warmer caches: each does, in turn."""
    measured: list[list[tuple[float, float]]] = [[] for _ in sides]
    for number in range(ROUNDS):
        turns = list(zip(sides, measured, strict=True))
        for side, results in turns if number % 2 else reversed(turns):
            time.sleep(PAUSE)
            results.append(side())
    return measured


def _spread(values: list[float]) -> str:
    low, middle, high = statistics.quantiles(values, n=4)
    return f"{middle:.2f} ({low:.2f}–{high:.2f})"


def _ms(pairs: list[tuple[float, float]], which: int = 0) -> str:
    return f"{_spread([pair[which] * 1000 for pair in pairs])} ms"


def _ratio(ones: list[tuple[float, float]], others: list[tuple[float, float]]) -> str:
    return _spread([one[0] / other[0] for one, other in zip(ones, others, strict=True)])


def main() -> None:
    import logging

    logging.getLogger("werkzeug").disabled = True  # the bare server's request log
    app = create_app(SessionOptions(secret="s"))
    first, _ = _ours(app, https=True)
    _bare(app), _ours(app)
    bare, ours = _take_turns(lambda: _bare(app), lambda: _ours(app))
    print(f"to the first answer: make_server {_ms(bare)}, serve {_ms(ours)}, ratio {_ratio(ours, bare)}")
    https, http = _take_turns(lambda: _ours(app, https=True), lambda: _ours(app))
    print(f"over HTTPS: {_ms(https)}, the first one {first * 1000:.0f} ms, ratio to HTTP {_ratio(https, http)}")
    print(f"stop(): {_ms(ours, 1)}")
    before = _holdings()
    for _ in range(1000):
        serve(app).stop()
    print(f"1,000 starts and stops: {before} before, {_holdings()} after")
    for _ in range(100):
        server = serve(app)
    server.stop()
    print(f"100 rebindings: {_holdings()} after")


if __name__ == "__main__":
    main()
