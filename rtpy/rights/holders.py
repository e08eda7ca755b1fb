"""Who holds rights and on what, by name: holders (a person, a group, a role) and places (the system, one thing)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import Result, Select, Table, func, or_, select
from sqlalchemy.orm import Session

from rtpy.db.base import Base
from rtpy.errors import NotFound
from rtpy.models import CustomField, CustomRole, CustomRolePlace, Group, Principal, User
from rtpy.models.custom_role import PREFIX
from rtpy.models.watcher import ADMIN_CC, CC, OWNER, REQUESTOR
from rtpy.rights.names import CATALOG, CUSTOM_FIELD, KINDS, QUEUE, SYSTEM, RightHelp

TICKET_ROLES = (REQUESTOR, CC, ADMIN_CC, OWNER)
ASSET_ROLES = (OWNER, "HeldBy", "Contact")
TABLES = {
    QUEUE: "queues",
    "group": "groups",
    "custom_field": "custom_fields",
    "class": "classes",
    CATALOG: "catalogs",
}
"""Where things of each kind are kept; a kind whose table is not there has no things yet."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """On what a right is held: the whole system, or one thing of a kind (`rtpy.rights.names.KINDS`)."""

    kind: str = SYSTEM
    id: int = 0


EVERYWHERE = Place()


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a right: a principal, or whoever plays a role."""

    principal_id: int | None = None
    role: str | None = None

    @property
    def key(self) -> str:
        """As forms write it: `p12`, or `role.AdminCc`."""
        return f"role.{self.role}" if self.role is not None else f"p{self.principal_id}"


@dataclass(frozen=True, slots=True)
class Named:
    """A holder in words: `kind` is user, group or role; `name` is the login name of a person.

    `detail` is a mail address or a description, `real_name` that of a person who has one.
    """

    holder: Holder
    kind: str
    name: str
    detail: str = ""
    disabled: bool = False
    real_name: str = ""

    @property
    def shown(self) -> str:
        """The name to show people."""
        return self.real_name or self.name

    @property
    def words(self) -> str:
        """Such as `group Support`, `user ann`: what logs and files say."""
        return f"{self.kind} {self.name}"


def read_holder(key: str) -> Holder | None:
    """The holder that a form names; None for what is none."""
    if key.startswith("role.") and len(key) < 70:
        return Holder(role=key[5:])
    number = key[1:]
    is_number = key[:1] == "p" and number.isascii() and number.isdigit() and len(number) < 19
    return Holder(int(number)) if is_number else None


def kinds_present() -> tuple[str, ...]:
    """The kinds of which there can be things."""
    return tuple(kind for kind in KINDS if kind == SYSTEM or _table(kind) is not None)


def things_of(db: Session, kind: str) -> list[tuple[int, str]]:
    """Id and name of all things of a kind, by name, disabled ones too."""
    table = _table(kind)
    if table is None:
        return []
    query: Select[int, str] = select(table.c.id, table.c.name)
    if kind == "group":
        query = query.where(table.c.domain == "UserDefined")
    return [(row[0], row[1]) for row in db.execute(query.order_by(table.c.name, table.c.id))]


def place_name(db: Session, place: Place) -> str:
    """In words: `the whole system`, `queue General`. Raises NotFound."""
    if place.kind == SYSTEM:
        return "the whole system"
    table = _table(place.kind)
    name = None if table is None else db.scalar(select(table.c.name).where(table.c.id == place.id))
    if name is None:
        raise NotFound(f"There is no such {place.kind.replace('_', ' ')}.")
    return f"{place.kind.replace('_', ' ')} {name}"


def roles_at(db: Session, place: Place) -> list[Named]:
    """The roles that can hold rights there: the built-in ones, and the custom ones that apply. Two queries at most.

    On a custom field of tickets or assets: every role of tickets or of assets.
    """
    lookups = lookups_at(db, place)
    built_in: dict[str, str] = {}
    if "ticket" in lookups:
        built_in |= dict.fromkeys(TICKET_ROLES, "role of tickets")
    if "asset" in lookups:
        built_in |= {role: built_in.get(role, "role of assets") for role in ASSET_ROLES}
    roles = [Named(Holder(role=role), "role", role, detail) for role, detail in built_in.items()]
    if not lookups:
        return roles
    query = select(CustomRole).where(CustomRole.lookup.in_(lookups)).order_by(CustomRole.name)
    if place.kind in (QUEUE, CATALOG):
        query = query.join(CustomRolePlace, CustomRolePlace.custom_role_id == CustomRole.id).where(
            CustomRolePlace.object_type == place.kind, CustomRolePlace.object_id == place.id
        )
    return roles + [_named_role(each) for each in db.scalars(query)]


def lookups_at(db: Session, place: Place) -> tuple[str, ...]:
    """On what people play roles there: tickets, assets, both, or nothing."""
    if place.kind == CUSTOM_FIELD:
        of = db.scalar(select(CustomField.lookup).where(CustomField.id == place.id))
        return {"ticket": ("ticket",), "transaction": ("ticket",), "asset": ("asset",)}.get(of or "", ())
    return {SYSTEM: ("ticket", "asset"), QUEUE: ("ticket",), CATALOG: ("asset",)}.get(place.kind, ())


def role_may_hold(role: str, help: RightHelp, lookups: dict[str, str]) -> bool:
    """Do things on which the right is held know the role? `lookups`: of what each custom role is a role, by name."""
    of_tickets = role in TICKET_ROLES or lookups.get(role) == "ticket"
    of_assets = role in ASSET_ROLES or lookups.get(role) == "asset"
    return (of_tickets and QUEUE in help.kinds) or (of_assets and CATALOG in help.kinds)


def lookups_of(db: Session) -> dict[str, str]:
    """Of what each custom role is a role (`ticket` or `asset`), by the name that grants use."""
    return {f"{PREFIX}{row[0]}": row[1] for row in db.execute(select(CustomRole.id, CustomRole.lookup))}


def name_holders(db: Session, holders: Collection[Holder]) -> dict[Holder, Named]:
    """All of them in words; those that do not exist are left out. Two queries at most."""
    ids = [each.principal_id for each in holders if each.principal_id is not None]
    found = {each.holder: each for each in _named_principals(db, ids)} if ids else {}
    custom = [each.role for each in holders if each.role is not None and each.role.startswith(PREFIX)]
    numbers = [int(role[len(PREFIX) :]) for role in custom if role[len(PREFIX) :].isdigit()]
    if numbers:
        for role in db.scalars(select(CustomRole).where(CustomRole.id.in_(numbers))):
            named = _named_role(role)
            found[named.holder] = named
    for holder in holders:
        if holder.role in TICKET_ROLES or holder.role in ASSET_ROLES:
            found[holder] = Named(holder, "role", str(holder.role))
    return found


def find_principals(db: Session, typed: str) -> list[Named]:
    """The groups and people whose name, login name or mail address is exactly that, in whatever case. One query."""
    words = " ".join(typed.replace("\x00", "").split())[:320]
    if not words:
        return []
    same = [func.lower(column) == words.lower() for column in (Group.name, User.name, User.email_address)]
    return _named(db.execute(_PRINCIPALS.where(or_(*same)).order_by(Principal.id).limit(20)))


def _named_role(role: CustomRole) -> Named:
    detail = f"custom role of {role.lookup}s"
    return Named(Holder(role=f"{PREFIX}{role.id}"), "role", role.name, detail, role.disabled)


def _named_principals(db: Session, ids: Iterable[int]) -> list[Named]:
    return _named(db.execute(_PRINCIPALS.where(Principal.id.in_(list(ids)))))


def _named(rows: Result[int, bool, str, str, str, str, str]) -> list[Named]:
    found = []
    for principal_id, disabled, group, description, login, real_name, address in rows:
        if group is not None:
            found.append(Named(Holder(principal_id), "group", group, description or "", disabled))
        elif login is not None:
            found.append(Named(Holder(principal_id), "user", login, address or "", disabled, real_name or ""))
    return found


_PRINCIPALS = (
    select(
        Principal.id,
        Principal.disabled,
        Group.name,
        Group.description,
        User.name,
        User.real_name,
        User.email_address,
    )
    .outerjoin(Group, Group.id == Principal.id)
    .outerjoin(User, User.id == Principal.id)
)


def _table(kind: str) -> Table | None:
    return Base.metadata.tables.get(TABLES.get(kind, ""))
