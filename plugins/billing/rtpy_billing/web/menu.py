"""Billing's lines in the menus."""

from rtpy.web.admin.pages import AdminPage
from rtpy.web.menu_entry import MenuEntry
from rtpy.web.panels import Panel
from rtpy_billing.rights import (
    ADMIN_AGREEMENTS,
    ADMIN_BILLING,
    APPROVE_BILLING,
    APPROVE_TIME,
    ISSUE_INVOICES,
    LOG_TIME,
    LOG_TIME_FOR_OTHERS,
    SEE_MONEY,
    SEE_TIME,
)
from rtpy_billing.web.composer.panel import show_comment_fields, show_create_fields, show_reply_fields
from rtpy_billing.web.cover.strip import show_strip
from rtpy_billing.web.customer.panel import show_customer_panel
from rtpy_billing.web.head import show_head
from rtpy_billing.web.loose_ends.header import show_number
from rtpy_billing.web.suggestions.list import show_home as show_proposed
from rtpy_billing.web.timers.panels import show_header, show_home, show_on_ticket

GROUP = "Time and billing"
TIME_RIGHTS = (LOG_TIME, LOG_TIME_FOR_OTHERS, SEE_TIME)

MENU: tuple[MenuEntry, ...] = (
    MenuEntry(GROUP, "Loose ends", "billing.loose_ends.board", "flag"),
    MenuEntry(GROUP, "Time", "billing.entries.list", "clock", TIME_RIGHTS),
    MenuEntry(GROUP, "Week", "billing.sheet.week", "calendar", (LOG_TIME, LOG_TIME_FOR_OTHERS)),
    MenuEntry(GROUP, "Timers", "billing.timers.list", "pause", (LOG_TIME,)),
    MenuEntry(GROUP, "Credit", "billing.credit.display", "star", (LOG_TIME,)),
    MenuEntry(GROUP, "Approval", "billing.approval.list", "check-circle", (APPROVE_TIME, APPROVE_BILLING)),
    MenuEntry(GROUP, "Expenses", "billing.expenses.list", "tag", (*TIME_RIGHTS, SEE_MONEY, APPROVE_BILLING)),
    MenuEntry(GROUP, "Invoices", "billing.invoices.list", "file", (SEE_MONEY,)),
    MenuEntry(GROUP, "Exports", "billing.exports.list", "download", (ISSUE_INVOICES,)),
    MenuEntry(GROUP, "Agreements", "billing.agreements.list", "file", (SEE_MONEY, ADMIN_AGREEMENTS)),
    MenuEntry(GROUP, "Reports", "billing.reports.list", "list", (SEE_MONEY,)),
)
ADMIN_PAGES: tuple[AdminPage, ...] = (
    AdminPage(
        GROUP,
        "Work types",
        "billing.work_types.list",
        "tag",
        "What kinds of work there are: remote, on site, travel.",
        (ADMIN_BILLING,),
    ),
    AdminPage(
        GROUP,
        "Roles",
        "billing.roles.list",
        "users",
        "In what capacity people work: engineer, senior, architect.",
        (ADMIN_BILLING,),
    ),
    AdminPage(
        GROUP,
        "People who work",
        "billing.workers.list",
        "user",
        "The usual role of each person and the hours expected of them.",
        (ADMIN_BILLING,),
    ),
    AdminPage(
        GROUP,
        "Rates",
        "billing.rates.list",
        "list",
        "What an hour costs: the price book, and what was agreed with customers.",
        (ADMIN_BILLING,),
    ),
    AdminPage(
        GROUP,
        "Surcharges",
        "billing.surcharges.list",
        "plus",
        "After hours, Sundays, call-outs: what changes the rate.",
        (ADMIN_BILLING,),
    ),
    AdminPage(
        GROUP,
        "Rounding",
        "billing.rounding.list",
        "clock",
        "Minimum and steps: how worked time becomes billed time.",
        (ADMIN_BILLING,),
    ),
    AdminPage(
        GROUP,
        "Cost rates",
        "billing.costs.list",
        "history",
        "What an hour of a person costs ourselves.",
        (ADMIN_BILLING,),
    ),
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
    Panel("page.header", "billing/timers/header.pt", show_header),
    Panel("home", "billing/timers/asks.pt", show_home),
    Panel("home", "billing/suggestions/home.pt", show_proposed),
    Panel("ticket.display.aside", "billing/timers/ticket.pt", show_on_ticket),
    Panel("ticket.reply", "billing/composer/fields.pt", show_reply_fields),
    Panel("ticket.comment", "billing/composer/fields.pt", show_comment_fields),
    Panel("ticket.create", "billing/composer/fields.pt", show_create_fields),
    Panel("ticket.display.head", "billing/cover/strip.pt", show_strip),
    Panel("page.head", "billing/head.pt", show_head),
    Panel("page.header", "billing/loose_ends/header.pt", show_number),
    Panel("organization.display", "billing/customer/panel.pt", show_customer_panel),
)
