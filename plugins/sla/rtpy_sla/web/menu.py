"""Service levels in the menus, and their pieces of pages of the core."""

from rtpy.web.admin.pages import AdminPage
from rtpy.web.menu_entry import MenuEntry
from rtpy.web.panels import Panel
from rtpy_sla.rights import ADMIN_SERVICE_LEVELS, SEE_SERVICE_REPORTS
from rtpy_sla.web.composer.panel import show_comment, show_reply
from rtpy_sla.web.head import show_head
from rtpy_sla.web.home.panel import show_slipping
from rtpy_sla.web.levels.panel import show_create as show_level_choice
from rtpy_sla.web.levels.panel import show_ticket as show_level
from rtpy_sla.web.tickets.aside import show_aside
from rtpy_sla.web.tickets.strip import show_strip

GROUP = "Service levels"

MENU: tuple[MenuEntry, ...] = (
    MenuEntry(GROUP, "Reports", "sla.reports.list", "list"),
    MenuEntry(GROUP, "Service reports", "sla.service_reports.list", "file", (SEE_SERVICE_REPORTS,)),
)
ADMIN_PAGES: tuple[AdminPage, ...] = (
    AdminPage(
        GROUP,
        "Policies",
        "sla.policies.list",
        "clock",
        "What is promised to whom, in which order policies are tried, and what they would mean for open tickets.",
        (ADMIN_SERVICE_LEVELS,),
    ),
    AdminPage(
        GROUP,
        "Escalation",
        "sla.ladders.list",
        "flag",
        "Ladders of steps: who is told before a target is missed, and what becomes of the ticket.",
        (ADMIN_SERVICE_LEVELS,),
    ),
    AdminPage(
        GROUP,
        "Steps taken",
        "sla.firings.list",
        "history",
        "What steps of escalation did, and what went wrong.",
        (ADMIN_SERVICE_LEVELS,),
    ),
    AdminPage(
        GROUP,
        "RT's own levels",
        "sla.levels.list",
        "tag",
        "The SLA field as RT knows it: Due and Starts by the level of a ticket.",
        (ADMIN_SERVICE_LEVELS,),
    ),
)
PANELS: tuple[Panel, ...] = (
    Panel("page.head", "sla/head.pt", show_head),
    Panel("home", "sla/home/slipping.pt", show_slipping),
    Panel("ticket.display.head", "sla/tickets/strip.pt", show_strip),
    Panel("ticket.display.aside", "sla/tickets/aside.pt", show_aside),
    Panel("ticket.reply", "sla/composer/reply.pt", show_reply),
    Panel("ticket.comment", "sla/composer/comment.pt", show_comment),
    Panel("ticket.create", "sla/levels/create.pt", show_level_choice),
    Panel("ticket.display.aside", "sla/levels/ticket.pt", show_level),
)
