"""What this room brings to the portal: addresses, lines of menus, pages, pieces of pages."""

from rtpy.web.admin.pages import AdminPage
from rtpy.web.menu_entry import MenuEntry
from rtpy.web.panels import Panel
from rtpy.web.routes import Address
from rtpy_portal.rights import ADMIN_PORTAL
from rtpy_portal.web.looks.welcome import show_welcome
from rtpy_portal.web.nav import NavLink
from rtpy_portal.web.panels import PortalPanel

ADDRESSES: tuple[Address, ...] = (
    Address("portal.looks.css", "/portal/theme.css"),
    Address("portal.looks.logo", "/portal/logo"),
    Address("portal.looks.modify", "/admin/portal/looks"),
)
MENU: tuple[MenuEntry, ...] = ()
"""For staff."""
ADMIN_PAGES: tuple[AdminPage, ...] = (
    AdminPage(
        "Portal",
        "Looks",
        "portal.looks.modify",
        "eye",
        "Name, logo and colours of the pages for customers, words of welcome, links at the bottom.",
        (ADMIN_PORTAL,),
    ),
)
PANELS: tuple[Panel, ...] = ()
"""On pages of staff."""
NAV: tuple[NavLink, ...] = ()
PORTAL_PANELS: tuple[PortalPanel, ...] = (PortalPanel("start.top", "portal/looks/welcome.pt", show_welcome),)
"""On pages of customers that other rooms draw."""
