"""What RT says where something is refused, for programs that look at its words."""

from rtpy.errors import Refused, RtpyError

PERMISSION_DENIED = "Permission Denied"


def is_about_rights(problem: RtpyError) -> bool:
    """Is it a right that is missing?"""
    return isinstance(problem, Refused) and str(problem).startswith("You may not")


def refusal(problem: RtpyError) -> str:
    """The sentence of a refusal: RT's where a right is missing, else our own, which says what can be done."""
    return PERMISSION_DENIED if is_about_rights(problem) else str(problem)
