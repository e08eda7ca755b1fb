"""Counting what is charged per unit: a customer's assets, or the members of a group, once a day."""

import logging

from sqlalchemy import func, select

from rtpy.app import App
from rtpy.errors import RtpyError
from rtpy.jobs.worker import Chore
from rtpy.models import Asset, Group, GroupClosure, Principal, User
from rtpy.search.language.parser import parse
from rtpy.search.run import Search, find_all
from rtpy.search.searched import Target
from rtpy.work import Work
from rtpy_billing.agreements.granting import today_of
from rtpy_billing.agreements.states import ACTIVE
from rtpy_billing.models import Agreement, AgreementLine

log = logging.getLogger("rtpy.billing")

ENTERED, ASSETS, GROUP = "manual", "assets", "group"
SOURCES = {
    ENTERED: "As entered above",
    ASSETS: "The customer’s assets that a search finds",
    GROUP: "The members of a group",
}


def count_line(work: Work, agreement: Agreement, line: AgreementLine) -> bool:
    """Count one line's units and keep the number; False when the source says nothing, then the last one stays.

    A source that suddenly has none at all is taken for one that could not be asked: nobody is billed for nought by it.
    Raises CannotSearch and the like when the search cannot be made.
    """
    details = line.details or {}
    if line.quantity_source == ASSETS:
        number = _assets(work, agreement.organization_id, str(details.get("count_query") or ""))
    else:
        number = _members(work, str(details.get("count_group") or ""))
    if not number:
        return False
    line.counted, line.counted_on = number, today_of(work, agreement.organization_id)
    return True


def count_units(app: App) -> int:
    """One round of the worker: every line that was not counted today. Always 0: the next look comes at its time."""
    with app.work(reading=True) as work:
        due = work.db.scalars(
            select(AgreementLine.id)
            .join(Agreement, Agreement.id == AgreementLine.agreement_id)
            .where(
                Agreement.state == ACTIVE,
                AgreementLine.kind == "per_unit",
                AgreementLine.quantity_source != ENTERED,
            )
        ).all()
    for number in due:
        try:
            with app.work() as work:
                line = work.db.get_one(AgreementLine, number)
                agreement = work.db.get_one(Agreement, line.agreement_id)
                if line.counted_on != today_of(work, agreement.organization_id):
                    count_line(work, agreement, line)
        except RtpyError as problem:
            log.warning("the units of agreement line %s could not be counted: %s", number, problem)
    return 0


COUNTING = Chore("billing counts", 3600.0, count_units)


def _assets(work: Work, organization_id: int, query: str) -> int:
    own = select(Asset.id).where(Asset.organization_id == organization_id)
    if not query:
        active = work.app.lifecycles.active_statuses("asset")
        return (
            work.db.scalar(select(func.count()).select_from(own.where(Asset.status.in_(active)).subquery()))
            or 0
        )
    found = find_all(work, Search(kind=Target.ASSETS, node=parse(query).node))
    return len(set(work.db.scalars(own)) & set(found))


def _members(work: Work, name: str) -> int:
    """People in the group by any path whose accounts are not switched off."""
    query = (
        select(func.count(User.id.distinct()))
        .join(Principal, Principal.id == User.id)
        .join(GroupClosure, GroupClosure.member_id == User.id)
        .join(Group, Group.id == GroupClosure.group_id)
        .where(Group.name == name, Group.domain == "UserDefined", Principal.disabled.is_(False))
    )
    return work.db.scalar(query) or 0
