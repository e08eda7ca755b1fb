"""People: the person for an address or a name, found or made; used by watchers, mail and forms alike."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Row, bindparam, func, literal, null, select, union_all
from sqlalchemy.orm import Session

from rtpy.changes.change import Record
from rtpy.changes.membership import add_closure
from rtpy.changes.recording import record
from rtpy.changes.storing import store
from rtpy.errors import Invalid, Problem
from rtpy.models import (
    Group,
    Organization,
    OrganizationDomain,
    OrganizationMember,
    Principal,
    Transaction,
    User,
    UserAddress,
)
from rtpy.models.group import EVERYONE, PRIVILEGED, UNPRIVILEGED
from rtpy.remembered import forget
from rtpy.work import Work


def find_by_address(db: Session, address: str) -> User | None:
    """The user with that address, be it the first or a further one, without regard to case."""
    return db.scalar(_BY_ADDRESS, {"wanted": address.lower()})


def find_by_name(db: Session, name: str) -> User | None:
    """The user with that login name, without regard to case; of a merged one the person it was merged into."""
    return db.scalar(_BY_NAME, {"wanted": name.lower()})


def find_person(db: Session, name_or_address: str) -> User | None:
    """The user with that name or address, an address first; of a merged one the person it was merged into."""
    found = find_alike(db, name_or_address.strip())
    return found[0][0] if found else None


def find_alike(db: Session, name_or_address: str) -> list[tuple[User, bool]]:
    """Everybody with that name or address, addresses first; and whether it is the address that fits. One query."""
    rows = db.execute(_ALIKE, {"wanted": name_or_address.lower()})
    return [(user, rank < _NAME) for user, rank in rows]


def person_for_address(work: Work, address: str, name: str = "", *, note: str = "") -> User:
    """The person who writes from `address`: found, or made as an unprivileged user without a password.

    Raises Invalid when `address` cannot be one.
    """
    address = address.strip()
    found = find_person(work.db, address)
    if found is not None:
        return found
    if "@" not in address or any(sign.isspace() for sign in address) or len(address) > 320:
        raise Invalid(Problem("address", f"“{address[:80]}” is not a mail address: write name@example.com."))
    return create_person(work, name=address[:200], email_address=address, real_name=name[:255], comments=note)


def create_person(
    work: Work,
    *,
    name: str,
    email_address: str | None = None,
    real_name: str = "",
    privileged: bool = False,
    comments: str = "",
) -> User:
    """Make a user, put into Everyone and into Privileged or Unprivileged; recorded as the actor's deed.

    Whether the actor may do so is asked by the callers: a watcher may be anybody, an account needs AdminUsers.
    """
    principal = Principal(kind="user")
    store(work.db, principal)  # users share the ids of principals
    user = User(
        id=principal.id,
        principal=principal,
        name=name,
        email_address=email_address or None,
        real_name=real_name,
        comments=comments,
        creator_id=work.actor.user_id,
        created=work.now,
    )
    store(work.db, user)
    groups = (EVERYONE, PRIVILEGED if privileged else UNPRIVILEGED)
    add_closure(work, system_groups(work, groups), user.id)
    if privileged:
        forget(work.db.connection())  # who may own tickets is remembered
    record(work, "user", user.id, Record(Transaction(type="Create")))
    return user


def system_groups(work: Work, names: Sequence[str]) -> list[int]:
    """Ids of the system's own groups."""
    ids: dict[str, int] = work.app.caches.setdefault("system_groups", {})
    if any(name not in ids for name in names):
        rows = work.db.execute(select(Group.name, Group.id).where(Group.domain == "SystemInternal"))
        ids.update({row.name: row.id for row in rows})
    return [ids[name] for name in names]


def organization_of(db: Session, user: User) -> tuple[int, int | None] | None:
    """The client organisation that a person speaks for, and the site: by membership, else by mail domain.

    None when there is none, or when several memberships leave it open and no domain decides.
    """
    members, by_domain = _organizations_of(db, user)
    if len(members) == 1:
        return members[0].organization_id, members[0].site_id
    if by_domain is None:
        return None
    found = by_domain.organization_id
    return found, next((member.site_id for member in members if member.organization_id == found), None)


def organizations_of(db: Session, user: User) -> frozenset[int]:
    """All client organisations that a person belongs to: by membership, and the one of the mail domain. One query."""
    members, by_domain = _organizations_of(db, user)
    return frozenset(row.organization_id for row in (*members, *((by_domain,) if by_domain else ())))


def _organizations_of(db: Session, user: User) -> tuple[list[Row[Any]], Row[Any] | None]:
    """The memberships, and the organisation with the longest domain that fits. Any: rows of three columns."""
    domains = list(_parents(_domain(user))) or [""]
    rows = db.connection().execute(_ORGANIZATIONS, {"user_id": user.id, "domains": domains}).all()
    by_domain = (row for row in rows if row.domain is not None)
    longest = max(by_domain, key=lambda row: len(row.domain), default=None)
    return [row for row in rows if row.domain is None], longest


def _domain(user: User) -> str:
    return (user.email_address or "").rpartition("@")[2].lower()


def _parents(domain: str) -> Iterable[str]:
    labels = domain.split(".") if domain else []
    return (".".join(labels[start:]) for start in range(max(len(labels) - 1, 1)))


_NAME = 2
# Built once. Unions, not ORs: PostgreSQL reads every user when one side of an OR is a question of its own.
_first = select(func.coalesce(User.merged_into_id, User.id).label("id"), literal(0).label("rank")).where(
    func.lower(User.email_address) == bindparam("wanted")
)
_further = select(UserAddress.user_id, literal(1)).where(UserAddress.address == bindparam("wanted"))
_named = select(func.coalesce(User.merged_into_id, User.id).label("id"), literal(_NAME).label("rank")).where(
    func.lower(User.name) == bindparam("wanted")
)


_hits = union_all(_first, _further, _named).subquery("hits")
_ALIKE = select(User, _hits.c.rank).join(_hits, _hits.c.id == User.id).order_by(_hits.c.rank)
_addresses = union_all(_first, _further).subquery("hits")
_BY_ADDRESS = select(User).join(_addresses, _addresses.c.id == User.id).order_by(_addresses.c.rank).limit(1)
_names = _named.subquery("hits")
_BY_NAME = select(User).join(_names, _names.c.id == User.id)

_organization, _member, _mail_domain = (
    Organization.__table__,
    OrganizationMember.__table__,
    OrganizationDomain.__table__,
)
_ORGANIZATIONS = (
    select(_member.c.organization_id, _member.c.site_id, null().label("domain"))
    .join(_organization, _organization.c.id == _member.c.organization_id)
    .where(_member.c.user_id == bindparam("user_id"), _organization.c.disabled.is_(False))
    .union_all(
        select(_mail_domain.c.organization_id, null(), _mail_domain.c.domain)
        .join(_organization, _organization.c.id == _mail_domain.c.organization_id)
        .where(
            _mail_domain.c.domain.in_(bindparam("domains", expanding=True)),
            _organization.c.disabled.is_(False),
        )
    )
)
