"""Cells of tables that other programs open: numbers as numbers, and text that no spreadsheet takes for a formula."""

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import StringIO

from rtpy.search.out.cells import guard

INVISIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it is to be written; it may begin with a minus."""

    text: str


Cell = str | Number


def written(cell: Cell) -> str:
    """What stands in the cell; text that begins like a formula gets an apostrophe before it."""
    if isinstance(cell, Number):
        return cell.text
    return guard(INVISIBLE.sub("", cell))


def as_csv(heads: Sequence[str], rows: Iterable[Sequence[Cell]], *, encoding: str = "utf-8-sig") -> bytes:
    """A CSV file with commas and CR LF (RFC 4180); by default in UTF-8 with the mark that Excel wants."""
    out = StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(heads)
    writer.writerows([written(cell) for cell in row] for row in rows)
    return out.getvalue().encode(encoding, "replace")
