"""What this room brings to the portal: addresses, lines of menus, pages, pieces of pages."""

from rtpy.http.resources import ticket_resource
from rtpy.web.admin.pages import AdminPage
from rtpy.web.menu_entry import MenuEntry
from rtpy.web.panels import Panel
from rtpy.web.routes import ID, Address
from rtpy_portal.rights import WRITE_KNOWLEDGE
from rtpy_portal.web.books.panels import show_article, show_aside, show_reply, show_waiting
from rtpy_portal.web.nav import NavLink
from rtpy_portal.web.panels import PortalPanel

ADDRESSES: tuple[Address, ...] = (
    Address("portal.books.list", "/knowledge"),
    Address("portal.books.new_book", "/knowledge/book/create"),
    Address("portal.books.book", f"/knowledge/book/{ID}"),
    Address("portal.books.write", "/knowledge/page/create"),
    Address("portal.books.display", f"/knowledge/page/{ID}"),
    Address("portal.books.edit", f"/knowledge/page/{ID}/edit"),
    Address("portal.books.preview", f"/knowledge/page/{ID}/preview"),
    Address("portal.books.versions", f"/knowledge/page/{ID}/versions"),
    Address("portal.books.from_ticket", f"/ticket/{ID}/knowledge", ticket_resource),
    Address("portal.books.links", f"/ticket/{ID}/knowledge/links", ticket_resource),
)
MENU: tuple[MenuEntry, ...] = (
    MenuEntry("Customers", "Knowledge", "portal.books.list", "file", (WRITE_KNOWLEDGE,)),
)
"""For staff."""
ADMIN_PAGES: tuple[AdminPage, ...] = ()
PANELS: tuple[Panel, ...] = (
    Panel("home", "portal/books/waiting.pt", show_waiting),
    Panel("ticket.display.aside", "portal/books/aside.pt", show_aside),
    Panel("article.display", "portal/books/article.pt", show_article),
    Panel("ticket.reply", "portal/books/reply.pt", show_reply),
)
"""On pages of staff."""
NAV: tuple[NavLink, ...] = ()
PORTAL_PANELS: tuple[PortalPanel, ...] = ()
"""On pages of customers that other rooms draw."""
