"""An audit of a configuration as a table, with the lesson that explains each weakness."""

from __future__ import annotations

from ..cookies.table import Table
from ..session import SessionOptions
from ..session import audit as audit_options

#: Where an option is explained.
LESSONS = {
    "name": "01",
    "secret": "02",
    "genid": "02",
    "cookie.max_age": "03",
    "rolling": "03",
    "cookie.secure": "04",
    "proxy": "04",
    "cookie.httponly": "05",
    "resave": "06",
    "save_uninitialized": "07",
}


def audit(options: SessionOptions) -> Table:
    """The weaknesses of ``options`` for an app in production."""
    rows = [
        (f"`{finding.option}`", finding.weakness, finding.remedy, LESSONS.get(finding.option, "08"))
        for finding in audit_options(options)
    ]
    return Table(("option", "weakness", "remedy", "lesson"), rows, empty="No known weakness.")
