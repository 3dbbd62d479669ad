"""Which cells run where, and what pytest says of an output that has changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import nbval.kernel
import pytest
from jupyter_client.manager import KernelManager
from nbval.kernel import start_new_kernel
from nbval.plugin import IPyNbCell, IPyNbFile, NbCellError

from demo_app.teach.cells import why_skipped
from demo_app.teach.differences import DRAWING, differences
from demo_app.teach.kernels import without_ports
from demo_app.teach.values import Values, texts

_VALUES = pytest.StashKey[Values]()
_TROUBLE = pytest.StashKey[str]()
_TOLD = pytest.StashKey[bool]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if isinstance(item, IPyNbCell):
            _prepare(item)


def _prepare(cell: IPyNbCell) -> None:
    if reason := why_skipped(cell.cell):
        cell.add_marker(pytest.mark.skip(reason=reason))
    # A busy machine may take its time to hand over what a cell has put out.
    cell.output_timeout = cell.config.option.nbval_cell_timeout
    notebook = cell.parent
    if _VALUES not in notebook.stash:
        notebook.stash[_VALUES] = Values(
            "\n".join(each.source for each in notebook.nb.cells)
        )
        # Of a diagram, the events are compared, which stand beside it as text.
        notebook.sanitize_patterns[DRAWING.pattern] = "<drawing>"
        notebook.setup = partial(_start, notebook, notebook.setup)


def _start(notebook: IPyNbFile, start: Callable[[], None]) -> None:
    try:
        start()
    except Exception as error:  # whatever it is, one cell is to say so, and not all
        notebook.stash[_TROUBLE] = f"The kernel did not start, in two attempts: {error}"


def _start_new_kernel(**options: Any) -> Any:
    """Start a kernel as nbval does; a second time, if it does not answer at first."""
    try:
        return start_new_kernel(**options)
    except RuntimeError:
        try:
            return start_new_kernel(**options)
        except RuntimeError:
            options["stderr"].close()  # nbval leaves it open
            raise


# nbval has no options for these.
nbval.kernel.start_new_kernel = _start_new_kernel
nbval.kernel.KernelManager = lambda **options: KernelManager(**options, **without_ports())
nbval.kernel.logger.setLevel(
    "CRITICAL"
)  # of a kernel that does not start, it logs the traceback


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[None]:
    """Have one cell tell of a kernel that is not there; those after it are skipped."""
    notebook = item.parent
    if isinstance(item, IPyNbCell) and (notebook.timed_out or _TOLD in notebook.stash):
        pytest.skip("an earlier cell tells why the kernel does not answer")
    yield
    if isinstance(item, IPyNbCell) and not (
        notebook.kernel and notebook.kernel.is_alive()
    ):
        notebook.stash[_TOLD] = True
        pytest.fail(notebook.stash.get(_TROUBLE, "The kernel has died."), pytrace=False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """After nbval's comparison, ask whether each value is the one that it was."""
    if not isinstance(item, IPyNbCell) or not item.options["check"]:
        return (yield)
    try:
        result = yield
    except NbCellError as error:
        if said := _other_values(item):
            error.inner_traceback = "\n".join((*said, error.inner_traceback or ""))
        raise
    if said := _other_values(item):
        item.raise_cell_error("Cell outputs differ", "\n".join(said))
    return result


def _other_values(item: IPyNbCell) -> list[str]:
    stored, now = texts(item.cell.outputs), texts(item.test_outputs or [])
    values = item.parent.stash[_VALUES]
    place = f"cell {item.cell_num}"
    return [
        said
        for key in now
        for said in values.compare(place, stored.get(key, ""), now[key])
    ]


def pytest_assertrepr_compare(op: str, left: object, right: object) -> list[str] | None:
    # nbval compares stored == present, and pytest would cut what the two lines have in
    # common: the header's name.
    if op != "==" or not isinstance(left, str) or not isinstance(right, str):
        return None
    return ["the output has changed (- stored, + now)", *differences(left, right)]
