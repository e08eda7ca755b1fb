"""What can be chosen in forms of the set-up: roles, work types, customers, lines, people. A query each."""

from pyramid.request import Request
from sqlalchemy import func, select

from rtpy.models import Organization, User
from rtpy_billing.models import Agreement, AgreementLine, Customer, Role, WorkEntry, Worker, WorkType


def roles(request: Request) -> list[tuple[int, str]]:
    """Roles in use, in their order."""
    return _pairs(
        request,
        select(Role.id, Role.name).where(Role.disabled.is_(False)).order_by(Role.sort_order, Role.name),
    )


def work_types(request: Request) -> list[tuple[int, str]]:
    """Work types in use, in their order."""
    query = select(WorkType.id, WorkType.name).where(WorkType.disabled.is_(False))
    return _pairs(request, query.order_by(WorkType.sort_order, WorkType.name))


def customers(request: Request) -> list[tuple[int, str]]:
    """Organisations that are billed."""
    query = select(Organization.id, Organization.name).join(
        Customer, Customer.organization_id == Organization.id
    )
    return _pairs(request, query.order_by(Organization.name))


def lines(request: Request) -> list[tuple[int, str]]:
    """Lines of agreements, with the agreement's number and the customer."""
    query = (
        select(AgreementLine.id, AgreementLine.name, Agreement.number, Organization.name.label("customer"))
        .join(Agreement, Agreement.id == AgreementLine.agreement_id)
        .join(Organization, Organization.id == Agreement.organization_id)
        .where(Agreement.state != "ended")
        .order_by(Organization.name, Agreement.number, AgreementLine.position)
    )
    return [(row.id, f"{row.customer}, {row.number}: {row.name}") for row in request.db.execute(query)]


def people(request: Request) -> list[tuple[int, str]]:
    """Whoever is set up as a worker or has logged time."""
    name = func.coalesce(func.nullif(User.real_name, ""), User.name)
    workers = select(Worker.user_id).union(select(WorkEntry.worked_by_id)).subquery()
    return _pairs(request, select(User.id, name).where(User.id.in_(select(workers.c[0]))).order_by(name))


def names(pairs: list[tuple[int, str]], nothing: str = "–") -> dict[int | None, str]:
    """The same to look up: by id, and `nothing` for none."""
    return {None: nothing, **dict(pairs)}


def _pairs(request: Request, query: object) -> list[tuple[int, str]]:
    return [(id_, name) for id_, name in request.db.execute(query)]
