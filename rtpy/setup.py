"""The first data of a fresh installation: the system's own people and groups, the queue General, open rights."""

import secrets

from sqlalchemy import select
from sqlalchemy.orm import Session

from rtpy.app import App
from rtpy.changes.membership import add_closure, create_group
from rtpy.changes.people import create_person, system_groups
from rtpy.changes.queues import EVERYONE_MAY, STAFF_MAY
from rtpy.identity.passwords import hash_password
from rtpy.lifecycle.present import store_first
from rtpy.models import Ace, Group, Principal, Queue, User
from rtpy.models.group import EVERYONE, PRIVILEGED, UNPRIVILEGED
from rtpy.models.user import NOBODY, SYSTEM_USER
from rtpy.rights.names import Right
from rtpy.schedules.first import store_first_schedules
from rtpy.scrips.defaults import load_defaults
from rtpy.work import Actor, Face, Work

STAFF_MAY_EVERYWHERE = (
    Right.SEE_OWN_SAVED_SEARCH,
    Right.ADMIN_OWN_SAVED_SEARCH,
    Right.SEE_SAVED_SEARCH,
    Right.SEE_OWN_DASHBOARD,
    Right.ADMIN_OWN_DASHBOARD,
    Right.SEE_DASHBOARD,
    Right.SUBSCRIBE_DASHBOARD,
    Right.SHOW_SEARCH_BULK_UPDATE,
)
"""What staff of a fresh installation may do with searches and dashboards."""

__all__ = ["EVERYONE_MAY", "STAFF_MAY", "grant_queue", "initialise", "is_initialised"]


def is_initialised(db: Session) -> bool:
    """Has this database its first data?"""
    return db.scalar(select(User.id).where(User.name == SYSTEM_USER)) is not None


def initialise(app: App, root_password: str | None = None) -> str | None:
    """Give an empty database its first data; does nothing to one that has them.

    Returns the password of `root` (the given one or a new one), None when nothing was done.
    """
    with app.sessions() as db:
        if is_initialised(db):
            return None
        password = root_password or secrets.token_urlsafe(12)
        store_first(db, app.first_lifecycles, app.clock.now())
        _people(app, db, password)
        load_defaults(db, app)
        store_first_schedules(db, app)
        db.commit()
    return password


def grant_queue(db: Session, queue: Queue, *, everyone: bool = True) -> None:
    """The rights of a fresh installation on one queue: everyone may write, staff see and work it."""
    groups = {row.name: row.id for row in db.execute(select(Group.name, Group.id))}
    if everyone:
        db.add_all(_grants(groups[EVERYONE], EVERYONE_MAY, queue))
    db.add_all(_grants(groups[PRIVILEGED], STAFF_MAY, queue))


def _people(app: App, db: Session, password: str) -> None:
    system = _system_user(app, db)
    work = Work(app, db, Actor(system.id, SYSTEM_USER, Face.SYSTEM), app.clock.now())
    for name, what in (
        (EVERYONE, "Everybody, with or without an account"),
        (PRIVILEGED, "Staff"),
        (UNPRIVILEGED, "Customers and everybody else"),
    ):
        create_group(work, name, domain="SystemInternal", description=what)
    add_closure(work, system_groups(work, (EVERYONE,)), system.id)
    nobody = create_person(work, name=NOBODY, real_name="Nobody in particular")
    root = create_person(work, name="root", email_address="root@localhost", real_name="Root", privileged=True)
    root.password_hash = hash_password(password)
    db.add(Ace(principal_id=system.id, right_name=Right.SUPER_USER))
    db.add(Ace(principal_id=root.id, right_name=Right.SUPER_USER))
    db.add(Ace(principal_id=nobody.id, right_name=Right.OWN_TICKET))
    general = Queue(name="General", description="Everything that has no queue of its own", created=work.now)
    db.add(general)
    db.flush()  # grants point at it
    grant_queue(db, general)
    staff = db.scalar(select(Group.id).where(Group.name == PRIVILEGED))
    db.add_all(Ace(principal_id=staff, right_name=right) for right in STAFF_MAY_EVERYWHERE)


def _system_user(app: App, db: Session) -> User:
    principal = Principal(kind="user")
    db.add(principal)
    db.flush()  # users share the ids of principals
    user = User(id=principal.id, name=SYSTEM_USER, real_name="The system", created=app.clock.now())
    user.principal = principal
    db.add(user)
    db.flush()  # it is the author of all that follows
    return user


def _grants(principal_id: int, rights: tuple[Right, ...], queue: Queue) -> list[Ace]:
    return [
        Ace(principal_id=principal_id, right_name=right, object_type="queue", object_id=queue.id)
        for right in rights
    ]
