"""Where an app is: a name in a module, the settings of a Django project, or the address of a running one.

It imports neither requests nor ssl: an app that patches sockets, as with gevent, has to come before them.
"""

from __future__ import annotations

import difflib
import importlib
import inspect
import os
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_ADDRESS = re.compile(r"https?://[^/?#@\s]+")


class CheckError(Exception):
    """What cannot be checked, and what to do about it."""


def find(place: str) -> WSGIApplication | str:
    """The app at a place, or the address of a running one as it is.

    :param place: ``module:name`` of a WSGI or ASGI app; ``module:function()``, which makes one; the settings of a
        Django project, such as ``mysite.settings``; or ``https://staging.example``.
    :raises CheckError: naming what is not there.
    """
    if "://" in place:
        if not _ADDRESS.fullmatch(place.rstrip("/")):
            raise CheckError(
                f"{place!r} is no address of an app: write scheme, host and port, such as https://staging.example. "
                "Paths are in the steps, and credentials too: with Authorization: Basic $NAME:$PASSWORD."
            )
        return place.rstrip("/")
    module, _, name = place.partition(":")
    if not (module and name):
        if module and hasattr(_imported(module), "ROOT_URLCONF"):
            return _of_django(module)
        raise CheckError(f"{place!r} names no app. Write a module and a name, such as my_package:app.")
    holder = _imported(module)
    attribute = name.removesuffix("()")
    if not hasattr(holder, attribute):
        near = difflib.get_close_matches(attribute, vars(holder), 1)
        hint = f" Did you mean {module}:{near[0]}?" if near else ""
        raise CheckError(f"The module {module} has no {attribute!r}.{hint}")
    app = getattr(holder, attribute)
    if name != attribute:
        app, place = app(), f"What {place} makes"
    return as_wsgi(app, place)


def as_wsgi(app: object, place: str = "This") -> WSGIApplication:
    """The app, by way of an adapter if it speaks ASGI.

    :raises CheckError: if it is no app, or the adapter is missing.
    """
    if _takes(app, 2):
        return cast("WSGIApplication", app)
    if not _takes(app, 3):
        hint = f" If it is a function that makes one, write {place}()." if inspect.isfunction(app) else ""
        raise CheckError(f"{place} is no WSGI app and no ASGI app.{hint}")
    try:
        from a2wsgi import ASGIMiddleware
    except ModuleNotFoundError:
        raise CheckError(f"{place} is an ASGI app, which needs an adapter: pip install a2wsgi") from None
    return cast("WSGIApplication", ASGIMiddleware(cast(Any, app)))


def _takes(app: object, arguments: int) -> bool:
    """Whether it can be called with so many: WSGI has environ and start_response, ASGI scope, receive and send."""
    if not callable(app) or inspect.isclass(app):
        return False
    called = app if inspect.isroutine(app) else type(app).__call__.__get__(app)
    if inspect.iscoroutinefunction(called) != (arguments == 3):
        return False
    try:
        # Without what a decorator has wrapped: Werkzeug's @Request.application takes another function than it makes.
        inspect.signature(called, follow_wrapped=False).bind(*range(arguments))
    except TypeError:
        return False
    except ValueError:  # written in C
        return True
    return True


def _imported(module: str) -> Any:
    try:
        return importlib.import_module(module)
    except ImportError as error:
        is_itself = error.name is not None and f"{module}.".startswith(f"{error.name}.")
        hint = f" Start the command in the folder that {module} is imported from." if is_itself else ""
        hint += " An app is a module and a name, such as my_package:app." if is_itself and "." not in module else ""
        raise CheckError(f"{module} cannot be imported: {error}.{hint}") from None


def _of_django(settings: str) -> WSGIApplication:
    os.environ["DJANGO_SETTINGS_MODULE"] = settings
    application: Callable[[], WSGIApplication] = _imported("django.core.wsgi").get_wsgi_application
    return application()
