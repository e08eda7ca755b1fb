"""Rights: on any world, Grants in Python, Grants in SQL and the explanation all give the same answer."""

from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select, update

from rtpy.changes.guard import changing
from rtpy.changes.membership import create_group
from rtpy.models import Ace, CustomRole, CustomRolePlace, GroupMember, Principal, Ticket, Watcher
from rtpy.rights.explain import explain
from rtpy.rights.grants import load_rights
from rtpy.rights.holders import Place
from rtpy.rights.names import Right
from rtpy.rights.roles import roles_held

USERS, GROUPS, QUEUES, TICKETS, CUSTOM = 4, 4, 3, 6, 2
PRINCIPALS = USERS + GROUPS
ROLES = ("Requestor", "Cc", "AdminCc", "Owner", "custom 0", "custom 1")

principal = st.integers(0, PRINCIPALS - 1)
watcher = st.tuples(st.sampled_from([role for role in ROLES if role != "Owner"]), principal)
place = st.sampled_from([None, *range(QUEUES)])


@dataclass(frozen=True)
class World:
    """Everything by its number; a place is a queue, or None for the whole system."""

    members: frozenset[tuple[int, int]]
    disabled: frozenset[int]
    roles_off: frozenset[int]
    roles_in: frozenset[tuple[int, int]]
    by_principal: frozenset[tuple[int, int | None]]
    by_role: frozenset[tuple[str, int | None]]
    super_users: frozenset[int]
    queue_watchers: frozenset[tuple[int, tuple[str, int]]]
    tickets: tuple[tuple[int, int, int | None, frozenset[tuple[str, int]]], ...]
    asked: tuple[int, int]


ticket = st.tuples(
    st.integers(0, QUEUES - 1),
    st.integers(0, USERS - 1),
    st.one_of(st.none(), st.integers(0, TICKETS - 1)),
    st.frozensets(watcher, max_size=3),
)
world = st.builds(
    World,
    members=st.frozensets(st.tuples(st.integers(0, GROUPS - 1), principal), max_size=10),
    disabled=st.frozensets(principal, max_size=3),
    roles_off=st.frozensets(st.integers(0, CUSTOM - 1), max_size=1),
    roles_in=st.frozensets(st.tuples(st.integers(0, CUSTOM - 1), st.integers(0, QUEUES - 1)), max_size=5),
    by_principal=st.frozensets(st.tuples(principal, place), max_size=3),
    by_role=st.frozensets(st.tuples(st.sampled_from(ROLES), place), max_size=4),
    super_users=st.frozensets(principal, max_size=1),
    queue_watchers=st.frozensets(st.tuples(st.integers(0, QUEUES - 1), watcher), max_size=4),
    tickets=st.tuples(*[ticket] * TICKETS),
    asked=st.tuples(st.integers(0, USERS - 1), st.integers(0, TICKETS - 1)),
)


class Scene:
    """The people and things that every world is made of."""

    def __init__(self, make, db):
        self.db = db
        self.queues = [make.queue(f"Q{number}", granted=False).id for number in range(QUEUES)]
        for queue in range(QUEUES):
            make.grant(make.customer("maker@client.example"), "CreateTicket", queue=make.queue(f"Q{queue}"))
        self.principals = [make.customer(f"u{number}@client.example").id for number in range(USERS)]
        self.principals += [create_group(make.system, f"g{number}").id for number in range(GROUPS)]
        made = [
            make.ticket(f"T{number}", queue="Q0", requestor="maker@client.example")
            for number in range(TICKETS)
        ]
        self.tickets = [each.id for each in made]
        roles = [CustomRole(name=f"custom {number}") for number in range(CUSTOM)]
        db.add_all(roles)
        db.flush()
        self.custom = [each.id for each in roles]

    def role(self, name):
        return f"CustomRole-{self.custom[int(name[-1])]}" if name.startswith("custom") else name

    def build(self, world):
        """Let the database be that world."""
        db, people = self.db, self.principals
        groups = people[USERS:]
        for model in (Ace, Watcher, CustomRolePlace):
            db.execute(delete(model))
        db.execute(delete(GroupMember).where(GroupMember.group_id.in_(groups)))
        db.execute(update(Principal).values(disabled=False))
        off = [people[each] for each in world.disabled]
        db.execute(update(Principal).where(Principal.id.in_(off)).values(disabled=True))
        db.execute(update(CustomRole).values(disabled=False))
        roles_off = [self.custom[each] for each in world.roles_off]
        db.execute(update(CustomRole).where(CustomRole.id.in_(roles_off)).values(disabled=True))
        self._rows(
            GroupMember, ({"group_id": groups[each], "member_id": people[who]} for each, who in world.members)
        )
        self._rows(
            CustomRolePlace,
            (
                {"custom_role_id": self.custom[role], "object_type": "queue", "object_id": self.queues[queue]}
                for role, queue in world.roles_in
            ),
        )
        self._rows(Ace, self._aces(world))
        watchers = [
            {"ticket_id": None, "queue_id": self.queues[queue], "role": role, "principal_id": who}
            for queue, (role, who) in world.queue_watchers
        ]
        for number, (queue, owner, merged, playing) in enumerate(world.tickets):
            db.execute(
                update(Ticket)
                .where(Ticket.id == self.tickets[number])
                .values(
                    queue_id=self.queues[queue],
                    owner_id=people[owner],
                    merged_into_id=None if merged in (None, number) else self.tickets[merged],
                )
            )
            watchers += [
                {"ticket_id": self.tickets[number], "queue_id": None, "role": role, "principal_id": who}
                for role, who in playing
            ]
        self._rows(
            Watcher,
            (
                {**row, "role": self.role(row["role"]), "principal_id": people[row["principal_id"]]}
                for row in watchers
            ),
        )
        db.expire_all()

    def _aces(self, world):
        def at(queue):
            kind = "system" if queue is None else "queue"
            return {"object_type": kind, "object_id": 0 if queue is None else self.queues[queue]}

        show = {"right_name": Right.SHOW_TICKET.value}
        for who, queue in world.by_principal:
            yield {**show, "principal_id": self.principals[who], "role": None, **at(queue)}
        for role, queue in world.by_role:
            yield {**show, "principal_id": None, "role": self.role(role), **at(queue)}
        for who in world.super_users:
            yield {
                "right_name": "SuperUser",
                "principal_id": self.principals[who],
                "role": None,
                **at(None),
            }

    def _rows(self, model, rows):
        rows = list(rows)
        if rows:
            self.db.execute(insert(model), rows)


def check(scene, world):
    """The readings agree for everybody on every ticket; the explanation agrees for one of each."""
    db = scene.db
    scene.build(world)
    tickets = {each.id: each for each in db.scalars(select(Ticket).where(Ticket.id.in_(scene.tickets)))}
    for user_id in scene.principals[:USERS]:
        rights = load_rights(db, user_id)
        grants = rights.of(Right.SHOW_TICKET)
        by_sql = set(db.scalars(select(Ticket.id).where(grants.visible(), Ticket.id.in_(scene.tickets))))
        by_hand = {
            number
            for number, ticket in tickets.items()
            if grants.allows(ticket.queue_id, roles_held(db, rights.principals, ticket))
        }
        assert by_sql == by_hand
    user_id, ticket = scene.principals[world.asked[0]], tickets[scene.tickets[world.asked[1]]]
    rights = load_rights(db, user_id)
    grants = rights.of(Right.SHOW_TICKET)
    held = grants.allows(ticket.queue_id, roles_held(db, rights.principals, ticket))
    here = Place("queue", ticket.queue_id)
    on_ticket = explain(db, user_id, Right.SHOW_TICKET, here, ticket)
    assert (on_ticket.is_held, bool(on_ticket.chains), bool(on_ticket.hints)) == (held, held, not held)
    on_queue = explain(db, user_id, Right.SHOW_TICKET, here)
    assert on_queue.is_held == grants.in_queue(ticket.queue_id)


@pytest.mark.parametrize("examples", [250])
def test_all_readings_agree_on_any_world(examples, make, db, database_kind):
    scene = Scene(make, db)

    @settings(
        max_examples=examples if database_kind == "sqlite" else examples // 8,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(world)
    def hold(world):
        with changing(db):
            check(scene, world)

    hold()
