"""What serving from a notebook costs, as ratios within one run.

Run it with ``python -m tests.bench.bench_server``. ``serve(app)`` to the first answered request is compared with the
same for Werkzeug's bare ``make_server`` in a thread, and over HTTPS with the same over HTTP; then come the time of
``stop()`` and what a thousand servers leave behind.
"""

from __future__ import annotations

import gc
import http.client
import os
import ssl
import statistics
import threading
import time
from pathlib import Path

from werkzeug.serving import make_server

from demo_app import SessionOptions, create_app, serve

ROUNDS = 200


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


def _quartiles(values: list[float]) -> str:
    low, middle, high = (value * 1000 for value in statistics.quantiles(values, n=4))
    return f"{middle:.2f} ms ({low:.2f}–{high:.2f})"


def main() -> None:
    import logging

    logging.getLogger("werkzeug").disabled = True  # the bare server's request log
    app = create_app(SessionOptions(secret="s"))
    first, _ = _ours(app, https=True)
    _bare(app), _ours(app)
    pairs = [(_bare(app), _ours(app)) for _ in range(ROUNDS)]
    starts = [ours[0] / bare[0] for bare, ours in pairs]
    print(f"to the first answer: make_server {_quartiles([bare[0] for bare, _ in pairs])}, "
          f"serve {_quartiles([ours[0] for _, ours in pairs])}, ratio {statistics.median(starts):.2f}")  # fmt: skip
    tls = [(_ours(app, https=True)[0], _ours(app)[0]) for _ in range(ROUNDS)]
    print(f"over HTTPS: {_quartiles([https for https, _ in tls])}, the first one {first * 1000:.0f} ms, "
          f"ratio to HTTP {statistics.median(https / http for https, http in tls):.2f}")  # fmt: skip
    print(f"stop(): {_quartiles([ours[1] for _, ours in pairs])}")
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
