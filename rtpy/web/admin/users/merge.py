"""This is the same person as …: choosing, a preview of what a merge would do, and the merge."""

from collections.abc import Mapping

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config

from rtpy.changes.merging_people.merge import check_merge, crosses_staff, merge_people, values_after
from rtpy.changes.merging_people.references import Count, Deed, count_references
from rtpy.changes.merging_people.suggestions import suggest_duplicates
from rtpy.changes.people import find_person
from rtpy.errors import Invalid, Problem, Refused
from rtpy.http.resources import SystemResource
from rtpy.models import User
from rtpy.rights.names import Right
from rtpy.web.admin.editing import Button
from rtpy.web.admin.panels import Panel, Row, panel_values
from rtpy.web.admin.users.fields import LABELS
from rtpy.web.admin.users.frame import crumbs_of, find_account, tabs_of
from rtpy.web.forms import Field
from rtpy.web.staff.forms import problems_of, texts_of

WORDS = {
    Deed.MOVE: "move to the kept person",
    Deed.LEAVE: "stay as written, shown under the kept name",
    Deed.DROP: "end",
}


@view_config(
    route_name="admin.users.merge",
    request_method="GET",
    renderer="admin/panels.pt",
    permission=Right.ADMIN_USERS,
)
def merge_form(resource: SystemResource, request: Request) -> dict[str, object]:
    """Suggestions and a field; with `?other=` (a name, an address or an id) the preview."""
    kept, given = find_account(request), request.GET.get("other", "").replace("\x00", "").strip()
    if not given:
        return _choose(request, kept, "", {})
    try:
        other = _find(request, given)
        check_merge(request.work, kept, other)
    except Invalid as invalid:
        return _choose(request, kept, given, problems_of(invalid))
    except Refused as refused:
        return _choose(request, kept, given, {"other": str(refused)})
    return _preview(request, kept, other, {})


@view_config(
    route_name="admin.users.merge",
    request_method="POST",
    renderer="admin/panels.pt",
    permission=Right.ADMIN_USERS,
)
def merge_post(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """`deed` preview leads to the preview; merge does it, with `?other=` the id of who is merged."""
    kept, given = find_account(request), texts_of(request)
    wanted = given.get("item") or given.get("other") or request.GET.get("other", "").replace("\x00", "")
    here = request.route_path("admin.users.merge", id=kept.id, _query={"other": wanted})
    if given.get("deed") != "merge":
        return HTTPSeeOther(here)
    try:
        other = _find(request, wanted)
    except Invalid as invalid:
        return _choose(request, kept, wanted, problems_of(invalid))
    name = other.display_name
    try:
        with request.db.begin_nested():
            meant = given.get("staff_into_customer") == "1"
            merge_people(request.work, kept, other, staff_into_customer=meant)
    except Invalid as invalid:
        return _preview(request, kept, other, problems_of(invalid))
    except Refused as refused:
        return _choose(request, kept, wanted, {"other": str(refused)})
    request.flash(f"{name} is merged: everything belongs to {kept.display_name} now.")
    return HTTPSeeOther(request.route_path("admin.users.modify", id=kept.id))


def _find(request: Request, given: str) -> User:
    is_id = given.isascii() and given.isdigit() and len(given) < 19
    found: User | None = request.db.get(User, int(given)) if is_id else find_person(request.db, given)
    if found is None:
        raise Invalid(
            Problem("other", f"Nobody is known by “{given[:60]}”: write a mail address or a login name.")
        )
    return found


def _choose(request: Request, kept: User, typed: str, wrong: Mapping[str, str]) -> dict[str, object]:
    lines = tuple(
        Row((each.name, each.address, each.why), str(each.id), Button("Look", "preview"), f"at {each.name}")
        for each in suggest_duplicates(request.db, kept)
    )
    return panel_values(
        request,
        title=kept.display_name,
        post_url=request.route_path("admin.users.merge", id=kept.id),
        panels=(
            Panel(
                "Who may be the same person",
                ("Name", "Mail address", "Why"),
                lines,
                empty="Nobody has the same name or a similar address.",
            ),
            Panel(
                f"{kept.display_name} is the same person as …",
                help=f"{kept.display_name} is kept, the other one goes on as {kept.display_name}. "
                "You see what would happen before it does.",
                fields=(
                    Field("other", "Mail address or login name", typed, required=True, autocomplete="off"),
                ),
                buttons=(Button("Look what would happen", "preview", "primary"),),
            ),
        ),
        problems=wrong,
        crumbs=crumbs_of(request),
        tabs=tabs_of(request, kept),
    )


def _preview(request: Request, kept: User, other: User, wrong: Mapping[str, str]) -> dict[str, object]:
    fields = []
    if crosses_staff(request.work, kept, other):
        fields.append(
            Field(
                "staff_into_customer",
                f"{other.display_name} is staff and {kept.display_name} is a customer: I mean it, "
                "they will be a customer",
                "1",
                "checkbox",
            )
        )
    counts = count_references(request.app, request.db, kept.id, other.id)
    return panel_values(
        request,
        title=f"Merge {_told(other, kept)} into {_told(kept, other)}?",
        post_url=request.route_path("admin.users.merge", id=kept.id, _query={"other": other.id}),
        intro=f"Nothing has happened yet. Afterwards mail from all addresses of both is {kept.display_name}'s. "
        "A merge cannot be taken back.",
        panels=(
            Panel(
                "Values",
                ("Value", "Kept", "Merged", "Afterwards"),
                tuple(Row((LABELS[column], *values)) for column, *values in values_after(kept, other)),
                help="What the kept person has stays; what it lacks is taken over.",
            ),
            Panel(
                "What points at the merged person",
                ("How many", "What", "What becomes of it"),
                tuple(Row((str(each.rows + each.doubles), each.what, _becomes(each))) for each in counts),
                help=f"Groups are joined by {kept.display_name} as well. All logins of "
                f"{other.display_name} end, and the account is switched off.",
                empty="Nothing does.",
            ),
            Panel(
                "Merge",
                fields=tuple(fields),
                buttons=(Button("Merge the two", "merge", "danger"),),
            ),
        ),
        problems=wrong,
        crumbs=crumbs_of(request),
        tabs=tabs_of(request, kept),
    )


def _told(user: User, other: User) -> str:
    """The name, with the login name when both have the same."""
    if user.display_name != other.display_name:
        return user.display_name
    return f"{user.display_name} ({user.name})"


def _becomes(count: Count) -> str:
    words = WORDS[count.deed]
    return f"{words}; {count.doubles} the kept person has already" if count.doubles else words
