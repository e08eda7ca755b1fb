"""The log of escalation: which steps were taken, when, and what became of each action."""

from typing import Any

from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import ColumnElement, Text, cast, func, select

from rtpy.http.resources import SystemResource
from rtpy.models import Ticket
from rtpy.rights.names import Right
from rtpy.web.admin.listing import PER_PAGE, admin_crumbs, read_asked
from rtpy.web.shown import Link
from rtpy_sla.ladder.labels import DEEDS, target_label, when_label
from rtpy_sla.ladder.reading import known_steps
from rtpy_sla.ladder.step import DeedKind
from rtpy_sla.models import Firing, Ladder
from rtpy_sla.rights import ADMIN_SERVICE_LEVELS

SHOWN = {"": "All", "late": "Late", "failed": "Failed", "skipped": "Not done"}


@view_config(
    route_name="sla.firings.list",
    request_method="GET",
    renderer="sla/firings/list.pt",
    permission=ADMIN_SERVICE_LEVELS,
)
def list_firings(resource: SystemResource, request: Request) -> dict[str, object]:
    """The youngest first; `?show=late|failed|skipped`, `?q=` a ticket's number or words of its subject. Two queries."""
    asked = read_asked(request)
    show = request.GET.get("show", "")
    show = show if show in SHOWN else ""
    rows = request.db.execute(
        select(Firing, Ticket.subject, Ladder.name, Ladder.steps)
        .join(Ticket, Ticket.id == Firing.ticket_id)
        .join(Ladder, Ladder.id == Firing.ladder_id)
        .where(request.work.rights.of(Right.SHOW_TICKET).visible(), *_narrowed(show, asked.words))
        .order_by(Firing.id.desc())
        .limit(PER_PAGE + 1)
        .offset(asked.offset)
    ).all()

    def url(**query: str) -> str:
        given = {"show": show, "q": asked.words, **query}
        kept = {name: value for name, value in given.items() if value}
        found: str = request.route_path("sla.firings.list", _query=kept or None)
        return found

    return {
        "crumbs": admin_crumbs(request, Link("Escalation", request.route_path("sla.ladders.list"))),
        "title": "Steps taken",
        "tabs": [Link(label, url(show=key), current=key == show) for key, label in SHOWN.items()],
        "asked": asked,
        "show": show,
        "list_url": request.route_path("sla.firings.list"),
        "lines": [_line(request, *row) for row in rows[:PER_PAGE]],
        "empty_text": "Nothing fits this choice."
        if show or asked.words
        else "No step was taken yet: they are, while clocks run whose service level has a ladder.",
        "previous_url": url(page=str(asked.number - 1)) if asked.number > 1 else None,
        "next_url": url(page=str(asked.number + 1)) if len(rows) > PER_PAGE else None,
    }


def _narrowed(show: str, words: str) -> list[ColumnElement[bool]]:
    said = cast(Firing.outcome, Text)
    clauses: list[ColumnElement[bool]] = []
    if show == "late":
        clauses.append(Firing.is_late.is_(True))
    elif show == "skipped":
        clauses.append(said.like('%"skipped"%'))
    elif show == "failed":
        clauses += [said.like('%"done":false%'), said.not_like('%"skipped"%')]
    if words.isascii() and words.removeprefix("#").isdigit() and len(words) < 18:
        clauses.append(Firing.ticket_id == int(words.removeprefix("#")))
    else:
        clauses += [
            func.lower(Ticket.subject).contains(word.lower(), autoescape=True) for word in words.split()
        ]
    return clauses


def _line(
    request: Request, firing: Firing, subject: str, ladder: str, steps: list[dict[str, Any]]
) -> dict[str, Any]:
    step = next((each for each in known_steps(steps) if each.key == firing.step), None)
    return {
        "fired": firing.fired,
        "due": firing.due,
        "is_late": firing.is_late,
        "ticket_url": request.route_path("ticket.display", id=firing.ticket_id),
        "ticket": f"#{firing.ticket_id} {subject}",
        "target": target_label(firing.target) + (f" {firing.cycle}" if firing.cycle > 1 else ""),
        "step": when_label(step) if step else "a step that is gone",
        "ladder": ladder,
        "outcome": [
            (_kind(each), bool(each.get("done")), bool(each.get("skipped")), each.get("said", ""))
            for each in firing.outcome
        ],
    }


def _kind(outcome: dict[str, Any]) -> str:
    kind = outcome.get("kind", "")
    return DEEDS[DeedKind(kind)] if kind in set(DeedKind) else ""
