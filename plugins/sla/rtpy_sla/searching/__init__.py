"""What searches for tickets can ask of clocks, and the columns that show it."""

from rtpy_sla.searching.columns import COLUMNS
from rtpy_sla.searching.fields import FIELDS

__all__ = ["COLUMNS", "FIELDS"]
