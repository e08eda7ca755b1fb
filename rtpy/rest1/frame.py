"""The frame of every answer: HTTP 200, RT's own status in the first line, then text; or nothing at all."""

from dataclasses import dataclass

from pyramid.response import Response

VERSION = "6.0.0"
"""The RT whose protocol this is; clients read digits and dots only."""

OK = "200 Ok"
BAD_REQUEST = "400 Bad Request"
BAD_SEARCH = "400 Bad request"
UNAUTHORIZED = "401 Credentials required"
FORBIDDEN = "403 Forbidden"
DENIED = "403 Permission denied"
NO_TICKET = "404 Ticket not found"
SYNTAX_ERROR = "409 Syntax Error"
TOO_MANY = "429 Too many requests"
SERVER_ERROR = "500 Server Error"
ERROR = "500 Error"


@dataclass(frozen=True, slots=True)
class Answer:
    """A status and a text; OK without a text means that there was nothing to do, and is an empty body."""

    body: str = ""
    status: str = OK
    always: bool = False
    """Write the status though there is no text."""


@dataclass(frozen=True, slots=True)
class RawAnswer:
    """Bytes as they are behind the status line, in the type that the HTTP header names."""

    data: bytes
    content_type: str


class Stopped(Exception):
    """Ends a deed with this answer; what it wrote so far is undone."""

    def __init__(self, body: str, status: str = BAD_REQUEST) -> None:
        super().__init__(body)
        self.answer = Answer(body, status)


def respond(answer: Answer | RawAnswer) -> Response:
    """The HTTP response."""
    if isinstance(answer, RawAnswer):
        response = Response(body=f"RT/{VERSION} {OK}\n\n".encode() + answer.data)
        response.content_type = answer.content_type
        response.charset = None
        return response
    return Response(body=_text(answer).encode(), content_type="text/plain", charset="utf-8")


def _text(answer: Answer) -> str:
    if not answer.body:
        return "" if answer.status == OK and not answer.always else f"RT/{VERSION} {answer.status}\n"
    body = answer.body.encode("utf-8", "replace").decode()
    return f"RT/{VERSION} {answer.status}\n\n{body.removesuffix(chr(10))}\n\n"


def remark(*sentences: str) -> str:
    """Sentences as comment lines."""
    return "".join(f"# {' '.join(sentence.split())}\n" for sentence in sentences)
