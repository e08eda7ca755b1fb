"""Exports: the rows of a result as CSV, TSV or XLSX, written as they are read, in constant memory."""

import csv
import io
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from itertools import chain, islice
from typing import Any
from zoneinfo import ZoneInfo

from xlsxwriter import Workbook

from rtpy.search.columns.column import Kind, Value
from rtpy.search.columns.format import Cell
from rtpy.search.columns.rows import rows_of
from rtpy.search.out.cells import as_text, clean, guard
from rtpy.search.searched import Target
from rtpy.work import Work

CHUNK = 500
"""So many tickets are read at once, in a transaction of their own."""
PIECE = 64 * 1024
"""Bytes of a finished workbook that are sent at once."""
LONGEST_CELL = 32_767
"""Characters that a spreadsheet takes in one cell."""
LAST_ROW = 1_048_575
"""Rows of one sheet below its heading; more go on another sheet."""

Values = tuple[Value, ...]


class TableKind(StrEnum):
    """The files that there are; the value is their extension."""

    CSV = "csv"
    TSV = "tsv"
    XLSX = "xlsx"

    @property
    def media_type(self) -> str:
        """For the header Content-Type."""
        return _MEDIA_TYPES[self]


_MEDIA_TYPES = {
    TableKind.CSV: "text/csv; charset=utf-8; header=present",
    TableKind.TSV: "text/tab-separated-values; charset=utf-8",
    TableKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def rows_in_chunks(
    open_work: Callable[[], AbstractContextManager[Work]],
    ids: Iterable[int],
    cells: Sequence[Cell],
    zone: ZoneInfo,
    kind: Target = Target.TICKETS,
) -> Iterator[Values]:
    """The cells' values of these things, in the order of `ids`, CHUNK of them at a time and not before they are asked.

    `open_work` opens a transaction for each chunk, so that none stays open while a slow reader reads. A ticket that
    the reader may not see (any more) is left out.
    """
    columns = [cell.column for cell in cells if cell.column is not None]
    for chunk in _chunks(ids):
        with open_work() as work:
            rows = rows_of(work, chunk, columns, zone, kind)
        for row in rows:
            yield row.values


def export_rows(
    kind: TableKind, cells: Sequence[Cell], rows: Iterable[Values], zone: ZoneInfo
) -> Iterator[bytes]:
    """The bytes of the file: a heading, then a line for each row.

    Numbers and minutes are numbers, moments are by the clock of `zone`; no text begins so that a spreadsheet would
    take it for a formula (`rtpy.search.out.cells.unguard` gives it back as it was).
    """
    titles = [_heading(cell) for cell in cells]
    if kind is TableKind.XLSX:
        return _workbook(titles, rows, zone)
    return _lines(kind, titles, rows, zone)


def _heading(cell: Cell) -> str:
    column = cell.column
    title = cell.title or (column.title if column else "")
    return f"{title} (minutes)" if column is not None and column.kind is Kind.MINUTES else title


def _lines(kind: TableKind, titles: Sequence[str], rows: Iterable[Values], zone: ZoneInfo) -> Iterator[bytes]:
    buffer = io.StringIO(newline="")
    delimiter, end = ("\t", "\n") if kind is TableKind.TSV else (",", "\r\n")
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator=end)
    quoting = csv.writer(buffer, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_NONNUMERIC)
    if kind is TableKind.CSV:
        buffer.write("\ufeff")  # without it Excel reads the file in the code page of the country
    for row in chain([tuple(titles)], rows):
        written = [_written(value, zone) for value in row]
        # a carriage return ends a line for readers, but csv quotes it only where it does for the writer
        has_return = any(isinstance(each, str) and "\r" in each for each in written)
        (quoting if has_return else writer).writerow(written)
        if buffer.tell() >= PIECE:
            yield _taken(buffer)
    if buffer.tell():
        yield _taken(buffer)


def _taken(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode("utf-8", "replace")


def _written(value: Value, zone: ZoneInfo) -> str | int | Decimal:
    if isinstance(value, int | Decimal):
        return value
    if isinstance(value, date):
        return as_text(value, zone)
    return guard(clean(as_text(value, zone)))


def _workbook(titles: Sequence[str], rows: Iterable[Values], zone: ZoneInfo) -> Iterator[bytes]:
    with tempfile.TemporaryFile() as file:
        book = Workbook(
            file,
            {
                "constant_memory": True,
                "strings_to_formulas": False,
                "strings_to_numbers": False,
                "strings_to_urls": False,
            },
        )
        try:
            writer = _Sheets(book, titles, zone)
            for row in rows:
                writer.add(row)
        finally:
            book.close()
        file.seek(0)
        while piece := file.read(PIECE):
            yield piece


class _Sheets:
    """Rows one below the other; when a sheet is full the next one begins with the heading again."""

    def __init__(self, book: Any, titles: Sequence[str], zone: ZoneInfo) -> None:
        self._book, self._titles, self._zone = book, titles, zone
        self._bold = book.add_format({"bold": True})
        self._formats = {
            datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
            date: book.add_format({"num_format": "yyyy-mm-dd"}),
        }
        self._begin()

    def add(self, row: Values) -> None:
        if self._at >= LAST_ROW:
            self._begin()
        self._at += 1
        for column, value in enumerate(row):
            self._write(column, value)

    def _begin(self) -> None:
        self._sheet, self._at = self._book.add_worksheet(), 0
        self._sheet.freeze_panes(1, 0)
        self._sheet.set_column(0, max(len(self._titles) - 1, 0), 18)
        for column, title in enumerate(self._titles):
            self._sheet.write_string(0, column, clean(title)[:LONGEST_CELL], self._bold)

    def _write(self, column: int, value: Value) -> None:
        if isinstance(value, int | Decimal):
            self._sheet.write_number(self._at, column, value)
        elif isinstance(value, date) and value.year >= 1900:  # a spreadsheet knows no day before
            moment = (
                value.astimezone(self._zone).replace(tzinfo=None) if isinstance(value, datetime) else value
            )
            self._sheet.write_datetime(self._at, column, moment, self._formats[type(value)])
        elif value is not None:
            text = clean(as_text(value, self._zone)).replace("\r\n", "\n").replace("\r", "\n")
            if text:
                self._sheet.write_string(self._at, column, text[:LONGEST_CELL])


def _chunks(ids: Iterable[int]) -> Iterator[list[int]]:
    waiting = iter(ids)
    while chunk := list(islice(waiting, CHUNK)):
        yield chunk
