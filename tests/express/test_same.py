"""For the same options and the same requests, Flask does what express-session does.

Cases are generated. The same ones in every run, so that a failure is somebody's change; to look for new ones,
say how many: ``EXPRESS_CASES=20000 pytest tests/express/test_same.py``.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.express import strategies
from tests.express.play import play
from tests.express.report import differences


@given(case=strategies.cases)
@settings(
    max_examples=int(os.environ.get("EXPRESS_CASES", 2_000)),
    derandomize="EXPRESS_CASES" not in os.environ,
    database=None,
    deadline=None,  # no test depends on how quick the machine is
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate, Phase.shrink],
    print_blob=False,
)
def test_flask_does_what_express_session_does(express, flask, case):
    expected, found = play(case, express), play(case, flask)
    if found != expected:
        pytest.fail(differences(case, expected, found), pytrace=False)
