"""A kind of custom field: hours, typed as people write durations."""

from rtpy.customfields.brought import BroughtKind, Sorts
from rtpy.duration import read_minutes


def read_hours(text):
    """`1h30` is kept as 1.50, and so is 1.50 itself. Raises ValueError."""
    plain = text.replace(".", "", 1)
    minutes = round(float(text) * 60) if plain.isascii() and plain.isdigit() else read_minutes(text)
    return f"{minutes / 60:.2f}"


def show_hours(text):
    """1.50 is shown as 1:30."""
    minutes = round(float(text) * 60)
    return f"{minutes // 60}:{minutes % 60:02} h"


KINDS = {
    "budget.hours": BroughtKind(
        "Hours", "A duration, such as 1h30.", read_hours, show_hours, Sorts.NUMBER, "Such as 1h30 or 0:45."
    )
}
