"""One run: what it found, what it would do or did line by line, and whether a person agrees."""

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import func, select

from rtpy.errors import Conflict
from rtpy.http.resources import SystemResource
from rtpy.identity.directory_sync.runs import agree, drop
from rtpy.identity.directory_sync.steps import LABELS, ORDER, read_words, shown_values
from rtpy.models import DirectoryRun, DirectoryRunLine, User, UserDirectory
from rtpy.rights.names import Right
from rtpy.web.admin.directory_sync.list import deeds_of
from rtpy.web.admin.directory_sync.words import LINE_STATES, ORIGINS, STATES
from rtpy.web.admin.listing import admin_crumbs
from rtpy.web.shown import Link

PER_PAGE = 100


@view_config(
    route_name="admin.directory_sync.display",
    request_method="GET",
    renderer="admin/directory_sync/display.pt",
    permission=Right.SUPER_USER,
)
def show_run(resource: SystemResource, request: Request) -> dict[str, object]:
    """Its lines in order, a page at a time; `?deed=` narrows them, `?after=` goes on. A handful of queries."""
    run = run_asked(request)
    directory = request.db.get_one(UserDirectory, run.directory_id)
    chosen = request.GET.get("deed", "")
    states = _states(request, run)
    query = select(DirectoryRunLine).where(DirectoryRunLine.run_id == run.id)
    if chosen in ORDER:
        query = query.where(DirectoryRunLine.deed == chosen)
    elif chosen == "failed":
        query = query.where(DirectoryRunLine.state.in_(("failed", "skipped")))
    after = request.GET.get("after", "")
    if after.isascii() and after.isdigit() and len(after) < 19:
        query = query.where(DirectoryRunLine.id > int(after))
    rows = request.db.scalars(query.order_by(DirectoryRunLine.id).limit(PER_PAGE + 1)).all()
    word, tone = STATES[run.state]
    creator = request.db.get_one(User, run.creator_id)
    return {
        "crumbs": admin_crumbs(
            request, Link("Directory sync", request.route_path("admin.directory_sync.list"))
        ),
        "title": f"{directory.name}: run {run.id}",
        "deeds": deeds_of(request, run),
        "run": run,
        "state": word,
        "tone": tone,
        "notice_tone": "bad" if run.state in ("failed", "waiting") else "warn",
        "origin": ORIGINS[run.origin],
        "who": creator.display_name if run.origin in ("page", "command") else "",
        "when": request.when(run.created),
        "finished": request.when(run.finished) if run.finished else None,
        "progress": _progress(run, states),
        "read": _read(run),
        "filters": _filters(request, run, states, chosen),
        "lines": [_line(request, row) for row in rows[:PER_PAGE]],
        "more_url": _more(request, run, chosen, rows[PER_PAGE - 1].id) if len(rows) > PER_PAGE else None,
    }


@view_config(route_name="admin.directory_sync.agree", request_method="POST", permission=Right.SUPER_USER)
def agree_to_run(resource: SystemResource, request: Request) -> Response:
    """Do what the plan says."""
    run = run_asked(request)
    try:
        agree(request.work, run)
    except Conflict as conflict:
        request.flash(str(conflict), "warn")
    else:
        request.flash("The worker begins within seconds: load this page again to see how far it is.", "info")
    return HTTPSeeOther(request.route_path("admin.directory_sync.display", id=run.id))


@view_config(route_name="admin.directory_sync.drop", request_method="POST", permission=Right.SUPER_USER)
def drop_run(resource: SystemResource, request: Request) -> Response:
    """Do nothing of it."""
    run = run_asked(request)
    try:
        drop(request.work, run)
    except Conflict as conflict:
        request.flash(str(conflict), "warn")
    else:
        request.flash("Nothing of it is done. The next run looks at the directory again.")
    return HTTPSeeOther(request.route_path("admin.directory_sync.list"))


def run_asked(request: Request) -> DirectoryRun:
    """The run whose number the address says. Raises HTTPNotFound."""
    found: DirectoryRun | None = request.db.get(DirectoryRun, int(request.matchdict["id"]))
    if found is None:
        raise HTTPNotFound()
    return found


def _states(request: Request, run: DirectoryRun) -> dict[str, int]:
    counted = request.db.execute(
        select(DirectoryRunLine.state, func.count(DirectoryRunLine.id))
        .where(DirectoryRunLine.run_id == run.id)
        .group_by(DirectoryRunLine.state)
    )
    return {row[0]: row[1] for row in counted}


def _progress(run: DirectoryRun, states: dict[str, int]) -> str:
    total = sum(many for state, many in states.items() if state != "remark")
    over = total - states.get("planned", 0)
    return f"{over:,} of {total:,} lines" if run.state == "applying" else ""


def _read(run: DirectoryRun) -> str:
    if run.origin == "look":
        return f"{run.people} looked up"
    return read_words(run.people, run.groups)


def _filters(request: Request, run: DirectoryRun, states: dict[str, int], chosen: str) -> list[Link]:
    def url(deed: str) -> str:
        found: str = request.route_path(
            "admin.directory_sync.display", id=run.id, _query={"deed": deed} if deed else None
        )
        return found

    links = [Link("All", url(""), chosen not in (*ORDER, "failed"), sum(run.counts.values()))]
    links += [
        Link(LABELS[deed].capitalize(), url(deed), chosen == deed, many) for deed, many in run.counts.items()
    ]
    bad = states.get("failed", 0) + states.get("skipped", 0)
    if bad:
        links.append(Link("Not done", url("failed"), chosen == "failed", bad))
    return links


def _line(request: Request, row: DirectoryRunLine) -> dict[str, object]:
    word, tone = LINE_STATES[row.state]
    return {
        "name": row.name,
        "url": request.route_path("people.display", id=row.user_id) if row.user_id else None,
        "what": LABELS.get(row.deed, row.deed),
        "values": shown_values(row.before, row.after),
        "state": word,
        "tone": tone,
        "problem": row.problem,
    }


def _more(request: Request, run: DirectoryRun, chosen: str, last: int) -> str:
    query = {"after": str(last), **({"deed": chosen} if chosen else {})}
    found: str = request.route_path("admin.directory_sync.display", id=run.id, _query=query)
    return found
