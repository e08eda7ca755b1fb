"""What this room brings to the portal: addresses, lines of menus, pages, pieces of pages."""

from rtpy.web.admin.pages import AdminPage
from rtpy.web.menu_entry import MenuEntry
from rtpy.web.panels import Panel
from rtpy.web.routes import ID, Address
from rtpy_portal.rights import ADMIN_PORTAL
from rtpy_portal.web.asking.panel import show_asked
from rtpy_portal.web.nav import NavLink
from rtpy_portal.web.panels import PortalPanel

ADDRESSES: tuple[Address, ...] = (
    Address("portal.start", "/portal"),
    Address("portal.asking.form", "/portal/ask"),
    Address("portal.asking.done", "/portal/ask/done"),
    Address("portal.asking.suggestions", "/portal/ask/suggestions"),
    Address("portal.asking.topic", f"/portal/ask/{ID}"),
    Address("portal.topics.list", "/admin/portal/topics"),
    Address("portal.topics.create", "/admin/portal/topics/create"),
    Address("portal.topics.modify", f"/admin/portal/topics/{ID}"),
)
MENU: tuple[MenuEntry, ...] = ()
"""For staff."""
ADMIN_PAGES: tuple[AdminPage, ...] = (
    AdminPage(
        "Portal",
        "Topics",
        "portal.topics.list",
        "comment",
        "What customers can ask, the few things that are asked with it, and where it goes.",
        (ADMIN_PORTAL,),
    ),
)
PANELS: tuple[Panel, ...] = (Panel("ticket.display.aside", "portal/asking/aside.pt", show_asked),)
"""On pages of staff."""
NAV: tuple[NavLink, ...] = (NavLink("Start", "portal.start"), NavLink("Ask us", "portal.asking.form"))
PORTAL_PANELS: tuple[PortalPanel, ...] = ()
"""On pages of customers that other rooms draw."""
