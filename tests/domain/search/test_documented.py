"""The examples of the page about searching run."""

from rtpy.changes.custom_roles import RoleValues, create_custom_role
from rtpy.changes.customfields.defining import FieldSettings, create_field
from rtpy.customfields.kinds import Lookup
from rtpy.search.language.parser import parse
from rtpy.search.run import Search, find
from rtpy.search.searched import Target
from tests.unit.search.examples import queries


def test_every_example_finds_its_tickets_or_none(work, make):
    make.queue("Support")
    create_custom_role(work, RoleValues(name="Engineer"))
    for name in ("Severity", "Serial number"):
        create_field(work, FieldSettings(name=name), everywhere=True)
    create_field(work, FieldSettings(name="Serial number", lookup=Lookup.ASSET), everywhere=True)
    create_field(work, FieldSettings(name="Billable", lookup=Lookup.TRANSACTION), everywhere=True)
    ticket = make.ticket("It's a printer", requestor="jo@example.com")
    found = {text: find(work, Search(node=parse(text).node)).ids for text in queries()}
    fits = {text for text, ids in found.items() if ids == (ticket.id,)}
    assert {"Due IS NULL", 'Subject LIKE "it\'s"', "Requestor = 'jo@example.com'", "Owner = 'Nobody'"} <= fits
    for language, kind in (
        ("assetsql", Target.ASSETS),
        ("articlesql", Target.ARTICLES),
        ("transactionsql", Target.TRANSACTIONS),
    ):
        asked = queries(language)
        assert len(asked) > 3
        for text in asked:
            assert find(work, Search(kind, parse(text).node)).ids == (), text
    assert "Told IS NULL" in fits
    assert not {"Due < Started", "MemberOf = 12", "id = '__Bookmarked__'"} & fits
