"""What became of one form that was written."""

from dataclasses import dataclass

from rtpy.rest1.forms import Form
from rtpy.rest1.frame import OK


@dataclass(frozen=True, slots=True)
class Result:
    """Sentences for the comment lines, the status, and the form that must be corrected. Nothing at all: no change."""

    lines: tuple[str, ...] = ()
    status: str = OK
    form: Form | None = None
