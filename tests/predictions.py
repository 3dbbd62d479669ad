"""The predictions of a lesson: the question, the cells that answer it, and the text that explains them.

Nothing is marked for that in a notebook. A markdown cell asks with ``**Predict:**``; the code cells below it, up to the
next text, answer; and the text that comes then begins with the explanation, in ``<details>``.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile
from typing import NamedTuple

from nbformat import NotebookNode

ASKS = "**Predict:**"
#: How an explanation begins. What its question was stands behind it.
EXPLAINS = "<details><summary>Answer: "


class Prediction(NamedTuple):
    """A question of a lesson, and where its answer is."""

    question: NotebookNode
    #: The code cells that answer it.
    predicted: list[NotebookNode]
    #: The cell after them.
    after: NotebookNode


def predictions(notebook: NotebookNode) -> Iterator[Prediction]:
    """The predictions of a notebook, in their order."""
    for number, cell in enumerate(notebook.cells):
        if cell.cell_type == "markdown" and ASKS in cell.source:
            below = notebook.cells[number + 1 :]
            predicted = list(takewhile(lambda cell: cell.cell_type == "code", below))
            yield Prediction(cell, predicted, below[len(predicted)])
