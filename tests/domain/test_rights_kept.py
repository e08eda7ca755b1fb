"""Rights that are kept between requests: gone with the very next question, whichever process took them away."""

from collections.abc import Callable

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.changes.blobs import DatabaseStore
from rtpy.changes.membership import add_member, create_group, enable_group, remove_member
from rtpy.models import Ace, CustomRole, CustomRolePlace, Group, GroupMember, Principal
from rtpy.rights import kept
from rtpy.testing.counting import QueryCount
from rtpy.testing.people import Factory
from rtpy.work import Actor, Face, Work

RIGHT = "ShowTicket"


@pytest.fixture
def other_process(app: App, db: Session) -> App:
    """An app that shares nothing with the first but the database."""
    return App(app.config, blobs=DatabaseStore(), clock=app.clock, bind=app._bind)


@pytest.fixture
def held(other_process: App, db: Session, make: Factory) -> Callable[[], bool]:
    """Does Ann hold the right, as the other process knows? Each call is a new piece of work."""
    ann = make.customer("ann@client.example")
    group = create_group(make.system, "night shift")
    add_member(make.system, group, ann.id)
    db.add(Ace(principal_id=group.id, right_name=RIGHT))
    db.flush()
    actor = Actor(ann.id, ann.name, Face.WEB)
    return lambda: other_process.work_in(db, actor).rights.of(RIGHT).everywhere


def _group(work: Work) -> Group:
    return work.db.scalars(select(Group).where(Group.name == "night shift")).one()


def _member(work: Work) -> int:
    return work.db.scalars(select(GroupMember.member_id).where(GroupMember.group_id == _group(work).id)).one()


def _disable(work: Work) -> None:
    work.db.get_one(Principal, _member(work)).disabled = True
    work.db.flush()


@pytest.mark.parametrize(
    "take",
    [
        pytest.param(
            lambda work: work.db.execute(delete(Ace).where(Ace.right_name == RIGHT)), id="revoked together"
        ),
        pytest.param(
            lambda work: work.db.execute(update(Ace).where(Ace.right_name == RIGHT).values(right_name="x")),
            id="changed",
        ),
        pytest.param(
            lambda work: [
                work.db.delete(row) for row in work.db.scalars(select(Ace).where(Ace.right_name == RIGHT))
            ],
            id="revoked",
        ),
        pytest.param(lambda work: remove_member(work, _group(work), _member(work)), id="member removed"),
        pytest.param(lambda work: enable_group(work, _group(work), enabled=False), id="group switched off"),
        pytest.param(_disable, id="user switched off"),
    ],
)
def test_what_was_taken_away_is_gone_at_once_in_every_process(
    take: Callable[[Work], object], held: Callable[[], bool], make: Factory, db: Session
) -> None:
    assert [held(), held()] == [True, True]

    take(make.system)
    db.flush()

    assert not held()


def test_what_is_undone_was_never_held(held: Callable[[], bool], db: Session) -> None:
    db.execute(delete(Ace).where(Ace.right_name == RIGHT))
    assert not held()
    nested = db.begin_nested()
    db.add(Ace(role="Requestor", right_name="other"))
    db.flush()
    assert not held()

    nested.rollback()

    assert not held()


def test_a_custom_role_that_is_switched_off_gives_nothing(
    other_process: App, db: Session, make: Factory
) -> None:
    role = CustomRole(name="Escort")
    db.add(role)
    db.flush()
    queue = make.queue("Doors")
    db.add(CustomRolePlace(custom_role_id=role.id, object_type="queue", object_id=queue.id))
    db.add(Ace(role=f"CustomRole-{role.id}", right_name=RIGHT))
    db.flush()
    actor = Actor(make.customer("ann@client.example").id, "ann", Face.WEB)

    def held_through_it() -> bool:
        return bool(other_process.work_in(db, actor).rights.of(RIGHT).roles_in)

    before = held_through_it()
    role.disabled = True
    db.flush()

    assert (before, held_through_it()) == (True, False)


def test_asking_again_costs_one_query_and_rows_changed_by_hand_count_after_a_minute(
    held: Callable[[], bool],
    db: Session,
    query_count: QueryCount,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert held()
    with query_count() as count:
        assert held()
    assert count.total == 1
    db.connection().exec_driver_sql(f"DELETE FROM aces WHERE right_name = '{RIGHT}'")
    assert held()

    monkeypatch.setattr(kept, "LONGEST", -1.0)

    assert not held()
