"""What this room brings to the portal: addresses, lines of menus, pages, pieces of pages."""

from rtpy.web.admin.pages import AdminPage
from rtpy.web.menu_entry import MenuEntry
from rtpy.web.panels import Panel
from rtpy.web.routes import ID, Address
from rtpy_portal.rights import MANAGE_PORTAL_PEOPLE
from rtpy_portal.web.nav import NavLink
from rtpy_portal.web.organizations.nav import has_organization
from rtpy_portal.web.organizations.panels import show_money, show_organization, show_person
from rtpy_portal.web.panels import PortalPanel
from rtpy_portal.web.visitors import person_resource

_USER = r"{user_id:\d{1,18}}"
_ONE = f"/portal/organization/{ID}"

ADDRESSES: tuple[Address, ...] = (
    Address("portal.organizations.list", "/portal/organization", person_resource),
    Address("portal.organizations.display", _ONE, person_resource),
    Address("portal.organizations.person", f"{_ONE}/person/{_USER}", person_resource),
    Address("portal.organizations.invite", f"{_ONE}/invite", person_resource),
    Address("portal.organizations.document", rf"{_ONE}/document/{{key:[\w.-]{{1,100}}}}", person_resource),
    Address("portal.organizations.admin", "/admin/portal/organizations"),
    Address("portal.organizations.people", "/admin/portal/people"),
    Address("portal.organizations.modify", f"/admin/portal/people/{ID}/{_USER}"),
)
MENU: tuple[MenuEntry, ...] = ()
"""For staff."""
ADMIN_PAGES: tuple[AdminPage, ...] = (
    AdminPage(
        "Portal",
        "People of organisations",
        "portal.organizations.admin",
        "users",
        "What people of organisations see of each other’s requests, and what they may do in the portal.",
        (MANAGE_PORTAL_PEOPLE,),
    ),
)
PANELS: tuple[Panel, ...] = (
    Panel("people.display", "portal/organizations/person_panel.pt", show_person),
    Panel("organization.display", "portal/organizations/organization_panel.pt", show_organization),
)
"""On pages of staff."""
NAV: tuple[NavLink, ...] = (NavLink("My organisation", "portal.organizations.list", has_organization),)
PORTAL_PANELS: tuple[PortalPanel, ...] = (
    PortalPanel("request.aside", "portal/organizations/money.pt", show_money),
)
"""On pages of customers that other rooms draw."""
