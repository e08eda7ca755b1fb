"""Exports: what is in the files, that nothing in them is a formula, and that rows are read as they are sent."""

import csv
import io
import itertools
import zipfile
from contextlib import contextmanager
from datetime import UTC, date, datetime
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.time import AddTime
from rtpy.rights.names import Right
from rtpy.search.columns.column import Column, Kind
from rtpy.search.columns.format import Cell, ColumnChoice, columns_of, read_format, resolve
from rtpy.search.out import tables
from rtpy.search.out.cells import unguard
from rtpy.search.out.tables import TableKind, export_rows, rows_in_chunks

BERLIN = ZoneInfo("Europe/Berlin")
NASTY = (
    "=1+1",
    "+49 1",
    "-x",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    ' "=1',
    "'=1",
    'a "b", c',
    "two\nlines",
    "é ✓",
    "a\tb",
)
S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def cell(title, kind=Kind.TEXT):
    return Cell(ColumnChoice(title), Column(title, title, kind, lambda page, ticket: None))


def read_lines(kind, answer):
    text = b"".join(answer).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), delimiter="\t" if kind == "tsv" else ","))


def read_workbook(answer):
    """The sheets, as lists of rows of (type, text) cells; formulas would be of type `f`."""
    with zipfile.ZipFile(io.BytesIO(b"".join(answer))) as book:
        strings = []
        if "xl/sharedStrings.xml" in book.namelist():
            shared = ElementTree.fromstring(book.read("xl/sharedStrings.xml"))
            strings = ["".join(each.itertext()) for each in shared]
        names = sorted(name for name in book.namelist() if name.startswith("xl/worksheets/sheet"))
        return [
            [
                [_read_cell(each, strings) for each in row]
                for row in ElementTree.fromstring(book.read(name)).iter(f"{S}row")
            ]
            for name in names
        ]


def _read_cell(node, strings):
    if node.find(f"{S}f") is not None:
        return "f", ""
    value = node.findtext(f"{S}v")
    if node.get("t") == "s":
        return "text", strings[int(value)]
    if node.get("t") == "inlineStr":
        return "text", "".join(node.find(f"{S}is").itertext())
    return "number", value


@pytest.mark.parametrize("kind", ["csv", "tsv"])
def test_texts_survive_and_none_is_a_formula(kind):
    rows = [(text,) for text in NASTY]
    heading, *lines = read_lines(kind, export_rows(TableKind(kind), [cell("=Title")], rows, BERLIN))
    assert heading == ["'=Title"]
    assert [unguard(line[0]) for line in lines] == list(NASTY)
    assert not [line for line in lines if line[0].lstrip("\"' ")[:1] in "=+-@\t\r" and line[0][0] != "'"]


@pytest.mark.parametrize("kind", ["csv", "tsv"])
def test_values_are_typed_and_dates_in_the_readers_zone(kind):
    cells = [
        cell("#", Kind.NUMBER),
        cell("Worked", Kind.MINUTES),
        cell("Due", Kind.DATE),
        cell("Day", Kind.DATE),
        cell("People"),
    ]
    rows = [
        (-7, 15, datetime(2026, 7, 1, 22, 30, tzinfo=UTC), date(2026, 7, 1), ("Ann", "Bob")),
        (8, 0, None, None, ()),
    ]
    assert read_lines(kind, export_rows(TableKind(kind), cells, rows, BERLIN)) == [
        ["#", "Worked (minutes)", "Due", "Day", "People"],
        ["-7", "15", "2026-07-02 00:30", "2026-07-01", "Ann, Bob"],
        ["8", "0", "", "", ""],
    ]


def test_a_workbook_has_numbers_dates_and_texts_but_no_formula():
    cells = [cell("#", Kind.NUMBER), cell("Due", Kind.DATE), cell("Old", Kind.DATE), cell("Text")]
    due = datetime(2026, 7, 1, 22, tzinfo=UTC)
    rows = [
        (number, due, date(1815, 6, 18), text)
        for number, text in enumerate((*NASTY, "a\x00\x1b", "x" * 40_000))
    ]
    [[heading, *lines]] = read_workbook(export_rows(TableKind.XLSX, cells, rows, BERLIN))
    assert heading == [("text", "#"), ("text", "Due"), ("text", "Old"), ("text", "Text")]
    assert [line[0] for line in lines] == [("number", str(number)) for number in range(len(rows))]
    assert {line[1] for line in lines} == {("number", "46205")}  # 2 July 2026, 00:00 in Berlin
    assert {line[2] for line in lines} == {("text", "1815-06-18")}
    wanted = [*(text.replace("\r", "\n") for text in NASTY), "a", "x" * 32_767]
    assert [line[3] for line in lines] == [("text", text) for text in wanted]


def test_a_full_sheet_is_followed_by_another(monkeypatch):
    monkeypatch.setattr(tables, "LAST_ROW", 2)
    sheets = read_workbook(export_rows(TableKind.XLSX, [cell("A")], [("1",), ("2",), ("3",)], BERLIN))
    assert [[row[0][1] for row in sheet] for sheet in sheets] == [["A", "1", "2"], ["A", "3"]]


# --- rows of tickets ---


@pytest.fixture
def opened(work):
    """Opens the same work again and again, and counts."""

    @contextmanager
    def open_work():
        open_work.times += 1
        yield work

    open_work.times = 0
    return open_work


def test_tickets_are_exported_in_the_order_of_the_search_as_far_as_they_are_seen(work_of, make):
    make.staff("jo")
    one, two, hidden = make.ticket("One"), make.ticket("=Two"), make.ticket("Hidden", queue="Board")
    make.revoke(Right.SHOW_TICKET, make.queue("Board"))
    change_ticket(make.system, two, AddTime(15))
    jo = work_of("jo")
    cells = columns_of(
        resolve(jo, read_format("id, Subject, NEWLINE, '', TimeWorked, '__Created__/TITLE:When'"))
    )

    @contextmanager
    def open_work():
        yield jo

    rows = rows_in_chunks(open_work, [two.id, hidden.id, one.id], cells, BERLIN)
    assert read_lines("csv", export_rows(TableKind.CSV, cells, rows, BERLIN)) == [
        ["#", "Subject", "Time worked (minutes)", "When"],
        [str(two.id), "'=Two", "15", "2026-03-02 10:00"],
        [str(one.id), "One", "0", "2026-03-02 10:00"],
    ]


def test_chunks_are_asked_for_one_after_the_other_as_the_file_is_read(work, make, opened, query_count):
    ticket = make.ticket()
    cells = columns_of(resolve(work, read_format("id, Subject, Requestors")))
    ids = itertools.repeat(ticket.id)  # without end: what is not asked for is not read
    rows = rows_in_chunks(opened, ids, cells, BERLIN)
    assert opened.times == 0
    assert work.rights
    with query_count() as count:
        assert [next(rows)[0] for _ in range(3)] == [ticket.id] * 3  # each chunk has one row
    assert (opened.times, count.total) == (3, 6)


def test_a_file_is_sent_in_pieces(monkeypatch):
    monkeypatch.setattr(tables, "PIECE", 1000)
    asked = []

    def rows():
        for number in range(1000):
            asked.append(number)
            yield ("x" * 90,)

    answer = export_rows(TableKind.CSV, [cell("A")], rows(), BERLIN)
    assert len(next(answer)) < 1200
    assert len(asked) < 15
