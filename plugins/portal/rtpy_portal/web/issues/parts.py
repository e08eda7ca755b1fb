"""What this room brings to the portal: addresses, lines of menus, pages, pieces of pages."""

from rtpy.http.resources import ticket_resource
from rtpy.web.admin.pages import AdminPage
from rtpy.web.menu_entry import MenuEntry
from rtpy.web.panels import Panel
from rtpy.web.routes import ID, Address
from rtpy_portal.rights import MANAGE_ISSUES
from rtpy_portal.web.issues.banner import show_banner
from rtpy_portal.web.issues.on_request import show_issue
from rtpy_portal.web.issues.on_ticket import show_aside, show_strip
from rtpy_portal.web.issues.reader import has_issues
from rtpy_portal.web.nav import NavLink
from rtpy_portal.web.panels import PortalPanel
from rtpy_portal.web.visitors import request_resource

TOKEN = r"{token:[A-Za-z0-9_=-]{20,500}}"

ADDRESSES: tuple[Address, ...] = (
    Address("portal.issues.list", "/portal/issues"),
    Address("portal.issues.feed", "/portal/issues/feed.atom"),
    Address("portal.issues.confirm", f"/portal/issues/confirm/{TOKEN}"),
    Address("portal.issues.leave", f"/portal/issues/leave/{TOKEN}"),
    Address("portal.issues.display", f"/portal/issues/{ID}"),
    Address("portal.issues.join", f"/portal/issues/{ID}/join"),
    Address("portal.issues.news", f"/portal/issues/{ID}/feed.atom"),
    Address("portal.issues.on_request", f"/portal/request/{ID}/issue", request_resource),
    Address("portal.known_issues.list", "/known-issues"),
    Address("portal.known_issues.create", "/known-issues/create"),
    Address("portal.known_issues.display", f"/known-issues/{ID}"),
    Address("portal.known_issues.modify", f"/known-issues/{ID}/modify"),
    Address("portal.known_issues.update", f"/known-issues/{ID}/update"),
    Address("portal.known_issues.history", f"/known-issues/{ID}/history"),
    Address("portal.known_issues.affected", f"/known-issues/{ID}/affected"),
    Address("portal.known_issues.tickets", f"/known-issues/{ID}/tickets"),
    Address("portal.known_issues.close", f"/known-issues/{ID}/close"),
    Address("portal.known_issues.merge", f"/known-issues/{ID}/merge"),
    Address("portal.known_issues.on_ticket", f"/known-issues/ticket/{ID}", ticket_resource),
)
MENU: tuple[MenuEntry, ...] = (
    MenuEntry("Customers", "Known issues", "portal.known_issues.list", "flag", (MANAGE_ISSUES,)),
)
"""For staff."""
ADMIN_PAGES: tuple[AdminPage, ...] = ()
PANELS: tuple[Panel, ...] = (
    Panel("ticket.display.head", "portal/issues/ticket_strip.pt", show_strip),
    Panel("ticket.display.aside", "portal/issues/ticket_aside.pt", show_aside),
)
"""On pages of staff."""
NAV: tuple[NavLink, ...] = (NavLink("Known issues", "portal.issues.list", has_issues),)
PORTAL_PANELS: tuple[PortalPanel, ...] = (
    PortalPanel("start.top", "portal/issues/banner.pt", show_banner),
    PortalPanel("ask.top", "portal/issues/banner.pt", show_banner),
    PortalPanel("request.top", "portal/issues/on_request.pt", show_issue),
)
"""On pages of customers that other rooms draw."""
