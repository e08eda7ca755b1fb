"""What this room brings to the portal: addresses, lines of menus, pages, pieces of pages."""

from rtpy.web.admin.pages import AdminPage
from rtpy.web.menu_entry import MenuEntry
from rtpy.web.panels import Panel
from rtpy.web.routes import ID, Address
from rtpy_portal.rights import WRITE_KNOWLEDGE
from rtpy_portal.web.knowledge.home import show_on_start
from rtpy_portal.web.knowledge.questions import count_waiting, show_waiting
from rtpy_portal.web.knowledge.reader import has_knowledge
from rtpy_portal.web.nav import NavLink
from rtpy_portal.web.panels import PortalPanel

ADDRESSES: tuple[Address, ...] = (
    Address("portal.knowledge.home", "/portal/knowledge"),
    Address("portal.knowledge.feed", "/portal/knowledge/feed.atom"),
    Address("portal.knowledge.book", r"/portal/knowledge/{book:[a-z0-9-]{1,80}}"),
    Address("portal.knowledge.plain", f"/portal/knowledge/page/{ID}"),
    Address("portal.knowledge.display", f"/portal/knowledge/page/{ID}/{{slug:[^/]{{1,200}}}}"),
    Address("portal.knowledge.vote", f"/portal/knowledge/vote/{ID}"),
    Address("portal.knowledge.ask", f"/portal/knowledge/ask/{ID}"),
    Address("portal.knowledge.answer", f"/portal/knowledge/answer/{ID}"),
    Address("portal.knowledge.confirm", "/portal/knowledge/confirm/{token:[A-Za-z0-9_-]{20,60}}"),
    Address("portal.knowledge.leave", "/portal/knowledge/leave/{token:[A-Za-z0-9_-]{20,60}}"),
    Address("portal.questions.list", "/knowledge/questions"),
    Address("portal.questions.display", f"/knowledge/questions/{ID}"),
    Address("portal.knowledge.report", "/knowledge/report"),
    Address("portal.synonyms.modify", "/knowledge/synonyms"),
)
MENU: tuple[MenuEntry, ...] = (
    MenuEntry(
        "Customers",
        "Questions of readers",
        "portal.questions.list",
        "comment",
        (WRITE_KNOWLEDGE,),
        count_waiting,
    ),
    MenuEntry("Customers", "What readers miss", "portal.knowledge.report", "eye", (WRITE_KNOWLEDGE,)),
)
"""For staff."""
ADMIN_PAGES: tuple[AdminPage, ...] = (
    AdminPage(
        "Portal",
        "Synonyms",
        "portal.synonyms.modify",
        "search",
        "Words that customers use for the same thing, so that they find pages of knowledge.",
        (WRITE_KNOWLEDGE,),
    ),
)
PANELS: tuple[Panel, ...] = (Panel("home", "portal/knowledge/staff/waiting.pt", show_waiting),)
"""On pages of staff."""
NAV: tuple[NavLink, ...] = (NavLink("Knowledge", "portal.knowledge.home", has_knowledge),)
PORTAL_PANELS: tuple[PortalPanel, ...] = (
    PortalPanel("start.below", "portal/knowledge/start.pt", show_on_start),
)
"""On pages of customers that other rooms draw."""
