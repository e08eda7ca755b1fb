"""The tables of service levels: one noun a file, no queries. All begin with `sla_`."""

from rtpy_sla.models.clock import ClockRow, PauseRow, TicketSla
from rtpy_sla.models.firing import Firing
from rtpy_sla.models.level import Level, QueueLevel
from rtpy_sla.models.past_settings import PastSettings
from rtpy_sla.models.policy import Ladder, Policy, PolicyVersion
from rtpy_sla.models.report import ReportReader, ServiceReport
from rtpy_sla.models.waiting_mail import WaitingMail

__all__ = [
    "ClockRow",
    "Firing",
    "Ladder",
    "Level",
    "PastSettings",
    "PauseRow",
    "Policy",
    "PolicyVersion",
    "QueueLevel",
    "ReportReader",
    "ServiceReport",
    "TicketSla",
    "WaitingMail",
]
