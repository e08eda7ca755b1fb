"""The lists of what waits for approval, and the deeds on the entries that are ticked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.errors import Invalid, Refused
from rtpy.http.resources import SystemResource
from rtpy.http.security import STAFF
from rtpy.web.forms import Field, Option
from rtpy.web.html import Html
from rtpy.web.paging import asked_page
from rtpy.web.shown import Link
from rtpy.web.staff.forms import number_in, problems_of, texts_named, texts_of
from rtpy.web.times import show_day, show_minutes
from rtpy_billing.invoicing.approval import (
    BLOCKERS,
    MODES,
    approve_billing,
    approve_time,
    charge_as,
    send_back,
    write_off,
)
from rtpy_billing.invoicing.waiting import (
    PER_PAGE,
    Filter,
    Step,
    Waiting,
    choices,
    count_waiting,
    list_waiting,
)
from rtpy_billing.money import shown
from rtpy_billing.rights import APPROVE_BILLING, APPROVE_TIME, SEE_MONEY

TITLES = {Step.TIME: "Time", Step.BILLING: "What is charged", Step.APPROVED: "Approved, not billed"}
INTRO = {
    Step.TIME: "Was it worked as it was logged?",
    Step.BILLING: "What do we charge? Once approved, billed time and rate stand.",
    Step.APPROVED: "This goes onto the next invoice. It can still be sent back or written off.",
}
WORDS = {"billable": "charged", "no_charge": "no charge", "hidden": "hidden", "undecided": "undecided"}


@dataclass(frozen=True, slots=True)
class ApprovalRow:
    """One line of the list; `key` is what its box sends: number and version of the entry."""

    id: int
    key: str
    ticked: bool
    day: Html
    person: str
    customer: str
    ticket_url: str
    ticket: str
    work: str
    notes: tuple[tuple[str, str], ...]
    worked: str
    billed: str
    money: str
    badges: tuple[tuple[str, str], ...]
    problem: str
    url: str


@view_config(
    route_name="billing.approval.list",
    request_method="GET",
    renderer="billing/approval/list.pt",
    permission=STAFF,
)
def show_list(resource: SystemResource, request: Request) -> dict[str, object]:
    """`?step=` time, billing or approved; `?person=`, `?customer=`, `?week=` narrow it. Four queries."""
    return _page(request, {}, frozenset(), {})


@view_config(
    route_name="billing.approval.list",
    request_method="POST",
    renderer="billing/approval/list.pt",
    permission=STAFF,
)
def decide(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """Do `deed` to the entries that are ticked, or to all that were shown."""
    given = texts_of(request)
    deed = given.get("deed", "")
    name = "shown" if deed.endswith("_all") else "entry"
    versions = _versions(texts_named(request, name))
    try:
        with request.db.begin_nested():
            said = _do(request, deed.removesuffix("_all"), versions, given)
    except Invalid as invalid:
        request.response.status_int = 422
        return _page(request, problems_of(invalid), frozenset(versions), given)
    except Refused as refused:
        request.response.status_int = 403
        return _page(request, {"": str(refused)}, frozenset(versions), given)
    request.flash(said)
    return HTTPSeeOther(request.path_qs)


def _do(request: Request, deed: str, versions: Mapping[int, int], given: Mapping[str, str]) -> str:
    work, reason = request.work, given.get("reason", "")
    if deed == "approve":
        step = _step(request)
        number = (approve_time if step is Step.TIME else approve_billing)(work, versions)
        return f"{_entries(number)} approved."
    if deed == "send_back":
        return f"{_entries(send_back(work, versions, reason))} sent back."
    if deed == "write_off":
        return f"{_entries(write_off(work, versions, reason))} written off."
    if deed == "charge":
        mode = given.get("mode", "")
        return f"{_entries(charge_as(work, versions, mode, reason))} {MODES.get(mode, '')}."
    raise Refused("That is nothing that can be done here.")


def _entries(number: int) -> str:
    return "One entry is" if number == 1 else f"{number} entries are"


def _versions(keys: Sequence[str]) -> dict[int, int]:
    found = {}
    for key in keys[: 2 * PER_PAGE]:
        id_, _, version = key.partition(":")
        number, of_version = number_in(id_), number_in(version)
        if number is not None and of_version is not None:
            found[number] = of_version
    return found


def _step(request: Request) -> Step:
    rights = request.work.rights
    may_time, may_billing = rights.system(APPROVE_TIME), rights.system(APPROVE_BILLING)
    if not may_time and not may_billing:
        raise Refused("You may not do that: one of the rights ApproveTime or ApproveBilling is needed.")
    asked = request.GET.get("step", "")
    if asked in tuple(Step):
        step = Step(asked)
        if may_billing or step is Step.TIME:
            return step
    return Step.TIME if may_time else Step.BILLING


def _page(
    request: Request, problems: Mapping[str, str], ticked: frozenset[int], given: Mapping[str, str]
) -> dict[str, object]:
    step, wanted, page = _step(request), _filter(request), asked_page(request)
    rows = list_waiting(request.work, step, wanted, (page - 1) * PER_PAGE)
    people, customers = choices(request.db, step)
    counts = count_waiting(request.db)
    may_billing = request.work.rights.system(APPROVE_BILLING)
    may_time = request.work.rights.system(APPROVE_TIME)
    sees_money = may_billing or request.work.rights.system(SEE_MONEY)
    offered = [each for each in Step if (may_time if each is Step.TIME else may_billing)]
    path = request.route_path
    return {
        "crumbs": (Link("Home", path("home")),),
        "intro": INTRO[step],
        "tabs": tuple(
            Link(
                TITLES[each],
                path("billing.approval.list", _query={"step": each.value}),
                each is step,
                counts[each],
            )
            for each in offered
        ),
        "step": step.value,
        "filters": _filters(people, customers, wanted),
        "rows": [_row(request, row, ticked, problems, sees_money=sees_money) for row in rows[:PER_PAGE]],
        "sees_money": sees_money,
        "sums": _sums(rows[:PER_PAGE], sees_money=sees_money),
        "problems": [(None, text) for name, text in problems.items() if not name.startswith("entry.")]
        + [(f"entry-{name[6:]}", text) for name, text in problems.items() if name.startswith("entry.")],
        "post_url": request.path_qs,
        "list_url": path("billing.approval.list"),
        "reason": Field(
            "reason",
            "Reason",
            given.get("reason", ""),
            error=problems.get("reason", ""),
            hint="Needed for everything but approving and charging.",
        ),
        "mode": Field(
            "mode",
            "Charge",
            kind="select",
            required=True,
            options=tuple(Option(value, text) for value, text in MODES.items()),
        ),
        "may_decide": may_billing and step is not Step.APPROVED,
        "may_write_off": may_billing,
        "next_url": request.route_path("billing.approval.list", _query={**request.GET, "page": page + 1})
        if len(rows) > PER_PAGE
        else None,
    }


def _filter(request: Request) -> Filter:
    given = request.GET
    week = None
    try:
        day = date.fromisoformat(given.get("week", ""))
        week = day - timedelta(days=day.weekday())
    except (ValueError, OverflowError):
        pass
    return Filter(number_in(given.get("person", "")), number_in(given.get("customer", "")), week)


def _filters(
    people: Sequence[tuple[int, str]], customers: Sequence[tuple[int, str]], wanted: Filter
) -> tuple[Field, ...]:
    def select(name: str, label: str, rows: Sequence[tuple[int, str]], chosen: int | None) -> Field:
        options = (Option("", "All"), *(Option(str(id_), text, id_ == chosen) for id_, text in rows))
        return Field(name, label, kind="select", required=True, options=options)

    week = wanted.week.isoformat() if wanted.week else ""
    return (
        select("person", "Person", people, wanted.person_id),
        select("customer", "Customer", customers, wanted.organization_id),
        Field("week", "Week of", week, "date", required=True),
    )


def _row(
    request: Request, row: Waiting, ticked: frozenset[int], problems: Mapping[str, str], *, sees_money: bool
) -> ApprovalRow:
    path = request.route_path
    badges = [("late", "warn")] if row.is_late else []
    if row.is_asked:
        badges.append(("its ticket moved", "warn"))
    if row.write_off:
        badges.append(("written off", "note"))
    elif row.mode:
        badges.append((WORDS.get(row.mode, row.mode), "info"))
    if row.covered:
        badges.append((f"covered {show_minutes(row.covered // 60)}", "ok"))
    if row.blocker in BLOCKERS or row.blocker in ("held", "blocked"):
        badges.append((row.blocker.replace("_", " "), "bad"))
    notes = tuple(
        (label, text) for label, text in (("", row.note_customer), ("Internal", row.note_internal)) if text
    )
    return ApprovalRow(
        row.id,
        f"{row.id}:{row.version}",
        row.id in ticked,
        show_day(row.day),
        row.person,
        row.customer or "no customer",
        path("ticket.display", id=row.ticket_id) if row.subject else "",
        f"#{row.ticket_id} {row.subject}".strip() if row.ticket_id else "",
        row.work_type,
        notes,
        show_minutes(row.worked // 60),
        show_minutes(row.billed // 60),
        shown(row.amount, row.currency) if sees_money and row.currency else "",
        tuple(badges),
        problems.get(f"entry.{row.id}", ""),
        path("billing.entries.modify", id=row.id),
    )


def _sums(rows: Sequence[Waiting], *, sees_money: bool) -> str:
    """What the page comes to."""
    worked = show_minutes(sum(row.worked for row in rows) // 60)
    amounts: dict[str, int] = {}
    for row in rows:
        if row.currency:
            amounts[row.currency] = amounts.get(row.currency, 0) + row.amount
    money = [shown(amount, currency) for currency, amount in sorted(amounts.items())]
    return ", ".join([f"{worked} worked", *(money if sees_money else ())])
