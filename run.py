#!/usr/bin/env python3
"""Open the lessons, or test them, on a machine that has Python and nothing else.

The first run makes the folder .venv from requirements.lock. Every later run starts at once. What only the tests need is
added by the first run that tests.
"""

# An old Python has to get as far as the message below: no f-strings and no annotations in this file.
from __future__ import print_function

import sys

OLDEST = (3, 10)
if sys.version_info < OLDEST:
    sys.exit(
        "The lessons need Python %d.%d or newer, and this is Python %d.%d.\n"
        "Install a newer one from https://www.python.org/downloads/ and start run.py with it."
        % (OLDEST + tuple(sys.version_info[:2]))
    )

import os

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # with -P or PYTHONSAFEPATH, it is not there
try:
    import difflib
    import signal
    from functools import partial

    from demo_app.setup.blank import blank
    from demo_app.setup.check import check
    from demo_app.setup.conditions import folder_can_be_written, tests_can_share_the_work
    from demo_app.setup.doctor import why
    from demo_app.setup.environment import run_module
    from demo_app.setup.lab import open_lessons
    from demo_app.setup.lock import lock
    from demo_app.setup.my_lessons import fresh
    from demo_app.setup.places import LOCK, ROOT, RUN, TEST_LOCK
    from demo_app.setup.problem import Problem, explain
except ImportError as error:
    if error.name is None or error.name.startswith("demo_app"):
        raise
    sys.exit(
        "This Python lacks a part of its standard library: %s.\n"
        "On Debian and Ubuntu run: sudo apt install python3 python3-venv\n"
        "Elsewhere install one from https://www.python.org/downloads/ and start run.py with it." % error.name
    )

HELP = """\
{run}                       open the lessons in JupyterLab: your own copy, in the folder my-lessons
{run} fresh 03              give lesson 03 as it came, and keep what you have made of it
{run} check                 tell whether this machine is ready, such as before a workshop
{run} why LINE URL          ask the cookie doctor; --har FILE and others: see why --help
{run} slides [notebooks]    make slides of the lessons, in the folder slides
{run} blank [folder]        make a copy without outputs and solutions, for live coding
{run} test [arguments]      run the tests; the arguments are pytest's
{run} record [notebooks]    run the notebooks and store their outputs; --diff shows them first
{run} lock [--upgrade]      renew each requirements.lock; --upgrade moves every version
{run} help                  show this list""".format(run=RUN)

COMMANDS = {
    "": lambda arguments: open_lessons(),
    "fresh": fresh,
    "check": lambda arguments: check(OLDEST),
    "why": partial(why, os.getcwd()),
    "slides": partial(run_module, "demo_app.teach.slides", [LOCK], needed=[folder_can_be_written]),
    "blank": blank,
    "test": partial(run_module, "pytest", [LOCK, TEST_LOCK], needed=[folder_can_be_written, tests_can_share_the_work]),
    "record": partial(run_module, "demo_app.teach.record", [LOCK], needed=[folder_can_be_written]),
    "lock": partial(lock, OLDEST),
    "help": lambda arguments: print(HELP),
    "--help": lambda arguments: print(HELP),
}


def main(arguments):
    """Run the command that the first argument names; return the exit status."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # a path may have letters that the terminal lacks
    # Ctrl-C, an editor's stop button, a closed terminal: what was started ends, too.
    for ending in ("SIGINT", "SIGTERM", "SIGHUP"):
        if hasattr(signal, ending):
            signal.signal(getattr(signal, ending), signal.default_int_handler)
    os.chdir(ROOT)
    name = "".join(arguments[:1])
    try:
        if name not in COMMANDS:
            near = difflib.get_close_matches(name, COMMANDS, 1)
            meant = " Did you mean: {0} {1}".format(RUN, near[0]) if near else ""
            raise Problem("There is no command {0!r}.{1}\n\n{2}".format(name, meant, HELP))
        status = COMMANDS[name](arguments[1:])
        sys.stdout.flush()
        return status
    except BrokenPipeError:  # who reads has seen enough: run.py check | head -1
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (Problem, OSError) as error:
        print("\n{0}".format(error if isinstance(error, Problem) else explain(str(error))), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. Start run.py again when you like.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
