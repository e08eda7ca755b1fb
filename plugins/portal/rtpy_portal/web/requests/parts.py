"""What this room brings to the portal: addresses, lines of menus, pages, pieces of pages."""

from rtpy.http.resources import ticket_resource
from rtpy.web.admin.pages import AdminPage
from rtpy.web.menu_entry import MenuEntry
from rtpy.web.panels import Panel
from rtpy.web.routes import ID, Address
from rtpy_portal.web.nav import NavLink, for_accounts
from rtpy_portal.web.panels import PortalPanel
from rtpy_portal.web.requests.aside import show_aside
from rtpy_portal.web.requests.telling import show_fields
from rtpy_portal.web.visitors import person_resource, request_resource

_ONE = f"/portal/request/{ID}"

ADDRESSES: tuple[Address, ...] = (
    Address("portal.requests.list", "/portal/requests", person_resource),
    Address("portal.requests.left", "/portal/left"),
    Address("portal.requests.display", _ONE, request_resource),
    Address(
        "portal.requests.file", rf"{_ONE}/file/{{attachment_id:\d{{1,18}}}}/{{filename}}", request_resource
    ),
    Address(
        "portal.requests.picture", rf"{_ONE}/message/{{txn:\d{{1,18}}}}/cid/{{cid:.*}}", request_resource
    ),
    Address("portal.requests.answer", f"{_ONE}/answer", request_resource),
    Address("portal.requests.close", f"{_ONE}/close", request_resource),
    Address("portal.requests.reopen", f"{_ONE}/reopen", request_resource),
    Address("portal.requests.follow_up", f"{_ONE}/follow-up", request_resource),
    Address("portal.requests.urgency", f"{_ONE}/urgency", request_resource),
    Address("portal.requests.call", f"{_ONE}/call", request_resource),
    Address("portal.requests.escalate", f"{_ONE}/attention", request_resource),
    Address("portal.requests.add", f"{_ONE}/people/add", request_resource),
    Address("portal.requests.remove", f"{_ONE}/people/remove", request_resource),
    Address("portal.requests.leave", f"{_ONE}/leave", request_resource),
    Address("portal.requests.preview", f"{_ONE}/preview", ticket_resource),
    Address("portal.requests.sight", f"/ticket/{ID}/customers", ticket_resource),
)
MENU: tuple[MenuEntry, ...] = ()
"""For staff."""
ADMIN_PAGES: tuple[AdminPage, ...] = ()
PANELS: tuple[Panel, ...] = (
    Panel("ticket.reply", "portal/requests/telling.pt", show_fields),
    Panel("ticket.display.aside", "portal/requests/aside.pt", show_aside),
)
"""On pages of staff."""
NAV: tuple[NavLink, ...] = (NavLink("My requests", "portal.requests.list", for_accounts),)
PORTAL_PANELS: tuple[PortalPanel, ...] = ()
"""On pages of customers that other rooms draw."""
