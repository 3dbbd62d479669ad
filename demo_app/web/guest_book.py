"""A guest book that is vulnerable on purpose, and a thief: what ``HttpOnly`` is for."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, jsonify, redirect, request

from .page import STATIC, own_cookie_only


def make_guest_book() -> Blueprint:
    """Make a guest book with entries of its own."""
    book = Blueprint("guest_book", __name__)
    entries: list[str] = []
    loot: list[str] = []

    @book.get("/guestbook")
    def read() -> str:
        # The hole: an entry becomes part of the page as it came, tags and scripts included. Each would
        # have to go through html.escape().
        items = "".join(f"<li>{entry}</li>\n" for entry in entries)
        return (STATIC / "guestbook.html").read_text(encoding="utf-8").replace("<!-- entries -->", items)

    @book.post("/guestbook")
    def write() -> Response:
        entries.append(request.form.get("entry", ""))
        return redirect("guestbook", 303)  # relative: the page may be below a prefix

    # The thief would have a server elsewhere. On this one, the lesson needs no second.

    @book.get("/thief")
    def steal() -> tuple[str, int]:
        # A thief would take every cookie; this one takes the lesson's.
        name = current_app.session_interface.get_cookie_name(current_app)
        loot.append(own_cookie_only(request.args.get("loot", ""), name))
        return "", 204

    @book.get("/thief/loot")
    def stolen() -> Response:
        return jsonify(loot)

    return book
