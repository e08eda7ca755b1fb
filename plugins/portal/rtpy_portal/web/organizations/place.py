"""The organisation that an address of the portal names, for who belongs to it: 404 for everybody else."""

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request

from rtpy_portal.access.grades import Membership
from rtpy_portal.access.members import membership_in
from rtpy_portal.web.visitors import PersonResource


def member_here(resource: PersonResource, request: Request, *, manages: bool = False) -> Membership:
    """What the visitor has in the organisation `id` of the route; `manages`: only who manages its people."""
    found = membership_in(resource.visitor, int(request.matchdict["id"]))
    if found is None or found.is_off or (manages and not found.manages):
        raise HTTPNotFound()
    return found
