"""Merging: people, times, links and history of both in one, both numbers good for ever."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from rtpy.changes.pipeline import change_ticket
from rtpy.changes.ticket.content import Comment, Correspond
from rtpy.changes.ticket.links import AddLink
from rtpy.changes.ticket.merge import MergeInto
from rtpy.content.part import plain_message
from rtpy.errors import Refused
from rtpy.history.reading import merged_ids, read_history
from rtpy.models import Link, Ticket, User, Watcher
from rtpy.testing.people import Factory
from rtpy.work import Work


def _people(db: Session, ticket: Ticket, role: str) -> set[str]:
    return set(
        db.scalars(
            select(User.name)
            .join(Watcher, Watcher.principal_id == User.id)
            .where(Watcher.ticket_id == ticket.id, Watcher.role == role)
        )
    )


def test_people_times_and_history_come_together(work: Work, make: Factory, db: Session) -> None:
    old = make.ticket("Printer", requestor="ann@client.example", cc=["boss@client.example"], text="It burns")
    new = make.ticket("Printer again", requestor="bob@client.example", text="Still burns")
    change_ticket(work, old, Correspond(plain_message("looking"), 10))
    change_ticket(work, new, Comment(plain_message("fuse"), 5))

    change_ticket(work, old, MergeInto(new))

    assert _people(db, new, "Requestor") == {"ann@client.example", "bob@client.example"}
    assert _people(db, new, "Cc") == {"boss@client.example"}
    assert new.time_worked == 15
    texts = [
        part.text()
        for entry in read_history(db, merged_ids(db, new.id), comments=True, outgoing=False)
        for part in entry.parts
    ]
    assert texts == ["It burns", "Still burns", "looking", "fuse"]


def test_what_was_merged_before_follows(work: Work, make: Factory, db: Session) -> None:
    first, second, third = (make.ticket(name) for name in "ABC")

    change_ticket(work, first, MergeInto(second))
    change_ticket(work, second, MergeInto(third))
    db.refresh(first)

    assert first.merged_into_id == third.id
    assert set(merged_ids(db, third.id)) == {first.id, second.id, third.id}


def test_links_move_and_doubles_vanish(work: Work, make: Factory, db: Session) -> None:
    old, new, other = (make.ticket(name) for name in ("old", "new", "other"))
    change_ticket(work, old, AddLink("DependsOn", str(other.id)), AddLink("RefersTo", str(new.id)))
    change_ticket(work, new, AddLink("DependsOn", str(other.id)))

    change_ticket(work, old, MergeInto(new))

    links = db.execute(select(Link.type, Link.local_base_id, Link.local_target_id).order_by(Link.id)).all()
    assert {tuple(link) for link in links} == {
        ("DependsOn", new.id, other.id),
        ("MergedInto", old.id, new.id),
    }


def test_merging_needs_the_right_on_both(work_of: Callable[..., Work], make: Factory) -> None:
    make.staff("tech")
    make.queue("Board", granted=False)
    mine, hidden = make.ticket("mine"), make.ticket("plans", queue="Board")

    with pytest.raises(Refused, match="ModifyTicket"):
        change_ticket(work_of("tech"), mine, MergeInto(hidden))
    with pytest.raises(Refused, match="ModifyTicket"):
        change_ticket(work_of("tech"), hidden, MergeInto(mine))


def test_a_ticket_is_not_merged_into_itself_nor_into_a_merged_one(work: Work, make: Factory) -> None:
    first, second, third = (make.ticket(name) for name in "ABC")
    change_ticket(work, first, MergeInto(second))

    with pytest.raises(Refused, match="itself"):
        change_ticket(work, second, MergeInto(second))
    with pytest.raises(Refused, match=f"#{second.id}"):
        change_ticket(work, third, MergeInto(first))
