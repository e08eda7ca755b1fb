"""Billing's lines in the menus."""

from rtpy.web.admin.pages import AdminPage
from rtpy.web.menu_entry import MenuEntry
from rtpy.web.panels import Panel

GROUP = "Time and billing"

MENU: tuple[MenuEntry, ...] = ()
ADMIN_PAGES: tuple[AdminPage, ...] = ()
PANELS: tuple[Panel, ...] = ()
