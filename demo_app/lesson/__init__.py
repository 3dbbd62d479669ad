"""What a notebook shows with. Everything here has a form for a web page and an equally good one in plain text."""

from __future__ import annotations

import logging
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..cookies import Context as Context
    from ..cookies import why as why
    from ..cookies.sources import set_cookies as set_cookies
    from .browser import browse as browse
    from .browserlike import BrowserLike as BrowserLike
    from .environment import check_environment as check_environment
    from .exercises import Exercise as Exercise
    from .exercises import Verdict as Verdict
    from .frameworks import elsewhere as elsewhere
    from .headers import anatomy as anatomy
    from .headers import diff as diff
    from .headers import exchange as exchange
    from .servers import app_servers as app_servers
    from .store import contents as contents
    from .traffic import watch as watch
    from .weaknesses import audit as audit

_HOMES = {
    "BrowserLike": "demo_app.lesson.browserlike",
    "Context": "demo_app.cookies",
    "Exercise": "demo_app.lesson.exercises",
    "Verdict": "demo_app.lesson.exercises",
    "anatomy": "demo_app.lesson.headers",
    "app_servers": "demo_app.lesson.servers",
    "audit": "demo_app.lesson.weaknesses",
    "browse": "demo_app.lesson.browser",
    "check_environment": "demo_app.lesson.environment",
    "contents": "demo_app.lesson.store",
    "diff": "demo_app.lesson.headers",
    "elsewhere": "demo_app.lesson.frameworks",
    "exchange": "demo_app.lesson.headers",
    "set_cookies": "demo_app.cookies.sources",
    "watch": "demo_app.lesson.traffic",
    "why": "demo_app.cookies",
}

__all__ = list(_HOMES)

# Python writes warnings that nobody takes to stderr, which is below the cell that runs: where the reader is to predict
# what happens, it would give that away. A notebook that is about the log shows it with a handler of its own.
logging.getLogger("demo_app.session").addHandler(logging.NullHandler())


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
