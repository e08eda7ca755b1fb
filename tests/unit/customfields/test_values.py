"""Values of every type: read, stored, shown, read again; links made of them; wiki markup."""

import time
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtpy.content.part import Part, PartRole
from rtpy.customfields.addresses import shown_address, stored_address
from rtpy.customfields.definition import Choice, FieldDefinition
from rtpy.customfields.kinds import TYPES, FieldType, render_types
from rtpy.customfields.parsing import Reading, Unfit, check_values, is_mandatory, read_value, read_values
from rtpy.customfields.showing import fill_address, plain_text, rich_text
from rtpy.customfields.wikitext import wiki_to_html

LISTED = (Choice("Small"), Choice("Large", "over 10 kg", "Freight"))
LINE = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=300)


def a_field(kind, **more):
    return FieldDefinition(1, "Thing", "ticket", kind, choices=LISTED, **more)


def stored(kind, text, zone=UTC):
    return read_value(a_field(kind), text, Reading(zone))


def is_stable(kind, value):
    """What is shown can be typed again and is the same value."""
    again = stored(kind, plain_text(kind, value))
    assert again is not None
    assert again.key == value.key


@given(LINE)
def test_text_comes_back_as_it_was_kept(text):
    for kind in (FieldType.FREEFORM, FieldType.TEXT, FieldType.COMBOBOX, FieldType.HTML):
        value = stored(kind, text)
        assert (value is None) == (not text.strip()) or kind == FieldType.HTML
        if value is not None:
            assert len(value.content) <= 255
            is_stable(kind, value)


@given(st.ip_addresses())
def test_an_address_comes_back_as_it_is_written(address):
    value = stored(FieldType.IP_ADDRESS, str(address))
    assert plain_text(FieldType.IP_ADDRESS, value) == str(address)
    is_stable(FieldType.IP_ADDRESS, value)


@pytest.mark.parametrize("version", [4, 6])
@given(data=st.data())
def test_stored_addresses_sort_as_addresses_do(version, data):
    found = data.draw(st.lists(st.ip_addresses(v=version), min_size=2))
    assert sorted(map(stored_address, map(str, found))) == [
        stored_address(str(each)) for each in sorted(found)
    ]


@given(st.ip_addresses(v=4), st.ip_addresses(v=4))
def test_a_range_comes_back_with_its_lower_end_first(one, other):
    value = stored(FieldType.IP_ADDRESS_RANGE, f"{one} - {other}")
    low, high = sorted((one, other))
    assert (shown_address(value.content), shown_address(value.large)) == (str(low), str(high))
    is_stable(FieldType.IP_ADDRESS_RANGE, value)


@given(st.datetimes(min_value=datetime(1971, 1, 1), max_value=datetime(2200, 1, 1)))
def test_a_moment_comes_back(at):
    value = stored(FieldType.DATETIME, at.isoformat(), ZoneInfo("Asia/Kathmandu"))
    is_stable(FieldType.DATETIME, value)


@given(st.dates())
def test_a_day_comes_back(day):
    is_stable(FieldType.DATE, stored(FieldType.DATE, day.isoformat()))


@pytest.mark.parametrize(
    ("kind", "typed", "content", "large"),
    [
        (FieldType.SELECT, " small ", "Small", ""),
        (FieldType.COMBOBOX, "LARGE", "Large", ""),
        (FieldType.AUTOCOMPLETE, "own words", "own words", ""),
        (FieldType.IP_ADDRESS, "10.0.0.1", "010.000.000.001", ""),
        (FieldType.IP_ADDRESS, "010.000.000.001", "010.000.000.001", ""),
        (FieldType.IP_ADDRESS, "2001:DB8::1", "2001:0db8:0000:0000:0000:0000:0000:0001", ""),
        (FieldType.IP_ADDRESS_RANGE, "10.0.0.7/30", "010.000.000.004", "010.000.000.007"),
        (FieldType.IP_ADDRESS_RANGE, "10.0.0.1", "010.000.000.001", "010.000.000.001"),
        (FieldType.DATETIME, "2026-07-01 12:00+02:00", "2026-07-01T10:00:00Z", ""),
        (FieldType.FREEFORM, "a\n b\t c", "a b c", ""),
        (FieldType.TEXT, "x" * 256, "", "x" * 256),
    ],
)
def test_the_stored_form_is_that_of_the_type(kind, typed, content, large):
    value = stored(kind, typed)
    assert (value.content, value.large) == (content, large)


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        (FieldType.SELECT, "huge"),
        (FieldType.DATE, "31.3.2026"),
        (FieldType.DATE, "2026-02-30"),
        (FieldType.DATETIME, "soon"),
        (FieldType.DATETIME, "9999-12-31T23:59-12:00"),
        (FieldType.IP_ADDRESS, "10.0.0.256"),
        (FieldType.IP_ADDRESS, "fe80::1%eth0"),
        (FieldType.IP_ADDRESS_RANGE, "10.0.0.1-::1"),
        (FieldType.IP_ADDRESS_RANGE, "10.0.0.0/99"),
        (FieldType.IMAGE, "rack.png"),
        (FieldType.FREEFORM, Part("text/plain", b"x", PartRole.FILE)),
        (FieldType.IMAGE, Part("image/svg+xml", b"<svg/>", PartRole.FILE, "x.svg")),
    ],
)
def test_what_is_no_value_of_the_type_is_refused_with_the_fields_name(kind, typed):
    with pytest.raises(Unfit, match="Thing"):
        stored(kind, typed)


def test_a_field_is_mandatory_when_its_pattern_does_not_fit_nothing():
    assert is_mandatory(a_field("Freeform", pattern="(?#Mandatory)."))
    assert not is_mandatory(a_field("Freeform", pattern=r"^\d*$"))
    assert check_values(a_field("Freeform", pattern="."), ()) == [
        "Thing is needed: a value that fits the pattern “.”."
    ]


def test_equal_values_count_once_and_too_many_are_refused():
    values, problems = read_values(a_field("Freeform", max_values=2), ["a", "a", "", "b"], Reading())
    assert ([each.content for each in values], problems) == (["a", "b"], [])
    _, problems = read_values(a_field("Freeform", max_values=2), ["a", "b", "c"], Reading())
    assert problems[0].message == "Thing takes at most 2 values, not 3."


def test_every_type_says_what_it_is_good_for():
    assert set(TYPES) == set(FieldType)
    assert all(facts.label and len(facts.help) > 20 for facts in TYPES.values())
    assert render_types("Select", 1)[0] == "Dropdown"
    assert render_types("Select", 0)[0] == "Select box"
    assert render_types("Date", 1) == ()


@pytest.mark.parametrize(
    ("template", "value", "address"),
    [
        ("https://x.example/__CustomField__", "a b&c", "https://x.example/a%20b%26c"),
        ("https://x.example/?t=__id__&v=__CustomField__", "é", "https://x.example/?t=7&v=%C3%A9"),
        ("__CustomField__", "https://x.example/a?b=c", "https://x.example/a?b=c"),
        ("__WebPath__/search?q=__CustomField__", "a", "/rt/search?q=a"),
        ("__CustomField__", "javascript:alert(1)", None),
        ("__CustomField__", "//evil.example/", None),
        ("__CustomField__", "data:text/html,x", None),
        ("__CustomField__", "java\nscript:x", None),
        ("", "a", None),
    ],
)
def test_an_address_is_made_of_a_value_and_leads_nowhere_harmful(template, value, address):
    assert fill_address(template, value, {"id": "7", "WebPath": "/rt"}) == address


def test_wiki_markup_is_drawn():
    html = wiki_to_html("= Head =\n* one\n* two\n\n'''b''' and ''i''\n[https://x.example/ there]")
    assert html == (
        "<h3>Head</h3>\n<ul><li>one</li><li>two</li></ul>\n"
        '<p><strong>b</strong> and <em>i</em><br><a href="https://x.example/">there</a></p>'
    )


@pytest.mark.parametrize("piece", ["= x" + " " * 199_999 + "y", "[http://", "'''", "== ", "* ["])
def test_a63_wiki_markup_takes_time_like_its_size(piece):
    begun = time.process_time()
    wiki_to_html(piece * (200_000 // len(piece) + 1))
    assert time.process_time() - begun < 2


@given(st.text(alphabet="<>\"'&=*[]|ab:/.\n hps", max_size=60))
def test_wiki_markup_lets_no_tag_of_the_writer_through(text):
    shown = rich_text(FieldType.WIKITEXT, stored(FieldType.WIKITEXT, f"x{text}<script>")) or ""
    assert "<script" not in shown
