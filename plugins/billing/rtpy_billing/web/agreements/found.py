"""Finding what an address of an agreement names."""

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request
from sqlalchemy import select

from rtpy.models import Organization
from rtpy.web.shown import Link
from rtpy_billing.models import Agreement, AgreementLine


def find_agreement(request: Request) -> Agreement:
    """The agreement of the address, or 404."""
    agreement: Agreement | None = request.db.get(Agreement, int(request.matchdict["id"]))
    if agreement is None:
        raise HTTPNotFound()
    return agreement


def find_line(request: Request, agreement: Agreement) -> AgreementLine:
    """The line of the address, which must be the agreement's, or 404."""
    line: AgreementLine | None = request.db.get(AgreementLine, int(request.matchdict["line"]))
    if line is None or line.agreement_id != agreement.id:
        raise HTTPNotFound()
    return line


def customer_name(request: Request, agreement: Agreement) -> str:
    """The organisation's name. One query."""
    query = select(Organization.name).where(Organization.id == agreement.organization_id)
    name: str = request.db.scalar(query)
    return name


def crumbs_of(request: Request, agreement: Agreement | None, *further: Link) -> tuple[Link, ...]:
    """The way to a page of an agreement."""
    way = [
        Link("Home", request.route_path("home")),
        Link("Agreements", request.route_path("billing.agreements.list")),
    ]
    if agreement is not None:
        way.append(Link(agreement.name, request.route_path("billing.agreements.display", id=agreement.id)))
    return (*way, *further)
