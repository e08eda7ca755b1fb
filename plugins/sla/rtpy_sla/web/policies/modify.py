"""Making and changing a policy: what it is called, for which tickets, what is promised, and what happens later on."""

from collections.abc import Mapping

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.request import Request
from pyramid.response import Response
from pyramid.view import view_config
from sqlalchemy import select

from rtpy.errors import Invalid
from rtpy.http.resources import SystemResource
from rtpy.web.staff.forms import problems_of, texts_of
from rtpy_sla.models import Policy, PolicyVersion
from rtpy_sla.policies.ordering import set_disabled
from rtpy_sla.rights import ADMIN_SERVICE_LEVELS
from rtpy_sla.web.policies.bands import MOST, new_band, places_in
from rtpy_sla.web.policies.form import policy_form, typed_policy
from rtpy_sla.web.policies.typed import save_typed

ADD, REMOVE, DISABLE, ENABLE = "add_band", "remove.", "disable", "enable"


@view_config(
    route_name="sla.policies.create",
    request_method="GET",
    renderer="sla/policies/form.pt",
    permission=ADMIN_SERVICE_LEVELS,
)
@view_config(
    route_name="sla.policies.modify",
    request_method="GET",
    renderer="sla/policies/form.pt",
    permission=ADMIN_SERVICE_LEVELS,
)
def show(resource: SystemResource, request: Request) -> dict[str, object]:
    """The present values, or an empty form with one set of terms."""
    policy = _policy(request)
    return policy_form(request, policy, typed_policy(request, policy, _newest(request, policy)))


@view_config(
    route_name="sla.policies.create",
    request_method="POST",
    renderer="sla/policies/form.pt",
    permission=ADMIN_SERVICE_LEVELS,
)
@view_config(
    route_name="sla.policies.modify",
    request_method="POST",
    renderer="sla/policies/form.pt",
    permission=ADMIN_SERVICE_LEVELS,
)
def change(resource: SystemResource, request: Request) -> dict[str, object] | Response:
    """Save it; or only add or take away terms in the form, of which nothing is kept yet."""
    policy, given = _policy(request), texts_of(request)
    deed = given.get("deed", "")
    if deed == ADD or deed.startswith(REMOVE):
        return policy_form(request, policy, _with_bands(given, deed))
    try:
        if policy is not None and deed in (DISABLE, ENABLE):
            set_disabled(request.work, policy, disabled=deed == DISABLE)
            said = (
                "The policy is disabled: new tickets do not get it any more."
                if deed == DISABLE
                else "The policy is in use again."
            )
        else:
            saved = save_typed(request.work, policy, given)
            said = f"The policy {saved.name} is saved."
    except Invalid as invalid:
        return policy_form(request, policy, given, problems_of(invalid))
    request.flash(said)
    return HTTPSeeOther(request.route_path("sla.policies.list"))


def _policy(request: Request) -> Policy | None:
    if "id" not in request.matchdict:
        return None
    policy: Policy | None = request.db.get(Policy, int(request.matchdict["id"]))
    if policy is None:
        raise HTTPNotFound()
    return policy


def _newest(request: Request, policy: Policy | None) -> PolicyVersion | None:
    if policy is None:
        return None
    query = select(PolicyVersion).where(PolicyVersion.policy_id == policy.id)
    found: PolicyVersion | None = request.db.scalars(
        query.order_by(PolicyVersion.number.desc()).limit(1)
    ).first()
    return found


def _with_bands(given: Mapping[str, str], deed: str) -> dict[str, str]:
    """What was typed, with one set of terms more or less."""
    places = places_in(given)
    if deed == ADD:
        place = max(places, default=-1) + 1
        return {**given, **(new_band(place) if place < MOST else {})}
    gone = f"band.{deed.removeprefix(REMOVE)}."
    return (
        dict(given)
        if len(places) < 2
        else {name: value for name, value in given.items() if not name.startswith(gone)}
    )
