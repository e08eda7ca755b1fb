"""The status of HTTP for what the domain refuses, the same on pages and for programs."""

from rtpy.errors import Conflict, Invalid, NotFound, Refused, RtpyError, Unavailable

STATUS_OF: dict[type[RtpyError], int] = {
    Refused: 403,
    NotFound: 404,
    Conflict: 409,
    Invalid: 400,
    Unavailable: 503,
}


def status_of(error: RtpyError) -> int:
    """400 for what is none of the known kinds."""
    return next((STATUS_OF[kind] for kind in type(error).__mro__ if kind in STATUS_OF), 400)
