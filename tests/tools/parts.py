"""Runs one file of tests, or one notebook, in a process that has the packages loaded already.

To load pytest, Flask and what kernels need takes longer than most of the tests. One process loads them, and is forked
for each run, before anything of the project is imported. A notebook has its own kernel all the same, and is compared by
nbval and ``notebooks/conftest.py``.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import importlib.util
import json
import math
import multiprocessing
import os
import shutil
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.context import BaseContext
from pathlib import Path
from typing import Any, NamedTuple

import pytest

_PLUGINS = ("_hypothesis_pytestplugin", "nbval.plugin")
_LOADED = (*_PLUGINS, "flask.testing", "hypothesis.strategies", "ipykernel.ipkernel", "ipykernel.kernelapp", "redis",
           "requests", "tests.tools.parts")  # fmt: skip
# The same examples each time: a mutant that is caught is caught again.
_ARGUMENTS = ("-x", "-q", "-p", "no:cacheprovider", "-o", "addopts=", "--import-mode=importlib", "--hypothesis-seed=0")
_NOTEBOOK = ("--nbval", "--nbval-current-env", "--nbval-cell-timeout=600", "--nbval-kernel-startup-timeout=600",
             "--nbval-sanitize-with=demo_app/teach/sanitize.cfg")  # fmt: skip
#: A part that has not ended after so many seconds waits for something.
_LONG = 900
#: With these, somebody else has ended the run. A mutant that ends its process does it with another one.
_FROM_OUTSIDE = (-signal.SIGTERM, -signal.SIGINT, *([] if os.name == "nt" else (-signal.SIGKILL, -signal.SIGHUP)), 255)
_STARTS = ("subprocess.Popen", "os.exec", "os.posix_spawn", "os.system", "os.fork", "os.forkpty")


class Test(NamedTuple):
    """What a test takes and reaches."""

    seconds: float
    #: By file. ``None`` for all: it starts Pythons of its own, in which nobody looks.
    lines: dict[str, list[int]] | None

    def reaches(self, file: str, first: int, last: int) -> bool:
        return self.lines is None or any(first <= line <= last for line in self.lines.get(file, ()))


class Part:
    """A file of tests, or a notebook, of which each cell counts as a test."""

    def __init__(self, name: str, tests: dict[str, Test]) -> None:
        self.name = name
        self.tests = tests
        self.seconds = sum(test.seconds for test in tests.values())

    def reaching(self, file: str, first: int, last: int) -> list[str]:
        """The tests that reach a line, and whatever needs what reaches it: those near it first, quick ones first.

        What is imported, or made once for several tests, is reached by all of them. It goes by the name of "".
        """
        near = [test for test, what in self.tests.items() if test and what.reaches(file, first, last)]
        if self.is_notebook and (near or self.tests[""].reaches(file, first, last)):
            return [test for test in self.tests if test]
        near.sort(key=lambda test: self.tests[test].seconds)
        if not self.tests[""].reaches(file, first, last):
            return near
        others = [test for test in self.tests if test and test not in near]
        others.sort(key=lambda test: (file not in (self.tests[test].lines or ()), self.tests[test].seconds))
        return near + others

    @property
    def is_notebook(self) -> bool:
        return self.name.endswith(".ipynb")


class Copy:
    """A copy of a folder, in which the parts run.

    :param original: the folder.
    :param folder: where the copy is made. What a run prints is beside it.
    """

    def __init__(self, original: Path, folder: Path) -> None:
        ignored = shutil.ignore_patterns(".git", ".venv*", ".hypothesis", ".*_cache", "__pycache__")
        self.folder = Path(shutil.copytree(original, folder, ignore=ignored))
        self.output = self.folder.with_suffix(".output")

    def look(self, name: str, files: Sequence[str]) -> Part:
        """Run a part; return what of these files its tests reach.

        :raises SystemExit: if a test fails.
        """
        notes = self.folder.with_suffix(".notes")
        notes.write_text("")
        if not self._passes(name, None, {str(self.folder / file): file for file in files}):
            sys.exit(f"{self.output.read_text(errors='replace')}\n{name} fails already on the unchanged code.")
        seconds: dict[str, float] = {"": 0}
        lines: dict[str, dict[str, list[int]] | None] = {"": {}}
        for test, file, number in map(json.loads, notes.read_text().splitlines()):
            if file is None:  # the test has ended
                seconds[test] = number
                lines.setdefault(test, {})
            elif file == "":
                lines[test] = None
            elif (reached := lines.setdefault(test, {})) is not None:
                reached.setdefault(file, []).append(number)
        return Part(name, {test: Test(seconds[test], lines[test]) for test in seconds})

    def passes(self, part: Part, tests: Sequence[str], patience: float) -> bool:
        """Whether tests of a part, in this order, pass, or at least wait for something.

        They fail, too, if they use the processor for longer than ``patience`` and three times what the part takes, in
        seconds. How long they wait says nothing where others use the processor too.

        :raises SystemExit: if somebody ended the run: then nothing is known.
        """
        leave_out = [test for test in part.tests if test not in tests]
        return self._passes(part.name, (tests, leave_out), {}, math.ceil(patience + 3 * part.seconds))

    @contextlib.contextmanager
    def changed(self, file: str, source: str) -> Iterator[None]:
        path = self.folder / file
        unchanged = path.read_bytes()
        Path(importlib.util.cache_from_source(path)).unlink(missing_ok=True)
        path.write_text(source, encoding="utf-8")
        try:
            yield
        finally:
            path.write_bytes(unchanged)

    def _passes(
        self, name: str, tests: tuple[Sequence[str], Sequence[str]] | None, files: dict[str, str], limit: int = -1
    ) -> bool:
        process = _forks().Process(target=_run, args=(self.folder, name, tests, files, limit, self.output))
        process.start()
        try:
            process.join(_LONG)
            if process.exitcode in _FROM_OUTSIDE:
                sys.exit(f"Something ended the run of {name} ({process.exitcode}), and nothing is known of its tests.")
            return not process.exitcode
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.join()


@functools.cache
def _forks() -> BaseContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(_LOADED))
    return context


# In the process of a run.


def _run(
    folder: Path,
    name: str,
    tests: tuple[Sequence[str], Sequence[str]] | None,
    files: dict[str, str],
    limit: int,
    output: Path,
) -> None:
    """Run a part in this process, and end it with the exit code of pytest."""
    import resource  # not on Windows

    os.setpgid(0, 0)  # so that what is left of it can be ended
    resource.setrlimit(resource.RLIMIT_CPU, (limit, -1))
    null, out = os.open(os.devnull, os.O_RDONLY), os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for number, copy in enumerate((null, out, out)):
        os.dup2(null if copy is null else out, number)
    original = str(Path(__file__).parents[2])
    sys.path[:] = [str(folder), *(path for path in sys.path if path not in ("", original))]
    for module in [module for module in sys.modules if module.partition(".")[0] in ("tests", "demo_app")]:
        del sys.modules[module]
    os.chdir(folder)
    os.environ.update(PYTHONPATH=str(folder), PYTEST_ADDOPTS="", PYTEST_DISABLE_PLUGIN_AUTOLOAD="1")
    shutil.rmtree(folder / ".hypothesis", ignore_errors=True)  # what it has found in other mutants
    if files:
        notes = _Notes(folder.with_suffix(".notes"), files)
    else:
        notes = None
        sys.dont_write_bytecode = True
        os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    is_notebook = name.endswith(".ipynb")
    if is_notebook:
        _keep_a_kernel(notes)
    if notes:
        notes.begin()
    plugins = [*map(importlib.import_module, _PLUGINS), *([_Looking(notes)] if notes else []),
               *([_Choosing(*tests)] if tests else [])]  # fmt: skip
    arguments = [*_ARGUMENTS, f"--rootdir={folder}", f"--basetemp={folder.with_suffix('.temporary')}", name]
    code = pytest.main([*arguments, *(_NOTEBOOK if is_notebook else ())], plugins)
    sys.settrace(None)
    atexit._run_exitfuncs()  # multiprocessing ends without them
    sys.stdout.flush()
    os._exit(code)


class _Choosing:
    """The plugin that leaves tests out, and sorts the others. Tests of which nothing is known come last."""

    def __init__(self, first: Sequence[str], leave_out: Sequence[str]) -> None:
        self._order = {test: position for position, test in enumerate(first)}
        self._leave_out = set(leave_out)

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [item for item in items if item.nodeid not in self._leave_out]
        items.sort(key=lambda item: self._order.get(item.nodeid, len(self._order)))


class _Notes:
    """Writes down each line that a test reaches, when it first does: kernels are ended without a warning.

    :param files: the names to write down, by path.
    """

    def __init__(self, path: Path, files: dict[str, str]) -> None:
        self.test = ""
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND)  # as long as the process lives
        self._files = files
        self._seen: set[tuple[str, str, int]] = set()

    def write(self, file: str | None, number: float) -> None:
        os.write(self._file, json.dumps((self.test, file, number)).encode() + b"\n")

    def begin(self) -> None:
        """Look from now on, in all threads that begin from now on."""
        sys.addaudithook(self._starts)
        threading.settrace(self._anywhere)
        sys.settrace(self._anywhere)

    def _anywhere(self, frame: Any, event: str, argument: Any) -> Any:
        if frame.f_code.co_filename not in self._files:
            return None
        return self._in_file(frame, event, argument)

    def _in_file(self, frame: Any, event: str, argument: Any) -> Any:
        seen = (self.test, self._files[frame.f_code.co_filename], frame.f_lineno)
        if seen not in self._seen:
            self._seen.add(seen)
            self.write(*seen[1:])
        return self._in_file

    def _starts(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event in _STARTS and (event.startswith("os.fork") or "python" in str(arguments[:2])):
            self.write("", 0)


class _Looking:
    """The plugin that tells the notes which test runs, and how long it took."""

    def __init__(self, notes: _Notes) -> None:
        self._notes = notes

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        began = time.perf_counter()
        self._notes.test = item.nodeid
        try:
            return (yield)
        finally:
            self._notes.write(None, time.perf_counter() - began)
            self._notes.test = ""

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any) -> Iterator[Any]:
        test = self._notes.test
        if fixturedef.scope != "function":
            self._notes.test = ""
        try:
            return (yield)
        finally:
            self._notes.test = test


# A kernel.


class _Kernel:
    """As much of ``Popen`` as Jupyter needs, for a kernel that is a fork of this process."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None

    def poll(self, options: int = os.WNOHANG) -> int | None:
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, options)
            if pid:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def wait(self) -> int | None:
        return self.poll(0)

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)


def _keep_a_kernel(notes: _Notes | None) -> None:
    """Fork a kernel now, with nothing of pytest in it, that begins when Jupyter launches one."""
    from jupyter_client.provisioning import local_provisioner

    ours, theirs = socket.socketpair()
    if not (pid := os.fork()):
        ours.close()
        with theirs.makefile() as lines:
            launched = lines.readline()
        if launched:  # not if pytest ends before
            _be_a_kernel(notes, **json.loads(launched))
        os._exit(0)
    os.setpgid(pid, pid)  # to Jupyter, a group is the kernel and what it has started
    theirs.close()
    launch: Callable[..., Any] = local_provisioner.launch_kernel
    kernels = [kernel := _Kernel(pid)]

    def fall_with_it(number: int, frame: Any) -> None:
        if kernel.poll() == -signal.SIGXCPU:  # nbval would wait for its answer
            os.kill(os.getpid(), signal.SIGXCPU)

    signal.signal(signal.SIGCHLD, fall_with_it)

    def launch_kernel(cmd: Sequence[str], **options: Any) -> Any:
        if not kernels:  # the one that is kept has not answered
            return launch(cmd, **options)
        ours.sendall(json.dumps({"command": cmd, "env": options["env"], "cwd": options["cwd"]}).encode() + b"\n")
        return kernels.pop()

    local_provisioner.launch_kernel = launch_kernel


def _be_a_kernel(notes: _Notes | None, command: list[str], env: dict[str, str], cwd: str) -> None:
    from ipykernel import kernelapp

    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(env)
    sys.argv[:] = command[command.index("ipykernel_launcher") :]
    for number in (1, 2):
        os.dup2(os.open(os.devnull, os.O_WRONLY), number)
    if notes:
        notes.begin()
    kernelapp.launch_new_instance()
