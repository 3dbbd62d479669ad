"""What a session can hold, and how that is written: JSON, in one form whose text at two times can be compared."""

from __future__ import annotations

import json
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from .errors import SessionDataError, found

_encode = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode
_decode = json.JSONDecoder().raw_decode

#: What comes back from JSON as it went.
_EXACT = (str, int, float, bool, type(None))


def encode(data: Any) -> str:
    """The data as JSON text, ASCII without spaces.

    :raises SessionDataError: naming the place of what JSON cannot hold.
    """
    try:
        return _encode(data)
    except RecursionError:
        raise SessionDataError(
            "session", "is nested too deeply", "Python writes JSON down to a limited depth. Keep the values flatter."
        ) from None
    except (TypeError, ValueError) as error:
        failure = error
    check("session", data)  # here, so that what it raises stands alone in a log
    raise failure


def decode(text: str) -> Any:
    """Read what :func:`encode` wrote. Quicker than ``json.loads``, which first finds out what it has been given."""
    data, end = _decode(text)
    if end != len(text):
        raise ValueError("there is more behind the JSON")
    return data


def check_session(data: dict[str, Any], text: str, max_size: int | None) -> None:
    """Raise :exc:`SessionDataError` if the data, whose JSON is ``text``, are none of a session."""
    if "cookie" in data:
        raise SessionDataError(
            "session['cookie']",
            found(data["cookie"]),
            "this key is reserved: the store keeps the cookie's settings there.",
        )
    if max_size is not None and len(text) > max_size:
        largest = max(data, key=lambda key: len(_encode(data[key])))
        raise SessionDataError(
            "session",
            f"has {len(text):,} bytes as JSON, most of them in session[{largest!r}]",
            f"the option max_size allows {max_size:,}. Keep what is large in a database, and its key in the session.",
        )
    check("session", data)


def check(path: str, value: Any) -> None:
    """Raise :exc:`SessionDataError` for the first thing inside ``value`` that would not come back from JSON as it went.

    A tuple comes back as a list, which is meant.
    """
    trouble = _trouble(value, ())
    if trouble is not None:
        raise SessionDataError(f"{trouble.what}{path}{trouble.below}", trouble.found, trouble.rule)


class _Trouble(NamedTuple):
    """What would not come back."""

    #: Where it is, below the value that was looked at.
    below: str
    found: str
    rule: str
    #: What it is there, if not the value itself.
    what: str = ""


def _trouble(value: Any, above: tuple[int, ...]) -> _Trouble | None:
    """The first there is. Its path is put together on the way back, where there is one at all."""
    kind = type(value)
    if kind in _EXACT:
        return (
            None if kind is not float or value - value == 0 else _Trouble("", found(value), "JSON has no such number.")
        )
    if not isinstance(value, (dict, list, tuple)):
        return _Trouble("", found(value), _rule_for(value))
    if id(value) in above:
        return _Trouble("", "contains itself", "what is stored has an end. Store a copy, or a key to it.")
    above += (id(value),)
    for key, item in value.items() if isinstance(value, dict) else enumerate(value):
        if isinstance(value, dict) and type(key) is not str:
            return _Trouble("", found(key), "keys in a session are str.", f"the key {key!r} in ")
        trouble = _trouble(item, above)
        if trouble is not None:
            return trouble._replace(below=f"[{key!r}]{trouble.below}")
    return None


def _rule_for(value: Any) -> str:
    rule = "a session holds str, int, float, bool, None, lists and dicts of them."
    for base in (str, int, float):
        if isinstance(value, base):  # such as Markup, which would come back as text that the next template escapes
            return f"{rule} It would come back as {base.__name__}: store {base.__name__}(…) of it."
    return f"{rule} Store {_INSTEAD[type(value)]}." if type(value) in _INSTEAD else rule


#: What can be stored in place of what people try most.
_INSTEAD: dict[type, str] = {
    **dict.fromkeys((datetime, date, time), "its isoformat()"),
    **dict.fromkeys((set, frozenset), "list(…) of it"),
    **dict.fromkeys((Decimal, UUID), "str(…) of it"),
}
