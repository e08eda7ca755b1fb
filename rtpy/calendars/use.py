"""Who counts in a calendar, as plugins tell it."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class CalendarUse:
    """One thing that counts in the calendar: `Customer Acme`, and the page about it as a route with its parts."""

    label: str
    route: str = ""
    parts: Mapping[str, object] = field(default_factory=dict)
