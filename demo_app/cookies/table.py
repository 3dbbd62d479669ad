"""Text and tables that read well in a notebook, on GitHub and in a terminal."""

from __future__ import annotations

import textwrap
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from html import escape

# Code as long as an id may be broken anywhere, or the table would leave the page; shorter code stays in one piece.
_CODE = '<code style="white-space:nowrap">{}</code>'
_LONG_CODE = '<code style="white-space:pre-wrap;word-break:break-all">{}</code>'
_LEFT = 'style="text-align:left;vertical-align:top"'

# A line that is too long is broken at a space where there is one; JupyterLab would break it at any letter.
_PRE = '<pre style="margin:0;white-space:pre-wrap;word-break:normal;overflow-wrap:anywhere">'


def preformatted(text: str, strong: tuple[str, ...] = ()) -> str:
    """Text as HTML, line for line; lines that begin with one of ``strong`` stand out."""
    lines = (f"<b>{escape(line)}</b>" if line.startswith(strong) else escape(line) for line in text.splitlines())
    return _PRE + "\n".join(lines) + "</pre>"


class Table:
    """Rows of text under a heading.

    :param head: The heading of each column.
    :param rows: The cells of each row. A cell that is in backquotes is shown as code.
    :param empty: What to say where there are no rows.
    """

    #: How wide the last column may become in plain text before it is wrapped.
    _WRAP = 60

    def __init__(self, head: Sequence[str], rows: Iterable[Sequence[str]], empty: str = "(nothing)") -> None:
        self.head = tuple(head)
        self.rows = [tuple(row) for row in rows]
        self._empty = empty

    def __repr__(self) -> str:
        if not self.rows:
            return self._empty
        lines = [self.head, *([_plain(cell) for cell in row] for row in self.rows)]
        widths = [max(len(line[column]) for line in lines) for column in range(len(self.head) - 1)]
        heading, *body = (self._lines(line, widths) for line in lines)
        rule = ["-" * max(len(line) for block in (heading, *body) for line in block)]
        return "\n".join(line for block in (heading, rule, *body) for line in block)

    def _lines(self, cells: Sequence[str], widths: Sequence[int]) -> list[str]:
        *first, last = cells
        start = "".join(f"{cell:{width}}  " for cell, width in zip(first, widths, strict=True))
        wrapped = textwrap.wrap(last, self._WRAP, break_long_words=False, break_on_hyphens=False) or [""]
        return [(start + wrapped[0]).rstrip(), *(" " * len(start) + line for line in wrapped[1:])]

    def _repr_html_(self) -> str:
        if not self.rows:
            return f"<p>{escape(self._empty)}</p>"
        head = "".join(f"<th {_LEFT}>{escape(cell)}</th>" for cell in self.head)
        body = "\n".join(
            "<tr>\n" + "\n".join(f"<td {_LEFT}>{_html(cell)}</td>" for cell in row) + "\n</tr>" for row in self.rows
        )
        return f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>"


class Tabular(ABC):
    """What is shown as a table, in a notebook and in a terminal."""

    def __repr__(self) -> str:
        return repr(self._table())

    def _repr_html_(self) -> str:
        return self._table()._repr_html_()

    @abstractmethod
    def _table(self) -> Table: ...


def _is_code(cell: str) -> bool:
    return len(cell) > 2 and cell[0] == cell[-1] == "`" and "`" not in cell[1:-1]


def _plain(cell: str) -> str:
    return cell[1:-1] if _is_code(cell) else cell.replace("`", "")


def _html(cell: str) -> str:
    if _is_code(cell):
        return _code(cell[1:-1])
    parts = cell.split("`")
    # Odd parts stood between two backquotes.
    return "".join(_code(part) if number % 2 else escape(part) for number, part in enumerate(parts))


def _code(text: str) -> str:
    return (_LONG_CODE if len(text) > 30 else _CODE).format(escape(text))
