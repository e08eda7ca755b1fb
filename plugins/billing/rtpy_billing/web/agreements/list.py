"""All agreements: whose, since when, and what is left of them."""

from collections import defaultdict

from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import func, or_, select

from rtpy.http.resources import SystemResource
from rtpy.models import Organization
from rtpy.web.admin.listing import PER_PAGE, Line, list_values, read_asked
from rtpy.web.shown import Link
from rtpy_billing.agreements.terms import last_day
from rtpy_billing.balances.kinds import UNITS, LineKind
from rtpy_billing.balances.present import balances_of
from rtpy_billing.balances.quantities import left_in_words
from rtpy_billing.models import Agreement, AgreementLine
from rtpy_billing.rights import ADMIN_AGREEMENTS, SEE_MONEY
from rtpy_billing.web.agreements.found import crumbs_of
from rtpy_billing.web.agreements.words import STATES

TABS = {"active": "Active", "draft": "Drafts", "ended": "Ended", "all": "All"}


@view_config(
    route_name="billing.agreements.list",
    request_method="GET",
    renderer="admin/list.pt",
    permission=SEE_MONEY,
)
def list_agreements(resource: SystemResource, request: Request) -> dict[str, object]:
    """By customer, a page at a time. Six queries."""
    asked, state = read_asked(request), request.GET.get("state", "active")
    state = state if state in TABS else "active"
    query = select(Agreement, Organization.name.label("customer")).join(
        Organization, Organization.id == Agreement.organization_id
    )
    if state != "all":
        query = query.where(Agreement.state == state)
    for word in asked.words.lower().split():
        places = (Agreement.name, Agreement.number, Organization.name)
        query = query.where(or_(*(func.lower(place).contains(word, autoescape=True) for place in places)))
    rows = request.db.execute(
        query.order_by(func.lower(Organization.name), Agreement.number)
        .offset(asked.offset)
        .limit(PER_PAGE + 1)
    ).all()
    left = _left(request, [row.Agreement for row in rows])
    by_state = select(Agreement.state, func.count()).group_by(Agreement.state)
    counts = {row[0]: row[1] for row in request.db.execute(by_state)}
    counts["all"] = sum(counts.values())
    path = request.route_path
    values = list_values(
        request,
        asked,
        route="billing.agreements.list",
        title="Agreements",
        intro="What was agreed with each customer, and what is left of it.",
        columns=("Agreement", "Customer", "Number", "Runs", "Left"),
        lines=[_line(request, row.Agreement, row.customer, left[row.Agreement.id]) for row in rows],
        create_url=path("billing.agreements.create") if resource.allows(ADMIN_AGREEMENTS) else None,
        create_label="New agreement",
        empty="No agreements here.",
        can_be_disabled=False,
        tabs=[
            Link(
                label,
                path("billing.agreements.list", _query={"state": name}),
                name == state,
                counts.get(name, 0),
            )
            for name, label in TABS.items()
        ],
        kept={"state": state},
    )
    return {**values, "crumbs": crumbs_of(request, None)}


def _left(request: Request, agreements: list[Agreement]) -> dict[int, list[str]]:
    by_id = {agreement.id: agreement for agreement in agreements}
    query = (
        select(AgreementLine)
        .where(AgreementLine.agreement_id.in_(by_id), AgreementLine.kind.in_([kind.value for kind in UNITS]))
        .order_by(AgreementLine.position, AgreementLine.id)
    )
    lines = [(line, by_id[line.agreement_id]) for line in request.db.scalars(query)]
    balances = balances_of(request.db, lines, request.work.now.date())
    left: dict[int, list[str]] = defaultdict(list)
    for line, agreement in lines:
        if agreement.state != "draft":
            words = left_in_words(UNITS[LineKind(line.kind)], balances[line.id].left, agreement.currency)
            left[agreement.id].append(words)
    return left


def _line(request: Request, agreement: Agreement, customer: str, left: list[str]) -> Line:
    ends = last_day(agreement.ends_on)
    runs = f"from {agreement.starts_on}" if ends is None else f"{agreement.starts_on} to {ends}"
    return Line(
        agreement.name,
        request.route_path("billing.agreements.display", id=agreement.id),
        (customer, agreement.number, runs, ", ".join(left)),
        "" if agreement.state == "active" else STATES[agreement.state][0],
    )
