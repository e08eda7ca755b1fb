"""The editor of a lifecycle: statuses, moves and defaults, with a picture and a check before saving."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.changes.lifecycle_uses import count_uses, how_many, users_of
from rtpy.changes.lifecycles import change_lifecycle, problems_of
from rtpy.changes.queues import MOST_ORDER
from rtpy.errors import Invalid, Problem, Refused
from rtpy.http.resources import SystemResource
from rtpy.lifecycle.lifecycle import ASSET, CREATION, Lifecycle
from rtpy.models import StoredLifecycle
from rtpy.rights.names import Right
from rtpy.web.admin.lifecycle.draft import BECOMES, DEFAULTS, SETS, Draft, draft_of, read_draft
from rtpy.web.admin.lifecycle.frame import find_row, frame, status_options
from rtpy.web.admin.lifecycle.graph import draw_lifecycle
from rtpy.web.forms import Field
from rtpy.web.staff.forms import texts_named, texts_of

SET_LABELS = {
    "initial": ("Not begun", "Nobody has begun to work on it."),
    "active": ("Under way", "Lists of open tickets show these and those not begun."),
    "inactive": ("Done", "A ticket that comes here gets its date of resolution."),
}
ASSET_LABELS = {
    "initial": ("Not begun", "It is here, and nobody uses it yet."),
    "active": ("In use", "Somebody has it."),
    "inactive": ("Gone", "It is out of use, stolen, given away."),
}


@dataclass(frozen=True, slots=True)
class MoveRow:
    """One line of the table of moves; `boxes` are (value, ticked, label for screen readers), None where none fits."""

    status: str
    tickets: int
    may_create: bool
    boxes: tuple[tuple[str, bool, str] | None, ...]


@view_config(
    route_name="admin.lifecycle.modify",
    request_method="GET",
    renderer="admin/lifecycle/modify.pt",
    permission=Right.SUPER_USER,
)
def show_lifecycle(resource: SystemResource, request: Request) -> dict[str, object]:
    """As it is."""
    row = find_row(request)
    return _page(request, row, draft_of(row.definition, row.sort_order), ())


@view_config(
    route_name="admin.lifecycle.modify",
    request_method="POST",
    renderer="admin/lifecycle/modify.pt",
    permission=Right.SUPER_USER,
)
def save_lifecycle(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """`deed` is check (say what would happen, change nothing) or save."""
    row, given = find_row(request), texts_of(request)
    draft = read_draft(row.definition, given, texts_named(request, "move"), texts_named(request, "create"))
    order = draft.sort_order.strip() or "0"
    problems: Sequence[Problem] = ()
    if not order.isascii() or not order.isdigit() or int(order[:8]) > MOST_ORDER:
        problems = (Problem("sort_order", f"The place in lists is a whole number from 0 to {MOST_ORDER}."),)
    if given.get("deed") == "check" or problems:
        found, _ = problems_of(request.work, row, draft.definition, draft.becomes)
        return _page(request, row, draft, (*problems, *found), is_checked=True)
    try:
        with request.db.begin_nested():
            moved = change_lifecycle(
                request.work, row, draft.definition, becomes=draft.becomes, sort_order=int(order)
            )
    except Invalid as invalid:
        request.app.refresh_lifecycles(request.db)
        return _page(request, row, draft, invalid.problems, is_checked=True)
    except Refused as refused:
        request.app.refresh_lifecycles(request.db)
        return _page(request, row, draft, (Problem("", str(refused)),), is_checked=True)
    have = "has" if moved == 1 else "have"
    told = f" {how_many(row, moved)} {have} another status now." if moved else ""
    request.flash(f"The lifecycle {row.name} is saved.{told}")
    return HTTPSeeOther(request.route_path("admin.lifecycle.modify", id=row.id))


def _page(
    request: Request,
    row: StoredLifecycle,
    draft: Draft,
    problems: Sequence[Problem],
    *,
    is_checked: bool = False,
) -> dict[str, object]:
    counts = count_uses(request.work, row)
    errors: dict[str, str] = {}
    for problem in problems:
        errors.setdefault(problem.field, problem.message)
    _, lifecycle = problems_of(request.work, row, draft.definition, draft.becomes)
    if problems:
        request.response.status_int = 422
    old = request.app.lifecycles.get(row.name)
    used, of_assets = users_of(request.work, row), row.type == ASSET
    users_route = "admin.catalog.modify" if of_assets else "admin.queue.modify"
    becoming = tuple(_becoming(row, draft, old, counts, errors))
    sets = tuple(_set_field(draft, key, errors, of_assets=of_assets) for key in SETS)
    defaults = tuple(
        _default_field(draft, key, errors, "A new asset" if of_assets else label)
        for key, label in DEFAULTS.items()
        if key == "on_create" or not of_assets  # assets have no reminders
    )
    ids = {field.name: field.id for field in (*becoming, *sets, *defaults)} | {"moves": "moves"}
    return {
        **frame(request, row, "admin.lifecycle.modify"),
        "is_disabled": bool(draft.definition.get("disabled")),
        "graph": draw_lifecycle(lifecycle) if lifecycle else None,
        "problems": [(ids.get(each.field), each.message) for each in problems],
        "is_checked": is_checked,
        "consequences": _consequences(row, draft, old, lifecycle, counts) if is_checked else [],
        "becoming": becoming,
        "sets": sets,
        "defaults": defaults,
        "order": Field(
            "sort_order", "Place in lists", draft.sort_order, "number", error=errors.get("sort_order", "")
        ),
        "statuses": draft.statuses,
        "moves": _moves(draft, counts),
        "moves_error": errors.get("moves", ""),
        "thing": row.type,
        "labels": {
            key: label.lower() for key, (label, _) in (ASSET_LABELS if of_assets else SET_LABELS).items()
        },
        "users": "catalog" if of_assets else "queue",
        "used": [(each.name, request.route_path(users_route, id=each.id)) for each in used],
        "delete_url": request.route_path("admin.lifecycle.delete", id=row.id) if not used else None,
        "copy_url": request.route_path("admin.lifecycle.create", _query={"copy": row.name}),
    }


def _moves(draft: Draft, counts: Mapping[str, int]) -> list[MoveRow]:
    transitions, statuses = draft.definition["transitions"], draft.statuses
    targets = {str(old).lower(): {str(new).lower() for new in found} for old, found in transitions.items()}
    everywhere = {status.lower() for status in statuses if status.lower() != "deleted"}
    creatable = targets.get(CREATION, everywhere)
    return [
        MoveRow(
            old,
            counts.get(old.lower(), 0),
            old.lower() in creatable,
            tuple(
                None
                if old == new
                else (
                    f"{old.lower()} -> {new.lower()}",
                    new.lower() in targets.get(old.lower(), ()),
                    f"from {old} to {new}",
                )
                for new in statuses
            ),
        )
        for old in statuses
    ]


def _becoming(
    row: StoredLifecycle, draft: Draft, old: Lifecycle, counts: Mapping[str, int], errors: Mapping[str, str]
) -> list[Field]:
    """A choice for each status that goes: required where tickets or assets have it."""
    found = []
    for status, chosen in draft.becomes.items():
        number = counts.get(status, 0)
        have = "has" if number == 1 else "have"
        told = f"{how_many(row, number)} {have} it" if number else f"no {row.type} has it"
        name = f"{BECOMES}{status}"
        found.append(
            Field(
                name,
                f"“{old.shown(status)}” becomes",
                kind="select",
                required=bool(number),
                options=status_options(draft.statuses, chosen, "Choose …" if number else "nothing: it goes"),
                hint=f"Now {told}. A new name takes the moves, rights and buttons along.",
                error=errors.get(name, ""),
            )
        )
    return found


def _set_field(draft: Draft, key: str, errors: Mapping[str, str], *, of_assets: bool) -> Field:
    label, hint = (ASSET_LABELS if of_assets else SET_LABELS)[key]
    lines = list(draft.definition[key])
    return Field(
        key,
        label,
        "\n".join(lines),
        "textarea",
        rows=max(4, len(lines) + 1),
        hint=f"{hint} One status on each line, in the order of lists.",
        required=key != "active",
        error=errors.get(key, ""),
    )


def _default_field(draft: Draft, key: str, errors: Mapping[str, str], label: str) -> Field:
    chosen = str(draft.definition.get("defaults", {}).get(key, "")).lower()
    return Field(
        f"default.{key}",
        label,
        kind="select",
        options=status_options(draft.statuses, chosen, "as usual"),
        error=errors.get(f"default.{key}", ""),
    )


def _consequences(
    row: StoredLifecycle, draft: Draft, old: Lifecycle, new: Lifecycle | None, counts: Mapping[str, int]
) -> list[str]:
    """What saving would mean for the tickets or assets that there are."""
    said = []
    for status, becomes in draft.becomes.items():
        number, name = counts.get(status, 0), old.shown(status)
        if not number:
            said.append(f"“{name}” goes; no {row.type} has it.")
        elif becomes:
            spelled = next((each for each in draft.statuses if each.lower() == becomes), becomes)
            said.append(f"{how_many(row, number)} with the status “{name}” will have “{spelled}”.")
    for status in new.statuses if new else ():
        number = counts.get(status.lower(), 0)
        if number and new and not new.moves_from(status):
            said.append(f"From “{status}” nothing leads anywhere: {how_many(row, number)} will stay there.")
        if old.is_valid(status) and new and number and old.category(status) is not new.category(status):
            said.append(f"“{status}” is {new.category(status)} then, with {how_many(row, number)}.")
    return said
