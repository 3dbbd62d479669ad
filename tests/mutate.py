"""Finds what the tests do not hold: changes one thing in the code, and tells if the tests pass all the same.

::

    python -m tests.mutate demo_app/session/interface.py --tests tests/session tests/express/test_recorded.py

Works on copies of the current folder, never on the folder itself. The tests run once on the unchanged code, which
tells the lines that each of them reaches. With a mutant, those that reach its line come first, quick ones before slow
ones: most mutants are caught by the first few tests.

pytest loads this module as its plugin, for the two things that need one: the lines, and the order.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
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
    #: Where the statement begins that holds the change.
    line: int
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
    for line, container, key, other in _changes(tree, 0, False):
        node, container[key] = container[key], other
        changed = ast.unparse(tree)
        container[key] = node
        yield Mutant(file, line, *_difference(unchanged, changed), changed)


def _changes(node: ast.AST, line: int, in_function: bool) -> Iterator[tuple[int, Any, Any, ast.AST]]:
    """A line, and what to put there: ``container[key] = other``."""
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
            at = child.lineno if isinstance(child, ast.stmt) else line
            for other in _others(child, field, in_function):
                yield at, container, key, other
            if not isinstance(child, ast.Raise):  # what is left of it is a message
                yield from _changes(child, at, in_function)


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


class Copy:
    """A copy of the folder, in which the tests run."""

    def __init__(self, original: Path, folder: Path, arguments: Sequence[str]) -> None:
        self.folder = Path(shutil.copytree(original, folder, ignore=shutil.ignore_patterns(*_NOT_COPIED)))
        self._arguments = arguments
        self._plan = self.folder.with_suffix(".plan")
        self._output = self.folder.with_suffix(".output")

    def reach(self, files: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Run the tests on the unchanged code. What each test reaches: its ``seconds``, its ``lines`` by file.

        :raises SystemExit: if a test fails.
        """
        result = self.folder.with_suffix(".reach")
        plan = {"result": str(result), "files": {str(self.folder / file): file for file in files}}
        if self._run(plan, None) != 0:
            sys.exit(f"{self._output.read_text(errors='replace')}\nThe tests fail already on the unchanged code.")
        return json.loads(result.read_text())

    def catches(self, mutant: Mutant, order: Sequence[str], limit: float) -> bool:
        """Whether a test fails with ``mutant``, or nothing ends within ``limit`` seconds."""
        path = self.folder / mutant.file
        unchanged = path.read_bytes()
        Path(importlib.util.cache_from_source(path)).unlink(missing_ok=True)
        path.write_text(mutant.source, encoding="utf-8")
        try:
            return self._run({"order": order}, limit) != 0
        finally:
            path.write_bytes(unchanged)

    def _run(self, plan: dict[str, Any], limit: float | None) -> int | None:
        """The exit code of pytest, ``None`` if it had to be stopped."""
        self._plan.write_text(json.dumps(plan))
        environ = {
            **os.environ,
            _PLAN: str(self._plan),
            "PYTHONPATH": os.pathsep.join((str(self.folder), str(Path(__file__).parents[1]))),
            "PYTEST_ADDOPTS": "",
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",  # nbval alone takes a second to import
        }
        if "order" in plan:
            environ["PYTHONDONTWRITEBYTECODE"] = "1"
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-p", "tests.mutate",
                   "-o", "addopts=", "--import-mode=importlib", *self._arguments]  # fmt: skip
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
    """Sort the tests as planned. The cells of a notebook are not in the plan: they stay in their order, at the end."""
    order = {test: position for position, test in enumerate(_plan().get("order", ()))}
    items.sort(key=lambda item: order.get(item.nodeid, len(order)))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Note the lines that a test reaches."""
    files = _plan().get("files")
    if not files or not isinstance(item, pytest.Function):
        return (yield)
    lines: set[tuple[str, int]] = set()

    def in_file(frame: Any, event: str, argument: Any) -> Any:
        lines.add((frame.f_code.co_filename, frame.f_lineno))
        return in_file

    def anywhere(frame: Any, event: str, argument: Any) -> Any:
        return in_file(frame, event, argument) if frame.f_code.co_filename in files else None

    began = time.perf_counter()
    threading.settrace(anywhere)
    sys.settrace(anywhere)
    try:
        return (yield)
    finally:
        sys.settrace(None)
        threading.settrace(None)
        reached: dict[str, list[int]] = {}
        for path, line in lines:
            reached.setdefault(files[path], []).append(line)
        _reached[item.nodeid] = {"seconds": time.perf_counter() - began, "lines": reached}


def pytest_sessionfinish() -> None:
    if "result" in _plan():
        Path(_plan()["result"]).write_text(json.dumps(_reached))


_reached: dict[str, Any] = {}


def _plan() -> dict[str, Any]:
    return json.loads(Path(os.environ[_PLAN]).read_text())


# The command.


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutate", description=__doc__.partition("\n")[0])
    parser.add_argument("file", nargs="+", help="the code to change")
    parser.add_argument("--tests", nargs="+", default=["tests"], help="the tests to run (default: tests)")
    parser.add_argument("--notebooks", action="store_true", help="run the notebooks too, after the tests")
    parser.add_argument("--most", type=int, metavar="N", help="try N mutants only, evenly spread")
    parser.add_argument("--workers", type=int, default=2, metavar="N", help="how many mutants at once (default: 2)")
    given = parser.parse_args(arguments)

    # The same examples each time: a mutant that is caught is caught again.
    options = ["-p", "hypothesispytest", "--hypothesis-seed=0", *given.tests]
    if given.notebooks:
        options += ["-p", "nbval", "--nbval", "--nbval-current-env", "--nbval-cell-timeout=60",
                    "--nbval-sanitize-with=tests/sanitize.cfg", "notebooks"]  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="mutate-") as name:
        folder = Path(name).resolve()
        first = Copy(Path.cwd(), folder / "0", options)
        began = time.monotonic()
        reach = first.reach(given.file)
        limit = PATIENCE + 3 * (time.monotonic() - began)
        found = [mutant for file in given.file for mutant in mutants(file, (first.folder / file).read_text("utf-8"))]
        if given.most:
            found = [found[n * len(found) // given.most] for n in range(min(given.most, len(found)))]

        copies: SimpleQueue[Copy] = SimpleQueue()
        for copy in (first, *(Copy(first.folder, folder / str(n), options) for n in range(1, given.workers))):
            copies.put(copy)

        def catches(mutant: Mutant) -> bool:
            copy = copies.get()
            try:
                return copy.catches(mutant, _order(reach, mutant), limit)
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
    print(f"caught {caught} of {len(found)} ({100 * caught / max(len(found), 1):.0f} %)")
    return caught < len(found)


def _order(reach: dict[str, dict[str, Any]], mutant: Mutant) -> list[str]:
    """The tests, those first that are likely to catch the mutant soon."""

    def rank(test: str) -> tuple[bool, bool, float]:
        lines = reach[test]["lines"].get(mutant.file, ())
        return mutant.line not in lines, not lines, reach[test]["seconds"]

    return sorted(reach, key=rank)


if __name__ == "__main__":
    sys.exit(main())
