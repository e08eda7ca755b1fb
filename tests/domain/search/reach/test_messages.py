"""What was said, in queries over tickets: words, names and kinds of files, never those of hidden comments."""

import pytest

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.content import Comment, Correspond
from rtpy.changes.ticket.merge import MergeInto
from rtpy.changes.ticket.owner import SetOwner
from rtpy.content.part import Part, PartRole, plain_message
from rtpy.models import Ticket
from rtpy.search.text.indexing import index_some


def _with_file(text, name, kind="application/octet-stream"):
    return plain_message(text, files=(Part(kind, b"bytes", PartRole.FILE, name),))


@pytest.fixture
def ids(app, work, make):
    """a has a file in a reply, b one in a comment, c and d none; e was merged into d with a picture."""
    made = {name: make.ticket(f"Ticket {name}", text=f"Hello from {name}.") for name in "abcde"}
    change_ticket(
        work, made["a"], Correspond(_with_file("See the toaster report.", "Report 7%.pdf", "application/pdf"))
    )
    change_ticket(work, made["b"], Comment(_with_file("A secret plan.", "canary.txt", "text/csv")))
    change_ticket(
        work, made["e"], Correspond(_with_file("A picture of the toaster.", "PRINTER.png", "image/png"))
    )
    change_ticket(work, made["e"], MergeInto(made["d"]))
    while index_some(app):
        pass
    return {name: made[name].id for name in "abcd"}


FILES = [
    ("Filename = 'report 7%.pdf'", "a"),
    ("Filename LIKE '7%'", "a"),
    ("Filename LIKE '%'", "a"),
    ("Filename STARTSWITH 'report'", "a"),
    ("Filename ENDSWITH '.png'", "d"),
    ("Filename NOT ENDSWITH '.png'", "a b c"),
    ("Filename != 'printer.png'", "a b c"),
    ("Filename IN ('printer.png', 'canary.txt')", "b d"),
    ("Filename NOT IN ('printer.png', 'canary.txt')", "a c"),
    ("Filename IS NULL", "c"),
    ("Filename = ''", "c"),
    ("Filename IS NOT NULL", "a b d"),
    ("ContentType = 'image/png'", "d"),
    ("ContentType != 'image/png'", "a b c"),
    ("ContentType LIKE 'image/'", "d"),
    ("ContentType = 'application/pdf' OR ContentType = 'text/csv'", "a b"),
    ("ContentType STARTSWITH 'text/'", "a b c d"),
    ("Content LIKE 'toaster'", "a d"),
    ("Content NOT LIKE 'toaster'", "b c"),
    ("HistoryContent LIKE 'toaster report'", "a"),
    ("Content LIKE '\"report toaster\"'", ""),
    ("Content LIKE 'toast*'", "a d"),
    ("Content LIKE 'plan'", "b"),
    ("Content LIKE 'toaster printer png'", "d"),
    ("Content LIKE 'Ticket'", ""),
    ("Content LIKE ''", ""),
    ("Content NOT LIKE ''", "a b c d"),
    ("Content LIKE 'Hello' AND Content NOT LIKE 'toaster'", "b c"),
]


def test_messages_are_found_by_their_words_and_files(work, ids, check_table):
    check_table(work, ids, FILES)


def test_a_hidden_comment_is_neither_found_nor_told_by_what_is_not_found(work_of, make, ids, check_table):
    jo = make.staff("jo")
    make.grant(jo, "ShowTicket")
    make.revoke("ShowTicketComments", make.queue())
    table = [
        ("Content LIKE 'secret'", ""),
        ("Content NOT LIKE 'secret'", "a b c d"),
        ("Content LIKE 'secret' OR Content LIKE 'toaster'", "a d"),
        ("Filename = 'canary.txt'", ""),
        ("Filename != 'canary.txt'", "a b c d"),
        ("Filename NOT LIKE 'canary'", "a b c d"),
        ("Filename IS NULL", "b c"),
        ("Filename IS NOT NULL", "a d"),
        ("ContentType = 'text/csv'", ""),
        ("ContentType NOT LIKE 'csv'", "a b c d"),
    ]
    check_table(work_of("jo"), ids, table)


def test_who_may_read_comments_as_the_owner_finds_those_on_own_tickets(work, work_of, make, ids, check_table):
    jo = make.staff("jo")
    make.grant(jo, "ShowTicket", "OwnTicket")
    make.revoke("ShowTicketComments", make.queue())
    make.grant("Owner", "ShowTicketComments")
    table = [("Filename = 'canary.txt'", ""), ("Content LIKE 'secret'", "")]
    check_table(work_of("jo"), ids, table)
    change_ticket(work, work.db.get_one(Ticket, ids["b"]), SetOwner(jo))
    table = [("Filename = 'canary.txt'", "b"), ("Content LIKE 'secret'", "b"), ("Filename IS NULL", "c")]
    check_table(work_of("jo"), ids, table)
