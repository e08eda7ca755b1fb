"""Custom fields in queries: by name, type and place, exact negations, and only what the reader sees."""

from zoneinfo import ZoneInfo

import pytest

from rtpy.changes.customfields.checking import GivenFields
from rtpy.changes.customfields.others import set_fields
from rtpy.changes.customfields.ticket import SetCustomField
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.basics import SetSubject
from rtpy.changes.ticket.content import Comment, Correspond
from rtpy.changes.ticket.merge import MergeInto
from rtpy.content.part import plain_message
from rtpy.models import Ticket
from rtpy.search.fields.field import CannotSearch

LONG = "x" * 300 + " The End"


@pytest.fixture
def fields(field, make):
    """One of each type, by name."""
    other = make.queue("Other")
    return {
        "Serial": field("Serial"),
        "Colour": field("Colour", "Select", most=0, choices=("Red", "Green", "blue")),
        "Seats": field("Seats"),
        "Notes": field("Notes", "Text"),
        "Expires": field("Expires", "Date"),
        "Visit": field("Visit", "DateTime"),
        "Address": field("Address", "IPAddress", most=0),
        "Net": field("Net", "IPAddressRange", most=0),
        "Size of it": field("Size of it", place=make.queue().id),
        "other": field("Size of it", place=other.id),
        "Über": field("Über"),
    }


HELD = {
    "a": {
        "Serial": ["AB-100%"],
        "Colour": ["Red", "Green"],
        "Seats": ["9"],
        "Notes": ["Short text"],
        "Expires": ["2026-03-31"],
        "Visit": ["2026-03-02T22:30:00Z"],
        "Address": ["10.0.0.7", "192.168.1.1"],
        "Net": ["10.0.0.0/24"],
        "Size of it": ["XL"],
        "Über": ["Grün"],
    },
    "b": {
        "Serial": ["ab-200"],
        "Colour": ["Green"],
        "Seats": ["10"],
        "Notes": [LONG],
        "Expires": ["2026-04-01"],
        "Visit": ["2026-03-03T08:00:00Z"],
        "Address": ["2001:db8::7"],
        "Net": ["10.0.1.0-10.0.1.255", "2001:db8::/64"],
    },
    "c": {"Serial": ["AB_100"], "Seats": ["many"], "Colour": ["blue"], "Address": ["10.0.0.200"]},
    "d": {},
    "e": {"other": ["XL"], "Seats": ["-3.5"]},
}


@pytest.fixture
def tickets(work, make, fields):
    made = {name: make.ticket(name, queue="Other" if name == "e" else "General") for name in HELD}
    for name, held in HELD.items():
        changes = [SetCustomField(fields[field], tuple(values)) for field, values in held.items()]
        if changes:
            change_ticket(work, made[name], *changes)
    # What was replaced is no value any more.
    change_ticket(work, made["d"], SetCustomField(fields["Serial"], ("gone",)))
    change_ticket(work, made["d"], SetCustomField(fields["Serial"], ()))
    return {name: ticket.id for name, ticket in made.items()}


TABLE = [
    ("CF.{Serial} = 'AB-100%'", "a"),
    ("CF.{Serial} = 'ab-100%'", "a"),
    ("CF.Serial = 'AB-200'", "b"),
    ("cf.serial = 'ab-200'", "b"),
    ("CustomField.{Serial} = 'ab-200'", "b"),
    ("CustomFieldValue.{Serial} = 'ab-200'", "b"),
    ("'CF.{Serial}' = 'ab-200'", "b"),
    ("CF.{Serial} != 'ab-200'", "a c d e"),
    ("CF.{Serial} = 'gone'", ""),
    ("CF.{Serial} = '100'", ""),
    ("CF.{Serial} LIKE '100'", "a c"),
    ("CF.{Serial} LIKE '100%'", "a"),
    ("CF.{Serial} LIKE 'B_1'", "c"),
    ("CF.{Serial} NOT LIKE '100'", "b d e"),
    ("CF.{Serial} STARTSWITH 'ab-'", "a b"),
    ("CF.{Serial} NOT STARTSWITH 'ab-'", "c d e"),
    ("CF.{Serial} ENDSWITH '00'", "b c"),
    ("CF.{Serial} NOT ENDSWITH '00'", "a d e"),
    ("CF.{Serial} IN ('ab-200', 'AB_100')", "b c"),
    ("CF.{Serial} NOT IN ('ab-200', 'AB_100')", "a d e"),
    ("CF.{Serial} = 'ab-200' OR CF.{Serial} = 'ab_100'", "b c"),
    ("CF.{Serial} IS NULL", "d e"),
    ("CF.{Serial} IS NOT NULL", "a b c"),
    ("CF.{Serial} = NULL", "d e"),
    ("CF.{Serial} != NULL", "a b c"),
    ("CF.{Serial} = ''", "d e"),
    ("CF.{Serial} != ''", "a b c"),
    ("CF.{Serial} > 'ab-150'", "b c"),
    ("CF.{Serial}.Content = 'ab-200'", "b"),
    ("CF.{Serial}.LargeContent LIKE 'ab'", ""),
    # several values
    ("CF.{Colour} = 'green'", "a b"),
    ("CF.{Colour} != 'green'", "c d e"),
    ("CF.{Colour} != 'red'", "b c d e"),
    ("CF.{Colour} = 'red' AND CF.{Colour} = 'green'", "a"),
    ("CF.{Colour} = 'Green' AND CF.{Colour} != 'Red'", "b"),
    ("CF.{Colour} = 'BLUE'", "c"),
    ("CF.{Colour} NOT LIKE 'r'", "c d e"),
    ("CF.{Colour} IN ('red', 'blue')", "a c"),
    ("CF.{Colour} NOT IN ('red', 'blue')", "b d e"),
    ("CF.{Colour} IS NULL", "d e"),
    # numbers
    ("CF.{Seats} = 9", "a"),
    ("CF.{Seats} > 9", "b"),
    ("CF.{Seats} >= 9", "a b"),
    ("CF.{Seats} < 10", "a e"),
    ("CF.{Seats} < -1", "e"),
    ("CF.{Seats} <= '9.0'", "a e"),
    ("CF.{Seats} > 'm'", "c"),
    ("CF.{Seats} != 9", "b c d e"),
    # long texts
    ("CF.{Notes} = 'short text'", "a"),
    ("CF.{Notes} LIKE 'the end'", "b"),
    ("CF.{Notes} ENDSWITH 'end'", "b"),
    ("CF.{Notes} LIKE 'text'", "a"),
    ("CF.{Notes} NOT LIKE 'the end'", "a c d e"),
    (f"CF.{{Notes}} = '{LONG}'", "b"),
    (f"CF.{{Notes}} != '{LONG}'", "a c d e"),
    (f"CF.{{Notes}} IN ('{LONG}', 'short text')", "a b"),
    ("CF.{Notes}.LargeContent LIKE 'the end'", "b"),
    ("CF.{Notes}.Content LIKE 'the end'", ""),
    ("CF.{Notes}.Content IS NOT NULL", "a b"),
    ("CF.{Notes} > 'sz'", "b"),
    # days
    ("CF.{Expires} = '2026-03-31'", "a"),
    ("CF.{Expires} = '31/03/2026'", "a"),
    ("CF.{Expires} != '2026-03-31'", "b c d e"),
    ("CF.{Expires} > '2026-03-31'", "b"),
    ("CF.{Expires} >= '2026-03-31'", "a b"),
    ("CF.{Expires} < '2026-04-01'", "a"),
    ("CF.{Expires} <= '2026-04-01'", "a b"),
    ("CF.{Expires} LIKE '2026-04'", "b"),
    ("CF.{Expires} IN ('2026-03-31', '2026-04-01')", "a b"),
    # moments
    ("CF.{Visit} = '2026-03-02'", "a"),
    ("CF.{Visit} = '2026-03-02 22:30'", "a"),
    ("CF.{Visit} = '2026-03-02 22:31'", ""),
    ("CF.{Visit} != '2026-03-02'", "b c d e"),
    ("CF.{Visit} > '2026-03-03'", "b"),
    ("CF.{Visit} < '2026-03-03'", "a"),
    ("CF.{Visit} IS NOT NULL", "a b"),
    ("CF.{Visit} = 'today'", "a"),
    # addresses
    ("CF.{Address} = '10.0.0.7'", "a"),
    ("CF.{Address} = '010.000.000.007'", "a"),
    ("CF.{Address} = '2001:DB8:0::7'", "b"),
    ("CF.{Address} != '10.0.0.7'", "b c d e"),
    ("CF.{Address} = '10.0.0.0/24'", "a c"),
    ("CF.{Address} != '10.0.0.0/24'", "b d e"),
    ("CF.{Address} > '10.0.0.9'", "a c"),
    ("CF.{Address} < '10.0.0.9'", "a"),
    ("CF.{Address} STARTSWITH '10.0.'", "a c"),
    ("CF.{Address} LIKE '168.1'", "a"),
    ("CF.{Address} IN ('10.0.0.200', '2001:db8::7')", "b c"),
    ("CF.{Address} IS NULL", "d e"),
    # ranges
    ("CF.{Net} = '10.0.0.5'", "a"),
    ("CF.{Net} = '10.0.0.0/23'", "a b"),
    ("CF.{Net} = '10.0.0.200-10.0.1.3'", "a b"),
    ("CF.{Net} != '10.0.0.200-10.0.0.201'", "b c d e"),
    ("CF.{Net} = '2001:db8::1'", "b"),
    ("CF.{Net} > '10.0.0.255'", "b"),
    ("CF.{Net} < '10.0.1.0'", "a"),
    ("CF.{Net} IS NOT NULL", "a b"),
    # names and places
    ("CF.{Size of it} = 'xl'", "a e"),
    ("CF.General.{Size of it} = 'xl'", "a"),
    ("CF.Other.{Size of it} = 'XL'", "e"),
    ("CF.Other.{Size of it} IS NULL", "a b c d"),
    ("CF.{Über} = 'grün'", "a"),
    ("CF.{über} LIKE 'GRÜ'", "a"),
    ("CustomFieldContent LIKE 'xl'", "a e"),
    ("CustomFieldContent NOT LIKE 'xl'", "b c d"),
    # nothing in it means anything to SQL
    ("CF.{Serial} = 'x'' OR 1=1 --'".replace("''", "\\'"), ""),
    ("CF.{Serial} LIKE '%'", "a"),
    ("CF.{Serial} LIKE '\\\\'", ""),
]


def test_every_form_of_question_finds_what_holds_such_values(work, tickets, check_table):
    check_table(work, tickets, TABLE)


def test_fields_are_named_by_number_too(work, tickets, fields, check_table):
    check_table(
        work,
        tickets,
        [
            (f"CF.{fields['Serial']} = 'ab-200'", "b"),
            (f"CF.{{{fields['Serial']}}} = 'ab-200'", "b"),
            (f"CF.{fields['other']} = 'xl'", "e"),
        ],
    )


def test_days_are_days_where_the_reader_is(work, tickets, check_table):
    table = [
        ("CF.{Visit} = '2026-03-02'", ""),
        ("CF.{Visit} = '2026-03-03'", "a b"),
        ("CF.{Visit} < '2026-03-03 01:00'", "a"),
        ("CF.{Expires} = '2026-03-31'", "a"),
    ]
    check_table(work, tickets, table, zone=ZoneInfo("Europe/Helsinki"))


def test_a_field_that_is_not_there_is_a_pointed_error_with_names_like_it(work, tickets, found):
    told = {
        "id > 0 AND CF.{Seriall} = 'x'": "Seriall.*CF.{Serial}",
        "CF.{Nowhere near} = 'x'": "no custom field “Nowhere near”",
        "CF.Nowhere.{Serial} = 'x'": "no custom field",
        "CF.999999 = 'x'": "no custom field",
        "CF = 'x'": "which field",
        "CF.{Address} = 'abc'": "neither an IP address",
        "CF.{Address} LIKE 'a.b'": "no part of an IP address",
        "CF.{Net} = '10.0.0.1-2001:db8::1'": "neither an IP address",
        "CF.{Expires} = 'zzz'": "zzz",
        "TxnCF.{Serial} = 'x'": "no custom field",
    }
    for text, sentence in told.items():
        with pytest.raises(CannotSearch, match=sentence) as caught:
            found(work, text)
        assert caught.value.column > 0


def test_fields_are_compared_with_each_other(work, tickets, fields, found):
    assert found(work, "CF.{Size of it} = CF.{Seats}") == []
    change_ticket(work, work.db.get_one(Ticket, tickets["a"]), SetCustomField(fields["Notes"], ("9",)))
    assert found(work, "CF.{Notes} = CF.{Seats}") == [tickets["a"]]
    change_ticket(work, work.db.get_one(Ticket, tickets["b"]), SetSubject("AB-200"))
    assert found(work, "Subject = CF.{Serial}") == [tickets["b"]]
    assert found(work, "Queue = Organization") == []
    with pytest.raises(CannotSearch, match="cannot be compared"):
        found(work, "Queue = Subject")
    assert found(work, "CF.{Visit} > Created") == [tickets["a"], tickets["b"]]


def test_lists_are_sorted_by_a_field_in_the_order_of_its_list(work, tickets, found):
    a, b, c, d, e = (tickets[name] for name in "abcde")
    assert found(work, "", order=[("CF", ("Colour",))]) == [a, b, c, d, e]
    assert found(work, "", order=[("CF", ("Serial",))]) == [a, b, c, d, e]
    assert found(work, "", order=[("CF", ("Net",))]) == [a, b, c, d, e]
    assert found(work, "", order=[("CF", ("Address",))]) == [a, c, b, d, e]


def test_values_of_fields_that_one_may_not_see_are_as_if_they_were_not_there(
    work, work_of, make, tickets, fields, found, check_table, grant_on
):
    jo, flo = make.staff("jo"), make.staff("flo")
    other = make.queue("Other")
    for user in (jo, flo):
        make.grant(user, "ShowTicket", "SeeQueue")
    grant_on(jo, "SeeCustomField", "custom_field", fields["Serial"])
    make.grant(jo, "SeeCustomField", queue=other)
    table = [
        ("CF.{Serial} = 'ab-200'", "b"),
        ("CF.{Serial} IS NULL", "d e"),
        ("CF.{Seats} < 100", "e"),
        ("CF.{Seats} != '-3.5'", "a b c d"),
        ("CF.{Seats} IS NULL", "a b c d"),
        ("CF.{Size of it} = 'XL'", "e"),
        ("CF.{Size of it} != 'XL'", "a b c d"),
        ("CF.{Seats} = CF.{Seats}", "e"),
        ("CustomFieldContent LIKE 'green'", ""),
        ("CustomFieldContent LIKE 'ab'", "a b c"),
    ]
    check_table(work_of("jo"), tickets, table)
    assert found(work_of("flo"), "CustomFieldContent LIKE 'ab'") == []


def test_of_a_field_that_one_may_see_nowhere_the_same_is_said_as_of_none(
    work_of, make, tickets, fields, found, grant_on
):
    jo = make.staff("jo")
    make.revoke("SeeCustomField", make.queue())
    make.grant(jo, "ShowTicket", "SeeQueue")
    grant_on(jo, "SeeCustomField", "custom_field", fields["Serial"])
    for text in ("CF.{%s} = 'green'", "NOT CF.{%s} IS NULL", "CF.{%s}.Content > '1'", "CF.{Seria} = CF.{%s}"):
        said = []
        for name in ("Colour", "Seats", "Nought", str(fields["Colour"]), "987654"):
            with pytest.raises(CannotSearch) as wrong:
                found(work_of("jo"), text % name)
            said.append((str(wrong.value).replace(name, "X"), wrong.value.column))
        assert len(set(said)) == 1, said
    with pytest.raises(CannotSearch, match="no custom field"):
        found(work_of("jo"), "", order=[("CF", ("Colour",))])


def test_a_role_on_the_ticket_opens_its_fields_alone(work, work_of, make, tickets, fields, check_table):
    make.revoke("SeeCustomField", make.queue())
    make.grant("Requestor", "SeeCustomField")
    ann = make.customer("ann@client.example")
    make.grant(ann, "ShowTicket")
    bob = make.ticket("f", requestor="bob@client.example")
    change_ticket(work, bob, SetCustomField(fields["Serial"], ("ab-200",)))
    names = {**tickets, "f": bob.id}
    table = [("CF.{Serial} = 'ab-200'", "b"), ("CF.{Serial} IS NULL", "d e f")]
    check_table(work_of("ann@client.example"), names, table)


def test_fields_of_messages_and_queues_are_asked_of_tickets(work, work_of, make, field, check_table):
    spent, kind = field("Spent on", lookup="transaction"), field("Kind", lookup="queue")
    other = make.queue("Other")
    names = {name: make.ticket(name, queue="Other" if name == "d" else "General") for name in "abcd"}
    said = {"a": Correspond, "b": Comment, "c": Correspond}
    for name, deed in said.items():
        value = "travel" if name != "c" else "phone"
        change_ticket(work, names[name], deed(plain_message("Hi."), fields=GivenFields({spent: [value]})))
    change_ticket(
        work, names["a"], Correspond(plain_message("More."), fields=GivenFields({spent: ["phone"]}))
    )
    set_fields(work, "queue", other.id, GivenFields({kind: ["Internal"]}))
    ids = {name: ticket.id for name, ticket in names.items()}
    table = [
        ("TxnCF.{Spent on} = 'Travel'", "a b"),
        ("TransactionCF.{Spent on} = 'phone'", "a c"),
        ("TxnCF.{Spent on} != 'travel'", "c d"),
        ("TxnCF.{Spent on} IS NULL", "d"),
        ("TxnCF.{Spent on} LIKE 'e'", "a b c"),
        ("QueueCF.{Kind} = 'internal'", "d"),
        ("QueueCF.{Kind} != 'internal'", "a b c"),
        ("QueueCF.{Kind} IS NULL", "a b c"),
    ]
    check_table(work, ids, table)
    jo = make.staff("jo")
    make.grant(jo, "ShowTicket", "SeeCustomField")
    make.revoke("ShowTicketComments", make.queue())
    seen = [
        ("TxnCF.{Spent on} = 'travel'", "a"),
        ("TxnCF.{Spent on} != 'travel'", "b c d"),
        ("TxnCF.{Spent on} IS NULL", "b d"),
    ]
    check_table(work_of("jo"), ids, seen)
    change_ticket(work, names["c"], MergeInto(names["d"]))
    check_table(work, {"a": ids["a"], "b": ids["b"], "d": ids["d"]}, [("TxnCF.{Spent on} = 'phone'", "a d")])
