"""Anything may be asked: negations are complements whatever things hold, and no text reaches the database as SQL."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rtpy.models import CustomFieldContent
from rtpy.search.fields.field import CannotSearch
from rtpy.search.language.tree import Name, Not, Operator, Term
from rtpy.search.run import Order, Search, count, find_all
from rtpy.search.searched import Target

FEW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

TYPES = {
    "Freeform": ["a", "A", "b", "ab", "9", "10", "-3.5", "ä", "x" * 300],
    "Select": ["red", "Red", "green", "blue"],
    "Text": ["a", "line one\nline two", "y" * 256],
    "Date": ["2026-03-01", "2026-03-02", "2026-12-31"],
    "DateTime": ["2026-03-01T23:30:00Z", "2026-03-02T00:00:00Z"],
    "IPAddress": ["010.000.000.001", "010.000.000.200", "2001:0db8:0000:0000:0000:0000:0000:0001"],
}
ASKED = {
    "Freeform": ["a", "AB", "9", 10, "ä", "Ä", "x" * 300, ""],
    "Select": ["RED", "green", "none"],
    "Text": ["line", "Y" * 256, "a"],
    "Date": ["2026-03-01", "yesterday", "2026"],
    "DateTime": ["2026-03-01", "2026-03-02 00:00"],
    "IPAddress": ["10.0.0.1", "10.0.0.0/24", "2001:db8::1"],
}
BOTH = [operator for operator in Operator if not operator.is_negative]


def _fits(value: str, operator: Operator, asked: object) -> bool:
    """What plain text means, said once more and more simply."""
    held, wanted = value.lower(), str(asked).lower()
    if operator is Operator.EQUALS:
        return held == wanted
    if operator is Operator.LIKE:
        return wanted in held
    return held.startswith(wanted) if operator is Operator.STARTS_WITH else held.endswith(wanted)


@pytest.fixture
def field_of_type(field, db):
    """One field of each type, made once for all examples."""

    def make(kind):
        if kind not in db.info:
            db.info[kind] = field(
                f"A {kind}", kind, most=0, choices=TYPES["Select"] if kind == "Select" else ()
            )
        return db.info[kind]

    return make


def _hold(db, root, field_id, held):
    for ticket_id, values in held.items():
        for at, value in enumerate(values):
            db.add(
                CustomFieldContent(
                    custom_field_id=field_id,
                    object_type="ticket",
                    object_id=ticket_id,
                    content=value if len(value) <= 255 else "",
                    large_content="" if len(value) <= 255 else value,
                    sort_order=at,
                    creator_id=root.actor.user_id,
                    created=root.now,
                )
            )
    db.flush()


@FEW
@given(st.data())
def test_no_value_fits_is_the_complement_of_one_value_fits(work, make, db, field_of_type, data):
    if "three" not in db.info:
        db.info["three"] = [make.ticket(str(number)).id for number in range(3)]
    ids = db.info["three"]
    kind = data.draw(st.sampled_from(sorted(TYPES)))
    field_id = field_of_type(kind)
    values = st.lists(st.sampled_from(TYPES[kind]), max_size=3)
    held = {ticket_id: data.draw(values) for ticket_id in ids}
    name = Name("CF", (str(field_id),))
    with db.begin_nested() as undone:
        _hold(db, work, field_id, held)
        for operator in BOTH:
            if operator is Operator.IS:
                asked = None
            elif operator is Operator.IN:
                asked = tuple(data.draw(st.lists(st.sampled_from(ASKED[kind]), min_size=1, max_size=3)))
            else:
                asked = data.draw(st.sampled_from(ASKED[kind]))
            term = Term(name, operator, asked)
            try:
                fits = set(find_all(work, Search(node=term))) & set(ids)
                rest = set(find_all(work, Search(node=Not(term)))) & set(ids)
            except CannotSearch:
                continue  # such as a part of an address that is none
            assert sorted((*fits, *rest)) == ids, term
            plain = kind in ("Freeform", "Select", "Text") and operator in (
                Operator.EQUALS, Operator.LIKE, Operator.STARTS_WITH, Operator.ENDS_WITH,
            )  # fmt: skip
            if plain and asked != "":
                assert fits == {
                    number
                    for number, those in held.items()
                    if any(_fits(each, operator, asked) for each in those)
                }, term
        undone.rollback()


HOSTILE = [
    "'; DROP TABLE tickets; --",
    "' OR '1'='1",
    "\\' OR 1=1 --",
    '" OR ""="',
    "%", "_", "\\", "''", "$1", ":name", ":ids_1", "%(x)s", "?", "{0}", "/* */", "1) OR (1=1",
    "a" * 1999, "x" * 300, "ä𝔘\u202e", "\U0001f600", "\x7f", "\t\n", "", " ", "NULL", "__CurrentUser__", "-1",
    "9" * 30, "9223372036854775807", "9223372036854775808", "0x10", "1e308", "1e999", "nan", "-", ".", "-.",
    "1.2.3.4.5", "10.0.0.0/99", "::/0", "10.0.0.1-", "0000-00-00", "9999-12-31", "0001-01-01", "2026-02-30",
    "asset:", "asset:9223372036854775808", "a:99999999999999999999", "javascript:alert(1)", "fsck.com-rt://x/ticket/1",
    "#5", "owner", "__Bookmarked__", '"', '"open', "*", "-", "a*b", "NEAR(a b)", "a:b", "{x}", "^a", "(", "AND", "OR",
    "a AND (b", "Content:x",
]  # fmt: skip
HEADS = {
    Target.TICKETS: (
        "CF", "TxnCF", "QueueCF", "CustomFieldContent", "MemberOf", "HasMember", "DependsOn", "RefersTo", "LinkedTo",
        "Linked", "Content", "Filename", "ContentType", "HasUnreadMessages", "HasNoUnreadMessages", "id",
    ),
    Target.TRANSACTIONS: (
        "CF", "Content", "Filename", "Subject", "CFName", "OldCFValue", "TimeWorker", "TimeWorkedDate", "TicketId",
        "ObjectType", "ObjectId", "TicketQueue", "TicketOwner", "OldValue", "TicketStatus", "TicketPriority",
    ),
    Target.ASSETS: ("CF", "Catalog", "Lifecycle", "Status", "HeldBy", "Owner", "RefersTo", "Linked", "Content", "id"),
    Target.ARTICLES: ("CF", "Class", "Topic", "Content", "Name", "Disabled", "id"),
}  # fmt: skip
PATHS = [
    (),
    ("Any",),
    ("Any", "Content"),
    ("Any", "LargeContent"),
    ("General", "Any"),
    ("Nets",),
    ("When",),
    ("Name",),
]


@FEW
@given(st.data())
def test_no_text_is_sql_and_none_gives_more_than_a_pointed_error(work, make, db, field, data):
    if "hostile" not in db.info:
        db.info["hostile"] = make.ticket("One").id
        for lookup in ("ticket", "transaction", "queue", "asset", "article"):
            for name, kind in (("Any", "Freeform"), ("Nets", "IPAddressRange"), ("When", "DateTime")):
                field(name, kind, lookup=lookup, most=0)
    target = data.draw(st.sampled_from(list(Target)))
    texts = st.sampled_from(HOSTILE) | st.text(max_size=20)
    path = data.draw(st.sampled_from(PATHS) | st.lists(texts, max_size=2).map(tuple))
    operator = data.draw(st.sampled_from(list(Operator)))
    value = data.draw(
        texts | st.integers(-(2**70), 2**70) | st.builds(Name, st.sampled_from(HEADS[target]), st.just(path))
    )
    if operator in (Operator.IN, Operator.NOT_IN):
        value = tuple(data.draw(st.lists(texts | st.integers(), min_size=1, max_size=3)))
    elif operator in (Operator.IS, Operator.IS_NOT):
        value = None
    name = Name(data.draw(st.sampled_from(HEADS[target]) | texts), path)
    term = Term(name, operator, value)
    for search in (Search(target, term), Search(target, Not(term)), Search(target, None, (Order(name),))):
        try:
            assert count(work, search) == len(find_all(work, search))
        except CannotSearch:
            pass  # the only thing that may come of it
    assert db.info["hostile"] in find_all(work, Search())  # the connection is as good as before
