"""The rights of service levels."""

from rtpy.rights.names import SYSTEM, Category, RightHelp

ADMIN_SERVICE_LEVELS = "AdminServiceLevels"
EXCUSE_MISSED_TARGET = "ExcuseMissedTarget"
CHANGE_SERVICE_LEVEL = "ChangeServiceLevel"
SEE_SERVICE_REPORTS = "SeeServiceReports"

_SYSTEM, _STAFF, _ADMIN = (SYSTEM,), Category.STAFF, Category.ADMIN

RIGHTS = {
    CHANGE_SERVICE_LEVEL: RightHelp(
        _SYSTEM, _STAFF, "Pin a service level to a ticket, say with whom the ball is, settle promises."
    ),
    EXCUSE_MISSED_TARGET: RightHelp(_SYSTEM, _STAFF, "Excuse a target that was missed, with a reason."),
    SEE_SERVICE_REPORTS: RightHelp(
        _SYSTEM, _STAFF, "See service reports, and reports on all tickets with their subjects."
    ),
    ADMIN_SERVICE_LEVELS: RightHelp(
        _SYSTEM, _ADMIN, "Set up service levels and escalation; work clocks out again."
    ),
}
