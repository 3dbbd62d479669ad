"""Shows a case in which the two differ, so that it can be read without running it."""

from __future__ import annotations

import json
from typing import Any


def differences(case: dict[str, Any], express: list[dict[str, Any]], flask: list[dict[str, Any]]) -> str:
    """Each request, and below it what express-session did and, where it differs, what Flask did."""
    lines = ["Flask differs from express-session.", "", f"options {_text(case['options'])}"]
    for number, (request, one, other) in enumerate(zip(case["requests"], express, flask, strict=True), start=1):
        lines += ["", f"request {number} {_text(request)}"]
        for part in one:
            if one[part] == other[part]:
                lines.append(f"    {part:8}{_text(one[part])}")
            else:
                lines.append(f"  ! {part:8}express {_text(one[part])}")
                lines.append(f"    {'':8}flask   {_text(other[part])}")
        if one != other:
            break  # what follows may be a consequence
    return "\n".join(lines)


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
