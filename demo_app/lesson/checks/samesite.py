"""Exercises of lesson 11. What a browser does is asked of a client that keeps its cookies as one does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone

from ...cookies import Context
from ...serving import serve
from ..browserlike import BrowserLike
from ..exercises import Exercise, Wrong
from ..mistakes import shown
from ..trying import LOGIN, ask, cookie_of, header, returned, returned_options

_OTHER = "https://other.example"
#: Requests of another site that are to go without the cookie, and what they are called in a sentence.
_FORGED = {
    "a form": Context(request="form", page=_OTHER),
    "an image": Context(request="image", page=_OTHER, third_party_cookies=True),
    "a frame": Context(request="frame", page=_OTHER, third_party_cookies=True),
}


def _check_newsletter(answer: Callable[[], object]) -> str:
    for browser in ("chromium", "firefox"):
        with serve(returned_options(answer()), https=True) as server:
            visitor = BrowserLike(browser)
            cookie = cookie_of(ask(visitor, server, "/api/login", "POST", json=LOGIN), server)
            said = f"The server sent: {header(cookie)}. In {browser.title()}"
            if not ask(visitor, server, "/api/me").ok:
                because = visitor.jar.take(cookie, server.url).stored.because
                raise Wrong(f"{said} the log-in does not stick. {because}")
            link = Context(request="link", page="https://mail.example")
            if not ask(visitor, server, "/api/me", context=link).ok:
                raise Wrong(f"{said} who follows the link in the newsletter is not logged in.")
            for minutes, when in ((0, "at once"), (3, "three minutes after the log-in")):
                at = datetime.now(timezone.utc) + timedelta(minutes=minutes)
                for what, context in _FORGED.items():
                    if visitor.jar.sent(f"{server.url}/api/notes", context, at).text:
                        raise Wrong(f"{said}, {what} of another site carries it {when}.")
    return f"The server sent: {header(cookie)}. Links find the visitor, and forms, images and frames of others do not."


newsletter = Exercise(
    _check_newsletter,
    hints=(
        "A link is a GET that takes the whole window along. Which value lets that through, and nothing else?",
        "Not to write a word means one thing in Chromium and another one in Firefox.",
        'The value is a str, with a capital letter: "Lax".',
    ),
)

_GENUINE = ("Vb0l3yq7", "x9-_Qs2d")


def _check_token(answer: Callable[[dict[str, str], dict[str, str]], object]) -> str:
    tried = 0
    for text in _GENUINE:
        cases = [
            ({"user": "ada", "token": text}, {"to": "alan", "token": text}, True, "the right token"),
            ({"user": "ada", "token": text}, {"to": "thief", "token": "guessed"}, False, "another token"),
            ({"user": "ada", "token": text}, {"to": "thief", "token": text[:-1]}, False, "a token that is cut short"),
            ({"user": "ada", "token": text}, {"to": "thief", "token": ""}, False, "an empty token"),
            ({"user": "ada", "token": text}, {"to": "thief"}, False, "no token"),
            ({"user": "ada", "token": text}, {"to": text, "token": "guessed"}, False, "the token in another field"),
            ({"user": "ada"}, {"to": "thief"}, False, "no token, and the session has none either"),
            ({"user": "ada"}, {"to": "thief", "token": ""}, False, "an empty token, and the session has none"),
            ({"user": "ada"}, {"to": "thief", "token": text}, False, "a token, and the session has none"),
        ]
        for session, form, expected, what in cases:
            made = answer(dict(session), dict(form))
            tried += 1
            if not isinstance(made, bool):
                raise Wrong(f"{returned(made)} It has to return True or False.")
            if made is not expected:
                went = "the money goes" if made else "Ada's own transfer is refused"
                raise Wrong(f"The form has {what}: {shown(form)}. The function returned {made}, and {went}.")
    return f"{tried} forms, and only those of the bank's own page go through."


token = Exercise(
    _check_token,
    hints=(
        'The two texts are session["token"] and form["token"]. Whoever forges the form may leave its field out.',
        'form.get(name, "") is the field, or an empty text where it is missing.',
        "What if the session has no token? Then no form is genuine: return False before anything is compared.",
    ),
)
