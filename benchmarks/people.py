"""People by the thousand: pages of the list of users, and what one more membership costs among 500 groups.

The pages go through the whole WSGI application in this process: session, rights, queries, rendering. A membership is
compared with the same deed in an empty installation.
"""

import random
from datetime import UTC, datetime

from common import PASSWORD, arguments, fresh_app, kinds, processor_ms, show, show_ratio
from sqlalchemy import insert, select, text
from webtest import TestApp

from rtpy.app import App
from rtpy.changes.membership import add_member, create_group, remove_member
from rtpy.changes.people import create_person, system_groups
from rtpy.db.statistics import refresh_statistics
from rtpy.models import Group, GroupClosure, GroupMember, Principal, User
from rtpy.models.group import EVERYONE, UNPRIVILEGED
from rtpy.rights.grants import load_rights
from rtpy.wsgi import make_wsgi

USERS = 10_000
GROUPS = 500
PAGE_MS = 100
RIGHTS_MS = 5
FIRST = 1_000
"""Ids below belong to the installation."""


def main() -> None:
    """Print times and ratios on each database."""
    for kind in kinds(arguments(__doc__ or "").parse_args().on):
        with fresh_app(kind) as app:
            print(f"People on {kind}:")
            alone = _membership(app, "in an empty installation")
            _load(app)
            among = _membership(app, f"among {GROUPS} groups and {USERS} users")
            show_ratio("ratio", among, alone, 3)
            _rights(app)
            _pages(app)


def _load(app: App) -> None:
    """Users straight into the tables; each group holds forty of them, and groups lie in trees four deep."""
    chance, now = random.Random(5), datetime.now(UTC)
    people, groups = range(FIRST, FIRST + USERS), range(FIRST + USERS, FIRST + USERS + GROUPS)
    with app.work() as work:
        system = system_groups(work, (EVERYONE, UNPRIVILEGED))
    with app.engine.begin() as connection:
        principals = [{"id": each, "kind": "user", "disabled": False} for each in people]
        connection.execute(insert(Principal.__table__), principals)
        connection.execute(
            insert(User.__table__),
            [
                {
                    "id": each,
                    "name": f"person{each}@client{each % 300}.example",
                    "email_address": f"person{each}@client{each % 300}.example",
                    "real_name": f"Person {each}",
                    "created": now,
                }
                for each in people
            ],
        )
        principals = [{"id": each, "kind": "group", "disabled": False} for each in groups]
        connection.execute(insert(Principal.__table__), principals)
        connection.execute(
            insert(Group.__table__),
            [
                {"id": each, "domain": "UserDefined", "name": f"Group {each}", "created": now}
                for each in groups
            ],
        )
        members = {(group, person) for group in system for person in people}
        members |= {(group, person) for group in groups for person in chance.sample(people, 40)}
        closure = dict.fromkeys(members, 1)
        closure |= {(group, group): 0 for group in groups}
        for number, group in enumerate(groups):
            if number % 4:
                members.add((group - 1, group))
        for group in reversed(groups):
            below = [member for outer, member in members if outer == group and member in groups]
            for inner in below:
                for (outer, member), depth in list(closure.items()):
                    if outer == inner:
                        closure.setdefault((group, member), depth + 1)
        rows = [{"group_id": group, "member_id": member} for group, member in members]
        connection.execute(insert(GroupMember.__table__), rows)
        reach = [
            {"group_id": group, "member_id": member, "depth": depth}
            for (group, member), depth in closure.items()
        ]
        connection.execute(insert(GroupClosure.__table__), reach)
        if connection.dialect.name == "postgresql":
            for table in ("principals", "groups", "group_members"):
                column = f"pg_get_serial_sequence('{table}', 'id')"
                connection.execute(text(f"SELECT setval({column}, (SELECT max(id) FROM {table}))"))
    with app.work() as work:
        refresh_statistics(work.db)


def _membership(app: App, where: str) -> list[float]:
    with app.work() as work:
        people = [create_person(work, name=f"{where} {number}") for number in range(5)]
        group = work.db.scalar(select(Group).where(Group.name == f"Group {FIRST + USERS + 3}"))
        group = group or create_group(work, "alone")

        def join_and_leave() -> None:
            for person in people:
                add_member(work, group, person.id)
                remove_member(work, group, person.id)

        join_and_leave()
        figures = [each / 10 for each in processor_ms(join_and_leave, rounds=10)]
    show(f"one membership {where}", figures)
    return figures


def _rights(app: App) -> None:
    with app.work() as work:
        person = create_person(work, name="in all groups")
        for group in work.db.scalars(select(Group).where(Group.domain == "UserDefined")):
            work.db.add(GroupMember(group_id=group.id, member_id=person.id))
            work.db.add(GroupClosure(group_id=group.id, member_id=person.id, depth=1))
        work.db.flush()  # read below
        figures = processor_ms(lambda: load_rights(work.db, person.id), rounds=20)
    median = show(f"rights of a member of {GROUPS} groups", figures)
    print(f"  {'within' if median <= RIGHTS_MS else 'OVER'} the goal of {RIGHTS_MS} ms")


def _pages(app: App) -> None:
    environ = {"HTTP_HOST": "localhost:8080", "REMOTE_ADDR": "127.0.0.1"}
    browser = TestApp(make_wsgi(app), lint=False, extra_environ=environ)
    form = browser.get("/login").form
    form["username"], form["password"] = "root", PASSWORD
    form.submit()
    for path in (
        "/admin/users",
        "/admin/users?page=200",
        "/admin/users?kind=customers&page=100",
        "/admin/users?kind=staff",
        "/admin/users?q=client17",
        "/admin/users?q=nothing+like+it",
        "/admin/groups",
        "/people",
        "/people?page=200",
        "/people?q=client17",
    ):
        browser.get(path, status=200)
        figures = processor_ms(lambda path=path: browser.get(path, status=200), rounds=10)  # type: ignore[misc]
        median = show(path, figures)
        print(f"  {'within' if median <= PAGE_MS else 'OVER'} the goal of {PAGE_MS} ms")


if __name__ == "__main__":
    main()
