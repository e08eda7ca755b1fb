"""All ratings: figures, how they go on, and what was said, with filters."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pyramid.request import Request
from pyramid.view import view_config
from sqlalchemy import select

from rtpy.charts.chart import Chart, Series, Shape
from rtpy.charts.draw import draw
from rtpy.http.resources import SystemResource
from rtpy.models import Organization, Queue
from rtpy.plugin_settings import setting
from rtpy.rights.names import Right
from rtpy.web.forms import Field, Option
from rtpy.web.html import Html
from rtpy.web.shown import Link
from rtpy.web.staff.forms import number_in
from rtpy_portal.ratings.reporting import (
    PER_PAGE,
    By,
    Sums,
    Wanted,
    count_asked,
    count_helpful,
    list_ratings,
    sum_all,
    sum_by,
)
from rtpy_portal.ratings.words import LABELS, REASONS, SCORES, Reason
from rtpy_portal.rights import SEE_RATINGS
from rtpy_portal.web.ratings.ticket import line_of

USUAL_DAYS = 90
LONGEST = timedelta(days=366 * 5)
SHOWN = {"": "All", "comment": "With words", "open": "Bad, not made good", "mine": "My own tickets"}
GROUPS = {
    By.CUSTOMER: "Customer",
    By.QUEUE: "Queue",
    By.TOPIC: "Topic",
    By.MONTH: "Month",
    By.REASON: "Reason",
    By.PERSON: "Person",
}


@view_config(
    route_name="portal.ratings.list",
    request_method="GET",
    renderer="portal/ratings/list.pt",
    permission=SEE_RATINGS,
)
def show_ratings(resource: SystemResource, request: Request) -> Mapping[str, object]:
    """Of tickets that the reader may see; eight queries."""
    work, path = request.work, request.route_path
    given = {name: value.replace("\0", "").strip()[:100] for name, value in request.GET.items()}
    wanted = _wanted(request, given)
    by = _by(request, given.get("by", ""))
    page = number_in(given.get("page", "")) or 1
    page = page if page < 10_000 else 1
    rows = list_ratings(work, wanted, page)
    asked, answered = count_asked(work, wanted)
    votes, helped = count_helpful(work, wanted)
    kept = {name: given[name] for name in ("score", "customer", "queue", "reason", "show") if given.get(name)}
    kept |= {"from": wanted.first.isoformat(), "to": wanted.last.isoformat(), "by": by.value}

    def url(**changed: str) -> str:
        query = {name: value for name, value in {**kept, **changed}.items() if value}
        return str(path("portal.ratings.list", _query=query))

    show = given.get("show", "")
    return {
        "crumbs": (Link("Home", path("home")),),
        "tabs": [
            Link(label, url(show=key), current=key == (show if show in SHOWN else ""))
            for key, label in SHOWN.items()
        ],
        "show": show if show in SHOWN else "",
        "by": by.value,
        "group_tabs": [
            Link(label, url(by=each.value), current=each is by)
            for each, label in GROUPS.items()
            if each is not By.PERSON or _shows_people(request)
        ],
        "group_title": GROUPS[by],
        "fields": _fields(request, wanted),
        "sums": sum_all(work, wanted),
        "asked": asked,
        "answered": answered,
        "votes": votes,
        "helped": helped,
        "groups": sum_by(work, wanted, by),
        "drawing": _drawn(sum_by(work, wanted, By.MONTH)),
        "lines": [
            {
                **line_of(request, row.Rating, row.User),
                "ticket": f"#{row.Rating.ticket_id} {row.subject}",
                "ticket_url": path("ticket.display", id=row.Rating.ticket_id),
                "organization": row.organization or "",
            }
            for row in rows[:PER_PAGE]
        ],
        "previous_url": url(page=str(page - 1)) if page > 1 else None,
        "next_url": url(page=str(page + 1)) if len(rows) > PER_PAGE else None,
    }


def _wanted(request: Request, given: Mapping[str, str]) -> Wanted:
    zone = request.zone if isinstance(request.zone, ZoneInfo) else ZoneInfo("UTC")
    today = request.work.now.astimezone(zone).date()
    last = _day(given.get("to", "")) or today
    first = _day(given.get("from", "")) or last - timedelta(days=USUAL_DAYS - 1)
    first = max(min(first, last), last - LONGEST)
    reason, show = given.get("reason", ""), given.get("show", "")
    return Wanted(
        first,
        last,
        zone,
        score=SCORES.get(given.get("score", "")),
        organization_id=number_in(given.get("customer", "")),
        queue_id=number_in(given.get("queue", "")),
        reason=Reason(reason) if reason in set(Reason) else None,
        has_comment=show == "comment",
        is_open=show == "open",
        owner_id=request.login.user_id if show == "mine" else None,
    )


def _by(request: Request, asked: str) -> By:
    found = By(asked) if asked in set(By) else By.CUSTOMER
    return By.CUSTOMER if found is By.PERSON and not _shows_people(request) else found


def _shows_people(request: Request) -> bool:
    return bool(setting(request.app, request.db, "portal.ratings_people"))


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 1990 <= found.year <= 2190 else None


def _fields(request: Request, wanted: Wanted) -> tuple[Field, ...]:
    db = request.db
    customers = db.execute(select(Organization.id, Organization.name).order_by(Organization.name))
    queues = db.execute(select(Queue.id, Queue.name).order_by(Queue.name))
    seen = request.work.rights.of(Right.SEE_QUEUE)
    score = wanted.score.word if wanted.score else ""
    reason = wanted.reason.value if wanted.reason else ""
    return (
        Field("from", "From", wanted.first.isoformat(), "date", required=True),
        Field("to", "To", wanted.last.isoformat(), "date", required=True),
        _choice("score", "Rating", ((word, LABELS[each]) for word, each in SCORES.items()), score),
        _choice("reason", "Reason", REASONS.items(), reason),
        _choice("customer", "Customer", customers, wanted.organization_id),
        _choice("queue", "Queue", (each for each in queues if seen.in_queue(each[0])), wanted.queue_id),
    )


def _choice(name: str, label: str, rows: Iterable[Any], chosen: object) -> Field:
    options = [Option("", "All", selected=not chosen)]
    options += [Option(str(key), str(text), selected=str(key) == str(chosen)) for key, text in rows]
    return Field(name, label, kind="select", options=tuple(options), required=True)


def _drawn(months: list[Sums]) -> Html:
    """One column for each month, with good, fair and bad ones on top of each other."""
    if len(months) < 2:
        return Html("")
    labels = tuple(each.label for each in months)
    series = (
        Series("Good", tuple(float(each.good) for each in months)),
        Series("Fair", tuple(float(each.fair) for each in months)),
        Series("Bad", tuple(float(each.bad) for each in months)),
    )
    return Html(draw(Chart("Ratings by month", labels, series, "Month", "Ratings"), Shape.STACKED))
