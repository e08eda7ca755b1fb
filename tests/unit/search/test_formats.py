"""Format strings as RT writes them: what is read, what is dropped, and that writing and reading are inverse."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtpy.search.columns.column import Align, CannotShow
from rtpy.search.columns.format import USUAL_FORMAT, ColumnChoice, Line, read_format, show_format

LINK = '<a href="__WebPath__/Ticket/Display.html?id=__id__">'


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("Subject", [ColumnChoice("Subject")]),
        ("'Subject'", [ColumnChoice("Subject")]),
        ('"__Subject__"', [ColumnChoice("Subject")]),
        (" id,Subject , Status,", [ColumnChoice("id"), ColumnChoice("Subject"), ColumnChoice("Status")]),
        (f"'<b>{LINK}__id__</a></b>/TITLE:#'", [ColumnChoice("id", "#", None, True, True)]),
        (
            f"'{LINK}__Subject__</a>/TITLE:Subject'",
            [ColumnChoice("Subject", "Subject", leads_to_ticket=True)],
        ),
        ("'<a href=\"/ticket/__id__\">__id__</a>'", [ColumnChoice("id", leads_to_ticket=True)]),
        ("'<a href=\"https://evil.example/__id__\">__id__</a>'", [ColumnChoice("id")]),
        (
            "'__Status__/STYLE:color:red/ALIGN:right/CLASS:x/SPAN:2'",
            [ColumnChoice("Status", None, Align.RIGHT)],
        ),
        ("'__Due__/TITLE:In/Out'", [ColumnChoice("Due", "In/Out")]),
        ("'__Due__/TITLE:__loc(Deadline)__'", [ColumnChoice("Due", "Deadline")]),
        ("'__Due__/TITLE:NBSP'", [ColumnChoice("Due", "")]),
        ("'__NBSP__', '', __NBSP__", [ColumnChoice("")] * 3),
        ("'__loc(Owner)__: __Owner__'", [ColumnChoice("Owner")]),
        (
            "'<b>__A__</b> of __B__/TITLE:Both'",
            [ColumnChoice("A", "Both", is_bold=True), ColumnChoice("B", "")],
        ),
        ("'<strong>__A__</strong>'", [ColumnChoice("A", is_bold=True)]),
        ("'<script>alert(1)</script>__A__<img src=x onerror=alert(1)>'", [ColumnChoice("A")]),
        ("CustomField.{Serial, number}", [ColumnChoice("CustomField.{Serial, number}")]),
        ("'__CustomField.{It\\'s a__b}__'", [ColumnChoice("CustomField.{It's a__b}")]),
        ("Requestor.EmailAddress", [ColumnChoice("Requestor.EmailAddress")]),
        ("'__CheckBox.{UpdateTicket}__', '__WebPath__', '__Timer__', id", [ColumnChoice("id")]),
        ("'<!-- __Secret__ -->__id__'", [ColumnChoice("id")]),
    ],
)
def test_a_cell_is_read(text, cells):
    [line] = read_format(text)
    assert list(line.cells) == cells


@pytest.mark.parametrize("text", ["", "  ", ",", "'__loc(Nothing)__'", "__NEWLINE__"])
def test_nothing_to_show_is_no_line(text):
    assert read_format(text) == ()


@pytest.mark.parametrize("mark", ["__NEWLINE__", "'__NEWLINE__'", "NEWLINE", "'<br>__NEWLINE__'"])
def test_a_new_line_begins(mark):
    assert read_format(f"id, {mark}, Subject") == (
        Line((ColumnChoice("id"),)),
        Line((ColumnChoice("Subject"),)),
    )


def test_rts_usual_format_is_two_lines_of_which_number_and_subject_lead_to_the_ticket():
    first, second = read_format(USUAL_FORMAT)
    assert [cell.name for cell in first.cells if cell.leads_to_ticket and cell.is_bold] == ["id", "Subject"]
    assert [cell.name for cell in second.cells][:2] == ["", "Requestors"]


@pytest.mark.parametrize(
    ("text", "position"), [("id, 'open", 5), ("id Subject", 1), ("a, b c", 4), ('id, "x', 5), ("id, }'", 5)]
)
def test_what_cannot_be_read_is_pointed_at(text, position):
    with pytest.raises(CannotShow, match="cannot be read from here") as wrong:
        read_format(text)
    assert wrong.value.position == position


@pytest.mark.parametrize("text", ["id," * 200, "id, __NEWLINE__," * 20, "x" * 20_000])
def test_a_format_is_bounded(text):
    with pytest.raises(CannotShow, match=r"more than|longer than"):
        read_format(text)


@pytest.mark.parametrize("piece", ["<a ", '<a"', "__", "\\'", "'", "<!--", "{", "/TITLE:"])
def test_odd_formats_are_read_in_reasonable_time(piece):
    began = time.process_time()
    for text in (piece * (9_000 // len(piece)), "'" + piece * (9_000 // len(piece)) + "'"):
        try:
            read_format(text)
        except CannotShow:
            pass
    assert time.process_time() - began < 5


_words = st.text(st.sampled_from("abcXYZ äé#.:&<>\"'\\{}()%"), min_size=1, max_size=12).map(str.strip)
_titles = (
    st.none() | st.just("") | _words.filter(lambda word: word and word.upper() not in ("NBSP", "&NBSP;"))
)
_fields = st.text(st.sampled_from("abc ,'\"\\äé:_.<>/"), min_size=1, max_size=10).map(
    lambda name: f"CF.{{{name}}}"
)
_names = (
    st.just("")
    | st.sampled_from(["id", "Subject", "Requestor.EmailAddress", "CustomRole.{A b}.City"])
    | _fields
)
_cells = st.builds(
    ColumnChoice, _names, _titles, st.none() | st.sampled_from(Align), st.booleans(), st.booleans()
).map(lambda cell: cell if cell.name else ColumnChoice("", cell.title, cell.align))
_lines = st.lists(st.lists(_cells, min_size=1, max_size=4).map(lambda cells: Line(tuple(cells))), max_size=3)


@given(_lines)
def test_what_is_written_reads_as_it_was(lines):
    assert read_format(show_format(lines)) == tuple(lines)


@given(st.text(max_size=60) | st.text(st.sampled_from("_'\",{}<>ab/TITLE:\\ "), max_size=60))
def test_any_text_is_read_or_refused_with_a_sentence_and_reads_alike_when_written(text):
    try:
        lines = read_format(text)
    except CannotShow:
        return
    assert read_format(show_format(lines)) == lines
