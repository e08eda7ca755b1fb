"""Organisations: made and changed by who holds AdminUsers; recorded in the organisation's history.

They are not part of the set-up: as with people, the history is where one looks who changed what.
"""

import re
from collections.abc import Iterable

from sqlalchemy import func, select, update

from rtpy.changes.allowed import need_system
from rtpy.changes.change import Record
from rtpy.changes.recording import record
from rtpy.errors import Invalid, Problem
from rtpy.models import (
    Organization,
    OrganizationDomain,
    OrganizationMember,
    OrganizationSite,
    Ticket,
    Transaction,
    User,
)
from rtpy.models.user import NOBODY, SYSTEM_USER
from rtpy.rights.names import Right
from rtpy.work import Work

_DOMAIN = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))+")
LONGEST = 200


def create_organization(work: Work, name: str, domains: Iterable[str] = (), notes: str = "") -> Organization:
    """Make one. Needs AdminUsers; raises Invalid for a name or a mail domain that is taken or none."""
    need_system(work, Right.ADMIN_USERS)
    name = _good_name(work, name, None)
    organization = Organization(name=name, notes=_text(notes), created=work.now)
    work.db.add(organization)
    work.db.flush()  # its domains point at it
    record(work, "organization", organization.id, Record(Transaction(type="Create", data=name)))
    set_domains(work, organization, domains)
    return organization


def change_organization(
    work: Work, organization: Organization, *, name: str, notes: str, disabled: bool
) -> None:
    """Rename it, note something, close or open it. Needs AdminUsers; raises Invalid for a taken name."""
    need_system(work, Right.ADMIN_USERS)
    name = _good_name(work, name, organization.id)
    for column, field, value in (
        ("name", "Name", name),
        ("notes", "Notes", _text(notes)),
        ("disabled", "Disabled", disabled),
    ):
        old = getattr(organization, column)
        if old != value:
            setattr(organization, column, value)
            change = Transaction(type="Set", field=field, old_value=str(old), new_value=str(value))
            record(work, "organization", organization.id, Record(change))


def set_domains(work: Work, organization: Organization, domains: Iterable[str]) -> None:
    """The mail domains whose people belong to it. Needs AdminUsers."""
    need_system(work, Right.ADMIN_USERS)
    wanted = set(read_domains(domains))
    rows = {
        row.domain: row
        for row in work.db.scalars(
            select(OrganizationDomain).where(OrganizationDomain.organization_id == organization.id)
        )
    }
    taken = work.db.execute(
        select(OrganizationDomain.domain, Organization.name)
        .join(Organization, Organization.id == OrganizationDomain.organization_id)
        .where(
            OrganizationDomain.domain.in_(wanted - rows.keys()),
            OrganizationDomain.organization_id != organization.id,
        )
    ).all()
    if taken:
        raise Invalid(
            *(Problem("domains", f"{domain} belongs to {owner} already.") for domain, owner in taken)
        )
    for domain in sorted(rows.keys() - wanted):
        work.db.delete(rows[domain])
    for domain in sorted(wanted - rows.keys()):
        work.db.add(OrganizationDomain(organization_id=organization.id, domain=domain))
    if wanted != rows.keys():
        change = Transaction(
            type="Set",
            field="Domains",
            old_value=", ".join(sorted(rows)),
            new_value=", ".join(sorted(wanted)),
        )
        record(work, "organization", organization.id, Record(change))


def add_site(work: Work, organization: Organization, name: str, address: str = "") -> OrganizationSite:
    """A place where it works. Needs AdminUsers; raises Invalid for a name that it has already."""
    need_system(work, Right.ADMIN_USERS)
    name = _good_site(work, organization, name, None)
    site = OrganizationSite(organization_id=organization.id, name=name, address=_text(address))
    work.db.add(site)
    record(work, "organization", organization.id, Record(Transaction(type="AddSite", new_value=name)))
    return site


def change_site(
    work: Work, organization: Organization, site: OrganizationSite, *, name: str, address: str
) -> None:
    """Another name or address for a site. Needs AdminUsers; raises Invalid."""
    need_system(work, Right.ADMIN_USERS)
    new = _good_site(work, organization, name, site.id), _text(address)
    old = site.name, site.address
    if new == old:
        return
    site.name, site.address = new
    said = tuple(" · ".join(filter(None, each)) for each in (old, new))
    change = Transaction(type="Set", field="Site", old_value=said[0], new_value=said[1])
    record(work, "organization", organization.id, Record(change))


def remove_site(work: Work, organization: Organization, site: OrganizationSite) -> None:
    """Strike a site out; members of it stay members. Needs AdminUsers; refused while tickets are about it."""
    need_system(work, Right.ADMIN_USERS)
    tickets = work.db.scalar(select(func.count()).select_from(Ticket).where(Ticket.site_id == site.id))
    if tickets:
        raise Invalid(
            Problem(
                "site",
                f"{tickets} ticket{'s are' if tickets != 1 else ' is'} about {site.name}: rename it instead.",
            )
        )
    work.db.execute(
        update(OrganizationMember).where(OrganizationMember.site_id == site.id).values(site_id=None)
    )
    work.db.delete(site)
    gone = Transaction(type="DeleteSite", old_value=site.name)
    record(work, "organization", organization.id, Record(gone))


def change_organization_member(
    work: Work, organization: Organization, user_id: int, *, site_id: int | None, title: str, is_contact: bool
) -> None:
    """Where a member works, as what, and whether they are asked first. Needs AdminUsers; raises Invalid."""
    need_system(work, Right.ADMIN_USERS)
    row = _member(work, organization, user_id)
    if row is None:
        raise Invalid(Problem("member", "Choose somebody of the list."))
    site = work.db.get(OrganizationSite, site_id) if site_id else None
    if site_id and (site is None or site.organization_id != organization.id):
        raise Invalid(Problem("site_id", f"Choose a site of {organization.name}."))
    before = _membership(work, row)
    row.site_id, row.title, row.is_contact = site_id, " ".join(_text(title).split())[:255], is_contact
    after = _membership(work, row)
    if before != after:
        change = Transaction(type="Set", field="Member", old_value=before, new_value=after, data=str(user_id))
        record(work, "organization", organization.id, Record(change))


def add_organization_member(work: Work, organization: Organization, user: User) -> None:
    """Somebody belongs to it, whatever their address; nothing when they do. Needs AdminUsers."""
    need_system(work, Right.ADMIN_USERS)
    if _member(work, organization, user.id) is not None:
        return
    if user.merged_into_id is not None or user.name in (SYSTEM_USER, NOBODY):
        raise Invalid(Problem("member", f"{user.display_name} can belong to no organisation."))
    work.db.add(OrganizationMember(organization_id=organization.id, user_id=user.id))
    added = Transaction(type="AddMember", new_value=str(user.id))
    record(work, "organization", organization.id, Record(added))


def remove_organization_member(work: Work, organization: Organization, user_id: int) -> None:
    """Somebody belongs to it no more; nothing when they do not. Needs AdminUsers."""
    need_system(work, Right.ADMIN_USERS)
    row = _member(work, organization, user_id)
    if row is None:
        return
    work.db.delete(row)
    removed = Transaction(type="DeleteMember", old_value=str(user_id))
    record(work, "organization", organization.id, Record(removed))


def read_domains(domains: Iterable[str]) -> list[str]:
    """Mail domains as typed, in lower case, each once. Raises Invalid for what is none."""
    found = dict.fromkeys(domain.strip().lower().removeprefix("@") for domain in domains if domain.strip())
    wrong = [domain for domain in found if not _DOMAIN.fullmatch(domain) or len(domain) > 253]
    if wrong:
        raise Invalid(
            *(
                Problem("domains", f"“{each[:80]}” is not a mail domain: write client.example.")
                for each in wrong
            )
        )
    return list(found)


def _good_name(work: Work, name: str, own_id: int | None) -> str:
    name = " ".join(name.replace("\x00", "").split())[:LONGEST]
    if not name:
        raise Invalid(Problem("name", "Give the organisation a name."))
    other = work.db.scalar(select(Organization.id).where(func.lower(Organization.name) == name.lower()))
    if other is not None and other != own_id:
        raise Invalid(Problem("name", f"There is an organisation {name} already."))
    return name


def _good_site(work: Work, organization: Organization, name: str, own_id: int | None) -> str:
    name = " ".join(_text(name).split())[:LONGEST]
    if not name:
        raise Invalid(Problem("site", "Give the site a name."))
    other = work.db.scalar(
        select(OrganizationSite.id).where(
            OrganizationSite.organization_id == organization.id,
            func.lower(OrganizationSite.name) == name.lower(),
        )
    )
    if other not in (None, own_id):
        raise Invalid(Problem("site", f"{organization.name} has a site {name} already."))
    return name


def _membership(work: Work, row: OrganizationMember) -> str:
    """Title, site and contact of a member as words for the history."""
    site = work.db.get(OrganizationSite, row.site_id) if row.site_id else None
    return ", ".join(
        filter(None, (row.title, site.name if site else "", "contact" if row.is_contact else ""))
    )


def _text(text: str) -> str:
    return text.replace("\x00", "").strip()


def _member(work: Work, organization: Organization, user_id: int) -> OrganizationMember | None:
    return work.db.scalar(
        select(OrganizationMember).where(
            OrganizationMember.organization_id == organization.id, OrganizationMember.user_id == user_id
        )
    )
