"""An address that works once: it may stand on a command line, where the one that it leads to may not."""

from __future__ import annotations

import http.server
import re
import secrets
import socketserver
import threading
import time

from .accounts import is_of_another_account
from .loopback import HOST


class OneTimeAddress(socketserver.ThreadingTCPServer):
    """An address that leads the browser to the one that has the token, which would else stand on its command line.

    Everyone on this machine can read that. So the first who asks is sent on, within a minute of the start, and whoever
    asks later is told what that means. On Linux, other people of this machine are refused. Elsewhere it cannot be seen
    who asks: there, one of them who reads the command line and is quicker than the browser gets in.
    """

    daemon_threads = True
    life = 60  # seconds: as long as a browser takes that starts for the first time on a slow machine

    def __init__(self, target: str) -> None:
        super().__init__((HOST, 0), _Handler)
        self.path = "/" + secrets.token_urlsafe(16)
        #: The address, on a port that was free.
        self.url = f"http://{HOST}:{self.server_address[1]}{self.path}"
        self._target: str | None = target
        self._end = time.monotonic() + self.life
        self._lock = threading.Lock()

    def take(self) -> str | None:
        """Return where the address leads, once and before its end; ``None`` from then on."""
        with self._lock:
            target, self._target = self._target, None
        return target if time.monotonic() < self._end else None

    def __enter__(self) -> OneTimeAddress:
        threading.Thread(target=self.serve_forever, args=[0.05], daemon=True).start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.shutdown()
        self.server_close()

    def handle_error(self, request: object, client_address: object) -> None:
        """Who goes away before the answer is no error of ours."""


_NOWHERE = """<!doctype html><html lang="en"><title>This address leads nowhere</title>
<h1>This address leads nowhere now</h1>
<p>One like it leads to the lessons once, in the first minute. The terminal in which run.py runs shows another address,
which stays: copy that into the address bar.
<p>If no window of yours has opened the lessons, somebody else on this machine may have been quicker. Then press Ctrl-C
in the terminal, and start run.py again."""


class _Handler(http.server.BaseHTTPRequestHandler):
    """Answers at a :class:`OneTimeAddress`. Only what a browser does with a link uses it up: no HEAD, no prefetch."""

    server: OneTimeAddress
    timeout = 10  # seconds, for somebody who connects and says nothing

    def do_GET(self) -> None:
        is_meant = self._is_meant()
        target = self.server.take() if is_meant else None
        self.send_response(302 if target else 410 if is_meant else 404)
        if target:
            self.send_header("Location", target)
        text = "" if target else _NOWHERE
        self.send_header("Cache-Control", "no-store")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def _is_meant(self) -> bool:
        """Whether it is this address, under a name of this machine (DNS rebinding has others), from its user."""
        return (
            secrets.compare_digest(self.path.encode(), self.server.path.encode())
            and re.fullmatch(r"(127\.0\.0\.1|localhost)(:\d+)?", self.headers.get("Host", "")) is not None
            and "prefetch" not in self.headers.get("Sec-Purpose", "")
            and not is_of_another_account(self.client_address, self.connection.getsockname())
        )

    def log_message(self, format: str, *args: object) -> None:
        pass
