"""What this room brings to the portal: addresses, lines of menus, pages, pieces of pages."""

from rtpy.http.resources import ticket_resource
from rtpy.web.admin.pages import AdminPage
from rtpy.web.menu_entry import MenuEntry
from rtpy.web.panels import Panel
from rtpy.web.routes import ID, Address
from rtpy_portal.web.access.by_key import show_by_key
from rtpy_portal.web.access.withdraw import show_keys
from rtpy_portal.web.nav import NavLink, for_accounts
from rtpy_portal.web.panels import PortalPanel
from rtpy_portal.web.visitors import person_resource, request_resource

_ONE = f"/portal/request/{ID}"

ADDRESSES: tuple[Address, ...] = (
    Address("portal.access.key", "/portal/key/{token}"),
    Address("portal.access.lost", "/portal/lost"),
    Address("portal.access.mine", f"{_ONE}/mine", request_resource),
    Address("portal.access.renew", f"{_ONE}/mine/renew", request_resource),
    Address("portal.access.account", f"{_ONE}/mine/account", request_resource),
    Address("portal.access.login", "/portal/login"),
    Address("portal.access.login_key", "/portal/login/key/{token}"),
    Address("portal.access.me", "/portal/me", person_resource),
    Address("portal.access.password", "/portal/me/password", person_resource),
    Address("portal.access.end", "/portal/me/end", person_resource),
    Address("portal.access.withdraw", rf"/ticket/{ID}/keys/{{key:\d{{1,18}}}}", ticket_resource),
    Address("portal.access.rt", "/SelfService/{page:.*}"),
)
MENU: tuple[MenuEntry, ...] = ()
"""For staff."""
ADMIN_PAGES: tuple[AdminPage, ...] = ()
PANELS: tuple[Panel, ...] = (Panel("ticket.display.aside", "portal/access/keys.pt", show_keys),)
"""On pages of staff."""
NAV: tuple[NavLink, ...] = (NavLink("My account", "portal.access.me", for_accounts),)
PORTAL_PANELS: tuple[PortalPanel, ...] = (
    PortalPanel("request.aside", "portal/access/by_key.pt", show_by_key),
)
"""On pages of customers that other rooms draw."""
