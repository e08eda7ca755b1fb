"""The synchronisation of all directories: how it goes with each, and the last runs."""

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import select

from rtpy.errors import Conflict
from rtpy.http.resources import SystemResource
from rtpy.identity.directory_sync.runs import start_run
from rtpy.identity.directory_sync.steps import LABELS
from rtpy.models import DirectoryRun, DirectorySync, UserDirectory
from rtpy.rights.names import Right
from rtpy.web.admin.directory_sync.words import ORIGINS, STATES, counted
from rtpy.web.admin.listing import admin_crumbs
from rtpy.web.admin.mail.paging import older_url, read_page
from rtpy.web.html import Html
from rtpy.web.shown import Deed
from rtpy.web.staff.forms import texts_of


@view_config(
    route_name="admin.directory_sync.list",
    request_method="GET",
    renderer="admin/directory_sync/list.pt",
    permission=Right.SUPER_USER,
)
def list_runs(resource: SystemResource, request: Request) -> dict[str, object]:
    """Each directory with its next run, and the newest runs. Three queries."""
    path = request.route_path
    query = select(
        DirectoryRun.id,
        DirectoryRun.origin,
        DirectoryRun.state,
        DirectoryRun.only_plan,
        DirectoryRun.problem,
        DirectoryRun.counts,
        DirectoryRun.created,
        UserDirectory.name,
    ).join(UserDirectory, UserDirectory.id == DirectoryRun.directory_id)
    rows, more = read_page(request, query, DirectoryRun.id)
    return {
        "crumbs": admin_crumbs(request),
        "start_url": path("admin.directory_sync.start"),
        "directories": _directories(request),
        "lines": [
            {
                "url": path("admin.directory_sync.display", id=row.id),
                "directory": row.name,
                "when": request.when(row.created),
                "origin": ORIGINS[row.origin],
                "state": STATES[row.state][0],
                "tone": STATES[row.state][1],
                "what": counted(row.counts, LABELS),
                "problem": row.problem,
            }
            for row in rows
        ],
        "older_url": older_url(request, "admin.directory_sync.list", {}, rows[-1].id) if more else None,
    }


@view_config(route_name="admin.directory_sync.start", request_method="POST", permission=Right.SUPER_USER)
def start(resource: SystemResource, request: Request) -> Response:
    """Ask for a run, or with `plan` for a plan alone; the worker does it."""
    given = texts_of(request)
    number = given.get("directory", "")
    found = number.isascii() and number.isdigit() and len(number) < 19
    row = request.db.get(UserDirectory, int(number)) if found else None
    if row is None:
        request.flash("Choose a directory of the list.", "bad")
        return HTTPSeeOther(request.route_path("admin.directory_sync.list"))
    only_plan = given.get("deed") == "plan"
    if row.disabled and not only_plan:
        request.flash(f"{row.name} is switched off: switch it on first, or ask for a plan.", "warn")
        return HTTPSeeOther(request.route_path("admin.directory_sync.list"))
    try:
        run = start_run(request.work, row.id, "page", only_plan=only_plan)
    except Conflict as conflict:
        request.flash(str(conflict), "warn")
        return HTTPSeeOther(request.route_path("admin.directory_sync.list"))
    request.flash("The worker begins within seconds: load this page again to see how far it is.", "info")
    return HTTPSeeOther(request.route_path("admin.directory_sync.display", id=run.id))


def _directories(request: Request) -> list[dict[str, object]]:
    rows = request.db.execute(
        select(UserDirectory, DirectorySync)
        .outerjoin(DirectorySync, DirectorySync.directory_id == UserDirectory.id)
        .order_by(UserDirectory.position, UserDirectory.id)
    )
    return [
        {
            "id": row.id,
            "url": request.route_path("admin.directory.modify", id=row.id),
            "name": row.name,
            "disabled": row.disabled,
            "what": _what(row),
            "next": _next(request, row, sync),
            "looked": request.when(sync.looked) if sync is not None and sync.looked else None,
            "problem": sync.look_problem if sync is not None else "",
        }
        for row, sync in rows
    ]


def _what(row: UserDirectory) -> str:
    made = (
        "makes accounts for everybody in it"
        if row.sync_people
        else "keeps those up to date who logged in once"
    )
    groups = ", and their groups" if row.sync_groups else ""
    return f"{made}{groups}; waits for you beyond {row.sync_threshold} % of the people"


def _next(request: Request, row: UserDirectory, sync: DirectorySync | None) -> Html | str:
    if row.disabled:
        return "none, it is switched off"
    if not row.sync_minutes:
        return "only when somebody asks"
    if sync is None or sync.next_run is None or sync.next_run <= request.work.now:
        return "soon"
    found: Html = request.when(sync.next_run)
    return found


def deeds_of(request: Request, run: DirectoryRun) -> tuple[Deed, ...]:
    """What one may do with a run: agree to what it would do, or drop it."""
    if run.state not in ("planned", "waiting"):
        return ()
    path = request.route_path
    label = "Do it anyway" if run.problem else "Do it"
    tone = "danger" if run.problem else "primary"
    return (
        Deed(label, path("admin.directory_sync.agree", id=run.id), tone=tone, icon="check"),
        Deed("Drop it", path("admin.directory_sync.drop", id=run.id)),
    )
