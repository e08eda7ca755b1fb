"""Ladders of escalation: when each step is due. Pure.

`following` fills a clock's row with `next_step(steps, clock, hours, taken, grace)`; its `at` is the moment.
"""

from rtpy_sla.ladder.due import Due, due_steps, next_step
from rtpy_sla.ladder.step import Ladder, Quiet, Step

__all__ = ["Due", "Ladder", "Quiet", "Step", "due_steps", "next_step"]
