"""What we have: the people and groups linked to a directory, and accounts that may be theirs. A handful of queries."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import func, literal, select, union_all
from sqlalchemy.orm import Session

from rtpy.changes.accounts import COLUMNS
from rtpy.changes.people import system_groups
from rtpy.models import (
    Ace,
    CustomFieldContent,
    DirectoryGroup,
    DirectoryHold,
    DirectoryPerson,
    Group,
    GroupClosure,
    GroupMember,
    OrganizationMember,
    PhotoSource,
    Principal,
    User,
    UserAddress,
    UserPhoto,
)
from rtpy.models.group import PRIVILEGED
from rtpy.rights.names import Right
from rtpy.work import Work

AT_ONCE = 500
"""Names that are looked for in one query."""

_FIELDS = [getattr(User, name) for name in COLUMNS]


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """An account of ours; `fields` are the columns that a directory may set."""

    user_id: int
    fields: Mapping[str, str]
    disabled: bool
    has_password: bool
    merged: bool
    linked: int | None
    """The directory whose entry this is, if it is of one."""
    photo: str = ""
    """The SHA-256 of the photo; empty when there is none."""
    has_own_photo: bool = False
    """Chosen by the person: then it is no business of the directory."""
    anonymised: bool = False
    """A former person, who must not get a name again."""


@dataclass(frozen=True, slots=True)
class KnownGroup:
    """A group of ours that the directory keeps; `members` are ids of people and groups directly in it."""

    group_id: int
    name: str
    members: frozenset[int]


def linked_people(db: Session, directory_id: int) -> dict[str, KnownPerson]:
    """By unique id. One query."""
    query = (
        select(DirectoryPerson.unique_id, *_columns(), literal(directory_id))
        .join(User, User.id == DirectoryPerson.user_id)
        .join(Principal, Principal.id == User.id)
        .outerjoin(UserPhoto, UserPhoto.user_id == User.id)
        .where(DirectoryPerson.directory_id == directory_id)
    )
    return {row[0]: _person(row[1:]) for row in db.execute(query)}


def accounts_like(db: Session, names: Collection[str], addresses: Collection[str]) -> dict[str, KnownPerson]:
    """Accounts with one of these login names or addresses, by each of both in lower case. A query for each 500.

    An address counts before a name that reads like one.
    """
    found: dict[str, KnownPerson] = {}
    wanted = sorted({each.lower() for each in (*names, *addresses) if each})
    kept = func.coalesce(User.merged_into_id, User.id)
    for some in _pieces(wanted, AT_ONCE):
        hits = union_all(
            select(kept.label("id"), func.lower(User.name).label("word"), literal(1).label("rank")).where(
                func.lower(User.name).in_(some)
            ),
            select(UserAddress.user_id, UserAddress.address, literal(0)).where(UserAddress.address.in_(some)),
            select(kept, func.lower(User.email_address), literal(0)).where(
                func.lower(User.email_address).in_(some)
            ),
        ).subquery("hits")
        query = (
            select(hits.c.word, *_columns(), DirectoryPerson.directory_id)
            .join(User, User.id == hits.c.id)
            .join(Principal, Principal.id == User.id)
            .outerjoin(DirectoryPerson, DirectoryPerson.user_id == User.id)
            .outerjoin(UserPhoto, UserPhoto.user_id == User.id)
            .order_by(hits.c.rank)
        )
        for row in db.execute(query):
            found.setdefault(row[0], _person(row[1:]))
    return found


def super_users(db: Session) -> frozenset[int]:
    """Ids of users and groups that hold SuperUser, directly or through groups. One query."""
    direct = select(Ace.principal_id).where(Ace.right_name == Right.SUPER_USER, Ace.object_type == "system")
    inside = select(GroupClosure.member_id).where(GroupClosure.group_id.in_(direct))
    return frozenset(db.scalars(union_all(direct, inside)))


def staff(work: Work) -> frozenset[int]:
    """Ids of people who are privileged. One query."""
    group = system_groups(work, (PRIVILEGED,))[0]
    return frozenset(work.db.scalars(select(GroupMember.member_id).where(GroupMember.group_id == group)))


def held_people(db: Session, directory_id: int) -> frozenset[int]:
    """Ids of those whom the sync itself has disabled: it may enable them again. One query."""
    return frozenset(
        db.scalars(select(DirectoryHold.user_id).where(DirectoryHold.directory_id == directory_id))
    )


def linked_elsewhere(db: Session, directory_id: int) -> frozenset[int]:
    """Ids of people who stand in another directory too. One query."""
    query = select(DirectoryPerson.user_id).where(DirectoryPerson.directory_id != directory_id)
    return frozenset(db.scalars(query))


def members_of(db: Session, organization_id: int) -> frozenset[int]:
    """Ids of the people of an organisation. One query."""
    query = select(OrganizationMember.user_id).where(OrganizationMember.organization_id == organization_id)
    return frozenset(db.scalars(query))


def members_of_others(db: Session, organization_id: int) -> frozenset[int]:
    """Ids of the people of all other organisations. One query."""
    query = select(OrganizationMember.user_id).where(OrganizationMember.organization_id != organization_id)
    return frozenset(db.scalars(query))


def linked_groups(db: Session, directory_id: int) -> dict[str, KnownGroup]:
    """By unique id, with their direct members. Two queries."""
    rows = db.execute(
        select(DirectoryGroup.unique_id, Group.id, Group.name)
        .join(Group, Group.id == DirectoryGroup.group_id)
        .where(DirectoryGroup.directory_id == directory_id)
    ).all()
    mine = select(DirectoryGroup.group_id).where(DirectoryGroup.directory_id == directory_id)
    members: dict[int, set[int]] = defaultdict(set)
    if rows:
        query = select(GroupMember.group_id, GroupMember.member_id).where(GroupMember.group_id.in_(mine))
        for group_id, member_id in db.execute(query):
            members[group_id].add(member_id)
    return {row.unique_id: KnownGroup(row.id, row.name, frozenset(members[row.id])) for row in rows}


def groups_named(db: Session, names: Collection[str]) -> dict[str, tuple[int, int | None]]:
    """Groups of people by name in lower case: the id, and the directory that keeps it already. A query for each 500."""
    found: dict[str, tuple[int, int | None]] = {}
    for some in _pieces(sorted({name.lower() for name in names}), AT_ONCE):
        query = (
            select(func.lower(Group.name), Group.id, DirectoryGroup.directory_id)
            .outerjoin(DirectoryGroup, DirectoryGroup.group_id == Group.id)
            .where(Group.domain == "UserDefined", func.lower(Group.name).in_(some))
        )
        found.update({name: (group_id, directory) for name, group_id, directory in db.execute(query)})
    return found


def values_of_field(db: Session, field_id: int) -> dict[int, str]:
    """What people hold in one custom field. One query."""
    query = select(CustomFieldContent.object_id, CustomFieldContent.content).where(
        CustomFieldContent.custom_field_id == field_id,
        CustomFieldContent.object_type == "user",
        CustomFieldContent.disabled.is_(False),
    )
    return {row.object_id: row.content for row in db.execute(query)}


def _columns() -> tuple[Any, ...]:  # Any: columns of many types
    has_password = User.password_hash.is_not(None)
    return (
        User.id,
        *_FIELDS,
        Principal.disabled,
        has_password,
        User.merged_into_id,
        UserPhoto.blob_sha256,
        UserPhoto.source,
        User.anonymised.is_not(None),
    )


def _person(row: Sequence[Any]) -> KnownPerson:  # Any: a row of _columns and the directory
    user_id, *values = row
    fields = {name: value or "" for name, value in zip(COLUMNS, values, strict=False)}
    disabled, has_password, merged, photo, source, anonymised, linked = values[len(COLUMNS) :]
    own = source == PhotoSource.OWN
    return KnownPerson(
        user_id,
        fields,
        disabled,
        bool(has_password),
        merged is not None,
        linked,
        photo or "",
        own,
        bool(anonymised),
    )


def _pieces(values: Sequence[str], size: int) -> Iterator[list[str]]:
    rest = iter(values)
    while some := list(islice(rest, size)):
        yield some
