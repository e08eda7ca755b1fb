"""For whom the page of the organisation stands in the menu."""

from pyramid.request import Request

from rtpy_portal.access.visitor import Visitor


def has_organization(_request: Request, visitor: Visitor | None) -> bool:
    """For who belongs to one that is open to them. No query."""
    return visitor is not None and any(not each.is_off for each in visitor.memberships)
