"""What an entry comes to and why: each part of it, step by step, and the whole ladder of rates."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import select

from rtpy.http.resources import SystemResource
from rtpy.models import Organization, User
from rtpy.web.shown import Link
from rtpy_billing.models import EntryLine, Role, WorkEntry, WorkType
from rtpy_billing.money import shown
from rtpy_billing.pricing.line import COVERING, PricedLine
from rtpy_billing.pricing.segment import by_segment
from rtpy_billing.repricing.entries import priced_line
from rtpy_billing.rights import SEE_MONEY
from rtpy_billing.web.days import day
from rtpy_billing.web.prices.words import OUTCOMES, Names, RungShown, Told, hours, ladder, tell


@dataclass(frozen=True, slots=True)
class PartShown:
    """One priced line, with its steps."""

    segment: int
    when: str
    worked: str
    billed: str
    rate: str
    value: str
    amount: str
    outcome: str
    tone: str


@dataclass(frozen=True, slots=True)
class Why:
    """The explanation of one stretch: what led to its value, the ladder, and who pays."""

    number: int
    when: str
    steps: tuple[Told, ...]
    ladder: tuple[RungShown, ...]
    payers: tuple[Told, ...]


@view_config(
    route_name="billing.prices.display",
    request_method="GET",
    renderer="billing/prices/display.pt",
    permission=SEE_MONEY,
)
def show_price(resource: SystemResource, request: Request) -> dict[str, object]:
    """Three queries."""
    query = (
        select(WorkEntry, User.name, User.real_name, Organization.name, WorkType.name)
        .join(User, User.id == WorkEntry.worked_by_id)
        .outerjoin(Organization, Organization.id == WorkEntry.organization_id)
        .outerjoin(WorkType, WorkType.id == WorkEntry.work_type_id)
        .where(WorkEntry.id == int(request.matchdict["id"]))
    )
    found = request.db.execute(query).one_or_none()
    if found is None:
        raise HTTPNotFound()
    entry, login, real_name, organization, work_type = found
    rows = request.db.scalars(
        select(EntryLine).where(EntryLine.entry_id == entry.id).order_by(EntryLine.segment, EntryLine.part)
    ).all()
    roles = {role.id: role.name for role in request.db.scalars(select(Role))}
    names = Names(entry.currency, roles)
    zone = ZoneInfo(entry.zone)
    path = request.route_path
    lines = [priced_line(row, row.steps) for row in rows]
    return {
        "crumbs": (
            Link("Home", path("home")),
            Link("Time", path("billing.entries.list")),
            Link("Entry", path("billing.entries.modify", id=entry.id)),
        ),
        "title": "What it comes to",
        "cover_url": request.route_path("billing.agreements.coverage", id=entry.id),
        "worker": real_name or login,
        "day": day(entry.worked_on),
        "organization": organization or "no customer",
        "work_type": work_type or "",
        "ticket_id": entry.ticket_id,
        "state": entry.state,
        "worked": hours(entry.worked_seconds),
        "billed": hours(entry.billed_seconds),
        "covered": hours(entry.covered_seconds),
        "value": shown(entry.value, entry.currency) if entry.currency else "–",
        "amount": shown(entry.amount, entry.currency) if entry.currency else "–",
        "parts": [_part(line, zone) for line in lines],
        "reasons": [_why(each, names, zone) for each in by_segment(tuple(lines))],
    }


def _part(line: PricedLine, zone: ZoneInfo) -> PartShown:
    outcome, tone = OUTCOMES[line.outcome]
    rate = line.charged_rate if line.charged_rate is not None else line.rate
    return PartShown(
        segment=line.segment,
        when=_when(line, zone),
        worked=hours(line.worked_seconds),
        billed="fee" if line.fee_id is not None else hours(line.billed_seconds),
        rate="–" if rate is None else shown(rate, line.currency),
        value=shown(line.value, line.currency),
        amount=shown(line.amount, line.currency),
        outcome=outcome,
        tone=tone,
    )


def _why(lines: list[PricedLine], names: Names, zone: ZoneInfo) -> Why:
    first = lines[0]
    payers = [tell(step, names) for line in lines for step in line.steps if step.kind in COVERING]
    return Why(
        number=first.segment,
        when=_when(first, zone),
        steps=tuple(tell(step, names) for step in first.steps if step.kind not in COVERING),
        ladder=tuple(ladder(first.steps, first.currency)) if first.fee_id is None else (),
        payers=tuple(dict.fromkeys(payers)),
    )


def _when(line: PricedLine, zone: ZoneInfo) -> str:
    """The day and, where they are known, the clock times where the work was done."""
    if line.started_at is None or line.ended_at is None:
        return day(line.worked_on)
    start, end = line.started_at.astimezone(zone), line.ended_at.astimezone(zone)
    return f"{day(line.worked_on)}, {start:%H:%M}–{end:%H:%M}"
