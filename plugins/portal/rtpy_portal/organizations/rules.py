"""For whom somebody may ask, and whom they may add: by what was said of them for each of their organisations."""

from collections.abc import Sequence
from dataclasses import dataclass

from rtpy.work import Work
from rtpy_portal.access.members import may_add_copy, membership_in
from rtpy_portal.access.visitor import Visitor, Way
from rtpy_portal.organizations.people import Person, people_of, person_of


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody whom the visitor may ask for: the request is theirs, and belongs to that organisation."""

    user_id: int
    name: str
    address: str
    organization_id: int
    organization: str


def people_to_ask_for(work: Work, visitor: Visitor | None) -> Sequence[Colleague]:
    """Colleagues of all organisations for which the visitor may ask, by organisation and name.

    Nobody for who came by a key. No query where nothing may be asked for others, else three for each organisation.
    """
    if visitor is None or visitor.way is Way.KEY:
        return ()
    return [
        _colleague(each)
        for member in visitor.memberships
        if member.may_raise
        for each in people_of(work.app, work.db, member.organization_id)
        if each.user_id != visitor.user_id and not each.member.is_off
    ]


def may_raise_for(
    work: Work, visitor: Visitor | None, user_id: int, organization_id: int
) -> Colleague | None:
    """The colleague with that number, when the visitor may ask for them there; else None, whatever the reason."""
    member = membership_in(visitor, organization_id)
    if visitor is None or member is None or not member.may_raise or user_id == visitor.user_id:
        return None
    found = person_of(work.app, work.db, organization_id, user_id)
    return _colleague(found) if found is not None and not found.member.is_off else None


def people_to_copy(work: Work, visitor: Visitor | None, organization_id: int | None) -> Sequence[Colleague]:
    """Colleagues whom the visitor may add to a request of that organisation; nobody where they may not."""
    if visitor is None or organization_id is None or not may_add_copy(visitor, organization_id):
        return ()
    return [
        _colleague(each)
        for each in people_of(work.app, work.db, organization_id)
        if each.user_id != visitor.user_id and not each.member.is_off
    ]


def _colleague(person: Person) -> Colleague:
    return Colleague(
        person.user_id, person.name, person.address, person.member.organization_id, person.member.name
    )


__all__ = ["Colleague", "may_add_copy", "may_raise_for", "people_to_ask_for", "people_to_copy"]
