"""What people and the system say about a ticket's clocks, as changes of the ticket: one a file."""

from rtpy_sla.following.changes.excuse_target import ExcuseTarget
from rtpy_sla.following.changes.explain_miss import ExplainMiss
from rtpy_sla.following.changes.hand_ball import HandBall
from rtpy_sla.following.changes.mark_imported import MarkImported
from rtpy_sla.following.changes.pin_policy import PinPolicy

__all__ = ["ExcuseTarget", "ExplainMiss", "HandBall", "MarkImported", "PinPolicy"]
