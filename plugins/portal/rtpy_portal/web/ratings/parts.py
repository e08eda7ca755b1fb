"""What this room brings to the portal: addresses, lines of menus, pages, pieces of pages."""

from rtpy.web.admin.pages import AdminPage
from rtpy.web.menu_entry import MenuEntry
from rtpy.web.panels import Panel
from rtpy.web.routes import ID, Address
from rtpy_portal.rights import SEE_RATINGS
from rtpy_portal.web.nav import NavLink
from rtpy_portal.web.panels import PortalPanel
from rtpy_portal.web.ratings.header import show_figure as show_header
from rtpy_portal.web.ratings.organization import show_figure as show_organization
from rtpy_portal.web.ratings.pieces import show_helpful, show_rating
from rtpy_portal.web.ratings.ticket import show_ratings
from rtpy_portal.web.visitors import person_resource, request_resource

ADDRESSES: tuple[Address, ...] = (
    Address("portal.ratings.rate", f"/portal/request/{ID}/rate", request_resource),
    Address("portal.ratings.asking", f"/portal/request/{ID}/rate/asking", request_resource),
    Address("portal.ratings.mine", "/portal/me/asking", person_resource),
    Address("portal.ratings.helpful", f"/portal/request/{ID}/helpful", request_resource),
    Address("portal.ratings.list", "/ratings"),
    Address("portal.ratings.recovered", f"/ratings/{ID}/recovered"),
    Address("portal.ratings.share", f"/ratings/organisations/{ID}"),
)
MENU: tuple[MenuEntry, ...] = (
    MenuEntry("Customers", "Ratings", "portal.ratings.list", "star", (SEE_RATINGS,)),
)
"""For staff."""
ADMIN_PAGES: tuple[AdminPage, ...] = ()
PANELS: tuple[Panel, ...] = (
    Panel("page.head", "portal/ratings/head.pt", lambda _request, _subject: {}),
    Panel("page.header", "portal/ratings/header.pt", show_header),
    Panel("ticket.display.aside", "portal/ratings/aside.pt", show_ratings),
    Panel("organization.display", "portal/ratings/organization.pt", show_organization),
)
"""On pages of staff."""
NAV: tuple[NavLink, ...] = ()
PORTAL_PANELS: tuple[PortalPanel, ...] = (
    PortalPanel("request.below", "portal/ratings/panel.pt", show_rating),
    PortalPanel("message.below", "portal/ratings/helpful.pt", show_helpful),
)
"""On pages of customers that other rooms draw."""
