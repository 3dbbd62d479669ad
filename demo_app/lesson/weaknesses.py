"""An audit of a configuration as a table, with the lesson that explains each weakness."""

from __future__ import annotations

from ..cookies.table import Table
from ..session import SessionOptions
from ..session import audit as audit_options
from .series import SERIES

_LESSONS = {option: lesson.number for lesson in SERIES for option in lesson.explains}


def audit(options: SessionOptions) -> Table:
    """The weaknesses of ``options`` for an app in production."""
    rows = [
        (f"`{finding.option}`", finding.weakness, finding.remedy, _LESSONS[finding.option])
        for finding in audit_options(options)
    ]
    return Table(("option", "weakness", "remedy", "lesson"), rows, empty="No known weakness.")
