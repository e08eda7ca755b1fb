"""Known issues of the sample portal: told, moved, linked to the tickets that they are behind."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import or_, select

from rtpy.demo.made import Made
from rtpy.models import Ticket
from rtpy_portal.demo.cast import Cast
from rtpy_portal.issues.affected import join
from rtpy_portal.issues.linking import link_tickets
from rtpy_portal.issues.updating import post_update
from rtpy_portal.issues.writing import IssueValues, save_issue
from rtpy_portal.models import Issue, IssueTicket, Stage
from rtpy_portal.models.issue import CLOSED
from rtpy_portal.rights import MANAGE_ISSUES


def tell_issues(cast: Cast, made: Made, given: list[dict[str, Any]]) -> None:
    """All of them; one whose title is there already is left out."""
    titles = set(cast.work.db.scalars(select(Issue.title)))
    for each in given:
        if each["title"] not in titles:
            _tell(cast, made, each)


def _tell(cast: Cast, made: Made, given: dict[str, Any]) -> None:
    begun = cast.ago(given["ago"])
    work = cast.as_person(given["author"], begun, MANAGE_ISSUES)
    values = IssueValues(given["title"], given["text"].strip(), given["kind"], "everyone")
    issue = save_issue(work, None, values)
    for number, person in enumerate(given["people"], 1):
        user = cast.user(person["mailbox"])
        if user is not None:
            said = min(begun + timedelta(hours=5 * number), cast.work.now)
            join(cast.as_person(person["mailbox"], said), issue, user.id, person["impact"])
    for number, update in enumerate(given["update"]):
        at = min(cast.ago(update["ago"]) + timedelta(hours=2 * number), cast.work.now)
        teller = cast.as_person(given["author"], at, MANAGE_ISSUES)
        if Stage(update["stage"]) in CLOSED and issue.closed is None and "how_fixed" in given:
            save_issue(teller, issue, _solved(cast, values, given))
        days = (_day(cast, update, "from"), _day(cast, update, "until"))
        post_update(teller, issue, update["text"], update["stage"], *days, mails=False)
        if number == 0:
            _link(cast, made, issue, given)


def _solved(cast: Cast, values: IssueValues, given: dict[str, Any]) -> IssueValues:
    solver = cast.user(given["solver"])
    return replace(
        values,
        went_wrong=given["went_wrong"],
        how_fixed=given["how_fixed"],
        prevents=given["prevents"],
        solver_id=solver.id if solver is not None else None,
        shows_solver=solver is not None,
    )


def _day(cast: Cast, update: dict[str, Any], name: str) -> date | None:
    return (cast.work.now + timedelta(days=update[name])).date() if name in update else None


def _link(cast: Cast, made: Made, issue: Issue, given: dict[str, Any]) -> None:
    """The newest tickets with these words up to its last update, one of each customer first."""
    if not given["tickets"]:
        return
    rows = cast.work.db.execute(
        select(Ticket.id, Ticket.organization_id)
        .where(
            Ticket.id.in_(made.tickets),
            Ticket.merged_into_id.is_(None),
            Ticket.created <= cast.ago(given["update"][-1]["ago"]),
            Ticket.id.not_in(select(IssueTicket.ticket_id)),
            or_(*(Ticket.subject.contains(words) for words in given["tickets"])),
        )
        .order_by(Ticket.id.desc())
    ).all()
    firsts = {row.organization_id: row.id for row in reversed(rows)}
    chosen = list(dict.fromkeys([*sorted(firsts.values(), reverse=True), *(row.id for row in rows)]))
    if chosen:
        link_tickets(replace(cast.work, now=issue.updated), issue, chosen[: given["most"]])
