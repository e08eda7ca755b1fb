"""Bookmarks and what is unread, in queries."""

import pytest

from rtpy.changes.bookmarks import bookmark
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.read_marks import note_seen
from rtpy.changes.ticket.content import Comment, Correspond
from rtpy.changes.ticket.merge import MergeInto
from rtpy.changes.ticket.owner import SetOwner
from rtpy.content.part import plain_message
from rtpy.search.fields.field import CannotSearch


def test_bookmarks_are_ones_own(work_of, make, check_table):
    tickets = {name: make.ticket(name) for name in "abc"}
    for name in ("jo", "flo"):
        make.grant(make.staff(name), "ShowTicket")
    bookmark(work_of("jo"), tickets["a"])
    bookmark(work_of("jo"), tickets["b"])
    bookmark(work_of("flo"), tickets["c"])
    ids = {name: ticket.id for name, ticket in tickets.items()}
    table = [
        ("id = '__Bookmarked__'", "a b"),
        ("id = __Bookmarked__", "a b"),
        ("id != '__Bookmarked__'", "c"),
        ("id = '__bookmarked__' AND Subject = 'a'", "a"),
        (f"id = '__Bookmarked__' OR id = {ids['c']}", "a b c"),
        (f"id IN ('__Bookmarked__', '{ids['c']}')", "a b c"),
        (f"id NOT IN ('__Bookmarked__', '{ids['c']}')", ""),
    ]
    check_table(work_of("jo"), ids, table)
    check_table(work_of("flo"), ids, [("id = '__Bookmarked__'", "c")])


def test_bookmarks_are_not_compared_by_size(work, found):
    with pytest.raises(CannotSearch, match="= and !="):
        found(work, "id > '__Bookmarked__'")


def test_what_others_wrote_since_one_read_is_unread(work, work_of, make, check_table):
    tickets = {name: make.ticket(name) for name in "abcde"}
    jo, flo = make.staff("jo"), make.staff("flo")
    for user in (jo, flo):
        make.grant(user, "ShowTicket", "ReplyToTicket", "CommentOnTicket", "OwnTicket", "ModifyTicket")
    make.grant(flo, "ShowTicketComments")
    make.revoke("ShowTicketComments", make.queue())
    a, b, c, d, e = (tickets[name] for name in "abcde")
    for ticket in (b, c, d, e):
        note_seen(work_of("jo"), ticket)
    change_ticket(work, c, Correspond(plain_message("News.")), SetOwner(jo))
    change_ticket(work_of("jo"), d, Correspond(plain_message("By me.")))
    change_ticket(work, e, Comment(plain_message("Among us.")))
    ids = {name: ticket.id for name, ticket in tickets.items()}
    mine = [
        ("HasUnreadMessages = '__CurrentUser__'", "a c"),
        ("HasUnreadMessages = 'jo'", "a c"),
        (f"HasUnreadMessages = {jo.id}", "a c"),
        ("HasUnreadMessages = 'CurrentUser'", "a c"),
        ("HasUnreadMessages != 'jo'", "b d e"),
        ("HasNoUnreadMessages = '__CurrentUser__'", "b d e"),
        ("HasNoUnreadMessages != 'jo'", "a c"),
        ("HasUnreadMessages = 'Owner'", "a b c d e"),
    ]
    check_table(work_of("jo"), ids, mine)
    # Whoever sees comments asks about them too.
    check_table(
        work_of("flo"), ids, [("HasUnreadMessages = 'jo'", "a c e"), ("HasNoUnreadMessages = 'jo'", "b d")]
    )
    note_seen(work_of("jo"), a)
    note_seen(work_of("jo"), c)
    check_table(
        work_of("jo"),
        ids,
        [("HasUnreadMessages = 'jo'", ""), ("HasUnreadMessages = 'Owner' AND Owner = 'jo'", "")],
    )
    change_ticket(work, a, MergeInto(b))
    left = {name: number for name, number in ids.items() if name != "a"}
    check_table(work_of("jo"), left, [("HasUnreadMessages = 'jo'", "")])
    change_ticket(work, e, Correspond(plain_message("Again.")))
    change_ticket(work, e, MergeInto(c))
    del left["e"]
    check_table(work_of("jo"), left, [("HasUnreadMessages = 'jo'", "c")])
    with pytest.raises(CannotSearch, match="no user"):
        check_table(work, ids, [("HasUnreadMessages = 'nemo'", "")])
