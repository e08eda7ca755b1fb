"""The work types and roles that can be chosen, kept between requests until somebody changes them."""

from collections.abc import Collection, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from rtpy.remembered import remembered, watch
from rtpy.work import Work
from rtpy_billing.models import Customer, Role, WorkType

watch(WorkType, Role, Customer)


def work_types_offered(work: Work) -> Mapping[int, str]:
    """Names by id in their order, without those that are switched off."""
    return remembered(work.app, work.db, "billing.work_types", lambda db: _names(db, WorkType))


def roles_offered(work: Work) -> Mapping[int, str]:
    """Names by id in their order, without those that are switched off."""
    return remembered(work.app, work.db, "billing.roles", lambda db: _names(db, Role))


def all_work_types(work: Work) -> Mapping[int, str]:
    """Names of all of them by id, for what was logged before."""
    return remembered(
        work.app,
        work.db,
        "billing.all_work_types",
        lambda db: {row.id: row.name for row in db.execute(select(WorkType.id, WorkType.name))},
    )


def own_organizations(work: Work) -> Collection[int]:
    """The ids of our own: work for them is hidden unless somebody says otherwise."""
    return remembered(
        work.app,
        work.db,
        "billing.own_organizations",
        lambda db: frozenset(db.scalars(select(Customer.organization_id).where(Customer.is_own.is_(True)))),
    )


def work_type_in(work: Work, words: str) -> int | None:
    """The work type that is named at the beginning of what somebody wrote; the longest name that fits."""
    text = " ".join(words.lower().split())
    fitting = [
        (len(name), number)
        for number, name in work_types_offered(work).items()
        if text == name.lower() or text.startswith(f"{name.lower()} ")
    ]
    return max(fitting)[1] if fitting else None


def _names(db: Session, model: type[WorkType] | type[Role]) -> dict[int, str]:
    rows = db.execute(
        select(model.id, model.name).where(model.disabled.is_(False)).order_by(model.sort_order, model.name)
    )
    return {row.id: row.name for row in rows}
