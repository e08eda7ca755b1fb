"""Settles the sample consultancy in the database: queues, clients, staff and customers, before the first event."""

from sqlalchemy import func, select

from rtpy.changes.membership import add_closure, create_group
from rtpy.changes.people import create_person, find_by_address, find_by_name
from rtpy.demo.made import Made
from rtpy.demo.people import Consultancy, Customer, Staff
from rtpy.models import (
    Group,
    Organization,
    OrganizationDomain,
    OrganizationMember,
    OrganizationSite,
    Queue,
    User,
)
from rtpy.remembered import forget
from rtpy.setup import grant_queue
from rtpy.work import Work

GROUPS = {"Helpdesk": "desk", "Engineering": "server", "Network team": "network", "Management": "lead"}
"""The staff's groups, each with the skill that its members have."""


def settle(work: Work, house: Consultancy, made: Made) -> dict[str, str]:
    """Make what is missing of the house and note it in `made`; what has been there before is used, not noted.

    Returns the user names of the staff by their logins. Nobody gets a password: sample people cannot log in.
    """
    for queue in house.queues:
        _settle_queue(work, queue.name, queue.description, queue.address, made)
    names = {staff.login: _settle_staff(work, staff, made) for staff in house.staff}
    _settle_groups(work, house, names, made)
    for organization in house.organizations:
        people = [customer for customer in house.customers if customer.organization == organization.key]
        members = [(customer, _settle_customer(work, customer, made)) for customer in people]
        if work.db.scalar(select(Organization.id).where(Organization.name == organization.name)) is not None:
            continue
        row = Organization(name=organization.name, notes=organization.notes, created=work.now)
        row.notes += "\n\nAgreed: " + ", ".join(organization.technologies)
        work.db.add(row)
        work.db.flush()  # domains, sites and members point at it
        made.organizations.append(row.id)
        work.db.add_all(
            OrganizationDomain(organization_id=row.id, domain=domain) for domain in organization.domains
        )
        sites = {
            site.name: OrganizationSite(organization_id=row.id, name=site.name, address=site.address)
            for site in organization.sites
        }
        work.db.add_all(sites.values())
        work.db.flush()  # members point at their site
        work.db.add_all(
            OrganizationMember(
                organization_id=row.id,
                user_id=user.id,
                site_id=sites[customer.site].id,
                is_contact=customer.is_contact,
                title=customer.title,
            )
            for customer, user in members
        )
    return names


def _settle_queue(work: Work, name: str, description: str, address: str, made: Made) -> None:
    if work.db.scalar(select(Queue.id).where(func.lower(Queue.name) == name.lower())) is not None:
        return
    queue = Queue(name=name, description=description, correspond_address=address, created=work.now)
    work.db.add(queue)
    work.db.flush()  # rights point at it
    made.queues.append(queue.id)
    grant_queue(work.db, queue)


def _settle_staff(work: Work, staff: Staff, made: Made) -> str:
    found = find_by_address(work.db, staff.email)
    if found is None:
        name = staff.login if find_by_name(work.db, staff.login) is None else f"{staff.login}-demo"
        found = create_person(
            work,
            name=name,
            email_address=staff.email,
            real_name=staff.name,
            privileged=True,
            comments=staff.role,
        )
        found.work_phone, found.timezone = staff.phone, "Europe/Berlin"
        made.users.append(found.id)
    return found.name


def _settle_groups(work: Work, house: Consultancy, names: dict[str, str], made: Made) -> None:
    for name, skill in GROUPS.items():
        if work.db.scalar(select(Group.id).where(Group.name == name)) is not None:
            continue
        group = create_group(work, name, description=f"Staff of {house.name}")
        made.groups.append(group.id)
        for staff in house.staff:
            user = find_by_name(work.db, names[staff.login])
            if skill in staff.skills and user is not None:
                add_closure(work, [group.id], user.id)
        forget(work.db.connection())


def _settle_customer(work: Work, customer: Customer, made: Made) -> User:
    found = find_by_address(work.db, customer.email)
    if found is None:
        found = create_person(
            work, name=customer.email, email_address=customer.email, real_name=customer.name
        )
        found.work_phone, found.lang = customer.phone, customer.language
        made.users.append(found.id)
    return found
