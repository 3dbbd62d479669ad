"""Calibre-Web, whose first account is admin, with the password admin123."""

import os
import sys
from contextlib import suppress
from pathlib import Path

import calibreweb

from tests.tools.apps.changes import DATA, changing, renew

os.environ["CALIBRE_DBPATH"] = str(DATA)
sys.argv[1:] = []
sys.path.insert(0, str(Path(calibreweb.__file__).parent))

import cps  # noqa: E402
from cps import main  # noqa: E402
from cps.cw_login import signals  # noqa: E402

cps.web_server.start = lambda: True  # it is served by the check
with suppress(SystemExit):
    main.main()
signals.user_logged_in.connect(renew)
app = changing(cps.app)
