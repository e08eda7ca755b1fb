"""The language of forms: what is read and written, and that one undoes the other."""

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rtpy.errors import Invalid
from rtpy.rest1.forms import (
    Form,
    Repeated,
    as_items,
    as_text,
    custom_name,
    field_list,
    parse_forms,
    split_list,
    write_forms,
)
from rtpy.rest1.minutes import read_minutes
from rtpy.rest1.objects import BadSpec, read_specs


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("id: ticket/1", {"id": "ticket/1"}),
        ("Subject:   two  blanks  ", {"Subject": "two  blanks  "}),
        ("Subject:", {"Subject": ""}),
        ("Subject: ", {"Subject": ""}),
        ("CF.{a: b}: c", {"CF.{a: b}": "c"}),
        ("CF-Site: x\nCustomField-Other one: y", {"CF-Site": "x", "CustomField-Other one": "y"}),
        ("Text: one\n two\n three", {"Text": "one\ntwo\nthree"}),
        ("Text: one\n      two\n        three", {"Text": "one\ntwo\n  three"}),
        ("Text: one\n\n two\n\n\nStatus: new", {"Text": "one\n\ntwo", "Status": "new"}),
        ("Text:\n\n  one\n  two", {"Text": "one\ntwo"}),
        ("Text: one\r\n two\r\nStatus: new\r\n", {"Text": "one\ntwo", "Status": "new"}),
        (
            "Text: one\nnot indented, no field\nStatus: new",
            {"Text": "one\nnot indented, no field", "Status": "new"},
        ),
        ("Text: see\nhttp://x.example/", {"Text": "see\nhttp://x.example/"}),
        ("# a comment\n\nid: 1", {"id": "1"}),
        ("\n\nid: 1\n\n", {"id": "1"}),
        ("Cc: a\nCC: b, c", {"Cc": ("a", "b, c")}),
    ],
)
def test_a_form_is_read(text, fields):
    (form,) = parse_forms(text)
    assert dict(form.fields) == fields
    assert not form.error


def test_forms_stand_apart():
    forms = parse_forms("# first\nid: 1\n--\n\n--\nid: 2\nText: a\n  --\n  b\n--\n")
    assert [form.text("id") for form in forms] == ["1", "2"]
    assert forms[0].comments == ("# first",)
    assert forms[1].text("Text") == "a\n--\nb", "an indented line does not part forms"


@pytest.mark.parametrize(
    "text", ["no field here", "id: 1\n# late comment\nStatus: new", ">> marked before\nid: 1"]
)
def test_what_is_no_form_is_kept_and_marked(text):
    (form,) = parse_forms(text)
    assert ">> " in form.error
    assert form.fields == ()


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("a, b ,c", ["a", "b", "c"]),
        ("a,,b,", ["a", "b"]),
        ('"a, b", c', ["a, b", "c"]),
        ("'it\\'s, so', x", ["it's, so", "x"]),
        ('"a \\" b"', ['a " b']),
        ("q{a, b}, c", ["a, b", "c"]),
        ("a\nb, c\n", ["a", "b", "c"]),
        ("o'brien@x.example, b", ["o'brien@x.example", "b"]),
        ('"unfinished, b', ['"unfinished', "b"]),
        (" , \n ,", []),
        ("", []),
    ],
)
def test_a_list_is_split(text, items):
    assert split_list(text) == items


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ((("Subject", "x"), ("Cc", ())), "Subject: x\nCc:\n"),
        ((("Subject", ""),), "Subject: \n"),
        ((("Cc", ("a", "b, c", "'d")),), "Cc: a, 'b, c', '\\'d'\n"),
        ((("a", "1"), ("Text", "one\ntwo"), ("b", "2")), "a: 1\n\nText: one\n      two\n\nb: 2\n"),
        ((("AVeryLongNameOfAField", "one\ntwo"),), "AVeryLongNameOfAField: one\n    two\n\n"),
        (
            (("Cc", tuple(f"person{each}@client.example" for each in range(4))), ("b", "2")),
            "Cc: person0@client.example, person1@client.example,\n"
            "    person2@client.example, person3@client.example\n\nb: 2\n",
        ),
    ],
)
def test_a_form_is_written(fields, text):
    assert write_forms([Form(fields=fields)]) == text


names = st.sampled_from(
    ["Subject", "Cc", "x-1_Y", "CF.{A b: c}", "CF-other", "CustomField-q{", "LongNameOfAField"]
)
lines = st.text("ab z\u00e4\u20ac\x0b\u2028:,'\"{}#->\\q.", max_size=30)


@st.composite
def texts(draw):
    """A value as reading leaves it: no empty lines around, the lines that go on not all indented."""
    found = [line.rstrip() for line in draw(st.lists(lines, max_size=5))]
    found = [line.strip() if at == 0 else line for at, line in enumerate(found)]
    if len(found) > 1:
        found[-1] = found[-1].strip() or "end"
        found[0] = found[0] or "begin"
    return "\n".join(found)


items = st.lists(lines.map(str.strip).filter(bool), min_size=2, max_size=5).map(tuple)
forms = st.lists(
    st.dictionaries(names, texts() | items, min_size=1, max_size=4),
    min_size=1,
    max_size=3,
)


def comparable(form):
    """Lists are read as texts: they compare by their items."""
    return {name: as_items(value) for name, value in form.items()}


# The first draws are slow while others use the machine.
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(forms)
def test_what_is_written_is_read_again(written):
    text = write_forms(Form(fields=tuple(each.items())) for each in written)
    read = [dict(form.fields) for form in parse_forms(text)]
    assert [list(form) for form in read] == [list(form) for form in written]
    for before, after in zip(written, read, strict=True):
        for name, value in before.items():
            if isinstance(value, str):
                assert as_text(after[name]) == value
            else:
                assert as_items(after[name]) == list(value)


@given(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=200)
    | st.text("ab: \n#-C.{}>,'\"\\", max_size=60)
)
def test_reading_never_fails_and_what_was_read_stays(text):
    once = parse_forms(text)
    if all(not form.error for form in once):
        again = parse_forms(write_forms(once))
        assert [comparable(dict(form.fields)) for form in again] == [
            comparable(dict(form.fields)) for form in once
        ]


@pytest.mark.parametrize(
    "text",
    [
        "Cc: " + " " * 200_000 + "b",
        "Cc: " + "a," * 100_000,
        "Cc: " + "'" * 100_000,
        "Cc: " + '"a' * 50_000,
        "Text: a\n" + " b\n" * 50_000,
        "CF-" + "a: " * 50_000,
        "CF.{" + "}: " * 50_000,
        "--\n" * 100_000,
        ">> \n" * 50_000,
    ],
)
def test_no_form_takes_long(text):
    began = time.process_time()
    for form in parse_forms(text):
        for _, value in form.fields:
            as_items(value)
        write_forms([form])
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    ("name", "custom"),
    [("CF.{A b}", "A b"), ("cf-x", "x"), ("CustomField-x y", "x y"), ("Cc", None), ("CFx", None)],
)
def test_custom_fields_are_named_in_several_ways(name, custom):
    assert custom_name(name) == custom


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("id,Subject", ["id", "Subject"]),
        ("CF.{A b},cf-x,", ["CF.{A b}", "cf-x"]),
        ("a b", None),
        ("1", None),
        ("a,,b", ["a", "b"]),
        ("cf-site,CF.{Tags}", ["cf-site", "CF.{Tags}"]),
        ("a\nb", None),
        (",", None),
    ],
)
def test_lists_of_fields_are_read(text, found):
    assert field_list(text) == found


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("", 0),
        ("15", 15),
        ("15 minutes", 15),
        ("1.5 hours", 90),
        ("1h 30m", 90),
        ("0", 0),
        (" 2 Hours ", 120),
    ],
)
def test_times_are_read(text, minutes):
    assert read_minutes(text, "TimeWorked") == minutes


@pytest.mark.parametrize("text", ["-5", "soon", "15 parsecs", "9" * 30, "1e9", "5; 6", "999999999 days"])
def test_what_is_no_time_is_said(text):
    with pytest.raises(Invalid):
        read_minutes(text, "TimeWorked")


@pytest.mark.parametrize(
    ("text", "specs"),
    [
        ("ticket/12", ["ticket/12"]),
        ("ticket/3-5,1,4", ["ticket/1", "ticket/3", "ticket/4", "ticket/5"]),
        ("user/root,Kim,7", ["user/7", "user/Kim", "user/root"]),
        ("ticket/12/show", ["ticket/12"]),
        ("ticket/12/edit", ["ticket/12"]),
        ("ticket/12/history/id/88", ["ticket/12/history/id/88"]),
        ("Ticket/new", ["ticket/new"]),
        ("queue/A b", ["queue/A b"]),
    ],
)
def test_objects_are_named(text, specs):
    assert [str(spec) for spec in read_specs(text)] == specs


@pytest.mark.parametrize(
    "text", ["", "12", "ticket", "ticket/", "bogus/1", "ticket/one", "ticket/1-99999999", "ticket/,"]
)
def test_what_names_no_object_is_said(text):
    with pytest.raises(BadSpec):
        read_specs(text)


def test_a_field_that_stands_twice_is_a_list_of_texts():
    (form,) = parse_forms("Attachment: a, b.txt\nAttachment: c.txt")
    assert form.get("attachment") == Repeated(("a, b.txt", "c.txt"))
    assert as_items(form.get("Attachment")) == ["a", "b.txt", "c.txt"]
