"""What all rooms bring to the portal, in the order of its menus."""

from rtpy.web.admin.pages import AdminPage
from rtpy.web.menu_entry import MenuEntry
from rtpy.web.panels import Panel
from rtpy.web.routes import Address
from rtpy_portal.web.access import parts as access
from rtpy_portal.web.asking import parts as asking
from rtpy_portal.web.books import parts as books
from rtpy_portal.web.issues import parts as issues
from rtpy_portal.web.knowledge import parts as knowledge
from rtpy_portal.web.looks import parts as looks
from rtpy_portal.web.nav import NavLink
from rtpy_portal.web.organizations import parts as organizations
from rtpy_portal.web.panels import PortalPanel
from rtpy_portal.web.ratings import parts as ratings
from rtpy_portal.web.requests import parts as requests

ROOMS = (asking, requests, knowledge, issues, organizations, access, ratings, books, looks)

ADDRESSES: tuple[Address, ...] = tuple(each for room in ROOMS for each in room.ADDRESSES)
MENU: tuple[MenuEntry, ...] = tuple(each for room in ROOMS for each in room.MENU)
ADMIN_PAGES: tuple[AdminPage, ...] = tuple(each for room in ROOMS for each in room.ADMIN_PAGES)
PANELS: tuple[Panel, ...] = tuple(each for room in ROOMS for each in room.PANELS)
NAV: tuple[NavLink, ...] = tuple(each for room in ROOMS for each in room.NAV)
PORTAL_PANELS: tuple[PortalPanel, ...] = tuple(each for room in ROOMS for each in room.PORTAL_PANELS)
