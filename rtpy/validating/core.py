"""All validations of the core, in the order in which they are asked and repaired."""

from rtpy.validating.groups import GROUPS
from rtpy.validating.stored import STORED
from rtpy.validating.things import SCHEDULES, THINGS
from rtpy.validating.tickets import TICKETS
from rtpy.validating.validation import Validation

CORE: tuple[Validation, ...] = (*THINGS, SCHEDULES, *GROUPS, *TICKETS, *STORED)
