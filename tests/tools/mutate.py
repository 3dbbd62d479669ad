"""Finds what the tests do not hold: changes one thing in the code, and tells if the tests pass all the same.

::

    python -m tests.tools.mutate demo_app/session/interface.py --tests tests/session tests/express/test_recorded.py
    python -m tests.tools.mutate demo_app/session/interface.py --notebooks

Works on copies of the current folder, never on the folder itself. Tests and notebooks run once on the unchanged code,
which tells the lines that each of them reaches. With a mutant, those that reach its line come first, quick ones before
slow ones: most mutants are caught by the first few tests. A notebook that does not reach its line is left out.

pytest loads this module as its plugin, for the two things that need one: the lines, and the order. The kernels of
notebooks load it too.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import importlib.util
import json
import math
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import Any, NamedTuple

import pytest

#: How long a mutant may take, in seconds: this, and three times what the unchanged code takes.
PATIENCE = 20

_NOT_COPIED = (".git", ".venv*", ".hypothesis", ".*_cache", "__pycache__")
_PLAN = "MUTATE_PLAN"

# What a mutant is.


class Mutant(NamedTuple):
    """One change in one file."""

    file: str
    #: Where the statement begins that holds the change, and where it ends, or its body begins.
    line: int
    end: int
    before: str
    after: str
    #: The whole module, changed.
    source: str


_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
}
_DROPPED = (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Delete, ast.Raise, ast.Assert)


def mutants(file: str, source: str) -> Iterator[Mutant]:
    """All mutants of a module, in the order of its text."""
    tree = ast.parse(source)
    unchanged = ast.unparse(tree)
    for lines, container, key, other in _changes(tree, (0, 0), False):
        node, container[key] = container[key], other
        changed = ast.unparse(tree)
        container[key] = node
        yield Mutant(file, *lines, *_difference(unchanged, changed), changed)


def _changes(node: ast.AST, lines: tuple[int, int], in_function: bool) -> Iterator[tuple[Any, Any, Any, ast.AST]]:
    """The first and the last line of a statement, and what to put there: ``container[key] = other``."""
    in_function = in_function or isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns"):
            continue
        several = isinstance(value, list)
        container, keys = (value, range(len(value))) if several else (vars(node), (field,))
        for key in keys:
            child = container[key]
            if not isinstance(child, ast.AST) or _is_for_people(child):
                continue
            at = _lines_of(child) if isinstance(child, ast.stmt) else lines
            for other in _others(child, field, in_function):
                yield at, container, key, other
            if not isinstance(child, ast.Raise):  # what is left of it is a message
                yield from _changes(child, at, in_function)


def _lines_of(statement: ast.stmt) -> tuple[int, int]:
    """Where a statement begins and ends; of a compound one, the head alone."""
    body = getattr(statement, "body", None)
    end = body[0].lineno - 1 if isinstance(body, list) else statement.end_lineno
    return statement.lineno, max(statement.lineno, end)


def _is_for_people(node: ast.AST) -> bool:
    """Whether the code does the same without it: docstrings, ``__repr__``, logging, imports for types."""
    match node:
        case ast.Expr(value=ast.Constant()) | ast.FunctionDef(name="__repr__"):
            return True
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id="log" | "logger" | "logging")))):
            return True
        case ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return True
    return False


def _others(node: ast.AST, field: str, in_function: bool) -> Iterator[ast.AST]:
    """What can stand in the place of ``node``, the ``field`` of another node."""
    match node:
        case ast.Compare(ops=ops):
            for index, op in enumerate(ops):
                for other in _COMPARISONS[type(op)]:
                    yield ast.Compare(node.left, [*ops[:index], other(), *ops[index + 1 :]], node.comparators)
        case ast.BoolOp(op=op):
            yield ast.BoolOp(ast.And() if isinstance(op, ast.Or) else ast.Or(), node.values)
        case ast.UnaryOp(op=ast.Not()):
            yield node.operand
        case ast.Constant(value=bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(value=None) if field != "comparators":  # "is None" has its mutant
            yield ast.Constant(True)
        case ast.Constant(value=int(value) | float(value)):
            yield ast.Constant(value + 1)
        case ast.Constant(value=str(value)):
            yield ast.Constant("" if value else "mutant")
        case ast.Constant(value=bytes(value)):
            yield ast.Constant(b"" if value else b"mutant")
        case ast.Return(value=ast.AST() as value) if not (isinstance(value, ast.Constant) and value.value is None):
            yield ast.Return(ast.Constant(None))
        case ast.Expr(value=ast.Call()) | ast.Return(value=None) | ast.Continue() | ast.Break():
            yield ast.Pass()
        case ast.stmt() if in_function and isinstance(node, _DROPPED):
            yield ast.Pass()
    # A comparison, a "not" and a constant have been negated above.
    if field in ("test", "ifs") and isinstance(node, (ast.Name, ast.Attribute, ast.Call, ast.BoolOp, ast.NamedExpr)):
        yield ast.UnaryOp(ast.Not(), node)


def _difference(before: str, after: str) -> tuple[str, str]:
    """The first lines that differ, without what is far from the difference."""
    lines = next(pair for pair in zip(before.splitlines(), after.splitlines(), strict=False) if pair[0] != pair[1])
    start = max(0, len(os.path.commonprefix(lines)) - 50)
    return tuple(("…" if start else "") + line[start:].strip()[:100] for line in lines)


# Running the tests.

#: The same examples each time: a mutant that is caught is caught again.
_TESTS = ("-p", "hypothesispytest", "--hypothesis-seed=0")
_NOTEBOOKS = ("-p", "nbval", "--nbval", "--nbval-current-env", "--nbval-cell-timeout=60",
              "--nbval-sanitize-with=demo_app/teach/sanitize.cfg")  # fmt: skip


class Reached(NamedTuple):
    """What a test, or a notebook, takes and reaches."""

    seconds: float
    #: By file.
    lines: dict[str, list[int]]

    def has(self, mutant: Mutant) -> bool:
        return any(mutant.line <= line <= mutant.end for line in self.lines.get(mutant.file, ()))


class Copy:
    """A copy of the folder, in which the tests run."""

    def __init__(self, original: Path, folder: Path) -> None:
        self.folder = Path(shutil.copytree(original, folder, ignore=shutil.ignore_patterns(*_NOT_COPIED)))
        self._plan = self.folder.with_suffix(".plan")
        self._output = self.folder.with_suffix(".output")

    def reach(self, files: Sequence[str], tests: Sequence[str], notebooks: Sequence[str]) -> dict[str, Reached]:
        """Run everything on the unchanged code; return what each test and each notebook reaches.

        :raises SystemExit: if a test fails.
        """
        result = self.folder.with_suffix(".reach")
        plan = {"result": str(result), "files": {str(self.folder / file): file for file in files}}
        reached: dict[str, Reached] = {}
        if tests:
            self._pass([*_TESTS, *tests], plan)
            reached = {test: Reached(*found) for test, found in json.loads(result.read_text()).items()}
        for notebook in notebooks:
            result.write_text("")
            began = time.monotonic()
            self._pass([*_NOTEBOOKS, notebook], plan | {"trace": _kernel_profile(self.folder.with_suffix(".ipython"))})
            lines: dict[str, list[int]] = {}
            for file, line in map(json.loads, result.read_text().splitlines()):
                lines.setdefault(file, []).append(line)
            reached[notebook] = Reached(time.monotonic() - began, lines)
        return reached

    def _pass(self, arguments: Sequence[str], plan: dict[str, Any]) -> None:
        if self._run(arguments, plan, None) != 0:
            sys.exit(f"{self._output.read_text(errors='replace')}\nThe tests fail already on the unchanged code.")

    def catches(
        self, mutant: Mutant, tests: Sequence[str], notebooks: Sequence[str], reached: dict[str, Reached], limit: float
    ) -> bool:
        """Whether a test or a notebook fails with ``mutant``, or does not end within ``limit`` seconds."""
        order = sorted(reached, key=lambda test: (not reached[test].has(mutant), reached[test].seconds))
        runs = [[*_TESTS, *tests]] if tests else []
        near = [notebook for notebook in order if notebook in notebooks and reached[notebook].has(mutant)]
        runs += [[*_NOTEBOOKS, *near]] if near else []
        path = self.folder / mutant.file
        unchanged = path.read_bytes()
        Path(importlib.util.cache_from_source(path)).unlink(missing_ok=True)
        path.write_text(mutant.source, encoding="utf-8")
        try:
            return any(self._run(arguments, {"order": order}, limit) != 0 for arguments in runs)
        finally:
            path.write_bytes(unchanged)

    def _run(self, arguments: Sequence[str], plan: dict[str, Any], limit: float | None) -> int | None:
        """The exit code of pytest, ``None`` if it had to be stopped."""
        self._plan.write_text(json.dumps(plan))
        environ = {
            **os.environ,
            _PLAN: str(self._plan),
            "PYTHONPATH": os.pathsep.join((str(self.folder), str(Path(__file__).parents[2]))),
            "PYTEST_ADDOPTS": "",
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",  # nbval alone takes a second to import
        }
        if "order" in plan:
            environ["PYTHONDONTWRITEBYTECODE"] = "1"
        if "trace" in plan:
            environ["IPYTHONDIR"] = plan["trace"]
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-p", "tests.tools.mutate",
                   "-o", "addopts=", "--import-mode=importlib", *arguments]  # fmt: skip
        with self._output.open("wb") as output:
            process = subprocess.Popen(
                command, cwd=self.folder, env=environ, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                start_new_session=True,
            )  # fmt: skip
        try:
            return process.wait(limit)
        except subprocess.TimeoutExpired:
            return None
        finally:
            _end(process)


def _kernel_profile(folder: Path) -> str:
    """An IPython profile with which every kernel notes the lines that it reaches."""
    startup = folder / "profile_default" / "startup"
    startup.mkdir(parents=True, exist_ok=True)
    (startup / "lines.py").write_text(
        "from tests.tools import mutate\nmutate.note_lines_of_this_kernel()\ndel mutate\n"
    )
    return str(folder)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End what is left of a process, and of those that it has started."""
    if os.name == "posix":
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()


# The plugin.


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort the tests as planned. The cells of a notebook are planned as one, and stay in their order."""
    order = {test: position for position, test in enumerate(_plan().get("order", ()))}
    last = len(order)
    items.sort(key=lambda item: order.get(item.nodeid, order.get(item.nodeid.partition("::")[0], last)))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Note the lines that a test reaches."""
    files = _plan().get("files")
    if not files or not isinstance(item, pytest.Function):
        return (yield)
    lines: dict[str, set[int]] = {}
    began = time.perf_counter()
    _trace(files, lambda file, line: lines.setdefault(file, set()).add(line))
    try:
        return (yield)
    finally:
        sys.settrace(None)
        threading.settrace(None)
        _reached[item.nodeid] = time.perf_counter() - began, {file: sorted(found) for file, found in lines.items()}


def pytest_sessionfinish() -> None:
    if "result" in _plan() and "trace" not in _plan():
        Path(_plan()["result"]).write_text(json.dumps(_reached))


def note_lines_of_this_kernel() -> None:
    """Write each line down when it is first reached, for nbval ends its kernels without a warning."""
    plan, seen = _plan(), set()
    result = Path(plan["result"]).open("a")  # noqa: SIM115 - as long as the kernel lives

    def note(file: str, line: int) -> None:
        if (file, line) not in seen:
            seen.add((file, line))
            result.write(json.dumps((file, line)) + "\n")
            result.flush()

    _trace(plan["files"], note)


def _trace(files: dict[str, str], note: Callable[[str, int], object]) -> None:
    """Call ``note`` with each line of these files that runs from now on."""

    def in_file(frame: Any, event: str, argument: Any) -> Any:
        note(files[frame.f_code.co_filename], frame.f_lineno)
        return in_file

    def anywhere(frame: Any, event: str, argument: Any) -> Any:
        return in_file(frame, event, argument) if frame.f_code.co_filename in files else None

    threading.settrace(anywhere)
    sys.settrace(anywhere)


_reached: dict[str, Any] = {}


def _plan() -> dict[str, Any]:
    return json.loads(Path(os.environ[_PLAN]).read_text())


# The command.


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.tools.mutate", description=__doc__.partition("\n")[0])
    parser.add_argument("file", nargs="+", help="the code to change")
    parser.add_argument("--tests", nargs="+", metavar="PATH", help="the tests to run (default: tests)")
    parser.add_argument(
        "--notebooks", action="store_true", help="run the notebooks after the tests; without --tests, alone"
    )
    parser.add_argument("--most", type=int, metavar="N", help="try N mutants only, evenly spread")
    parser.add_argument("--workers", type=int, default=2, metavar="N", help="how many mutants at once (default: 2)")
    given = parser.parse_args(arguments)
    tests = given.tests or ([] if given.notebooks else ["tests"])
    notebooks = []
    if given.notebooks:
        from demo_app.setup.blank import all_notebooks  # not above: in copies it may be what is changed

        notebooks = list(map(str, all_notebooks(Path("notebooks"))))

    with tempfile.TemporaryDirectory(prefix="mutate-") as name:
        folder = Path(name).resolve()
        first = Copy(Path.cwd(), folder / "0")
        began = time.monotonic()
        reached = first.reach(given.file, tests, notebooks)
        limit = PATIENCE + 3 * (time.monotonic() - began)
        found = [mutant for file in given.file for mutant in mutants(file, (first.folder / file).read_text("utf-8"))]
        if given.most:
            found = [found[n * len(found) // given.most] for n in range(min(given.most, len(found)))]

        copies: SimpleQueue[Copy] = SimpleQueue()
        for copy in (first, *(Copy(first.folder, folder / str(n)) for n in range(1, given.workers))):
            copies.put(copy)

        def catches(mutant: Mutant) -> bool:
            copy = copies.get()
            try:
                return copy.catches(mutant, tests, notebooks, reached, limit)
            finally:
                copies.put(copy)

        caught = 0
        pool = ThreadPoolExecutor(given.workers)
        try:
            for mutant, is_caught in zip(found, pool.map(catches, found), strict=True):
                caught += is_caught
                if not is_caught:
                    print(f"{mutant.file}:{mutant.line}  {mutant.before} → {mutant.after}", flush=True)
        finally:
            pool.shutdown(cancel_futures=True)
    low, high = interval(caught, len(found))
    print(
        f"caught {caught} of {len(found)} ({100 * caught / max(len(found), 1):.1f} %; 95 %: {low:.1f} to {high:.1f} %)"
    )
    return caught < len(found)


def interval(caught: int, tried: int) -> tuple[float, float]:
    """In what range the share of all mutants is, in percent, when these few were tried: Wilson's interval, 95 %."""
    if not tried:
        return 0, 100
    z = 1.959964  # 95 % of the normal distribution are as near as this to its middle
    share, correction = caught / tried, z * z / tried
    middle = share + correction / 2
    width = z * math.sqrt(share * (1 - share) / tried + correction / (4 * tried))
    return tuple(100 * (middle + end) / (1 + correction) for end in (-width, width))


if __name__ == "__main__":
    sys.exit(main())
