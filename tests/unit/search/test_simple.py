"""The simple box: what people type without a thought, and the query that it means."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rtpy.search.language.parser import Precedence, QueryError, parse
from rtpy.search.language.printer import show
from rtpy.search.simple import Known, is_query, read_simple, ticket_number

KNOWN = Known(
    statuses={"new": "new", "open": "open", "stalled": "stalled", "resolved": "resolved"},
    queues={"general": "General", "support": "Support", "2nd": "2nd"},
    people={"jo": "Jo", "ann": "ann"},
)
ACTIVE = "Status = '__Active__'"


def text(word, content=None):
    return f"(Subject LIKE '{word}' OR Content LIKE '{content or word}')"


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        # numbers
        ("12", "id = 12"),
        (" #12 ", "id = 12"),
        ("12 #13 14", "id = 12 OR id = 13 OR id = 14"),
        ("id:12", "id = 12"),
        ("id:12,#13", "id = 12 OR id = 13"),
        ("id:12 13", "id = 12 OR id = 13"),
        ("12 printer", f"{text('12')} AND {text('printer')} AND {ACTIVE}"),
        ("#12 printer", f"id = 12 AND {text('printer')}"),
        ("id:abc", f"{text('id:abc')} AND {ACTIVE}"),
        ("99999999999999999999", f"{text('99999999999999999999')} AND {ACTIVE}"),
        # text
        ("", ACTIVE),
        ("printer", f"{text('printer')} AND {ACTIVE}"),
        ("printer broken", f"{text('printer')} AND {text('broken')} AND {ACTIVE}"),
        ("print*", f"{text('print', 'print*')} AND {ACTIVE}"),
        (
            '"printer is broken"',
            f"{text('printer is broken', chr(34) + 'printer is broken' + chr(34))} AND {ACTIVE}",
        ),
        ("'printer jam'", f"{text('printer jam', chr(34) + 'printer jam' + chr(34))} AND {ACTIVE}"),
        ("“open”", f"{text('open')} AND {ACTIVE}"),
        ('"12"', f"{text('12')} AND {ACTIVE}"),
        ("it's", f"{text(chr(105) + 't' + chr(92) + chr(39) + 's')} AND {ACTIVE}"),
        ('"printer', f"{text('printer')} AND {ACTIVE}"),
        ("http://example.com/x", f"{text('http://example.com/x')} AND {ACTIVE}"),
        ("Re: x", f"{text('Re:')} AND {text('x')} AND {ACTIVE}"),
        ("-5", f"{text('-5', chr(34) + '-5' + chr(34))} AND {ACTIVE}"),
        ("subject:printer", f"Subject LIKE 'printer' AND {ACTIVE}"),
        ("subject:printer subject:jam", f"Subject LIKE 'printer' AND Subject LIKE 'jam' AND {ACTIVE}"),
        ('subject:"printer jam"', f"Subject LIKE 'printer jam' AND {ACTIVE}"),
        ("content:jam fulltext:toner", f"Content LIKE 'jam' AND Content LIKE 'toner' AND {ACTIVE}"),
        ('content:"paper jam"', f"Content LIKE '\"paper jam\"' AND {ACTIVE}"),
        # people
        ("jo@example.com", f"Requestor STARTSWITH 'jo@example.com' AND {ACTIVE}"),
        ("<jo@example.com>,", f"Requestor STARTSWITH 'jo@example.com' AND {ACTIVE}"),
        ("@example.com", f"Requestor ENDSWITH '@example.com' AND {ACTIVE}"),
        ("domain:example.com", f"Requestor ENDSWITH '@example.com' AND {ACTIVE}"),
        ("a@x.de @y.de", f"(Requestor STARTSWITH 'a@x.de' OR Requestor ENDSWITH '@y.de') AND {ACTIVE}"),
        ("requestor:jo", f"Requestor STARTSWITH 'jo' AND {ACTIVE}"),
        ("requestor:me", f"Requestor.id = '__CurrentUser__' AND {ACTIVE}"),
        ("watcher:me", f"Watcher.id = '__CurrentUser__' AND {ACTIVE}"),
        ("watcher:jo@example.com", f"Watcher STARTSWITH 'jo@example.com' AND {ACTIVE}"),
        ("me", f"Owner = '__CurrentUser__' AND {ACTIVE}"),
        ("JO", f"Owner = 'Jo' AND {ACTIVE}"),
        ("jo ann", f"(Owner = 'Jo' OR Owner = 'ann') AND {ACTIVE}"),
        ("owner:me,nobody", f"(Owner = '__CurrentUser__' OR Owner = 'Nobody') AND {ACTIVE}"),
        ("OWNER:somebody", f"Owner = 'somebody' AND {ACTIVE}"),
        # statuses
        ("open", "Status = 'open'"),
        ("New Open", "Status = 'new' OR Status = 'open'"),
        ("status:new,resolved", "Status = 'new' OR Status = 'resolved'"),
        ("status:waiting", "Status = 'waiting'"),
        ("active", ACTIVE),
        ("status:inactive", "Status = '__Inactive__'"),
        ("any", None),
        ("any printer", text("printer")[1:-1]),
        ("open status:any", "Status = 'open'"),
        # queues, organisations, custom fields
        ("general", f"Queue = 'General' AND {ACTIVE}"),
        ("2nd", f"Queue = '2nd' AND {ACTIVE}"),
        ("q:support general", f"(Queue = 'Support' OR Queue = 'General') AND {ACTIVE}"),
        ('queue:"Help desk, 2nd"', f"Queue = 'Help desk, 2nd' AND {ACTIVE}"),
        ("org:acme", f"Organization LIKE 'acme' AND {ACTIVE}"),
        (
            'organization:"Acme Ltd" org:Beta',
            f"(Organization LIKE 'Acme Ltd' OR Organization LIKE 'Beta') AND {ACTIVE}",
        ),
        ("cf.Severity:high", f"CF.{{Severity}} LIKE 'high' AND {ACTIVE}"),
        ('CF."Serial number":"a b"', f"CF.{{Serial number}} LIKE 'a b' AND {ACTIVE}"),
        ("cf.{Serial number}:7", f"CF.{{Serial number}} LIKE '7' AND {ACTIVE}"),
        (
            "cf.a:1 cf.A:2 cf.b:3",
            f"(CF.{{a}} LIKE '1' OR CF.{{A}} LIKE '2') AND CF.{{b}} LIKE '3' AND {ACTIVE}",
        ),
        # left out by a minus
        ("-printer", f"NOT {text('printer')} AND {ACTIVE}"),
        ("-open", f"Status != 'open' AND {ACTIVE}"),
        ("-general -support", f"Queue != 'General' AND Queue != 'Support' AND {ACTIVE}"),
        ("-owner:me,jo", f"NOT (Owner = '__CurrentUser__' OR Owner = 'Jo') AND {ACTIVE}"),
        ("-@example.com", f"Requestor NOT ENDSWITH '@example.com' AND {ACTIVE}"),
        ('-"paper jam"', f"NOT {text('paper jam', chr(34) + 'paper jam' + chr(34))} AND {ACTIVE}"),
        # together
        (
            "support open jo@example.com toner",
            f"Queue = 'Support' AND Status = 'open' AND Requestor STARTSWITH 'jo@example.com' AND {text('toner')}",
        ),
        ("owner:me status:open", "Owner = '__CurrentUser__' AND Status = 'open'"),
    ],
)
def test_words_become_a_query(typed, query):
    node = read_simple(typed, KNOWN)
    assert (show(node) if node else None) == query


def test_terms_know_where_their_word_begins():
    node = read_simple("general  owner:me", KNOWN)
    assert [part.column for part in node.parts] == [1, 10, 0]


@given(
    typed=st.text()
    | st.lists(
        st.sampled_from(["-", '"', "'", "cf.", ":", "id:", "#1", "me", "@", "a", " ", "{", "}", "*"])
    ).map("".join)
)
@settings(max_examples=150, deadline=None)
@example("\x00")
@example("x" * 1001)
@example("x " * 51)
@example("id:" + "9" * 900)
@example("'" * 1000)
@example('cf."' * 250)
@example("CF.}:0")
@example("cf.{ }:0")
def test_any_text_is_a_query_that_can_be_shown_or_is_refused(typed):
    try:
        node = read_simple(typed, KNOWN)
    except QueryError:
        return
    if node is not None:
        assert parse(show(node), precedence=Precedence.SQL).node == node


@pytest.mark.parametrize(
    ("typed", "number"), [("12", 12), (" #12 ", 12), ("12 13", None), ("", None), ("9" * 30, None)]
)
def test_a_number_alone_is_a_ticket(typed, number):
    assert ticket_number(typed) == number


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("Status = 'new'", True),
        ("(id < 5 OR NOT Due IS NULL)", True),
        ("printer is broken", False),
        ("", False),
        ("12", False),
    ],
)
def test_the_box_knows_a_query_when_it_sees_one(typed, expected):
    assert is_query(typed) is expected
