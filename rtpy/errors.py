"""The domain's own exceptions: every other exception is a bug."""

from dataclasses import dataclass


class RtpyError(Exception):
    """Something a person can act on; `str()` of it is a whole sentence for that person."""


class Refused(RtpyError):
    """Not allowed, or senseless now; nothing was changed."""


class NotFound(RtpyError):
    """No such thing, or none that this actor may know of."""


class Gone(NotFound):
    """It was there when this began, and was deleted for good meanwhile; nothing was changed."""


class Conflict(RtpyError):
    """Somebody else was quicker; look again and try again."""


class Unavailable(RtpyError):
    """Something outside, such as the store of attachments, cannot be used now; nothing was changed, try again."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in what somebody gave: the field's name and a sentence."""

    field: str
    message: str


class Invalid(RtpyError):
    """What was given does not hold together; `problems` says what, all at once."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(" ".join(problem.message for problem in problems))
        self.problems = problems
