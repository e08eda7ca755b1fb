"""People: the person for an address or a name, found or made; used by watchers, mail and forms alike."""

from collections.abc import Iterable, Sequence

from sqlalchemy import bindparam, func, null, or_, select
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
)
from rtpy.models.group import EVERYONE, PRIVILEGED, UNPRIVILEGED
from rtpy.work import Work


def find_by_address(db: Session, address: str) -> User | None:
    """The user with that address, without regard to case."""
    return db.scalar(select(User).where(func.lower(User.email_address) == address.lower()))


def find_by_name(db: Session, name: str) -> User | None:
    """The user with that login name, without regard to case."""
    return db.scalar(select(User).where(func.lower(User.name) == name.lower()))


def find_person(db: Session, name_or_address: str) -> User | None:
    """The user with that name or address, the address first."""
    wanted = name_or_address.strip().lower()
    users = db.scalars(
        select(User).where(or_(func.lower(User.email_address) == wanted, func.lower(User.name) == wanted))
    ).all()
    return max(users, key=lambda user: (user.email_address or "").lower() == wanted, default=None)


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
    domains = list(_parents(_domain(user))) or [""]
    rows = db.connection().execute(_ORGANIZATIONS, {"user_id": user.id, "domains": domains}).all()
    members = [row for row in rows if row.domain is None]
    if len(members) == 1:
        return members[0].organization_id, members[0].site_id
    by_domain = max(
        (row for row in rows if row.domain is not None), key=lambda row: len(row.domain), default=None
    )
    if by_domain is None:
        return None
    found = by_domain.organization_id
    return found, next((member.site_id for member in members if member.organization_id == found), None)


def _domain(user: User) -> str:
    return (user.email_address or "").rpartition("@")[2].lower()


def _parents(domain: str) -> Iterable[str]:
    labels = domain.split(".") if domain else []
    return (".".join(labels[start:]) for start in range(max(len(labels) - 1, 1)))


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
