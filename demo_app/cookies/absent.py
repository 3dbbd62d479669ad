"""Why an answer sets no cookie, as far as that is seen from outside, and which notebook shows it."""

from __future__ import annotations

from collections.abc import Iterator

from .context import address
from .rules import Reason
from .sources import Answer


def reasons(answer: Answer | None) -> Iterator[Reason]:
    """What the reason may be, for express-session and for what behaves like it; the surest one first.

    :param answer: ``None`` if nothing is known of it.
    :raises ValueError: if its address is not one of HTTP or HTTPS.
    """
    if answer is None:
        yield Reason("A script sees no Set-Cookie, whatever the answer had. The network tab does.", "lesson 05")
        url = None
    else:
        url = address("url", answer.url)
        if answer.status is not None and answer.status >= 500:
            yield Reason(f"The app has failed ({answer.status}), before it could save a session.", "reference/stores")
        elif answer.status is not None and answer.status >= 400:
            yield Reason(f"The app has refused the request ({answer.status}), and begun no session.", "lesson 07")
        elif answer.status == 304:
            yield Reason("It comes from a cache: 304 says that nothing has changed.", "reference/session")
    if url is None or url.scheme == "http":
        yield Reason("With secure=True an app sends no cookie over plain HTTP, on localhost neither.", "lesson 04")
    if url is None or url.scheme == "https":
        yield Reason(
            "With secure=True and behind a proxy, an app sends none unless it is told to believe the proxy.",
            "lesson 04",
        )
    if answer is None or not answer.had_cookies:
        yield Reason(
            "With save_uninitialized=False nobody gets a cookie before something is put into the session.", "lesson 07"
        )
    if answer is None or answer.had_cookies:
        yield Reason(
            "Who has the cookie gets it again with another lifetime alone: when the session has changed and there is "
            "max_age, or with rolling=True.",
            "lesson 03",
        )
    if url is None or url.path != "/":
        yield Reason("Outside the cookie's path there is no session.", "reference/session")
