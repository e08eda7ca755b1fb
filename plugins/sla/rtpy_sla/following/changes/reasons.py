"""Reasons as people type them."""

from rtpy.errors import Invalid, Problem
from rtpy_sla.following.recorded import LONGEST_REASON


def read_reason(text: str, *, needed: str = "") -> str:
    """One line. Raises Invalid when it is too long, or empty though one is `needed` (the sentence that says so)."""
    reason = " ".join(text.replace("\x00", "").split())
    if len(reason) > LONGEST_REASON:
        raise Invalid(Problem("reason", f"Write at most {LONGEST_REASON} characters."))
    if needed and not reason:
        raise Invalid(Problem("reason", needed))
    return reason
