"""Bookmarks and read marks: one's own, with the right to see the ticket, and they follow merges."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from rtpy.changes.bookmarks import bookmark, unbookmark
from rtpy.changes.merging_people.merge import merge_people
from rtpy.changes.pipeline import change_ticket
from rtpy.changes.read_marks import note_seen
from rtpy.changes.ticket.content import Correspond
from rtpy.changes.ticket.merge import MergeInto
from rtpy.content.part import plain_message
from rtpy.errors import Refused
from rtpy.models import Bookmark, ReadMark, Transaction
from rtpy.testing.people import Factory
from rtpy.work import Work


def _marked(work: Work) -> set[tuple[int, int]]:
    return {tuple(row) for row in work.db.execute(select(Bookmark.user_id, Bookmark.ticket_id))}


def _seen(work: Work) -> dict[tuple[int, int], int]:
    rows = work.db.execute(select(ReadMark.user_id, ReadMark.ticket_id, ReadMark.transaction_id))
    return {(row[0], row[1]): row[2] for row in rows}


def _newest(work: Work, ticket_id: int) -> int:
    query = select(Transaction.id).where(
        Transaction.object_type == "ticket", Transaction.object_id == ticket_id
    )
    return max(work.db.scalars(query))


def test_a_bookmark_is_set_once_and_taken_away(work: Work, make: Factory) -> None:
    ticket, me = make.ticket(), work.actor.user_id
    bookmark(work, ticket)
    bookmark(work, ticket)
    assert _marked(work) == {(me, ticket.id)}
    unbookmark(work, ticket)
    unbookmark(work, ticket)
    assert _marked(work) == set()


def test_marks_need_the_right_to_see_the_ticket(work_of: Callable[..., Work], make: Factory) -> None:
    make.queue("Secret", granted=False)
    ticket = make.ticket(queue="Secret")
    make.staff("jo")
    for deed in (bookmark, note_seen):
        with pytest.raises(Refused, match="ShowTicket"):
            deed(work_of("jo"), ticket)


def test_a_mark_of_what_was_read_never_goes_back_nor_beyond_the_ticket(work: Work, make: Factory) -> None:
    ticket, me = make.ticket(), work.actor.user_id
    newest = _newest(work, ticket.id)
    for given, seen in ((newest - 1, newest - 1), (10**15, newest), (1, newest), (None, newest)):
        note_seen(work, ticket, given)
        assert _seen(work) == {(me, ticket.id): seen}


def test_merging_tickets_moves_bookmarks_and_keeps_only_what_was_read_of_both(
    work_of: Callable[..., Work], make: Factory
) -> None:
    old, new = make.ticket("Old"), make.ticket("New")
    for name in ("jo", "flo", "kim", "may"):
        user = make.staff(name)
        make.grant(user, "ShowTicket", "ModifyTicket")
    jo, flo, kim, may = (work_of(name) for name in ("jo", "flo", "kim", "may"))
    for each, ticket in ((jo, old), (flo, old), (flo, new)):
        bookmark(each, ticket)
    change_ticket(jo.as_system(), old, Correspond(plain_message("More.")))
    for each, ticket in ((jo, old), (flo, old), (flo, new), (kim, new), (may, new)):
        note_seen(each, ticket)
    of_both, of_old = _newest(jo, old.id), _newest(jo, old.id) - 1
    note_seen(may, old, of_old)

    change_ticket(jo, old, MergeInto(new))

    assert _marked(jo) == {(jo.actor.user_id, new.id), (flo.actor.user_id, new.id)}
    assert _seen(jo) == {(flo.actor.user_id, new.id): of_both, (may.actor.user_id, new.id): of_old}


def test_merging_people_moves_their_marks(work: Work, work_of: Callable[..., Work], make: Factory) -> None:
    first, second = make.ticket("First"), make.ticket("Second")
    kept, merged = make.staff("kept"), make.staff("merged")
    for user in (kept, merged):
        make.grant(user, "ShowTicket")
    for name, ticket in (("kept", first), ("merged", first), ("merged", second)):
        bookmark(work_of(name), ticket)
        note_seen(work_of(name), ticket)
    merge_people(work, kept, merged)
    pairs = {(kept.id, first.id), (kept.id, second.id)}
    assert _marked(work) == pairs
    assert set(_seen(work)) == pairs


def test_a_merged_ticket_is_marked_where_it_went(work: Work, make: Factory) -> None:
    old, new = make.ticket("Old"), make.ticket("New")
    change_ticket(work, old, MergeInto(new))
    change_ticket(work, new, Correspond(plain_message("Done.")))
    bookmark(work, old)
    note_seen(work, old)
    me = work.actor.user_id
    assert _marked(work) == {(me, new.id)}
    assert _seen(work) == {(me, new.id): _newest(work, new.id)}
    unbookmark(work, old)
    assert _marked(work) == set()
