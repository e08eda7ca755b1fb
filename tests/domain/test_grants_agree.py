"""Rights: on any world of tickets or of assets, Grants in Python and in SQL and the explanation give one answer."""

from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select, update

from rtpy.changes.assets.pipeline import CreateAsset, create_asset
from rtpy.changes.catalogs import CatalogValues, make_catalog
from rtpy.changes.guard import changing
from rtpy.changes.membership import create_group
from rtpy.models import (
    Ace,
    Asset,
    AssetWatcher,
    CustomField,
    CustomRole,
    CustomRolePlace,
    GroupMember,
    Principal,
    Ticket,
    Watcher,
)
from rtpy.rights.asset_roles import asset_roles
from rtpy.rights.explain import explain
from rtpy.rights.grants import load_rights
from rtpy.rights.holders import Place
from rtpy.rights.names import Right
from rtpy.rights.roles import roles_held
from rtpy.search.assets import visible_assets

USERS, GROUPS, CONTAINERS, THINGS, CUSTOM = 4, 4, 3, 6, 2
PRINCIPALS = USERS + GROUPS
ROLES = ("first", "second", "third", "Owner", "custom 0", "custom 1")
FIELD = "field"
RIGHT = Right.SEE_CUSTOM_FIELD
"""Held on queues, on catalogs, on one field and on the system: one world tries all of them."""


@dataclass(frozen=True)
class Kind:
    """Tickets in queues, or assets in catalogs."""

    name: str
    thing: Any
    watcher: Any
    container: str
    roles: dict[str, str]


KINDS = {
    "ticket": Kind(
        "ticket", Ticket, Watcher, "queue", {"first": "Requestor", "second": "Cc", "third": "AdminCc"}
    ),
    "asset": Kind(
        "asset", Asset, AssetWatcher, "catalog", {"first": "HeldBy", "second": "Contact", "third": "Contact"}
    ),
}

principal = st.integers(0, PRINCIPALS - 1)
watcher = st.tuples(st.sampled_from([role for role in ROLES if role != "Owner"]), principal)
place = st.sampled_from([None, FIELD, *range(CONTAINERS)])


@dataclass(frozen=True)
class World:
    """Everything by its number; a place is a queue or catalog, the field, or None for the whole system."""

    members: frozenset[tuple[int, int]]
    disabled: frozenset[int]
    roles_off: frozenset[int]
    roles_in: frozenset[tuple[int, int]]
    by_principal: frozenset[tuple[int, int | str | None]]
    by_role: frozenset[tuple[str, int | str | None]]
    super_users: frozenset[int]
    whole_watchers: frozenset[tuple[int, tuple[str, int]]]
    things: tuple[tuple[int, int, int | None, frozenset[tuple[str, int]]], ...]
    asked: tuple[int, int]


thing = st.tuples(
    st.integers(0, CONTAINERS - 1),
    st.integers(0, USERS - 1),
    st.one_of(st.none(), st.integers(0, THINGS - 1)),
    st.frozensets(watcher, max_size=3),
)
world = st.builds(
    World,
    members=st.frozensets(st.tuples(st.integers(0, GROUPS - 1), principal), max_size=10),
    disabled=st.frozensets(principal, max_size=3),
    roles_off=st.frozensets(st.integers(0, CUSTOM - 1), max_size=1),
    roles_in=st.frozensets(st.tuples(st.integers(0, CUSTOM - 1), st.integers(0, CONTAINERS - 1)), max_size=5),
    by_principal=st.frozensets(st.tuples(principal, place), max_size=3),
    by_role=st.frozensets(st.tuples(st.sampled_from(ROLES), place), max_size=4),
    super_users=st.frozensets(principal, max_size=1),
    whole_watchers=st.frozensets(st.tuples(st.integers(0, CONTAINERS - 1), watcher), max_size=4),
    things=st.tuples(*[thing] * THINGS),
    asked=st.tuples(st.integers(0, USERS - 1), st.integers(0, THINGS - 1)),
)


class Scene:
    """The people and things that every world is made of."""

    def __init__(self, make, db, kind):
        self.db, self.kind = db, kind
        if kind.name == "ticket":
            self.containers, self.things = self._tickets(make)
        else:
            self.containers, self.things = self._assets(make)
        self.principals = [make.customer(f"u{number}@client.example").id for number in range(USERS)]
        self.principals += [create_group(make.system, f"g{number}").id for number in range(GROUPS)]
        roles = [CustomRole(name=f"custom {number}", lookup=kind.name) for number in range(CUSTOM)]
        field = CustomField(name="Severity", lookup=kind.name, type="freeform", max_values=1)
        db.add_all([*roles, field])
        db.flush()
        self.custom, self.field = [each.id for each in roles], field.id

    @staticmethod
    def _tickets(make):
        queues = [make.queue(f"Q{number}", granted=False) for number in range(CONTAINERS)]
        make.grant(make.customer("maker@client.example"), "CreateTicket", queue=queues[0])
        made = [
            make.ticket(f"T{number}", queue="Q0", requestor="maker@client.example")
            for number in range(THINGS)
        ]
        return [each.id for each in queues], [each.id for each in made]

    @staticmethod
    def _assets(make):
        work = make.system
        catalogs = [make_catalog(work, CatalogValues(f"C{number}", "assets")) for number in range(CONTAINERS)]
        made = [create_asset(work, CreateAsset(catalogs[0], f"A{number}.")) for number in range(THINGS)]
        return [each.id for each in catalogs], [each.id for each in made]

    def role(self, name):
        if name.startswith("custom"):
            return f"CustomRole-{self.custom[int(name[-1])]}"
        return self.kind.roles.get(name, name)

    def here(self, thing):
        """The queue or catalog of a thing, as a place."""
        return Place(self.kind.container, getattr(thing, f"{self.kind.container}_id"))

    def build(self, world):
        """Let the database be that world."""
        db, people, kind = self.db, self.principals, self.kind
        groups = people[USERS:]
        for model in (Ace, kind.watcher, CustomRolePlace):
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
                {
                    "custom_role_id": self.custom[role],
                    "object_type": kind.container,
                    "object_id": self.containers[container],
                }
                for role, container in world.roles_in
            ),
        )
        self._rows(Ace, self._aces(world))
        own, whole = f"{kind.name}_id", f"{kind.container}_id"
        watchers = {
            (None, self.containers[container], self.role(role), people[who])
            for container, (role, who) in world.whole_watchers
        }
        for number, (container, owner, merged, playing) in enumerate(world.things):
            values = {whole: self.containers[container], "owner_id": people[owner]}
            if kind.name == "ticket":
                into = None if merged in (None, number) else self.things[merged]
                values["merged_into_id"] = into
            db.execute(update(kind.thing).where(kind.thing.id == self.things[number]).values(values))
            watchers |= {(self.things[number], None, self.role(role), people[who]) for role, who in playing}
        names = (own, whole, "role", "principal_id")
        self._rows(kind.watcher, (dict(zip(names, row, strict=True)) for row in watchers))
        db.expire_all()

    def _aces(self, world):
        def at(place):
            if place is None:
                return {"object_type": "system", "object_id": 0}
            if place == FIELD:
                return {"object_type": "custom_field", "object_id": self.field}
            return {"object_type": self.kind.container, "object_id": self.containers[place]}

        see = {"right_name": RIGHT.value}
        for who, place in world.by_principal:
            yield {**see, "principal_id": self.principals[who], "role": None, **at(place)}
        for role, place in world.by_role:
            yield {**see, "principal_id": None, "role": self.role(role), **at(place)}
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


def read_tickets(db, rights, grants, scene, tickets):
    """By SQL and by hand: the tickets on which the right is held, and those whose field it is held on."""
    by_sql = [
        set(db.scalars(select(Ticket.id).where(clause, Ticket.id.in_(scene.things))))
        for clause in (grants.visible(), grants.field_visible(scene.field))
    ]
    roles = {number: roles_held(db, rights.principals, ticket) for number, ticket in tickets.items()}
    by_hand = [
        {number for number, each in tickets.items() if grants.allows(each.queue_id, roles[number])},
        {
            number
            for number, each in tickets.items()
            if grants.on_field(scene.field, "queue", each.queue_id, roles[number])
        },
    ]
    return by_sql, by_hand


def read_assets(db, rights, grants, scene, assets):
    """The same of assets, whose fields have no reading in SQL."""
    by_sql = set(db.scalars(select(Asset.id).where(visible_assets(grants), Asset.id.in_(scene.things))))
    roles = {number: asset_roles(db, rights, asset) for number, asset in assets.items()}
    held = {number for number, each in assets.items() if grants.on("catalog", each.catalog_id, roles[number])}
    on_field = {
        number
        for number, each in assets.items()
        if grants.on_field(scene.field, "catalog", each.catalog_id, roles[number])
    }
    return [by_sql, on_field], [held, on_field]


def check(scene, world):
    """The readings agree for everybody on everything; the explanation agrees for one of each."""
    db, model = scene.db, scene.kind.thing
    scene.build(world)
    read = read_tickets if scene.kind.name == "ticket" else read_assets
    things = {each.id: each for each in db.scalars(select(model).where(model.id.in_(scene.things)))}
    held = {}
    for user_id in scene.principals[:USERS]:
        rights = load_rights(db, user_id)
        by_sql, held[user_id] = read(db, rights, rights.of(RIGHT), scene, things)
        assert by_sql == held[user_id]
    user_id, thing = scene.principals[world.asked[0]], things[scene.things[world.asked[1]]]
    here, field = scene.here(thing), Place("custom_field", scene.field)
    for place, found in zip((here, field), held[user_id], strict=True):
        said, is_held = explain(db, user_id, RIGHT, place, thing), thing.id in found
        assert (said.is_held, bool(said.chains), bool(said.hints)) == (is_held, is_held, not is_held)
    grants = load_rights(db, user_id).of(RIGHT)
    in_person = grants.in_queue(here.id) if here.kind == "queue" else grants.on("catalog", here.id)
    assert explain(db, user_id, RIGHT, here).is_held == in_person
    assert explain(db, user_id, RIGHT, field).is_held == grants.on("custom_field", scene.field)


@pytest.mark.parametrize(("kind", "examples"), [("ticket", 130), ("asset", 70)])
def test_all_readings_agree_on_any_world(kind, examples, make, db, database_kind):
    scene = Scene(make, db, KINDS[kind])

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
