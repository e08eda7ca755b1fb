"""What webhooks can be told of."""

from rtpy.webhooks.events import BroughtEvent
from rtpy_sla.following.missed_told import MISSED
from rtpy_sla.rights import SEE_SERVICE_REPORTS

ESCALATED = "sla.escalated"

EVENTS = {
    ESCALATED: BroughtEvent("A step of escalation tells webhooks", SEE_SERVICE_REPORTS),
    MISSED: BroughtEvent("A target is missed", SEE_SERVICE_REPORTS),
}
