"""Saying what somebody sees and may do for an organisation: by staff, or by one who manages its people."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from rtpy.changes.allowed import need_system
from rtpy.changes.configuring import note_configuration
from rtpy.errors import Invalid, NotFound, Problem, Refused
from rtpy.plugin_settings import setting
from rtpy.work import Work
from rtpy_portal.access.grades import Grade, Membership
from rtpy_portal.access.members import USUAL_COPIES, membership_in
from rtpy_portal.access.visitor import Visitor
from rtpy_portal.models import MemberRow
from rtpy_portal.organizations.people import Person, person_of
from rtpy_portal.rights import MANAGE_PORTAL_PEOPLE
from rtpy_portal.words import Say

SWITCHES = ("may_raise", "may_copy", "sees_money", "sees_names", "manages")


@dataclass(frozen=True, slots=True)
class Said:
    """What is to hold for somebody; a grade of None: the usual one."""

    grade: Grade | None
    may_raise: bool = False
    may_copy: bool = False
    sees_money: bool = False
    sees_names: bool = False
    manages: bool = False
    is_off: bool = False


def read_said(given: Mapping[str, str]) -> Said:
    """From fields of a form: `grade` (empty: as usual), a box for each switch. Raises Invalid for another grade."""
    grade = given.get("grade", "")
    if grade and grade not in [each.value for each in Grade]:
        raise Invalid(Problem("grade", "Choose one of the list."))
    ticked = {name: given.get(name) == "1" for name in (*SWITCHES, "is_off")}
    return Said(Grade(grade) if grade else None, **ticked)


def save_by_staff(work: Work, organization_id: int, user_id: int, said: Said) -> None:
    """Needs ManagePortalPeople. Raises NotFound for who does not belong to the organisation."""
    need_system(work, MANAGE_PORTAL_PEOPLE)
    _save(work, _person(work, organization_id, user_id), said)


def save_by_manager(
    work: Work, visitor: Visitor, organization_id: int, user_id: int, said: Said, say: Say
) -> None:
    """The same by one who manages the organisation's people: up to what they see and may do, and never for themselves.

    A switch that the manager does not have stays as it is. Raises Refused with a sentence, NotFound for who is none of
    theirs or when the visitor manages nobody there.
    """
    mine = managing(visitor, organization_id)
    person = _person(work, organization_id, user_id)
    if user_id == visitor.user_id:
        raise Refused(say("What you see and may do yourself is changed by somebody else: please ask us."))
    if exceeds(person.member, mine):
        raise Refused(
            say("${name} sees or may do more than you. Please ask us to change it.", name=person.name)
        )
    if said.grade is None or said.grade.rank > mine.grade.rank:
        raise Invalid(Problem("grade", say("Please choose one from the list.")))
    kept = {name: getattr(person.member, name) for name in SWITCHES if not getattr(mine, name)}
    _save(work, person, replace(said, **kept))


def managing(visitor: Visitor | None, organization_id: int) -> Membership:
    """What somebody may do who manages that organisation's people; NotFound for everybody else."""
    mine = membership_in(visitor, organization_id)
    if mine is None or not mine.manages:
        raise NotFound("There is no such page.")
    return mine


def exceeds(member: Membership, mine: Membership) -> bool:
    """Does somebody see or may they do what the other one does not? Adding copies opens nothing, and counts not."""
    return member.grade.rank > mine.grade.rank or any(
        getattr(member, name) and not getattr(mine, name) for name in SWITCHES if name != "may_copy"
    )


def row_of(db: Session, organization_id: int, user_id: int) -> MemberRow | None:
    """What was said of somebody, if anything was. One query."""
    return db.scalar(
        select(MemberRow).where(MemberRow.organization_id == organization_id, MemberRow.user_id == user_id)
    )


def _person(work: Work, organization_id: int, user_id: int) -> Person:
    found = person_of(work.app, work.db, organization_id, user_id)
    if found is None:
        raise NotFound("Nobody of that number belongs to this organisation.")
    return found


def _save(work: Work, person: Person, said: Said) -> None:
    organization_id = person.member.organization_id
    row = row_of(work.db, organization_id, person.user_id)
    before = _plain(row)
    usual = Said(None, may_copy=bool(setting(work.app, work.db, USUAL_COPIES)))
    if said == usual:
        if row is not None:
            work.db.delete(row)
        row = None
    else:
        if row is None:
            row = MemberRow(organization_id=organization_id, user_id=person.user_id)
            work.db.add(row)
        row.grade = said.grade.value if said.grade is not None else ""
        row.is_off = said.is_off
        for name in SWITCHES:
            setattr(row, name, getattr(said, name))
    work.db.flush()
    if before is not None or row is not None:
        name = f"{person.member.name}: {person.address or person.name}"
        note_configuration(work, "portal_member", organization_id, name, before, _plain(row))


def _plain(row: MemberRow | None) -> dict[str, object] | None:
    if row is None:
        return None
    return {"grade": row.grade, **{name: getattr(row, name) for name in (*SWITCHES, "is_off")}}
