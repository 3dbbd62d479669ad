"""A guest book that is vulnerable on purpose, and a thief: what ``HttpOnly`` is for.

It stands beside a JupyterLab, which runs code, in a browser that has JupyterLab's cookies. So a script gets into it
only from its own user, and gets out of it as little as a browser can see to:

- Its address cannot be guessed, and is told to nobody.
- A page elsewhere cannot write to it (:class:`.callers.OwnPagesOnly`), nor can another account of this machine.
- It is not served at JupyterLab's own origin, where jupyter-server-proxy would show it.
- Its policy keeps a script to this origin: no frames, no windows, no requests, forms or sockets to elsewhere. What
  is left to it is to lead its own frame or tab elsewhere, and WebRTC, for which browsers have no policy.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from flask import Blueprint, Flask, Response, abort, current_app, jsonify, redirect, request
from werkzeug.wrappers import Response as Redirection

from ..setup.accounts import is_of_another_account
from .callers import NO_PAGE, came_straight
from .page import FRAMED_BY, STATIC, own_cookie_only

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    f"form-action 'self'; base-uri 'none'; {FRAMED_BY}; sandbox allow-scripts allow-same-origin allow-forms"
)


def add_guest_book(app: Flask) -> None:
    """Add a guest book with entries of its own, at ``/guestbook-…/``: ``app.extensions["guest_book"]`` knows where.

    Below it are ``thief``, which takes loot, and ``thief/loot``, which shows it. A request of another account of
    this machine, or through jupyter-server-proxy, is answered 403.
    """
    path = f"/guestbook-{secrets.token_urlsafe(16)}/"
    book = Blueprint("guest_book", __name__, url_prefix=path)
    entries: list[str] = []
    loot: list[str] = []

    @book.before_request
    def keep_strangers_out() -> None:
        if _is_of_another_account(request.environ):
            abort(403, "The guest book is there for its own user, and this request is of another account.")
        if not came_straight(request):
            abort(
                403,
                "The guest book is not shown at the address of a JupyterLab: a script in it could run code there. "
                "Open the address that the lesson shows.",
            )

    @book.get("/")
    def read() -> str:
        # The hole: an entry becomes part of the page as it came, tags and scripts included. Each would
        # have to go through html.escape().
        items = "".join(f"<li>{entry}</li>\n" for entry in entries)
        return (STATIC / "guestbook.html").read_text(encoding="utf-8").replace("<!-- entries -->", items)

    @book.post("/")
    def write() -> Redirection:
        entries.append(request.form.get("entry", ""))
        return redirect("./", 303)

    # The thief would have a server elsewhere. On this one, nothing of the lesson leaves the machine.

    @book.get("/thief")
    def steal() -> tuple[str, int]:
        # A thief would take every cookie; this one takes the lesson's.
        name = current_app.session_interface.get_cookie_name(current_app)
        loot.append(own_cookie_only(request.args.get("loot", ""), name))
        return "", 204

    @book.get("/thief/loot")
    def stolen() -> Response:
        return jsonify(loot)

    # Every answer of the app: through one without a policy, a script of the book would get out of its own.
    @book.after_app_request
    def confine(response: Response) -> Response:
        is_book = request.endpoint == "guest_book.read" and response.status_code == 200
        response.headers["Content-Security-Policy"] = _POLICY if is_book else NO_PAGE
        response.headers["Referrer-Policy"] = "same-origin"  # the address is the secret
        return response

    app.register_blueprint(book)
    app.extensions["guest_book"] = path


def _is_of_another_account(environ: WSGIEnvironment) -> bool:
    if "REMOTE_PORT" not in environ:  # no connection: a test client
        return False
    client = environ["REMOTE_ADDR"], int(environ["REMOTE_PORT"])
    return is_of_another_account(client, ("127.0.0.1", int(environ["SERVER_PORT"])))
