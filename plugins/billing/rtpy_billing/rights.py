"""The rights of billing: who logs time, approves it, sees money, issues invoices, sets it all up."""

from rtpy.rights.names import SYSTEM, Category, RightHelp

LOG_TIME = "LogTime"
LOG_TIME_FOR_OTHERS = "LogTimeForOthers"
SEE_TIME = "SeeTime"
SEE_MONEY = "SeeMoney"
APPROVE_TIME = "ApproveTime"
APPROVE_BILLING = "ApproveBilling"
ISSUE_INVOICES = "IssueInvoices"
ADMIN_AGREEMENTS = "AdminAgreements"
ADMIN_BILLING = "AdminBilling"
SEE_LOOSE_ENDS = "SeeLooseEnds"

_SYSTEM, _STAFF, _ADMIN = (SYSTEM,), Category.STAFF, Category.ADMIN

RIGHTS = {
    LOG_TIME: RightHelp(
        _SYSTEM, _STAFF, "Log one's own work: timers, the week sheet, entries beside replies."
    ),
    LOG_TIME_FOR_OTHERS: RightHelp(_SYSTEM, _STAFF, "Log and correct the work of colleagues."),
    SEE_TIME: RightHelp(_SYSTEM, _STAFF, "See the time that colleagues logged, on all pages about time."),
    SEE_MONEY: RightHelp(
        _SYSTEM,
        _STAFF,
        "See rates, amounts, agreements, invoices and reports about money, with subjects of all tickets.",
    ),
    APPROVE_TIME: RightHelp(_SYSTEM, _STAFF, "Approve that work was done as it was logged."),
    APPROVE_BILLING: RightHelp(_SYSTEM, _STAFF, "Decide what is charged: approve, write off, give away."),
    ISSUE_INVOICES: RightHelp(
        _SYSTEM, _STAFF, "Draft, issue, credit, deliver and export invoices; note payments."
    ),
    SEE_LOOSE_ENDS: RightHelp(
        _SYSTEM, _STAFF, "See everything that is about to fall through, not only one's own."
    ),
    ADMIN_AGREEMENTS: RightHelp(
        _SYSTEM, _ADMIN, "Create and change agreements, and book into prepaid balances."
    ),
    ADMIN_BILLING: RightHelp(
        _SYSTEM, _ADMIN, "Set up work types, roles, rates, customers, sellers and taxes."
    ),
}
