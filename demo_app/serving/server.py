"""Runs a WSGI app in a background thread of this process, which is how a notebook comes to have a real server."""

from __future__ import annotations

import selectors
import socket
import socketserver
import ssl
import threading
import weakref
from collections.abc import Iterable
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Any

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from ..session import SessionOptions
from ..setup.loopback import kept_at_ipv6
from ..web import create_app
from ..web.callers import NO_PAGE, browser_is_elsewhere, names_this_machine, refusal
from . import tls
from .names import lead_here, name_below_localhost

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_HOST = "127.0.0.1"


class Server:
    """A running server. Ends with :meth:`stop`, with its ``with`` block, or when nothing refers to it any more.

    So a cell that says ``server = serve(…)`` can be run a hundred times: each run ends the server of the run before.
    """

    def __init__(self, app: WSGIApplication, https: bool = False) -> None:
        #: The WSGI app that is served.
        self.app = app
        #: Over HTTPS, the file that makes clients trust this server: ``client.verify = server.ca_path``. It is gone
        #: when no server needs it any more. Over HTTP, ``None``.
        self.ca_path: str | None = None
        with ExitStack() as ending:
            context = None
            if https:
                context, self.ca_path = ending.enter_context(tls.lend())
            lead_here()
            loop = _Loop(app if browser_is_elsewhere() else _under_own_names(app), context)
            ending.callback(loop.stop)
            loop.start()
            # The thread knows the loop and not this object, so that this object can be forgotten. The
            # finalizer also runs when the interpreter exits.
            self._finalizer = weakref.finalize(self, ending.pop_all().close)
        #: Where the server listens, such as ``"http://127.0.0.1:49152"``.
        self.url = f"{'https' if https else 'http'}://{_HOST}:{loop.server_port}"

    def at(self, host: str) -> str:
        """The address of this server under another name, such as ``"http://shop.localhost:49152"``.

        Names that end in ``.localhost`` lead to this machine: in browsers by themselves, and in this process for
        every client of ``requests``.

        :param host: ``"localhost"``, or a name below it.
        :raises ValueError: for any other name.
        """
        scheme, _, rest = self.url.partition("://")
        return f"{scheme}://{name_below_localhost(host)}:{rest.rpartition(':')[2]}"

    def stop(self) -> None:
        """End the server: it answers what it has begun, then closes its port and all connections.

        To stop a server twice is no error.
        """
        self._finalizer()

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.stop()

    def __repr__(self) -> str:
        state = "running" if self._finalizer.alive else "stopped"
        return f"<Server {self.url} {state}>"


def serve(app: SessionOptions | WSGIApplication, https: bool = False) -> Server:
    """Start a server on a free port of this machine's loopback address and return it.

    It answers where ``Host`` names this machine (``127.0.0.1``, ``[::1]``, ``localhost`` or ``*.localhost``), and
    421 elsewhere: a name that leads here from a page of somebody else would make them of one origin. On a hub and in
    a codespace, where the browser is on another machine, every name will do.

    :param app: A WSGI app, such as a Flask app; or :class:`SessionOptions`, which serves the demo app with them.
    :param https: Serve over TLS. The certificate is for ``127.0.0.1``, ``localhost`` and names below that, and its
        authority exists in this process only: clients are told to trust it with :attr:`Server.ca_path`. Until the
        server ends, ``REQUESTS_CA_BUNDLE`` and ``CURL_CA_BUNDLE`` are out of this process's environment, because
        ``requests`` prefers them to ``Session.verify``. It then trusts the authorities that come with it instead.
    :raises TypeError: if ``app`` is neither.
    """
    if isinstance(app, SessionOptions):
        app = create_app(app)
    if not callable(app):
        raise TypeError(
            f"serve({app!r}): a {type(app).__name__} cannot be served. Hand in SessionOptions(…) or a WSGI app."
        )
    return Server(app, https)


def _under_own_names(app: WSGIApplication) -> WSGIApplication:
    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        host = environ.get("HTTP_HOST")
        if host is None or names_this_machine(host):  # browsers never leave it out
            return app(environ, start_response)
        words = (
            f"This server does not answer as {host}: that name is not this machine's own, and a page of somebody else "
            "may have led here by it. Use 127.0.0.1, localhost or a name that ends in .localhost."
        )
        return refusal(421, words)(environ, start_response)

    return answer


class _QuietHandler(WSGIRequestHandler):
    """Leaves out the log line of each request: in a notebook it would land in whatever cell is running."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer what never reaches the app, such as too long an address: like the app, with a policy."""
        self.send_response(code, message)
        headers = {"Content-Security-Policy": NO_PAGE, "Content-Length": "0", "Connection": "close"}
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()


class _Loop(ThreadedWSGIServer):
    """Werkzeug's threaded server with a loop that ends at once, and takes its connections and threads with it.

    The loop of the standard library looks twice a second whether it should end, and leaves behind every connection
    that a client keeps open.
    """

    # handle_request() is called when a client is there; if it has gone again, there is nothing to wait for.
    timeout = 0

    def __init__(self, app: WSGIApplication, context: ssl.SSLContext | None) -> None:
        super().__init__(_HOST, 0, app, _QuietHandler, ssl_context=context)
        if isinstance(self.socket, ssl.SSLSocket):
            # The loop would wait for each client's part in it, so it is left to the request's thread.
            self.socket.do_handshake_on_connect = False  # type: ignore[attr-defined]  # documented, but not typed
        self._wake, self._wake_up = socket.socketpair()
        self._open: dict[socket.socket, threading.Thread] = {}
        self._thread = threading.Thread(target=self._run, name=f"serve:{self.server_port}", daemon=True)

    def server_bind(self) -> None:
        # Past HTTPServer, which asks the name service for this machine's name: seconds on some networks.
        socketserver.TCPServer.server_bind(self)
        self._kept = ExitStack()
        try:
            self._kept.enter_context(kept_at_ipv6(self.server_address[1]))
        except OSError:  # another program is there: take another port
            self.socket.close()
            self.socket = socket.socket(self.address_family, self.socket_type)
            self.server_address = _HOST, 0
            return self.server_bind()
        self.server_name, self.server_port = _HOST, self.server_address[1]

    def server_close(self) -> None:
        super().server_close()
        self._kept.close()

    def start(self) -> None:
        self._thread.start()

    def _run(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self, selectors.EVENT_READ)
            selector.register(self._wake, selectors.EVENT_READ)
            while all(key.fileobj is not self._wake for key, _ in selector.select()):
                self.handle_request()

    def process_request(self, request: Any, client_address: object) -> None:
        thread = threading.Thread(target=self.process_request_thread, args=(request, client_address), daemon=True)
        self._open[request] = thread
        thread.start()

    def finish_request(self, request: Any, client_address: object) -> None:
        """Answer, in the request's own thread."""
        if isinstance(request, ssl.SSLSocket):
            try:
                request.do_handshake()
            except OSError:
                return  # the client does not trust the certificate, does not speak TLS, or has gone
        super().finish_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        super().shutdown_request(request)
        self._open.pop(request, None)

    def stop(self) -> None:
        """End the loop, let begun requests finish for up to a second, and close everything."""
        self._wake_up.send(b"x")
        self._thread.join()
        self.server_close()
        self._wake.close()
        self._wake_up.close()
        begun = list(self._open.items())
        for connection, _ in begun:
            with suppress(OSError):  # the client has closed it
                # No more requests on this connection; the answer to the last one can still be written. (With
                # the shutdown() of an SSLSocket, it would be written in plain text.)
                socket.socket.shutdown(connection, socket.SHUT_RD)
        for _, thread in begun:
            if thread is not threading.current_thread():
                thread.join(timeout=1)
