"""Storing one row at once: as the unit of work would, and never behind the pipeline's back."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from rtpy.changes.guard import UnrecordedWrite, changing
from rtpy.changes.people import create_person
from rtpy.changes.storing import store
from rtpy.models import Principal, Ticket, Transaction, User
from rtpy.testing.people import Factory
from rtpy.work import Work


def row_of(db: Session, row: object) -> dict[str, object]:
    table = type(row).__table__
    found = db.connection().execute(select(table).where(table.c.id == row.id)).one()
    return {name: value for name, value in found._mapping.items() if name != "id"}


@pytest.mark.parametrize("model", [Ticket, Transaction], ids=lambda model: model.__name__)
def test_a_stored_row_holds_what_the_unit_of_work_writes(
    model: type, make: Factory, work: Work, db: Session
) -> None:
    like = make.ticket()
    values = {
        Ticket: {
            name: getattr(like, name)
            for name in ("queue_id", "status", "owner_id", "creator_id", "created", "last_updated_by_id")
        }
        | {"last_updated": work.now},
        Transaction: {"object_id": like.id, "type": "X", "creator_id": like.creator_id, "created": work.now},
    }[model]
    stored, flushed = model(**values), model(**values)

    with changing(db):
        store(db, stored)
        db.add(flushed)
        db.flush()

    assert row_of(db, stored) == row_of(db, flushed)


def test_a_stored_row_answers_without_a_query_and_is_written_when_it_changes(
    work: Work, db: Session, query_count
) -> None:
    ann = create_person(work, name="ann", email_address="ann@client.example")

    with query_count() as counted:
        assert (ann.real_name, ann.password_hash, ann.principal.disabled) == ("", None, False)
        assert db.get(User, ann.id) is ann
    ann.real_name = "Ann Miller"
    db.flush()

    assert counted.total == 0
    assert row_of(db, ann)["real_name"] == "Ann Miller"


def test_an_id_that_a_rolled_back_savepoint_gave_out_can_come_again(db: Session) -> None:
    first, second = Principal(kind="user"), Principal(kind="group")
    savepoint = db.begin_nested()
    store(db, first)
    savepoint.rollback()
    second.id = first.id

    store(db, second)

    assert db.get(Principal, second.id) is second
    assert row_of(db, second)["kind"] == "group"


def test_a_ticket_is_stored_by_the_pipeline_only(make: Factory, work: Work, db: Session) -> None:
    like = make.ticket()
    ticket = Ticket(
        queue_id=like.queue_id, status="new", owner_id=like.owner_id, creator_id=like.creator_id,
        created=work.now, last_updated=work.now, last_updated_by_id=like.creator_id,
    )  # fmt: skip

    with pytest.raises(UnrecordedWrite):
        store(db, ticket)
