"""Answers that are no success: a status with RT's words for it."""

from http import HTTPStatus


class Problem(Exception):
    """Ends the request with `status` and `{"message": message}`; nothing that was done is kept.

    Without a message it is the usual phrase of the status, as in RT.
    """

    def __init__(self, status: int, message: str = "", **headers: str) -> None:
        super().__init__(message or HTTPStatus(status).phrase)
        self.status = status
        self.headers = headers

    @property
    def message(self) -> str:
        """What the client reads."""
        return str(self)


def forbidden() -> Problem:
    """403, in the one wording that RT has for it."""
    return Problem(403)


def not_found() -> Problem:
    """404."""
    return Problem(404)
