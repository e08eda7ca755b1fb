"""What belongs to the moves of a lifecycle: rights, buttons on the ticket, fields that must be filled."""

from collections.abc import Sequence

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.changes.lifecycles import change_lifecycle
from rtpy.errors import Invalid, Problem
from rtpy.http.resources import SystemResource
from rtpy.lifecycle.lifecycle import ANY, ASSET
from rtpy.lifecycle.mandatory import FIELDS
from rtpy.lifecycle.reading import RIGHT_LENGTH
from rtpy.models import StoredLifecycle
from rtpy.rights.names import RIGHTS, Right
from rtpy.web.admin.lifecycle.frame import find_row, frame
from rtpy.web.admin.lifecycle.typed_rules import UPDATES, Rules, read_rules, rules_of, with_rules
from rtpy.web.staff.forms import texts_of


@view_config(
    route_name="admin.lifecycle.rules",
    request_method="GET",
    renderer="admin/lifecycle/rules.pt",
    permission=Right.SUPER_USER,
)
def show_rules(resource: SystemResource, request: Request) -> dict[str, object]:
    """The present ones."""
    row = find_row(request)
    return _page(request, row, rules_of(row.definition), ())


@view_config(
    route_name="admin.lifecycle.rules",
    request_method="POST",
    renderer="admin/lifecycle/rules.pt",
    permission=Right.SUPER_USER,
)
def save_rules(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """All rows at once; a row that was emptied goes."""
    row = find_row(request)
    rules = read_rules(texts_of(request))
    definition, problems = with_rules(row.definition, rules)
    if row.type == ASSET:  # the page of an asset has a button for each move, and asks for nothing
        definition |= {key: row.definition[key] for key in ("actions", "mandatory") if key in row.definition}
    if problems:
        return _page(request, row, rules, problems)
    try:
        with request.db.begin_nested():
            change_lifecycle(request.work, row, definition)
    except Invalid as invalid:
        return _page(request, row, rules, invalid.problems)
    request.flash(f"The lifecycle {row.name} is saved.")
    return HTTPSeeOther(request.route_path("admin.lifecycle.rules", id=row.id))


def _page(
    request: Request, row: StoredLifecycle, rules: Rules, problems: Sequence[Problem]
) -> dict[str, object]:
    lifecycle = request.app.lifecycles.get(row.name)
    if problems:
        request.response.status_int = 422
    statuses = [(each.lower(), each) for each in lifecycle.statuses]
    return {
        **frame(request, row, "admin.lifecycle.rules"),
        "problems": [
            (f"field-{each.field}.old" if "." in each.field else each.field or None, each.message)
            for each in problems
        ],
        "rules": rules,
        "of_tickets": row.type != ASSET,
        "usual_rights": "ModifyAsset" if row.type == ASSET else "ModifyTicket, to “deleted” DeleteTicket",
        "held_on": "catalogs" if row.type == ASSET else "queues",
        "old_statuses": [("", "From …"), (ANY, "any status"), *statuses],
        "new_statuses": [("", "to …"), (ANY, "any status"), *statuses],
        "updates": list(UPDATES.items()),
        "fields": list(FIELDS.items()),
        "right_length": RIGHT_LENGTH,
        "known_rights": sorted(
            {*lifecycle.right_names, *map(str, RIGHTS), *request.app.named("rtpy_rights")}
        ),
    }
