"""TransactionSQL: what happened, by its own fields and its ticket's, as far as the reader may read it."""

from datetime import date

import pytest
from sqlalchemy import select

from rtpy.changes.customfields.checking import GivenFields
from rtpy.changes.customfields.ticket import SetCustomField
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.basics import SetSubject
from rtpy.changes.ticket.content import Comment, Correspond
from rtpy.changes.ticket.merge import MergeInto
from rtpy.changes.ticket.reminders import AddReminder
from rtpy.changes.ticket.status import SetStatus
from rtpy.changes.ticket.time import AddTime
from rtpy.content.part import Part, PartRole, plain_message
from rtpy.models import Transaction
from rtpy.search.run import Search, count
from rtpy.search.searched import Target
from rtpy.search.text.indexing import index_some

TXN = Target.TRANSACTIONS


@pytest.fixture
def made(app, work, make, field):
    """Some of what happened, by short names, on a ticket in General and one in Other."""
    make.queue("Other")
    a, b = make.ticket("First", text="Hello there."), make.ticket("Second", queue="Other", text="Greetings.")
    secret, spent = field("Secret"), field("Spent", lookup="transaction")
    change_ticket(work, a, SetSubject("Toaster"))
    file = Part("application/pdf", b"%PDF", PartRole.FILE, "Report.pdf")
    change_ticket(
        work,
        a,
        Correspond(
            plain_message("We look.", subject="Re: It", files=(file,)), 25, GivenFields({spent: ["travel"]})
        ),
    )
    change_ticket(work, a, Comment(plain_message("He is a canary."), fields=GivenFields({spent: ["phone"]})))
    change_ticket(work, a, SetCustomField(secret, ("fieldcanary",)), AddTime(5, date(2026, 2, 27)))
    change_ticket(work, b, SetStatus("resolved"))
    while index_some(app):
        pass
    rows = work.db.scalars(
        select(Transaction).where(Transaction.object_id.in_((a.id, b.id))).order_by(Transaction.id)
    )
    ids: dict[str, int] = {}
    for row in rows:
        if row.object_type == "ticket":
            name = {
                "Create": "create",
                "Correspond": "reply",
                "Comment": "comment",
                "CustomField": "field",
            }.get(row.type)
            name = (
                name
                or {"Subject": "subject"}.get(row.field)
                or ("time" if row.time_taken == 5 else row.type.lower())
            )
            ids[name if row.object_id == a.id else f"other-{name}"] = row.id
    return a, b, ids


@pytest.fixture
def ids(made):
    names = "create subject reply comment field time other-create other-status".split()
    return {name: made[2][name] for name in names}


TABLE = [
    ("Type = 'Correspond'", "reply"),
    ("type = 'correspond' OR Type = 'Comment'", "reply comment"),
    ("Type != 'Create'", "subject reply comment field time other-status"),
    ("Type LIKE 'co'", "reply comment"),
    ("Field = 'Subject'", "subject"),
    ("NewValue = 'toaster'", "subject"),
    ("OldValue = 'First'", "subject"),
    ("NewValue LIKE 'resol'", "other-status"),
    ("OldValue != 'First' AND Type = 'Set'", "time"),
    ("ObjectType = 'RT::Ticket' AND Type = 'Comment'", "comment"),
    ("ObjectType = 'RT::User'", ""),
    ("ObjectType != 'ticket'", ""),
    ("TimeTaken > 0", "reply time"),
    ("TimeTaken = 25", "reply"),
    ("TimeTaken >= 5 AND TimeTaken < 25", "time"),
    ("TimeWorkedDate = '2026-02-27'", "time"),
    ("TimeWorkedDate < '2026-03-01'", "time"),
    ("TimeWorkedDate IS NULL", "create subject comment field other-create other-status"),
    ("TimeWorkedDate != '2026-02-27'", "create subject reply comment field other-create other-status"),
    ("TimeWorker = 'root'", "reply time"),
    ("TimeWorker != 'root'", "create subject comment field other-create other-status"),
    ("TimeWorker IS NULL", "create subject comment field other-create other-status"),
    ("TimeWorker.Name LIKE 'ROO'", "reply time"),
    ("Creator = 'root'", "subject reply comment field time other-status"),
    ("Creator.Name != 'root'", "create other-create"),
    ("Created = '2026-03-02'", "create subject reply comment field time other-create other-status"),
    ("Created > '2026-03-03'", ""),
    ("Content LIKE 'canary'", "comment"),
    ("Content NOT LIKE 'canary' AND Type = 'Comment'", ""),
    ("Content LIKE 'look'", "reply"),
    ("Filename = 'report.pdf'", "reply"),
    ("Filename IS NOT NULL", "reply"),
    ("Filename != 'report.pdf' AND Type = 'Correspond'", ""),
    ("ContentType LIKE 'pdf'", "reply"),
    ("Subject = 're: it'", "reply"),
    ("CF.{Spent} = 'Travel'", "reply"),
    ("CF.{Spent} IS NOT NULL", "reply comment"),
    ("TxnCF.{Spent} != 'travel' AND Type LIKE 'Co'", "comment"),
    ("CFName = 'secret'", "field"),
    ("CustomFieldName LIKE 'sec'", "field"),
    ("CFName != 'Secret' AND NewValue != ''", "subject time other-status"),
    ("NewCFValue = 'fieldcanary'", "field"),
    ("NewCFValue LIKE 'Canary'", "field"),
    ("OldCFValue = 'fieldcanary'", ""),
    ("NewCFValue IS NOT NULL", "field"),
    ("OldCFValue IS NULL AND Type = 'CustomField'", "field"),
    ("NewReference > 0", "field"),
    ("TicketSubject = 'toaster'", "create subject reply comment field time"),
    ("TicketQueue = 'Other'", "other-create other-status"),
    ("TicketQueue != 'Other' AND Type = 'Create'", "create"),
    ("TicketStatus = '__Inactive__'", "other-create other-status"),
    ("TicketStatus = '__Active__' AND Type = 'Comment'", "comment"),
    ("TicketOwner = 'Nobody' AND Type = 'Comment'", "comment"),
    ("TicketRequestor = 'ann@client.example' AND Type = 'Status'", "other-status"),
    ("TicketCreated = '2026-03-02' AND Type = 'Comment'", "comment"),
    ("TicketResolved IS NOT NULL", "other-create other-status"),
    ("TicketPriority = 0 AND Type = 'Comment'", "comment"),
    ("TicketType = 'ticket' AND Type = 'Comment'", "comment"),
    ("TicketQueueLifecycle = 'default' AND Type = 'Comment'", "comment"),
]


def test_what_happened_is_found(work, ids, made, check_table):
    a, b, _ = made
    numbers = [
        (f"TicketId = {b.id}", "other-create other-status"),
        (f"TicketId != {b.id} AND Type = 'Create'", "create"),
        (f"TicketId IN ({a.id}, {b.id}) AND Type = 'Create'", "create other-create"),
        (f"ObjectId = {a.id} AND Type = 'Comment'", "comment"),
        (f"id = {ids['comment']}", "comment"),
    ]
    check_table(work, ids, TABLE + numbers, TXN)


def test_nobody_finds_or_counts_what_they_may_not_read(
    work_of, make, made, ids, check_table, found, grant_on
):
    jo = make.staff("jo")
    make.grant(jo, "ShowTicket", queue=make.queue())
    make.revoke("ShowTicketComments", make.queue())
    make.revoke("ShowTicket", make.queue("Other"))
    seen = {name: ids[name] for name in ("create", "subject", "reply", "time")}
    work = work_of("jo")
    assert set(found(work, "", TXN)) & set(ids.values()) == set(seen.values())
    for text in (
        "Type = 'Comment'",
        "Type = 'CustomField'",
        "Content LIKE 'canary'",
        "NewValue LIKE 'fieldcanary'",
        "NewCFValue = 'fieldcanary'",
        "CFName = 'Secret'",
        "TicketQueue = 'Other'",
        "TicketSubject = 'Second'",
    ):
        assert not set(found(work, text, TXN)), text
        assert set(found(work, f"NOT ({text})", TXN)) >= set(seen.values())
    grant_on(jo, "SeeCustomField", "custom_field", int(work.db.get_one(Transaction, ids["field"]).field))
    assert found(work_of("jo"), "Type = 'CustomField'", TXN) == [ids["field"]]
    assert count(work_of("jo"), Search(TXN)) == len(found(work_of("jo"), "", TXN))


def test_customers_find_only_what_is_public(work_of, make, ids, found):
    make.grant("Requestor", "ShowTicket", "ShowTicketComments", "ShowOutgoingEmail", "SeeCustomField")
    seen = set(found(work_of("ann@client.example"), "", TXN)) & set(ids.values())
    assert ids["reply"] in seen
    assert seen <= {ids[name] for name in ("create", "subject", "reply", "other-create", "other-status")}


def test_after_a_merge_the_history_is_that_of_the_other_ticket(work, work_of, make, made, ids, found):
    a, b, _ = made
    jo = make.staff("jo")
    make.grant(jo, "ShowTicket", queue=make.queue())
    make.revoke("ShowTicket", make.queue("Other"))
    assert ids["reply"] in found(work_of("jo"), "Type = 'Correspond'", TXN)
    change_ticket(work, a, MergeInto(b))
    assert set(found(work, f"TicketId = {b.id}", TXN)) > {ids["reply"], ids["other-create"]}
    assert found(work, f"TicketId = {a.id}", TXN) == []
    assert ids["reply"] in found(work, "TicketQueue = 'Other'", TXN)
    assert found(work_of("jo"), "", TXN) == []  # who may not see the other ticket sees none of it


def test_reminders_are_found_when_they_are_asked_for(work, make, found):
    ticket = make.ticket()
    change_ticket(work, ticket, AddReminder("Call them"))
    assert len(found(work, "TicketSubject = 'Call them' AND TicketType = 'reminder'", TXN)) == 1
    assert found(work, "TicketSubject = 'Call them'", TXN) == []


def test_they_are_sorted_by_their_own_fields_and_their_tickets(work, ids, found):
    text = "Type = 'Create'"
    first, other = ids["create"], ids["other-create"]
    assert found(work, text, TXN, order=[("TicketSubject",)]) == [other, first]
    assert found(work, text, TXN, order=[("Created",), ("TicketId",)]) == [first, other]
    assert found(work, "TimeTaken > 0", TXN, order=[("TimeWorkedDate",)]) == [ids["time"], ids["reply"]]
