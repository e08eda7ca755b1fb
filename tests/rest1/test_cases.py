"""Requests and answers of REST 1.0, case by case: in one world, in order, each by somebody."""

import re
from dataclasses import dataclass

import pytest
from sqlalchemy import select

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.queues import STAFF_MAY
from rtpy.changes.ticket.content import Comment
from rtpy.content.part import plain_message
from rtpy.models import CustomField, CustomFieldPlace, User
from tests.rest1.conftest import Program


@dataclass
class World:
    """Who calls, and the numbers of what there is; cases name them in braces."""

    who: dict
    numbers: dict


@pytest.fixture
def world(root, jo, customer, stranger, api_of, make, work_of, db):
    """Tickets in a queue of Jo's and in a secret one, custom fields, a comment, a group."""
    for name, most, kind in (("Site", 1, "Freeform"), ("Tags", 0, "Freeform"), ("Day", 1, "DateTime")):
        row = CustomField(name=name, lookup="ticket", type=kind, max_values=most)
        db.add(row)
        db.flush()
        db.add(CustomFieldPlace(custom_field_id=row.id, object_id=0))
    work = work_of("root")
    general, secret = make.queue("General"), make.queue("Secret", granted=False)
    service = make.queue("Service", granted=False)
    make.grant(jo_as_user(db), *STAFF_MAY, queue=service)
    sam = make.staff("sam")
    make.grant(sam, "ShowTicket", "SeeQueue", queue=service)
    ann = make.customer("ann@client.example")
    make.grant(ann, "ShowTicket", queue=service)
    one = make.ticket("Printer on fire", queue="Service", text="It burns.")
    two = make.ticket("Screen is dark", queue="Service")
    hidden = make.ticket("Take over the world", queue="Secret")
    change_ticket(work, one, Comment(plain_message("He never pays.")))
    work.db.flush()
    group = Program(root.wsgi, root.authorization)("edit", {"content": "id: group/new\nName: Movers"})
    return World(
        {
            "root": root,
            "jo": jo,
            "sam": api_of(sam),
            "ann": customer,
            "nobody": stranger,
            "reader": api_of(jo_as_user(db), level="read"),
            "writer": api_of(db.get(User, work.actor.user_id), level="write"),
        },
        {
            "one": one.id,
            "two": two.id,
            "hidden": hidden.id,
            "general": general.id,
            "secret": secret.id,
            "service": service.id,
            "group": re.search(r"\d+", group.lines[0])[0],
            "ann": ann.id,
        },
    )


def jo_as_user(db):
    return db.scalar(select(User).where(User.name == "jo"))


OK, BAD, WRONG = "200 Ok", "400 Bad Request", "409 Syntax Error"
NOT_SEARCH = "400 Bad request"
UPDATED = "# Ticket {one} updated."


def content(*lines):
    """A form that is posted."""
    return {"content": "\n".join(lines)}


# who, path, form (None: GET), status, then lines that must stand in the answer (a pattern with ~ in front; with ! what
# must not), a tuple for the whole answer
READING = [
    ("nobody", "", None, "401 Credentials required", ()),
    ("nobody", "ticket/{one}", None, "401 Credentials required", ()),
    (
        "nobody",
        "ticket/{one}?user=root&pass=wrong",
        None,
        "401 Credentials required",
        ("Your username or password is incorrect",),
    ),
    ("nobody", "no/such/thing", None, "401 Credentials required", ()),
    ("jo", "", None, OK, ("# Logged in as jo.",)),
    (
        "jo",
        "ticket/{one}",
        None,
        OK,
        ["id: ticket/{one}", "Owner: Nobody", "Requestors: ann@client.example", "Cc:"],
    ),
    ("jo", "ticket/{one}/show", None, OK, ["id: ticket/{one}"]),
    ("jo", "ticket/{one}/bogus", None, OK, ["id: ticket/{one}"]),
    ("jo", "/REST/1.0//ticket/{one}/", None, OK, ["id: ticket/{one}"]),
    ("jo", "show?id=ticket/{one}", None, OK, ["Status: new", "TimeWorked: 0", "Due: Not set"]),
    ("jo", "show", {"id": "ticket/{one},{two}"}, OK, ["id: ticket/{one}", "--", "id: ticket/{two}"]),
    ("jo", "ticket/show?id={two},{one}", None, OK, ["id: ticket/{one}", "--", "id: ticket/{two}"]),
    (
        "jo",
        "ticket/{one}?fields=status,subject",
        None,
        OK,
        ("id: ticket/{one}", "Status: new", "Subject: Printer on fire"),
    ),
    ("jo", "ticket/{one}?fields=cf-site,CF.{{Tags}}", None, OK, ("id: ticket/{one}",)),
    (
        "root",
        "ticket/{one}?fields=cf-site,CF.{{Tags}}",
        None,
        OK,
        ("id: ticket/{one}", "CF.{{Site}}: ", "CF.{{Tags}}: "),
    ),
    ("jo", "ticket/{one}?fields=a+b", None, BAD, ("Invalid field specification: a b",)),
    ("jo", "ticket/999999", None, OK, ("# Ticket 999999 does not exist.",)),
    ("jo", "ticket/99999999999999999999", None, OK, ("# Ticket 99999999999999999999 does not exist.",)),
    ("jo", "ticket/{hidden}", None, OK, ("# You are not allowed to display ticket {hidden}.",)),
    (
        "jo",
        "ticket/{one},{hidden},999999?fields=id",
        None,
        OK,
        [
            "id: ticket/{one}",
            "# You are not allowed to display ticket {hidden}.",
            "# Ticket 999999 does not exist.",
        ],
    ),
    (
        "jo",
        "ticket/one",
        None,
        OK,
        ["# Objects of type ticket must be specified by numeric id.", "id: ticket/one"],
    ),
    ("jo", "bogus/1", None, OK, ["# Unknown object type: bogus"]),
    ("jo", "nonsense", None, OK, ["# Invalid object specification: 'nonsense'"]),
    ("jo", "show", None, BAD, ("No objects specified.",)),
    ("jo", "show?id=nonsense", None, BAD, ("Invalid object ID specified: 'nonsense'",)),
    ("jo", "ticket/1-2000", None, OK, ["# At most 1000 objects at once: 1-2000"]),
    (
        "ann",
        "ticket/{one}",
        None,
        OK,
        ["id: ticket/{one}", "Status: new", "!Priority: 0", "!AdminCc:", "!TimeWorked: 0"],
    ),
    (
        "ann",
        "ticket/{one}/history",
        None,
        OK,
        ["~\\d+: Ticket created by RT_System", "!~Comments", "!~email"],
    ),
    ("ann", "ticket/{one}/history?format=l", None, OK, ["!~never pays", "Content: It burns."]),
    ("sam", "ticket/{one}/history", None, OK, ["# 1/1 (/total)", "!~Comments"]),
    ("jo", "ticket/{one}/history", None, OK, ["~# (\\d+)/\\1 \\(/total\\)", "~\\d+: Comments added by root"]),
    (
        "jo",
        "ticket/{one}/history/type/Comment",
        None,
        OK,
        ["~# 1/\\d+ \\(type/Comment/total\\)", "!~created"],
    ),
    ("jo", "ticket/{one}/history/comment", None, OK, ["~# 1/\\d+ \\(comment/total\\)"]),
    ("jo", "ticket/{one}/history/links", None, OK, ["~# 0/\\d+ \\(links/total\\)"]),
    (
        "jo",
        "ticket/{one}/history?format=l",
        None,
        OK,
        [
            "Content: He never pays.",
            "Type: Comment",
            "Creator: root",
            "Attachments: ",
            "Created: 2026-03-02 09:00:00",
        ],
    ),
    (
        "jo",
        "ticket/{one}/history/id/999999",
        None,
        OK,
        ("# Transaction 999999 is not related to Ticket {one}",),
    ),
    ("jo", "ticket/999999/history", None, OK, ("# Ticket 999999 does not exist.",)),
    ("jo", "ticket/{hidden}/history", None, OK, ("# You are not allowed to display ticket {hidden}.",)),
    ("jo", "transaction/999999", None, OK, ("# Transaction 999999 does not exist.",)),
    (
        "jo",
        "ticket/{one}/attachments",
        None,
        OK,
        ["id: ticket/{one}/attachments", "~.*: \\(Unnamed\\) \\(text/plain / 9b\\),"],
    ),
    (
        "ann",
        "ticket/{one}/attachments",
        None,
        OK,
        ["~Attachments: \\d+: \\(Unnamed\\) \\(text/plain / 9b\\)", "!~14b"],
    ),
    ("jo", "ticket/{one}/attachments/999999", None, OK, ("# Invalid attachment id: 999999",)),
    ("jo", "ticket/{one}/attachments/x/content", None, OK, ("# Invalid attachment id: x",)),
    ("jo", "attachment/999999/content", None, OK, ("# Invalid attachment id: 999999",)),
    ("jo", "ticket/{one}/links", None, OK, ("id: ticket/{one}/links",)),
    ("jo", "ticket/{one}/links?format=l", None, OK, ["DependsOn:", "Members:", "MemberOf:"]),
    ("jo", "queue/General", None, OK, ["id: queue/{general}", "Name: General", "Disabled: 0"]),
    ("jo", "queue/{general}", None, OK, ["Name: General"]),
    ("jo", "queue/Secret", None, OK, ["# No queue named Secret exists.", "id: queue/Secret"]),
    ("jo", "queue/{secret}", None, OK, ("# Queue {secret} does not exist.",)),
    (
        "root",
        "queue/general/ticketcustomfields",
        None,
        OK,
        ("id: queue/{general}", "Site: ", "Tags: ", "Day: "),
    ),
    (
        "root",
        "queue/1/ticketcustomfields?format=l",
        None,
        OK,
        ["Site: SingleValueFreeform", "Tags: MultiValueFreeform", "Day: SingleValueDateTime"],
    ),
    ("root", "queue/1/customfields", None, OK, ("id: queue/{general}",)),
    ("jo", "user/jo", None, OK, ["Name: jo", "Password: ********", "Privileged: 1"]),
    ("jo", "user/JO@staff.example", None, OK, ["Name: jo"]),
    ("jo", "user/ann@client.example", None, OK, ["id: user/{ann}", "Privileged: 0", "!Comments: "]),
    ("root", "user/jo?format=l", None, OK, ["Comments: ", "City: "]),
    ("ann", "user/jo", None, OK, ("# No user named jo exists.", "", "id: user/jo")),
    ("ann", "user/{ann}", None, OK, ["Name: ann@client.example"]),
    ("jo", "user/999999", None, OK, ("# User 999999 does not exist.",)),
    ("root", "group/Movers", None, OK, ["id: group/{group}", "Name: Movers", "!Members:"]),
    ("jo", "group/Movers", None, OK, ["# No group named Movers exists."]),
    ("root", "group/{group}?fields=members", None, OK, ("id: group/{group}", "Members:")),
    (
        "jo",
        "ticket/new",
        None,
        OK,
        ["# Required: id, Queue", "id: ticket/new", "Queue: General", "Requestor: jo@staff.example"],
    ),
    ("jo", "user/new", None, OK, ["# Required: Name, EmailAddress"]),
    ("jo", "queue/new", None, OK, ["id: queue/new"]),
    ("jo", "attachment/new", None, OK, ["# Objects of type attachment must be specified by numeric id."]),
]

SEARCHING = [
    (
        "jo",
        "search/ticket?query=Queue='Service'&orderby=id",
        None,
        OK,
        ("{one}: Printer on fire", "{two}: Screen is dark"),
    ),
    ("jo", "search/ticket?query=Subject+LIKE+'world'", None, OK, ("No matching results.",)),
    ("root", "search/ticket?query=Subject+LIKE+'world'", None, OK, ("{hidden}: Take over the world",)),
    ("jo", "search/ticket?query=id>0&orderby=-id&format=i", None, OK, ("ticket/{two}", "ticket/{one}")),
    ("jo", "search/ticket?query=id>0&orderby=%2Bid&format=i", None, OK, ("ticket/{one}", "ticket/{two}")),
    (
        "jo",
        "search/ticket",
        {"query": "id = {one}", "format": "l", "fields": "subject,requestors"},
        OK,
        ("id: ticket/{one}", "Subject: Printer on fire", "Requestors: ann@client.example"),
    ),
    (
        "jo",
        "search/ticket?query=id={one}&fields=Subject",
        None,
        OK,
        ("id: ticket/{one}", "Subject: Printer on fire"),
    ),
    (
        "jo",
        "search/ticket?query=id={one}&fields=status,nothing&format=s",
        None,
        OK,
        ("id\tStatus\tnothing", "{one}\tnew\t"),
    ),
    ("jo", "search/ticket?query=id=999999&format=l", None, OK, ("No matching results.",)),
    ("jo", "search/ticket?query=id=999999&format=i", None, OK, ("",)),
    ("jo", "search/ticket?query=", None, OK, ("No matching results.",)),
    ("ann", "search/ticket?query=id>0&format=i", None, OK, ("ticket/{one}", "ticket/{two}")),
    ("ann", "search/ticket?query=Priority>0", None, NOT_SEARCH, ["~Invalid query: .*"]),
    (
        "ann",
        "search/ticket?query=id>0&orderby=TimeWorked",
        None,
        NOT_SEARCH,
        ["~Invalid query: .*"],
    ),
    ("ann", "search/user?query=", None, "403 Forbidden", ("Permission denied",)),
    ("ann", "search/group?query=", None, OK, ("No matching results.",)),
    ("jo", "search/ticket", None, BAD, ("No query specified.",)),
    ("jo", "search/ticket?query=Bogus+~+1", None, NOT_SEARCH, ["Invalid query: 'Bogus ~ 1'."]),
    ("jo", "search/ticket?query=id=1&orderby=Bogus", None, NOT_SEARCH, ["Invalid query: 'id=1'."]),
    ("jo", "search/ticket?query=id=1&format=z", None, BAD, ("Unknown listing format: z. (Use i, s, or l.)",)),
    ("jo", "search/bogus?query=x", None, "500 Server Error", ("Unsupported object type.",)),
    ("jo", "search/queue?query=", None, OK, ("{general}: General", "{service}: Service")),
    ("root", "search/queue?query=Name+STARTSWITH+sec", None, OK, ("{secret}: Secret",)),
    ("root", "search/queue?query=Name+=+'no+such'", None, OK, ("No matching results.",)),
    ("root", "search/queue?query=Bogus+=+1", None, BAD, ("Invalid field specification: bogus",)),
    ("root", "search/queue?query=Name+~~+1", None, BAD, ("Invalid operator specification: ~~",)),
    ("root", "search/queue?query=Name='un", None, NOT_SEARCH, ["~Invalid query: .*"]),
    ("root", "search/queue?query=id+=+x", None, NOT_SEARCH, ["~Invalid query: .*"]),
    ("root", "search/queue?query=Disabled+=+1", None, OK, ("No matching results.",)),
    ("jo", "search/user?query=", None, "403 Forbidden", ("Permission denied",)),
    (
        "root",
        "search/user?query=Name+LIKE+sam&format=l",
        None,
        OK,
        ["Name: sam", "EmailAddress: sam@staff.example"],
    ),
    ("root", "search/user?query=EmailAddress+ENDSWITH+@client.example&format=i", None, OK, ("user/{ann}",)),
    ("root", "search/user?query=Name+=+RT_System", None, OK, ("No matching results.",)),
    ("root", "search/group?query=", None, OK, ("{group}: Movers",)),
    ("jo", "search/group?query=", None, OK, ("No matching results.",)),
]

WRITING = [
    (
        "jo",
        "ticket/new",
        content("Queue: General", "Subject: Made", "Requestor: kim@client.example", "Text: a", " b"),
        OK,
        ["~# Ticket \\d+ created\\."],
    ),
    (
        "jo",
        "ticket/new",
        content("Queue: General", "Bogus: 1"),
        WRONG,
        ("# Could not create ticket.", "# Bogus: Unknown field", "", "Bogus: 1"),
    ),
    ("jo", "ticket/new", content("Subject: none"), OK, ("# Could not create ticket.", "# No queue given.")),
    ("jo", "ticket/new", content("Queue: Secret"), OK, ["# Could not create ticket."]),
    (
        "jo",
        "ticket/new",
        content("Queue: General", "CF.{{Nope}}: 1"),
        OK,
        ["# Invalid custom field name (Nope)", "~# Ticket \\d+ created\\."],
    ),
    (
        "jo",
        "ticket/new",
        content("Queue: General", "Attachment: log.txt"),
        OK,
        ("# Could not create ticket.", "# No attachment for log.txt"),
    ),
    (
        "jo",
        "ticket/new",
        content("Queue: General", "Requestor: not an address"),
        OK,
        ["# Could not create ticket."],
    ),
    ("jo", "ticket/new", content("Queue: General", "Due: when pigs fly"), OK, ["# Could not create ticket."]),
    (
        "jo",
        "ticket/new",
        content("Queue: General", "Priority: " + "9" * 30),
        OK,
        ["# Could not create ticket."],
    ),
    ("jo", "ticket/new", content("Queue: General", "Status: unheard"), OK, ["# Could not create ticket."]),
    (
        "jo",
        "edit",
        content("id: ticket/new", "Queue: General", "Subject: A", "--", "id: ticket/new", "Queue: General"),
        OK,
        ["~# Ticket \\d+ created\\."],
    ),
    ("ann", "ticket/new", content("Queue: General", "Subject: Mine"), OK, ["~# Ticket \\d+ created\\."]),
    ("jo", "ticket/{one}/edit", content("Subject: New"), OK, (UPDATED,)),
    ("jo", "ticket/{one}", content("subject: New"), OK, None),
    (
        "jo",
        "ticket/{one}",
        content("Status: new", "Due: Not set", "Requestors: ANN@client.example"),
        OK,
        None,
    ),
    ("jo", "edit", content("id: ticket/{one}", "Priority: 5", "TimeWorked: 10 minutes"), OK, (UPDATED,)),
    (
        "jo",
        "edit",
        content("id: ticket/{one},{two}", "Priority: 6"),
        OK,
        (UPDATED, "# Ticket {two} updated."),
    ),
    ("jo", "ticket/edit", content("id: {two}", "Priority: 7"), OK, ("# Ticket {two} updated.",)),
    (
        "jo",
        "ticket/{one}",
        content("Bogus: 1", "Subject: Newer"),
        WRONG,
        ("# bogus: Unknown field.", UPDATED, "", "Bogus: 1", "Subject: Newer"),
    ),
    ("jo", "ticket/{one}", content("Priority: much"), WRONG, ["# priority: 'much' is no priority."]),
    ("jo", "ticket/{one}", content("Created: 2020-01-01"), WRONG, ["# created: Created cannot be changed."]),
    ("jo", "ticket/{one}", content("Owner: no such person"), WRONG, ["# owner: That user does not exist"]),
    ("jo", "ticket/{one}", content("Queue: Secret"), WRONG, ["# queue: Queue Secret does not exist"]),
    ("jo", "ticket/{one}", content("Status: unheard"), WRONG, ["~# status: .*"]),
    ("jo", "ticket/{one}", content("TimeWorked: -5"), WRONG, ["~# timeworked: .*"]),
    ("jo", "ticket/{one}", content("CF.{{Site}}: Oslo"), WRONG, ["# cf.{{site}}: Unknown field."]),
    (
        "root",
        "ticket/{one}",
        content("CF.{{Site}}: Oslo", "CF-Tags: a, 'b, c'", "cf-day: 2031-02-03 04:05"),
        OK,
        (UPDATED,),
    ),
    (
        "root",
        "ticket/{one}?fields=CF.{{Site}},CF.{{Tags}},cf-day",
        None,
        OK,
        ("id: ticket/{one}", "CF.{{Site}}: Oslo", "CF.{{Tags}}: a,'b, c'", "CF.{{Day}}: 2031-02-03 04:05"),
    ),
    ("root", "ticket/{one}", content("CF.{{Tags}}: a,'b, c'", "CF.{{Day}}: 2031-02-03 04:05"), OK, None),
    ("root", "ticket/{one}", content("CF.{{Tags}}: c", "CF.{{Site}}: "), OK, (UPDATED,)),
    (
        "root",
        "ticket/{one}?fields=CF.{{Site}},CF.{{Tags}}",
        None,
        OK,
        ("id: ticket/{one}", "CF.{{Site}}: ", "CF.{{Tags}}: c"),
    ),
    ("jo", "ticket/{one}", content("Cc: a@client.example, jo, 'b@client.example'"), OK, (UPDATED,)),
    ("jo", "ticket/{one}?fields=cc", None, OK, ["Cc: a@client.example, jo@staff.example, b@client.example"]),
    ("jo", "ticket/{one}", content("Cc: jo@staff.example", "Cc: c@client.example"), OK, (UPDATED,)),
    ("jo", "ticket/{one}?fields=cc", None, OK, ["Cc: jo@staff.example, c@client.example"]),
    ("jo", "ticket/{one}", content("Cc:", "AdminCc: {group}"), OK, (UPDATED,)),
    ("jo", "ticket/{one}?fields=cc,admincc", None, OK, ["Cc:", "AdminCc: Movers"]),
    ("jo", "ticket/{one}", content("AdminCc: Movers"), OK, None),
    ("jo", "ticket/{one}", content("Cc: 999999"), WRONG, ["~# cc: .*"]),
    ("jo", "ticket/{one}", content("Starts: 2031-02-03 04:05:06", "Due: tomorrow 9:00"), OK, (UPDATED,)),
    (
        "jo",
        "ticket/{one}?fields=starts,due",
        None,
        OK,
        ["Starts: Mon Feb 03 04:05:06 2031", "Due: Tue Mar 03 09:00:00 2026"],
    ),
    ("jo", "ticket/{one}", content("Told: 2 days ago", "Due: 24 March 2026 5pm"), OK, (UPDATED,)),
    (
        "jo",
        "ticket/{one}?fields=Due,Told",
        None,
        OK,
        ["Due: Tue Mar 24 17:00:00 2026", "~Told: Sat Feb 28 \\d\\d:\\d\\d:\\d\\d 2026"],
    ),
    ("jo", "ticket/{one}", content("Told: last week", "Due: Tue Mar 03 09:00:00 2026"), OK, (UPDATED,)),
    ("jo", "ticket/{one}", content("Due: Tue Mar 03 09:00:00 2026"), OK, None),
    ("jo", "ticket/{one}", content("Due: Not set"), OK, (UPDATED,)),
    (
        "jo",
        "ticket/{one}",
        content("FinalPriority: 90", "InitialPriority: 10", "TimeLeft: 1 hour", "SLA: Gold"),
        OK,
        (UPDATED,),
    ),
    (
        "jo",
        "ticket/{one}?fields=finalpriority,timeleft,sla",
        None,
        OK,
        ["FinalPriority: 90", "TimeLeft: 60 minutes", "SLA: Gold"],
    ),
    ("jo", "ticket/999999", content("Subject: x"), BAD, ("# Ticket 999999 does not exist.",)),
    (
        "jo",
        "ticket/{hidden}",
        content("Subject: x"),
        BAD,
        ("# You are not allowed to modify ticket {hidden}.",),
    ),
    ("sam", "ticket/{one}", content("Subject: x"), BAD, ("# You are not allowed to modify ticket {one}.",)),
    (
        "sam",
        "ticket/{one}",
        content("Status: deleted"),
        BAD,
        ("# You are not allowed to delete ticket {one}.",),
    ),
    ("ann", "ticket/{one}", content("Subject: x"), BAD, ("# You are not allowed to modify ticket {one}.",)),
    (
        "jo",
        "edit",
        content("Subject: x"),
        WRONG,
        ["# Please resubmit with errors corrected.", "# No object ID specified."],
    ),
    ("jo", "edit", content("id: bogus/1"), WRONG, ["# Unknown object type: bogus"]),
    (
        "jo",
        "edit",
        content("id: transaction/1", "Type: x"),
        BAD,
        ["# Objects of type transaction cannot be changed."],
    ),
    ("jo", "edit", {"content": ""}, BAD, ["~There is no form.*"]),
    ("jo", "edit", {}, BAD, ["~There is no form.*"]),
    ("jo", "ticket/{one}", content("this is no form"), WRONG, ["# Syntax error.", ">> this is no form"]),
    (
        "jo",
        "ticket/{one}",
        content("Subject: a", "--", "Subject: b"),
        BAD,
        ["One form is expected here, not 2."],
    ),
    ("reader", "ticket/{one}", None, OK, ["id: ticket/{one}"]),
    ("reader", "search/ticket", {"query": "id = {one}"}, OK, ["~{one}: .*"]),
    ("reader", "ticket/{one}", content("Subject: x"), "403 Forbidden", ("# This token may only read.",)),
    ("reader", "ticket/{one}/merge/{two}", None, "403 Forbidden", ("# This token may only read.",)),
    ("writer", "ticket/{one}", content("Subject: By a token"), OK, (UPDATED,)),
    (
        "writer",
        "edit",
        content("id: queue/new", "Name: X"),
        "403 Forbidden",
        ["~# This token cannot change the set-up.*"],
    ),
]

ANSWERING = [
    (
        "jo",
        "ticket/{one}/comment",
        content("Ticket: 77", "Action: comment", "Text: seen"),
        OK,
        ("# Comments added",),
    ),
    (
        "jo",
        "ticket/{one}/comment",
        content("Action: CORRESPOND", "Text: hello", "Status: stalled"),
        OK,
        ("# Correspondence added", "# Status changed from 'open' to 'stalled'"),
    ),
    (
        "jo",
        "ticket/{one}/comment",
        content("Action: correspond", "Text: x", "Cc: x@y.example", "TimeWorked: 5"),
        OK,
        ("# Correspondence added",),
    ),
    (
        "jo",
        "ticket/{one}/comment",
        content("Action: comment", "Text: x", "Cc: supplier@y.example"),
        OK,
        ("# Comments added",),
    ),
    (
        "jo",
        "ticket/{one}/comment",
        content("Action: comment", "Text: x", "Cc: ann@client.example"),
        BAD,
        ["~# ann@client.example is a customer on this ticket.*"],
    ),
    ("jo", "ticket/{one}/comment", content("Action: bogus", "Text: x"), BAD, ("# Invalid action: `bogus'.",)),
    ("jo", "ticket/{one}/comment", content("Text: x"), BAD, ("# Invalid action: `'.",)),
    (
        "jo",
        "ticket/{one}/comment",
        content("Action: comment", "Text: "),
        BAD,
        ("# Empty comment with no attachments submitted.",),
    ),
    (
        "jo",
        "ticket/{one}/comment",
        content("Action: comment", "Text: x", "Attachment: log.txt"),
        BAD,
        ("# No attachment for log.txt",),
    ),
    (
        "jo",
        "ticket/{one}/comment",
        content("Action: comment", "Text: x", "TimeWorked: lots"),
        BAD,
        ["~# 'lots' is no time.*"],
    ),
    ("jo", "ticket/{one}/comment", content("Action: comment", "Text: x", "Status: unheard"), BAD, ["~# .*"]),
    (
        "jo",
        "ticket/{one}/comment",
        content("Action: comment", "Text: x", "Cc: nonsense"),
        BAD,
        ["~# .*nonsense.*"],
    ),
    (
        "jo",
        "ticket/{one}/comment",
        content("Action: comment", "Text: x", "Bogus: 1"),
        BAD,
        ["# Bogus: Unknown field."],
    ),
    (
        "jo",
        "ticket/{one}/comment",
        content("Action: comment", "Text: x", "Content-Type: image/png"),
        BAD,
        ["~# Content-Type .*"],
    ),
    (
        "jo",
        "ticket/999999/comment",
        content("Action: comment", "Text: x"),
        BAD,
        ("# Ticket 999999 does not exist.",),
    ),
    (
        "sam",
        "ticket/{one}/comment",
        content("Action: comment", "Text: x"),
        BAD,
        ("# You are not allowed to Comment on ticket {one}.",),
    ),
    (
        "jo",
        "ticket/{one}/take",
        content("Ticket: 77", "Action: take"),
        OK,
        ("# Owner changed from Nobody to jo",),
    ),
    ("jo", "ticket/{one}/take", content("Action: take"), BAD, ("# That user already owns that ticket",)),
    ("jo", "ticket/{one}/take", content("Action: steal"), BAD, ("# That user already owns that ticket",)),
    (
        "root",
        "ticket/{one}/take",
        content("Action: take"),
        BAD,
        ("# You can only take tickets that are unowned",),
    ),
    ("root", "ticket/{one}/take", content("Action: steal"), OK, ("# Owner changed from jo to root",)),
    ("root", "ticket/{one}/take", content("Action: untake"), OK, ("# Owner changed from root to Nobody",)),
    (
        "root",
        "ticket/{one}/take",
        content("Action: steal"),
        BAD,
        ("# You can only steal a ticket owned by someone else",),
    ),
    ("root", "ticket/{one}/take", content("Action: juggle"), BAD, ("# Invalid action: `juggle'.",)),
    ("sam", "ticket/{one}/take", content("Action: take"), BAD, ["~# .*OwnTicket.*"]),
    (
        "jo",
        "ticket/{one}/links",
        content("RefersTo: {two}, https://wiki.example/a"),
        OK,
        ("# Links for ticket {one} updated.",),
    ),
    (
        "jo",
        "ticket/{one}/links",
        content("RefersTo: {two}, https://wiki.example/a"),
        OK,
        ("# Links for ticket {one} updated.",),
    ),
    (
        "jo",
        "ticket/{one}/links",
        None,
        OK,
        ["~RefersTo: fsck.com-rt://[^/]+/ticket/{two},.*", "~.*https://wiki.example/a"],
    ),
    ("ann", "ticket/{one}/links", None, OK, ("id: ticket/{one}/links",)),
    ("jo", "ticket/{two}/links", None, OK, ["~ReferredToBy: fsck.com-rt://[^/]+/ticket/{one}"]),
    (
        "jo",
        "ticket/{one}/links",
        content("RefersTo: 999999", "Members: {two}"),
        WRONG,
        ["# RefersTo: Ticket 999999 does not exist."],
    ),
    ("jo", "ticket/{one}/links", content("Bogus: 1"), WRONG, ["# Bogus: Unknown field."]),
    ("jo", "ticket/{one}/links", content("RefersTo: javascript:alert(1)"), WRONG, ["~# RefersTo: .*"]),
    (
        "jo",
        "ticket/{one}/links",
        content("RefersTo: {hidden}"),
        WRONG,
        ["# RefersTo: Ticket {hidden} does not exist."],
    ),
    ("sam", "ticket/{one}/links", content("RefersTo: {two}"), WRONG, ["~# RefersTo: .*ModifyTicket.*"]),
    (
        "jo",
        "ticket/link",
        {"id": "{one}", "rel": "DependsOn", "to": "{two}", "del": "0"},
        OK,
        ("Ticket {one} depends on Ticket {two}. Created link {one} DependsOn {two}",),
    ),
    (
        "jo",
        "ticket/link",
        {"id": "{one}", "rel": "DependsOn", "to": "{two}", "del": "0"},
        OK,
        ("Link already exists Created link {one} DependsOn {two}",),
    ),
    (
        "jo",
        "ticket/link",
        {"id": "{two}", "rel": "dependson", "to": "{one}", "del": "0"},
        "500 Error",
        ["~.*circle.*"],
    ),
    (
        "jo",
        "ticket/link",
        {"id": "{one}", "rel": "dependson", "to": "{two}", "del": "1"},
        OK,
        ("Ticket {one} no longer depends on Ticket {two}. Deleted link {one} DependsOn {two}",),
    ),
    (
        "jo",
        "ticket/link",
        {"id": "{one}", "rel": "dependson", "to": "{two}", "del": "1"},
        "500 Error",
        ["~.*no link.*"],
    ),
    (
        "jo",
        "ticket/link",
        {"id": "{one}", "rel": "ReferredToBy", "to": "{two}"},
        OK,
        ("Ticket {two} refers to Ticket {one}. Created link {two} RefersTo {one}",),
    ),
    ("jo", "ticket/link", {"id": "{one}", "rel": "knows", "to": "{two}"}, BAD, ["~Invalid link 'knows'.*"]),
    (
        "jo",
        "ticket/link",
        {"id": "x", "rel": "refersto", "to": "{two}"},
        BAD,
        ["Invalid ticket ID specified."],
    ),
    (
        "jo",
        "ticket/link",
        {"id": "999999", "rel": "refersto", "to": "{two}"},
        "404 Ticket not found",
        ["~.*999999.*"],
    ),
    (
        "jo",
        "ticket/link",
        {"id": "{one}", "rel": "refersto", "to": "999999"},
        "500 Error",
        ["Ticket 999999 does not exist."],
    ),
    (
        "jo",
        "queue/link",
        {"id": "1", "rel": "refersto", "to": "2"},
        "500 Server Error",
        ["Unsupported object type."],
    ),
    ("sam", "ticket/{one}/merge/{two}", None, OK, ("# You are not allowed to modify ticket {one}.",)),
    ("jo", "ticket/{one}/merge/{one}", None, OK, ["# Could not complete the merge."]),
    ("jo", "ticket/{one}/merge/999999", None, OK, ("# Ticket 999999 does not exist.",)),
    ("jo", "ticket/{one}/merge/{hidden}", None, OK, ("# You are not allowed to modify ticket {hidden}.",)),
    ("jo", "ticket/merge", {"id": "{one}", "into": "999999"}, "404 Ticket not found", ["~.*999999.*"]),
    ("jo", "ticket/merge", {"id": "x", "into": "{two}"}, BAD, ["Invalid ticket ID specified."]),
    ("jo", "ticket/{one}/merge/{two}", None, OK, ("# Merge completed.",)),
    ("jo", "ticket/{one}", None, OK, ["id: ticket/{two}"]),
    (
        "jo",
        "ticket/{one}/history",
        None,
        OK,
        ["~# \\d+/\\d+ .*", "~\\d+: Comments added by root", "~\\d+: Merged with Ticket {one} by jo"],
    ),
    ("jo", "search/ticket?query=id={one}", None, OK, ("No matching results.",)),
    ("jo", "ticket/{one}", content("Subject: Merged"), OK, ("# Ticket {two} updated.",)),
    ("jo", "ticket/{two}", content("Status: deleted"), OK, ("# Ticket {two} updated.",)),
]

SETTING_UP = [
    (
        "root",
        "edit",
        content("id: user/new", "Name: kim", "EmailAddress: kim@staff.example", "Privileged: 1"),
        OK,
        ["~# User \\d+ created\\."],
    ),
    (
        "root",
        "edit",
        content("id: user/new", "Name: kim", "EmailAddress: other@staff.example"),
        BAD,
        ["# Could not create user.", "~# .*taken.*"],
    ),
    ("root", "edit", content("id: user/new", "Name: lee", "Bogus: 1"), WRONG, ["# Bogus: Unknown field"]),
    (
        "root",
        "edit",
        content("id: user/new", "Name: hr", "ContactInfo: Hall 7", "ExternalAuthId: 5"),
        OK,
        ["~# User \\d+ created\\.", "# ContactInfo is not kept here.", "# ExternalAuthId is not kept here."],
    ),
    (
        "root",
        "edit",
        content("id: user/new", "Name: lee", "Password: short"),
        BAD,
        ["# Could not create user."],
    ),
    ("root", "user/lee", None, OK, ["# No user named lee exists."]),
    (
        "jo",
        "edit",
        content("id: user/new", "Name: lee"),
        BAD,
        ["# Could not create user.", "~# .*AdminUsers.*"],
    ),
    (
        "root",
        "edit",
        content("id: user/kim", "City: Oslo", "RealName: Kim K"),
        OK,
        ["~# User \\d+ updated\\."],
    ),
    (
        "root",
        "user/kim",
        content("City: Oslo", "Password: ********", "Privileged: 1", "Disabled: 0"),
        OK,
        None,
    ),
    ("root", "user/kim", content("Lang: not a language"), WRONG, ["~# lang: .*"]),
    ("root", "user/kim", content("Privileged: maybe"), WRONG, ["# privileged: Privileged is 0 or 1."]),
    ("root", "user/kim", content("AuthSystem: x"), WRONG, ["# authsystem: AuthSystem is not kept here."]),
    ("root", "user/kim", content("Disabled: 1", "Privileged: 0"), OK, ["~# User \\d+ updated\\."]),
    ("root", "user/kim", None, OK, ["# No user named kim exists."]),
    ("root", "user/root", content("Disabled: 1"), BAD, ["# You cannot switch yourself off."]),
    ("root", "user/999999", content("City: x"), BAD, ("# User 999999 does not exist.",)),
    ("jo", "user/root", content("City: x"), BAD, ["~# You are not allowed to modify user \\d+\\."]),
    (
        "jo",
        "user/jo",
        content("Password: a new password"),
        BAD,
        ["~# .*AdminUsers.*"],
    ),
    ("ann", "user/root", content("City: x"), BAD, ("# No user named root exists.",)),
    (
        "root",
        "edit",
        content("id: queue/new", "Name: Bugs", "Description: Broken"),
        OK,
        ["~# Queue \\d+ created\\."],
    ),
    ("root", "edit", content("id: queue/new", "Name: bugs"), BAD, ["# Could not create queue."]),
    ("root", "edit", content("id: queue/new", "Name: x", "Bogus: 1"), WRONG, ["# Bogus: Unknown field"]),
    (
        "jo",
        "edit",
        content("id: queue/new", "Name: Mine"),
        BAD,
        ["# Could not create queue.", "~# .*AdminQueue.*"],
    ),
    ("root", "queue/Bugs", content("Description: All broken"), OK, ("# Queue Bugs updated.",)),
    ("root", "queue/Bugs", content("Description: All broken", "Disabled: 0", "SLADisabled: 1"), OK, None),
    ("root", "queue/Bugs", content("CorrespondAddress: nonsense"), WRONG, ["~# correspondaddress: .*"]),
    ("root", "queue/Bugs", content("Disabled: 1"), OK, ("# Queue Bugs updated.",)),
    ("root", "queue/Bugs", None, OK, ["# No queue named Bugs exists."]),
    ("root", "search/queue?query=Disabled+=+1", None, OK, ["~\\d+: Bugs"]),
    (
        "jo",
        "queue/General",
        content("Description: Mine"),
        BAD,
        ("# You are not allowed to modify queue General.",),
    ),
    ("jo", "queue/Secret", content("Description: Mine"), BAD, ("# No queue named Secret exists.",)),
    (
        "root",
        "edit",
        content("id: group/new", "Name: Packers", "Description: They pack"),
        OK,
        ["~# Group \\d+ created\\."],
    ),
    ("root", "edit", content("id: group/new", "Name: packers"), BAD, ["# Could not create group."]),
    ("jo", "edit", content("id: group/new", "Name: Mine"), BAD, ["# Could not create group."]),
    (
        "root",
        "edit",
        content("id: group/{group}", "Description: They move", "Disabled: 1"),
        OK,
        ("# Group {group} updated.",),
    ),
    ("root", "edit", content("id: group/{group}", "Description: They move", "Disabled: 1"), OK, None),
    ("root", "edit", content("id: group/{group}", "Bogus: 1"), WRONG, ["# bogus: Unknown field."]),
    ("jo", "edit", content("id: group/{group}", "Name: x"), BAD, ("# Group {group} does not exist.",)),
]


@pytest.mark.parametrize(
    "cases",
    [READING, SEARCHING, WRITING, ANSWERING, SETTING_UP],
    ids=["reading", "searching", "writing", "answering", "setting-up"],
)
def test_cases(world, cases):
    wrong = []
    for number, case in enumerate(cases):
        who, path, form, status, expected = filled(case, world.numbers)
        answer = world.who[who](path, form)
        if not fits(answer, status, expected):
            wrong.append(
                f"{number}: {who} {path} {form}\n  wanted {status} {expected}\n  got {answer.whole!r}"
            )
    assert not wrong, "\n".join(wrong)


def filled(value, numbers):
    """The case with numbers in place of names in braces."""
    if isinstance(value, str):
        if value.startswith(("~", "!~")):
            return re.sub(r"\{([a-z]+)\}", lambda found: str(numbers[found[1]]), value)
        return value.format(**numbers)
    if isinstance(value, dict):
        return {key: filled(each, numbers) for key, each in value.items()}
    if isinstance(value, tuple | list):
        return type(value)(filled(each, numbers) for each in value)
    return value


def fits(answer, status, expected):
    """None: an empty body; a tuple: all lines; a list: lines that are there, or with ! in front are not."""
    if expected is None:
        return answer.raw == b""
    if answer.status != status:
        return False
    if isinstance(expected, tuple):
        return list(answer.lines) == list(expected or ("",))
    return all(_has(answer.text.split("\n"), each) for each in expected)


def _has(lines, wanted):
    negated, wanted = wanted.startswith("!"), wanted.removeprefix("!")
    if wanted.startswith("~"):
        found = any(
            re.search(wanted[1:], line) if negated else re.fullmatch(wanted[1:], line) for line in lines
        )
    else:
        found = wanted in lines
    return bool(found) is not negated
