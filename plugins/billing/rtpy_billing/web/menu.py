"""Billing's lines in the menus."""

from rtpy.web.admin.pages import AdminPage
from rtpy.web.menu_entry import MenuEntry
from rtpy.web.panels import Panel
from rtpy_billing.rights import (
    ADMIN_AGREEMENTS,
    ADMIN_BILLING,
    LOG_TIME,
    LOG_TIME_FOR_OTHERS,
    SEE_MONEY,
    SEE_TIME,
)
from rtpy_billing.web.cover.strip import show_strip
from rtpy_billing.web.customer.panel import show_customer_panel
from rtpy_billing.web.head import show_head
from rtpy_billing.web.loose_ends.header import show_number

GROUP = "Time and billing"
TIME_RIGHTS = (LOG_TIME, LOG_TIME_FOR_OTHERS, SEE_TIME)

MENU: tuple[MenuEntry, ...] = (
    MenuEntry(GROUP, "Time", "billing.entries.list", "clock", TIME_RIGHTS),
    MenuEntry(GROUP, "Agreements", "billing.agreements.list", "file", (SEE_MONEY, ADMIN_AGREEMENTS)),
    MenuEntry(GROUP, "Loose ends", "billing.loose_ends.board", "flag"),
)
ADMIN_PAGES: tuple[AdminPage, ...] = (
    AdminPage(
        GROUP,
        "Customers",
        "billing.customers.list",
        "building",
        "Organisations as those who are billed: addresses, tax numbers, how their invoices look.",
        (ADMIN_BILLING,),
    ),
    AdminPage(
        GROUP,
        "Sellers",
        "billing.sellers.list",
        "mark",
        "The firms that bill: address, bank account, logo, and the numbers of their invoices.",
        (ADMIN_BILLING,),
    ),
    AdminPage(
        GROUP,
        "Tax rates",
        "billing.taxes.list",
        "tag",
        "What bears which tax, where and since when.",
        (ADMIN_BILLING,),
    ),
)
PANELS: tuple[Panel, ...] = (
    Panel("ticket.display.head", "billing/cover/strip.pt", show_strip),
    Panel("page.head", "billing/head.pt", show_head),
    Panel("page.header", "billing/loose_ends/header.pt", show_number),
    Panel("organization.display", "billing/customer/panel.pt", show_customer_panel),
)
