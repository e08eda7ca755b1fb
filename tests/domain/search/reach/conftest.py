"""Asking queries in tests, and fields to ask about."""

from zoneinfo import ZoneInfo

import pytest

from rtpy.models import Ace, CustomField, CustomFieldPlace, CustomFieldValue
from rtpy.search.language.parser import parse
from rtpy.search.language.tree import Name
from rtpy.search.run import Order, Search, find_all
from rtpy.search.searched import Target

UTC = ZoneInfo("UTC")


@pytest.fixture
def found():
    """The numbers that a query finds: `found(work, "CF.{Serial} = 'x'")`."""

    def ask(work, text, kind=Target.TICKETS, *, zone=UTC, order=()):
        by = tuple(Order(Name(*each)) for each in order)
        return find_all(work, Search(kind, parse(text).node, by, zone))

    return ask


@pytest.fixture
def check_table(found):
    """Asks every query of a table and its negation; names all that find something else than they should.

    `names` are the things by their names in the table: a row is (query, "a b c"), the expected ones between blanks.
    """

    def check(work, names, table, kind=Target.TICKETS, *, zone=UTC):
        called = {number: name for name, number in names.items()}
        wrong = []
        for text, expected in table:
            got = {called[number] for number in found(work, text, kind, zone=zone) if number in called}
            rest = {
                called[number] for number in found(work, f"NOT ({text})", kind, zone=zone) if number in called
            }
            if got != set(expected.split()) or rest != set(names) - got:
                wrong.append(
                    f"{text}: found {' '.join(sorted(got)) or 'nothing'}, wanted {expected or 'nothing'}; "
                    f"its negation {' '.join(sorted(rest)) or 'nothing'}"
                )
        assert not wrong, "\n".join(wrong)

    return check


@pytest.fixture
def field(db):
    """Makes a custom field as rows; how administrators make them is tested elsewhere."""

    def make(name, kind="Freeform", *, lookup="ticket", place=0, most=1, choices=(), **more):
        row = CustomField(name=name, type=kind, lookup=lookup, max_values=most, **more)
        db.add(row)
        db.flush()
        db.add(CustomFieldPlace(custom_field_id=row.id, object_id=place))
        for order, choice in enumerate(choices):
            db.add(CustomFieldValue(custom_field_id=row.id, name=choice, sort_order=order))
        db.flush()
        return row.id

    return make


@pytest.fixture
def grant_on(db):
    """Grants a right on a thing that is no queue: `grant_on(user, "SeeCustomField", "custom_field", 7)`."""

    def grant(who, right, kind, object_id):
        holder = {"role": who} if isinstance(who, str) else {"principal_id": who.id}
        db.add(Ace(right_name=right, object_type=kind, object_id=object_id, **holder))
        db.flush()

    return grant
