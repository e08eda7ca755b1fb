"""Work entries in words."""

from rtpy_billing.capture.listing import Shown
from rtpy_billing.capture.local_time import clock_shown, offset_shown, zone_named

STATES = {
    "draft": ("draft", ""),
    "submitted": ("handed in", "info"),
    "checked": ("time approved", "info"),
    "approved": ("approved", "ok"),
    "invoiced": ("invoiced", "ok"),
}
"""What a state is called, and the tone of its badge."""
SOURCES = {
    "reply": "from a message or a change of the ticket",
    "timer": "from a timer",
    "sheet": "from the week sheet",
    "form": "from the form",
    "mail": "from a mail",
    "api": "from a program",
    "suggestion": "from a suggestion",
    "correction": "a correction",
}
"""Where an entry came from."""
CHARGES = {
    "": "",
    "billable": "billable",
    "no_charge": "no charge",
    "hidden": "hidden",
    "undecided": "undecided",
}


def clocks_of(entry: Shown) -> str:
    """`09:00–10:30`; with the offsets where the clocks changed in between."""
    if entry.started is None or entry.ended is None:
        return ""
    zone = zone_named(entry.zone)
    first, last = (offset_shown(at, zone) for at in (entry.started, entry.ended))
    said = [clock_shown(at, zone) for at in (entry.started, entry.ended)]
    if first != last:
        said = [f"{said[0]} ({first})", f"{said[1]} ({last})"]
    return "–".join(said)


def duration(minutes: int) -> str:
    """A duration as fields hold it: `1:20`, `0:25`."""
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else ''}{hours}:{rest:02d}"
