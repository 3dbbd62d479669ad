"""Records an app, compares it three times, and once after each change; runs where the app is installed. Prints JSON.

The commands run in one process: to import some of these apps takes longer than to ask them.
"""

import json
import os
import sys
from contextlib import redirect_stdout
from importlib import import_module
from io import StringIO


def command(*arguments: str) -> tuple[int, str]:
    from demo_app.check.command import main  # where the command would import it: the app comes first

    printed = StringIO()
    with redirect_stdout(printed):
        status = main([place, *arguments])
    return status, printed.getvalue()


place, is_in_cookie, changes, *steps = sys.argv[1:]
recording = ["--record", *(part for step in steps for part in ("--step", step))]
if ":" not in place:
    import_module("tests.tools.apps.django_accounts")
trial = {"record": command(*recording), "as it was": [command() for _ in range(3)]}
for change in changes.split(","):
    os.environ["CHANGE"] = ""
    if change == "id" and is_in_cookie:
        from tests.tools.apps.changes import on_server

        on_server(import_module(place.partition(":")[0]).app)
        trial["record on the server"] = command(*recording)
    os.environ["CHANGE"] = change
    trial[change] = command()
sys.stdout.write(f"\n{json.dumps(trial)}\n")
sys.stdout.flush()
os._exit(0)  # some of them leave threads behind
