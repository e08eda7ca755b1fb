"""Whom somebody who is no staff may name, so that a login is no way to send mail to anybody."""

from collections.abc import Collection, Iterable

from sqlalchemy import bindparam, func, select, union_all

from rtpy.changes.people import organizations_of, system_groups
from rtpy.errors import Refused
from rtpy.models import (
    OrganizationDomain,
    OrganizationMember,
    Ticket,
    User,
    UserAddress,
    Watcher,
)
from rtpy.models.group import PRIVILEGED
from rtpy.work import Face, Work


def check_named(
    work: Work, ticket: Ticket | None = None, *, addresses: Iterable[str] = (), people: Iterable[int] = ()
) -> None:
    """Raises Refused where the actor is no staff and names somebody who is none of theirs.

    Theirs are they themselves, who plays a role on `ticket` or owns it, and everybody of their organisations, be it by
    membership or by mail domain. RT lets them name any address. What mails bring along is the affair of the queue's
    policy. No query for staff, nor for who names nobody but themselves; three or four at most otherwise.
    """
    given = {address.strip().lower(): address.strip() for address in addresses if address.strip()}
    ids = set(people) - {work.actor.user_id}
    if not (given or ids) or work.actor.face is Face.MAIL or _is_staff(work):
        return
    who = _people(work, given, ids)
    known, playing = {number for number, _ in who}, _playing(work, ticket)
    mine = organizations_of(work.db, work.db.get_one(User, work.actor.user_id))
    fine = {work.actor.user_id, *playing, *_members(work, mine, known)}
    domains = set(
        work.db.scalars(select(OrganizationDomain.domain).where(OrganizationDomain.organization_id.in_(mine)))
    )
    fitting = {address for number, address in who if number in fine}
    strangers = [
        text for folded, text in given.items() if folded not in fitting and not _is_within(folded, domains)
    ]
    strangers += [
        "Somebody whom you name"  # by a login or a number, which must not tell an address
        for number in ids - fine
        if not any(each == number and _is_within(address, domains) for each, address in who)
    ]
    if strangers:
        raise Refused(
            f"{strangers[0][:200]} neither takes part in this request nor belongs to your organisation, and only "
            "such people can be named."
        )


def _is_staff(work: Work) -> bool:
    staff = system_groups(work, (PRIVILEGED,))[0]
    return work.rights.super_user or staff in work.rights.principals


def _people(work: Work, addresses: Collection[str], ids: Collection[int]) -> list[tuple[int, str]]:
    """(id, address in lower case) of everybody who is named; one row for each of their addresses."""
    rows = work.db.execute(_PEOPLE, {"addresses": list(addresses) or [""], "ids": list(ids) or [0]})
    return [(number, address or "") for number, address in rows]


def _playing(work: Work, ticket: Ticket | None) -> set[int]:
    if ticket is None:
        return set()
    rows = work.db.scalars(select(Watcher.principal_id).where(Watcher.ticket_id == ticket.id))
    return {ticket.owner_id, *rows} - {work.app.nobody_id(work.db)}


def _members(work: Work, organizations: Collection[int], people: Collection[int]) -> set[int]:
    return set(
        work.db.scalars(
            select(OrganizationMember.user_id).where(
                OrganizationMember.organization_id.in_(organizations), OrganizationMember.user_id.in_(people)
            )
        )
    )


def _is_within(address: str, domains: Collection[str]) -> bool:
    domain = address.rpartition("@")[2]
    return any(domain == each or domain.endswith(f".{each}") for each in domains)


_number = func.coalesce(User.merged_into_id, User.id)
_address = func.lower(User.email_address)
# Built once. Unions, not ORs: PostgreSQL reads every user otherwise.
_PEOPLE = union_all(
    select(_number, _address).where(_address.in_(bindparam("addresses", expanding=True))),
    select(_number, _address).where(User.id.in_(bindparam("ids", expanding=True))),
    select(UserAddress.user_id, UserAddress.address).where(
        UserAddress.address.in_(bindparam("addresses", expanding=True))
    ),
)
